import { ownOf } from "#src/words/named";
import { Misuse } from "../misuse.ts";
import { parseQuantity } from "../units/parse.ts";
import { unitIn } from "./tables/field-units.ts";
import { isAmbiguous, listed, numberIn, type RecordTable } from "./tables/read-table.ts";

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
export const STATES_EXAMPLE = 'a header such as "state,condition,resistance (kohm)"';
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

/** The state that a column's name begins with: "LRS (kohm)", "R_off [ohm]". */
const stateOf = (field: string): "lrs" | "hrs" | null => {
  const words = field
    .replace(/[[(].*$/, "")
    .toLowerCase()
    .split(/[\s_]+/);
  const found = words.map((word) => ownOf(STATES, word)).filter((state) => state !== undefined);
  return found.length === 1 ? found[0] : null;
};

/** What tells one device from another, by other names: "Device ID", "cell no.", "die". */
const DEVICE = /^(device|cell|die|dut)[ _-]?(id|no\.?|nr\.?|number|name|#)?$/;

const headerOf = async (file: string, row: number, fields: readonly string[]): Promise<Header> => {
  const plain = fields.map((f) => f.trim().toLowerCase());
  const [state, condition] = ["state", "condition"].map((name) => plain.indexOf(name));
  const device = plain.includes("device") ? plain.indexOf("device") : plain.findIndex((name) => DEVICE.test(name));
  const named = [state, condition, device];
  const where = `${file}, row ${row}`;
  const units = await Promise.all(fields.map((f, i) => (named.includes(i) ? null : unitIn(f))));
  const found = units.flatMap((u, i) => (u ? [{ ...u, at: i, state: state < 0 ? stateOf(fields[i]) : null }] : []));
  const beside = (["lrs", "hrs"] as const).map((s) => found.filter((column) => column.state === s).length);
  const isWide = state < 0 && beside.every((count) => count > 0);
  if (state < 0 && !isWide)
    throw new Misuse(
      `${where}: no column "state" among ${fields.join(", ")}, nor columns of both states side by side; expected ${STATES_EXAMPLE}, or "LRS (kohm),HRS (kohm)".`,
    );
  if (found.length === 0)
    throw new Misuse(
      `${where}: no column says that it is a resistance, and in which unit (columns: ${fields.join(", ")}); expected ${STATES_EXAMPLE}.`,
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

/** Beyond it stands no resistance but an instrument's code for "out of range", such as 9.91e37 [ohm]. */
export const LARGEST_RESISTANCE = 1e15;

/** The measurements in a record, or the column and what is wrong with it; an empty field of states side by side is none. */
const measurementsIn = (
  record: readonly string[],
  table: RecordTable,
  header: Header,
  row: number,
): readonly (Measurement | { readonly column: string; readonly what: string })[] => {
  const { fields } = table;
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
    const number = numberIn(text, table);
    const wrong = (what: string) => [{ column: column.name, what }];
    if (!Number.isFinite(number))
      return wrong(
        `"${text}" is no number${isAmbiguous(text) ? " (a comma of thousands, or a decimal one? write it without)" : ""}`,
      );
    if (!(number > 0)) return wrong(`${text} is not above 0`);
    const si = number * column.scale;
    const resistance = column.conductance ? 1 / si : si;
    if (resistance > LARGEST_RESISTANCE)
      return wrong(
        `${text} is no resistance (above ${LARGEST_RESISTANCE} ohm): an instrument's code for "out of range"?`,
      );
    return [{ row, state, condition: place(header.condition), device: place(header.device), resistance }];
  });
};

/**
 * Measured resistances of two states from a table: columns `state` (LRS or HRS), a resistance (or conductance) with its unit in the
 * header, and, where there are any, `condition` and `device`; or a column of resistances for each state, side by side.
 *
 * @throws Misuse naming file, row and column of what is wrong, unless `skip`: then such rows are left out and told.
 */
export const readResistances = async (table: RecordTable, skip: boolean): Promise<Measurements> => {
  const { file, fields, rows } = table;
  const header = await headerOf(file, table.headLine, fields);
  const faults: string[] = [];
  const values: Measurement[] = [];
  for (const { record, line } of rows)
    for (const found of measurementsIn(record, table, header, line)) {
      if ("what" in found) faults.push(`row ${line}, column "${found.column}": ${found.what}`);
      else values.push(found);
    }
  if (faults.length > 0 && !skip) {
    throw new Misuse(
      `${file}: ${faults.length} of ${rows.length} rows cannot be used: ${listed(faults, TOLD)}. Mend them, or leave them out with --skip-bad.`,
    );
  }
  return { values, skipped: faults, ignored: header.ignored };
};
