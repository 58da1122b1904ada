import { createHash } from "node:crypto";
import { parse } from "csv-parse/sync";
import { ownOf } from "#src/words/named";
import { readUserBytes } from "../files/read-file.ts";
import { Misuse } from "../misuse.ts";
import { isUnit, parseQuantity } from "../units/parse.ts";

/** One measured resistance. */
export interface Measurement {
  readonly row: number;
  readonly state: "lrs" | "hrs";
  readonly condition: string;
  /** Name of the device it was measured on; empty where the file tells none. */
  readonly device: string;
  /** [ohm] */
  readonly resistance: number;
}

interface Measurements {
  readonly values: readonly Measurement[];
  /** Rows left out because something in them is wrong, each in words; none unless they may be skipped. */
  readonly skipped: readonly string[];
  /** Columns that mean nothing here. */
  readonly ignored: readonly string[];
  readonly sha256: string;
}

const STATES: Readonly<Record<string, "lrs" | "hrs">> = {
  lrs: "lrs",
  low: "lrs",
  set: "lrs",
  hrs: "hrs",
  high: "hrs",
  reset: "hrs",
  on: "lrs",
  off: "hrs",
};
const EXAMPLE = 'a header such as "state,condition,resistance (kohm)"';
/** Faults told before the rest is only counted. */
const TOLD = 8;

/** A column of resistances: of one state where they stand side by side, else of the state that their rows name. */
interface ValueColumn {
  readonly at: number;
  readonly name: string;
  readonly state: "lrs" | "hrs" | null;
  /** SI value of one unit of the column; resistances, or conductances to be inverted. */
  readonly scale: number;
  readonly conductance: boolean;
}

interface Header {
  readonly state: number;
  readonly condition: number;
  readonly device: number;
  readonly values: readonly ValueColumn[];
  readonly ignored: readonly string[];
}

/** The unit of a header field: in brackets, as its last word, or the field itself; "kOhm" and "OHM" are the ohm too. */
const unitIn = async (field: string): Promise<{ readonly unit: string; readonly kind: "ohm" | "S" } | null> => {
  const bracketed = /[[(]\s*([^\])]+?)\s*[\])]/.exec(field)?.[1];
  const word =
    bracketed ??
    field
      .trim()
      .split(/[\s_]+/)
      .at(-1) ??
    "";
  const unit = word
    .replace(/[\u03a9\u2126]/g, "ohm")
    .replace(/[\u00b5\u03bc]/g, "u")
    .replace(/ohms?$/i, "ohm")
    .replace(/^K(?=ohm$)/, "k");
  for (const kind of ["ohm", "S"] as const) if (await isUnit(unit, kind)) return { unit, kind };
  return null;
};

/** The state that a column's name begins with: "LRS (kohm)", "R_off [ohm]". */
const stateOf = (field: string): "lrs" | "hrs" | null => {
  const words = field
    .replace(/[[(].*$/, "")
    .toLowerCase()
    .split(/[\s_]+/);
  const found = words.map((word) => ownOf(STATES, word)).filter((state) => state !== undefined);
  return found.length === 1 ? found[0] : null;
};

const headerOf = async (file: string, row: number, fields: readonly string[]): Promise<Header> => {
  const plain = fields.map((f) => f.trim().toLowerCase());
  const [state, condition, device] = ["state", "condition", "device"].map((name) => plain.indexOf(name));
  const named = [state, condition, device];
  const where = `${file}, row ${row}`;
  const units = await Promise.all(fields.map((f, i) => (named.includes(i) ? null : unitIn(f))));
  const found = units.flatMap((u, i) => (u ? [{ ...u, at: i, state: state < 0 ? stateOf(fields[i]) : null }] : []));
  const beside = (["lrs", "hrs"] as const).map((s) => found.filter((column) => column.state === s).length);
  const isWide = state < 0 && beside.every((count) => count > 0);
  if (state < 0 && !isWide)
    throw new Misuse(
      `${where}: no column "state" among ${fields.join(", ")}, nor columns of both states side by side; expected ${EXAMPLE}, or "LRS (kohm),HRS (kohm)".`,
    );
  if (found.length === 0)
    throw new Misuse(
      `${where}: no column says that it is a resistance, and in which unit (columns: ${fields.join(", ")}); expected ${EXAMPLE}.`,
    );
  const used = isWide ? found.filter((column) => column.state !== null) : found;
  if (!isWide && found.length > 1)
    throw new Misuse(
      `${where}: ${found.map(({ at }) => `"${fields[at]}"`).join(" and ")} both carry a unit of resistance; leave one.`,
    );
  return {
    state,
    condition,
    device,
    values: await Promise.all(
      used.map(async ({ at, unit, kind, state: of }) => ({
        at,
        name: fields[at],
        state: of,
        scale: await parseQuantity(`1 ${unit}`, kind, fields[at]),
        conductance: kind === "S",
      })),
    ),
    ignored: fields.filter((_, i) => !used.some(({ at }) => at === i) && !named.includes(i)),
  };
};

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

const isComment = (line: string): boolean => /^\s*(#|%|\/\/|$)/.test(line);

/** What separates the fields of the header line: a tab, a semicolon, or a comma. */
const delimiterOf = (text: string): string => {
  const line = text.split(/\r?\n/).find((l) => !isComment(l)) ?? "";
  return ["\t", ";"].find((c) => line.includes(c)) ?? ",";
};

/** Beyond it stands no resistance but an instrument's code for "out of range", such as 9.91e37 [ohm]. */
const LARGEST = 1e15;

/** The measurements in a record, or the column and what is wrong with it; an empty field of states side by side is none. */
const measurementsIn = (
  record: readonly string[],
  fields: readonly string[],
  header: Header,
  row: number,
  decimalComma: boolean,
): readonly (Measurement | { readonly column: string; readonly what: string })[] => {
  const place = (at: number): string => (at < 0 ? "" : record[at]);
  return header.values.flatMap((column): (Measurement | { readonly column: string; readonly what: string })[] => {
    const wide = column.state !== null;
    const text = record[column.at] ?? "";
    if (wide && text === "") return [];
    if (!wide && record.length !== fields.length)
      return [
        {
          column: fields[Math.min(record.length, fields.length) - 1],
          what: `the row has ${record.length} fields, the header ${fields.length}`,
        },
      ];
    const state = column.state ?? ownOf(STATES, record[header.state].toLowerCase());
    if (!state) return [{ column: fields[header.state], what: `"${record[header.state]}" is neither LRS nor HRS` }];
    const number = Number(decimalComma ? text.replace(/^(-?\d+),(\d+)$/, "$1.$2") : text);
    const wrong = (what: string) => [{ column: column.name, what }];
    if (text === "" || !Number.isFinite(number)) return wrong(`"${text}" is no number`);
    if (!(number > 0)) return wrong(`${text} is not above 0`);
    const si = number * column.scale;
    const resistance = column.conductance ? 1 / si : si;
    if (resistance > LARGEST)
      return wrong(`${text} is no resistance (above ${LARGEST} ohm): an instrument's code for "out of range"?`);
    return [{ row, state, condition: place(header.condition), device: place(header.device), resistance }];
  });
};

/**
 * Measured resistances from a CSV file: columns `state` (LRS or HRS), a resistance (or conductance) with its unit in the
 * header (or in a row of units below it), and, where there are any, `condition` and `device`; or a column of resistances for
 * each state, side by side. Fields are separated by commas, semicolons or tabs; with the last two a decimal comma is read
 * too. Lines that begin with #, % or // are comments; UTF-16 is read by its mark.
 *
 * @throws Misuse naming file, row and column of what is wrong, unless `skip`: then such rows are left out and told.
 */
export const readResistances = async (file: string, skip: boolean): Promise<Measurements> => {
  let records: { readonly record: string[]; readonly info: { readonly lines: number } }[];
  let delimiter = ",";
  const bytes = readUserBytes(file, "");
  try {
    const text = textOf(bytes)
      .split("\n")
      .map((line) => (isComment(line) ? "" : line))
      .join("\n");
    delimiter = delimiterOf(text);
    records = parse(text, {
      bom: true,
      delimiter,
      trim: true,
      info: true,
      skip_empty_lines: true,
      relax_column_count: true,
    }) as unknown as typeof records;
  } catch (error) {
    throw new Misuse(`${file} cannot be read: ${(error as Error).message}.`);
  }
  if (records.length < 2) throw new Misuse(`${file} has no rows below its header; expected ${EXAMPLE}.`);
  const [head, below] = records;
  // Units may stand in a row of their own.
  const units = await Promise.all(below.record.map((field) => unitIn(field)));
  const named = await Promise.all(head.record.map((field) => unitIn(field)));
  const hasUnits = named.every((unit) => unit === null) && units.some((unit) => unit !== null);
  const fields = hasUnits
    ? head.record.map((field, i) => (units[i] ? `${field} (${below.record[i].replace(/[[\]()]/g, "").trim()})` : field))
    : head.record;
  const rows = records.slice(hasUnits ? 2 : 1);
  if (rows.length === 0) throw new Misuse(`${file} has no rows below its header; expected ${EXAMPLE}.`);
  const header = await headerOf(file, head.info.lines, fields);
  const faults: string[] = [];
  const values: Measurement[] = [];
  for (const { record, info } of rows)
    for (const found of measurementsIn(record, fields, header, info.lines, delimiter !== ",")) {
      if ("what" in found) faults.push(`row ${info.lines}, column "${found.column}": ${found.what}`);
      else values.push(found);
    }
  if (faults.length > 0 && !skip) {
    const more = faults.length > TOLD ? `; and ${faults.length - TOLD} more` : "";
    throw new Misuse(
      `${file}: ${faults.length} of ${rows.length} rows cannot be used: ${faults.slice(0, TOLD).join("; ")}${more}. Mend them, or leave them out with --skip-bad.`,
    );
  }
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { values, skipped: faults, ignored: header.ignored, sha256 };
};
