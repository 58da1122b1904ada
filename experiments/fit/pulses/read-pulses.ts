import { ownOf } from "#src/words/named";
import { Misuse } from "../../misuse.ts";
import { type ColumnRoles, toldRoles } from "../tables/column-roles.ts";
import { listed, numberIn, type RecordTable } from "../tables/read-table.ts";

/** Conductances of one device under pulses of one direction, in their order. */
export interface Branch {
  readonly cell: string;
  readonly direction: 1 | -1;
  /** [S] */
  readonly conductances: readonly number[];
}

const DIRECTIONS: Readonly<Record<string, 1 | -1>> = {
  up: 1,
  set: 1,
  potentiation: 1,
  ltp: 1,
  "+": 1,
  "1": 1,
  "+1": 1,
  down: -1,
  reset: -1,
  depression: -1,
  ltd: -1,
  "-": -1,
  "-1": -1,
};

/** Faults told one by one. */
const TOLD = 4;

interface Pulse {
  readonly number: number;
  readonly direction: 1 | -1 | null;
  readonly conductance: number;
}

/** A course counts as at its top within this share of its range. */
const AT_TOP = 0.05;

/** A trace without directions, cut where it leaves its top for good: up to there pulses raised it, from there they lowered it. */
const cutAtTop = (cell: string, trace: readonly Pulse[]): Branch[] => {
  const values = trace.map(({ conductance }) => conductance);
  const smooth = values.map((_, i) => {
    const part = values.slice(Math.max(0, i - 2), i + 3);
    return part.reduce((sum, g) => sum + g, 0) / part.length;
  });
  const [least, most] = [Math.min(...smooth), Math.max(...smooth)];
  const top = smooth.findLastIndex((g) => g >= most - AT_TOP * (most - least));
  return [
    { cell, direction: 1 as const, conductances: values.slice(0, top + 1) },
    { cell, direction: -1 as const, conductances: values.slice(top) },
  ].filter(({ conductances }) => conductances.length > 2);
};

/** Whether a pulse follows the one before it: where counting starts anew, the device was brought elsewhere in between. */
const follows = (trace: readonly Pulse[], i: number): boolean => i > 0 && trace[i].number > trace[i - 1].number;

/** Runs of one direction; each begins with the conductance that the run before ended with. */
const runsOf = (cell: string, trace: readonly Pulse[]): Branch[] => {
  const branches: { cell: string; direction: 1 | -1; conductances: number[] }[] = [];
  trace.forEach(({ direction, conductance }, i) => {
    const last = branches.at(-1);
    if (last && last.direction === direction && follows(trace, i)) last.conductances.push(conductance);
    else
      branches.push({
        cell,
        direction: direction as 1 | -1,
        conductances: follows(trace, i) ? [trace[i - 1].conductance, conductance] : [conductance],
      });
  });
  return branches.filter(({ conductances }) => conductances.length > 2);
};

/**
 * Conductance against pulse number from a table: columns pulse and conductance (or resistance); direction (up, down), cell and cycle where there are any.
 * Without directions a trace is cut where it leaves its top.
 *
 * @throws Misuse naming rows that cannot be used.
 */
export const readPulses = (
  table: RecordTable,
  roles: ColumnRoles,
): { readonly branches: readonly Branch[]; readonly notes: readonly string[] } => {
  const { file, rows } = table;
  const traces = new Map<string, { cell: string; pulses: Pulse[] }>();
  const faults: string[] = [];
  if (roles.values.length > 1)
    throw new Misuse(
      `${file}: ${roles.values.length} columns of conductance; choose one with --column value=NAME, or put devices into a column "cell".`,
    );
  const [column] = roles.values;
  for (const { record, line } of rows) {
    const number = numberIn(record[roles.pulse] ?? "", table);
    const value = numberIn(record[column.at] ?? "", table) * column.scale;
    const word = roles.direction >= 0 ? (record[roles.direction] ?? "").toLowerCase() : "";
    const direction = roles.direction >= 0 ? (ownOf(DIRECTIONS, word) ?? null) : null;
    if (!Number.isFinite(number))
      faults.push(`row ${line}, column "${table.fields[roles.pulse]}": "${record[roles.pulse]}" is no number`);
    else if (!(value > 0) || !Number.isFinite(value))
      faults.push(`row ${line}, column "${column.name}": "${record[column.at]}" is not above 0`);
    else if (roles.direction >= 0 && direction === null)
      faults.push(`row ${line}, column "${table.fields[roles.direction]}": "${word}" is neither up nor down`);
    else {
      const cell = roles.cell >= 0 ? record[roles.cell] : "";
      const key = `${cell}\u0000${roles.cycle >= 0 ? record[roles.cycle] : ""}`;
      const trace = traces.get(key) ?? { cell, pulses: [] };
      traces.set(key, trace);
      trace.pulses.push({ number, direction, conductance: column.conductance ? value : 1 / value });
    }
  }
  if (faults.length > 0)
    throw new Misuse(
      `${file}: ${faults.length} of ${rows.length} rows cannot be used: ${listed(faults, TOLD)}. Mend them.`,
    );
  const branches = [...traces.values()].flatMap(({ cell, pulses }) => {
    // Up and down may each count from one: then rows stand in their order.
    const counts = pulses.every(({ number }, i) => i === 0 || number > pulses[i - 1].number);
    const distinct = new Set(pulses.map(({ number }) => number)).size === pulses.length;
    const trace = counts || !distinct ? pulses : [...pulses].sort((a, b) => a.number - b.number);
    return roles.direction >= 0 ? runsOf(cell, trace) : cutAtTop(cell, trace);
  });
  return { branches, notes: [`${file} (${rows.length} rows): ${toldRoles(table, roles)}.`] };
};
