import { parquetWriteBuffer } from "hyparquet-writer";

/** One column of results: numbers (null where there is none) or words. */
export interface Column {
  readonly name: string;
  readonly values: readonly (number | string | null)[];
}

const isText = (c: Column): boolean => c.values.some((v) => typeof v === "string");

const csvField = (value: number | string | null): string => {
  if (value === null) return "";
  const text = String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** RFC 4180 with a header line; numbers in full precision, an absent one empty. */
export const csvText = (columns: readonly Column[]): string => {
  const rows = columns[0]?.values.length ?? 0;
  const lines = [columns.map((c) => csvField(c.name)).join(",")];
  for (let r = 0; r < rows; r++) lines.push(columns.map((c) => csvField(c.values[r])).join(","));
  return `${lines.join("\n")}\n`;
};

/** Apache Parquet: numbers as DOUBLE, words as STRING, absent ones null. */
export const parquetBytes = (columns: readonly Column[]): Uint8Array =>
  new Uint8Array(
    parquetWriteBuffer({
      columnData: columns.map((c) =>
        isText(c)
          ? { name: c.name, data: c.values.map((v) => (v === null ? null : String(v))), type: "STRING" as const }
          : { name: c.name, data: [...c.values], type: "DOUBLE" as const },
      ),
      createdBy: "rramlab",
    }),
  );
