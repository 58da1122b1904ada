import { createHash } from "node:crypto";
import { parse } from "csv-parse/sync";
import { ownOf } from "#src/words/named";
import { Misuse } from "../command-line/misuse.ts";
import { readUserBytes } from "../files/read-file.ts";
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

export interface Measurements {
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
};
const EXAMPLE = 'a header such as "state,condition,resistance (kohm)"';
/** Faults told before the rest is only counted. */
const TOLD = 8;

interface Header {
  readonly state: number;
  readonly condition: number;
  readonly device: number;
  readonly value: number;
  readonly name: string;
  /** SI value of one unit of the column; resistances, or conductances to be inverted. */
  readonly scale: number;
  readonly conductance: boolean;
  readonly ignored: readonly string[];
}

/** The unit of a header field: in brackets, as its last word, or the field itself. */
const unitIn = async (field: string): Promise<{ readonly unit: string; readonly kind: "ohm" | "S" } | null> => {
  const bracketed = /[[(]\s*([^\])]+?)\s*[\])]/.exec(field)?.[1];
  const word =
    bracketed ??
    field
      .trim()
      .split(/[\s_]+/)
      .at(-1) ??
    "";
  const unit = word.replace(/[\u03a9\u2126]/g, "ohm").replace(/[\u00b5\u03bc]/g, "u");
  for (const kind of ["ohm", "S"] as const) if (await isUnit(unit, kind)) return { unit, kind };
  return null;
};

const headerOf = async (file: string, fields: readonly string[]): Promise<Header> => {
  const plain = fields.map((f) => f.trim().toLowerCase());
  const [state, condition, device] = ["state", "condition", "device"].map((name) => plain.indexOf(name));
  if (state < 0) throw new Misuse(`${file}, row 1: no column "state" among ${fields.join(", ")}; expected ${EXAMPLE}.`);
  const named = [state, condition, device];
  const units = await Promise.all(fields.map((f, i) => (named.includes(i) ? null : unitIn(f))));
  const found = units.flatMap((u, i) => (u ? [{ ...u, at: i }] : []));
  if (found.length === 0)
    throw new Misuse(
      `${file}, row 1: no column says that it is a resistance, and in which unit (columns: ${fields.join(", ")}); expected ${EXAMPLE}.`,
    );
  if (found.length > 1)
    throw new Misuse(
      `${file}, row 1: ${found.map(({ at }) => `"${fields[at]}"`).join(" and ")} both carry a unit of resistance; leave one.`,
    );
  const [{ at, unit, kind }] = found;
  return {
    state,
    condition,
    device,
    value: at,
    name: fields[at],
    scale: await parseQuantity(`1 ${unit}`, kind, fields[at]),
    conductance: kind === "S",
    ignored: fields.filter((_, i) => i !== at && !named.includes(i)),
  };
};

/** What separates the fields of the header line: a tab, a semicolon, or a comma. */
const delimiterOf = (text: string): string => {
  const [line] = text.split("\n", 1);
  return ["\t", ";"].find((c) => line.includes(c)) ?? ",";
};

/** The measurement in a record, or the column and what is wrong with it. */
const measurementIn = (
  record: readonly string[],
  fields: readonly string[],
  header: Header,
  row: number,
  decimalComma: boolean,
): Measurement | { readonly column: string; readonly what: string } => {
  if (record.length !== fields.length)
    return {
      column: fields[Math.min(record.length, fields.length) - 1],
      what: `the row has ${record.length} fields, the header ${fields.length}`,
    };
  const state = ownOf(STATES, record[header.state].toLowerCase());
  if (!state) return { column: fields[header.state], what: `"${record[header.state]}" is neither LRS nor HRS` };
  const text = record[header.value];
  const number = Number(decimalComma ? text.replace(/^(-?\d+),(\d+)$/, "$1.$2") : text);
  if (text === "" || !Number.isFinite(number)) return { column: header.name, what: `"${text}" is no number` };
  if (!(number > 0)) return { column: header.name, what: `${text} is not above 0` };
  const si = number * header.scale;
  return {
    row,
    state,
    condition: header.condition < 0 ? "" : record[header.condition],
    device: header.device < 0 ? "" : record[header.device],
    resistance: header.conductance ? 1 / si : si,
  };
};

/**
 * Measured resistances from a CSV file: columns `state` (LRS or HRS), a resistance (or conductance) with its unit in the
 * header, and, where there are any, `condition` and `device`. Fields are separated by commas, semicolons or tabs; with the
 * last two a decimal comma is read too.
 *
 * @throws Misuse naming file, row and column of what is wrong, unless `skip`: then such rows are left out and told.
 */
export const readResistances = async (file: string, skip: boolean): Promise<Measurements> => {
  let records: { readonly record: string[]; readonly info: { readonly lines: number } }[];
  let delimiter = ",";
  const bytes = readUserBytes(file, "");
  try {
    const text = bytes.toString("utf8");
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
  const fields = records[0].record;
  const header = await headerOf(file, fields);
  const faults: string[] = [];
  const values: Measurement[] = [];
  for (const { record, info } of records.slice(1)) {
    const found = measurementIn(record, fields, header, info.lines, delimiter !== ",");
    if ("what" in found) faults.push(`row ${info.lines}, column "${found.column}": ${found.what}`);
    else values.push(found);
  }
  if (faults.length > 0 && !skip) {
    const more = faults.length > TOLD ? `; and ${faults.length - TOLD} more` : "";
    throw new Misuse(
      `${file}: ${faults.length} of ${records.length - 1} rows cannot be used: ${faults.slice(0, TOLD).join("; ")}${more}. Mend them, or leave them out with --skip-bad.`,
    );
  }
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { values, skipped: faults, ignored: header.ignored, sha256 };
};
