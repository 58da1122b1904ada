import { type ColumnSource, parquetWriteBuffer } from "hyparquet-writer";

/** One column of results: numbers (null where there is none) or words. */
export interface Column {
  readonly name: string;
  readonly values: readonly (number | string | null)[];
}

const isText = (c: Column): boolean => c.values.some((v) => typeof v === "string");

/** Text that a spreadsheet would take for a formula, marked as text: an apostrophe before it. */
const harmless = (text: string): string => (/^[=@+\-\t\r]/.test(text) ? `'${text}` : text);

const csvField = (value: number | string | null): string => {
  if (value === null) return "";
  const text = typeof value === "string" ? harmless(value) : String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** The header line of a CSV file. */
export const csvHeader = (columns: readonly Column[]): string => `${columns.map((c) => csvField(c.name)).join(",")}\n`;

/** The rows of a CSV file: numbers in full precision, an absent one empty. */
export const csvRows = (columns: readonly Column[]): string => {
  const rows = columns[0]?.values.length ?? 0;
  let text = "";
  for (let r = 0; r < rows; r++) text += `${columns.map((c) => csvField(c.values[r])).join(",")}\n`;
  return text;
};

/** RFC 4180 with a header line; numbers in full precision, an absent one empty. */
export const csvText = (columns: readonly Column[]): string => csvHeader(columns) + csvRows(columns);

/** Columns for a Parquet writer: numbers as DOUBLE, words (`text`, or where one stands) as STRING, absent ones null. */
export const parquetColumns = (columns: readonly Column[], text: ReadonlySet<string> = new Set()): ColumnSource[] =>
  columns.map((c) =>
    isText(c) || text.has(c.name)
      ? { name: c.name, data: c.values.map((v) => (v === null ? null : String(v))), type: "STRING" as const }
      : { name: c.name, data: [...c.values], type: "DOUBLE" as const },
  );

/** Apache Parquet of these columns. */
export const parquetBytes = (columns: readonly Column[]): Uint8Array =>
  new Uint8Array(parquetWriteBuffer({ columnData: parquetColumns(columns), createdBy: "rramlab" }));
