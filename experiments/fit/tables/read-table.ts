import { createHash } from "node:crypto";
import { basename } from "node:path";
import { parse } from "csv-parse/sync";
import { readUserBytes } from "../../files/read-file.ts";
import { Misuse } from "../../misuse.ts";
import { decompressed, isParquet, parquetRecords } from "./decompressed.ts";
import { unitIn } from "./field-units.ts";

/** A table as it was written: text, with the lines it stood in. */
export interface RecordTable {
  readonly file: string;
  /** Names of the columns, with their unit where a row of units stood below. */
  readonly fields: readonly string[];
  readonly headLine: number;
  readonly rows: readonly { readonly record: readonly string[]; readonly line: number }[];
  /** Whether a comma may stand for the decimal point. */
  readonly decimalComma: boolean;
  readonly sha256: string;
}

/** Text of a file that a spreadsheet or an instrument wrote: UTF-16 by its mark, UTF-8, or, where it is none, Latin-1. */
const textOf = (bytes: Buffer): string => {
  const mark = bytes.subarray(0, 2).toString("hex");
  if (mark === "fffe" || mark === "feff")
    return new TextDecoder(mark === "fffe" ? "utf-16le" : "utf-16be").decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("latin1").decode(bytes);
  }
};

/** Bytes that no text has, in whatever encoding but UTF-16, which its mark tells. */
const isNoText = (bytes: Buffer): boolean =>
  !["fffe", "feff"].includes(bytes.subarray(0, 2).toString("hex")) &&
  bytes.subarray(0, 4096).some((b) => b < 9 || (b > 13 && b < 27));

const isComment = (line: string): boolean => /^\s*(#|%|\/\/|$)/.test(line);

/** What separates the fields of the header line: a tab, a semicolon, or a comma. */
const delimiterOf = (text: string): string => {
  const line = text.split(/\r?\n/).find((l) => !isComment(l)) ?? "";
  return ["\t", ";"].find((c) => line.includes(c)) ?? ",";
};

type Records = readonly { readonly record: string[]; readonly info: { readonly lines: number } }[];

const recordsOf = async (file: string, bytes: Buffer): Promise<{ records: Records; decimalComma: boolean }> => {
  if (bytes.subarray(0, 2).toString("latin1") === "PK" || bytes.subarray(0, 4).toString("hex") === "d0cf11e0")
    throw new Misuse(`${file} is a workbook or a ZIP archive; save the sheet as CSV.`);
  if (isParquet(bytes)) {
    const rows = await parquetRecords(file, bytes);
    return { records: rows.map((record, i) => ({ record, info: { lines: i } })), decimalComma: false };
  }
  try {
    if (isNoText(bytes)) throw new Misuse(`${file} is no text; measurements are CSV (also .gz, .xz) or parquet.`);
    const text = textOf(bytes)
      .split("\n")
      .map((line) => (isComment(line) ? "" : line))
      .join("\n");
    const delimiter = delimiterOf(text);
    const records = parse(text, {
      bom: true,
      delimiter,
      trim: true,
      info: true,
      skip_empty_lines: true,
      relax_column_count: true,
    }) as unknown as Records;
    return { records, decimalComma: delimiter !== "," };
  } catch (error) {
    throw error instanceof Misuse ? error : new Misuse(`${file} cannot be read: ${(error as Error).message}.`);
  }
};

/**
 * A table of measurements: fields separated by commas, semicolons or tabs (with the last two a decimal comma is read too), or parquet;
 * gzip and xz are unpacked. Lines that begin with #, % or // are comments; UTF-16 is read by its mark; a row of units may stand below the head.
 *
 * @param example What a header may look like, for the error where there are no rows.
 */
export const readTable = async (file: string, example: string): Promise<RecordTable> => {
  const packed = readUserBytes(file, "");
  const { records, decimalComma } = await recordsOf(file, await decompressed(file, packed));
  const empty = () => new Misuse(`${file} has no rows below its header; expected ${example}.`);
  if (records.length < 2) throw empty();
  const [head, below] = records;
  const units = await Promise.all(below.record.map((field) => unitIn(field)));
  const named = await Promise.all(head.record.map((field) => unitIn(field)));
  const hasUnits = named.every((unit) => unit === null) && units.some((unit) => unit !== null);
  const fields = hasUnits
    ? head.record.map((field, i) => (units[i] ? `${field} (${below.record[i].replace(/[[\]()]/g, "").trim()})` : field))
    : head.record;
  const written = records.slice(hasUnits ? 2 : 1).map(({ record, info }) => ({ record, line: info.lines }));
  const ungrouped = fields.map((_, c) =>
    withoutThousands(
      written.map(({ record }) => record[c] ?? ""),
      decimalComma,
    ),
  );
  const rows = written.map(({ record, line }, i) => ({
    record: record.map((text, c) => ungrouped[c]?.[i] ?? text),
    line,
  }));
  if (rows.length === 0) throw empty();
  const sha256 = createHash("sha256").update(packed).digest("hex");
  return { file, fields, headLine: head.info.lines, rows, decimalComma, sha256 };
};

/** Groups of three digits, set apart by a mark; and what may stand behind them. */
const grouped = (mark: string, decimal: string): RegExp =>
  new RegExp(`^[-+]?\\d{1,3}(?:${mark}\\d{3})+(?:${decimal}\\d+)?$`);
const SPACES = "[ \\u00a0\\u2009\\u202f'\u2019]";

/**
 * A column's cells without the marks that set thousands apart: spaces and apostrophes; commas before a decimal point, or points before a decimal
 * comma, where some cell shows which is which (two marks, or both signs). A single comma or point may be the decimal one: it stays.
 */
const withoutThousands = (cells: readonly string[], decimalComma: boolean): readonly string[] => {
  const spaced = grouped(SPACES, "[.,]");
  const plain = cells.map((text) => (spaced.test(text) ? text.replace(new RegExp(SPACES, "g"), "") : text));
  const [mark, decimal] = decimalComma ? ["\\.", ","] : [",", "\\."];
  const sign = decimalComma ? "." : ",";
  const all = grouped(mark, decimal);
  const marked = plain.filter((text) => text.includes(sign) && /^[-+\d.,]+$/.test(text));
  // Cells without the mark may be below a thousand; those with it must all be groups, and one must be nothing else.
  const shows = marked.some((text) => text.split(sign).length > 2 || text.includes(decimalComma ? "," : "."));
  if (marked.length === 0 || !shows || !marked.every((text) => all.test(text))) return plain;
  return plain.map((text) => (all.test(text) ? text.replaceAll(sign, "") : text));
};

/** Text that could be a number in thousands, or one with a decimal comma: what it is, only its writer knows. */
export const isAmbiguous = (text: string): boolean => /^[-+]?\d{1,3}[.,]\d{3}$/.test(text);

/** A file as a source is told: its name, and the beginning of its digest. */
export const sourceOf = ({ file, sha256 }: Pick<RecordTable, "file" | "sha256">): string =>
  `${basename(file)} (sha256 ${sha256.slice(0, 12)})`;

/** The first of these words, and how many more there are. */
export const listed = (words: readonly string[], most: number): string =>
  `${words.slice(0, most).join("; ")}${words.length > most ? `; and ${words.length - most} more` : ""}`;

/** The number that a field holds; NaN where it holds none. */
export const numberIn = (text: string, { decimalComma }: Pick<RecordTable, "decimalComma">): number =>
  text === "" ? Number.NaN : Number(decimalComma ? text.replace(/^(-?\d+),(\d+)$/, "$1.$2") : text);
