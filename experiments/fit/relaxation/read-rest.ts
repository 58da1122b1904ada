import { REFERENCE_TEMPERATURE } from "#devices/index";
import { grouped } from "#src/words/grouped";
import { Misuse } from "../../misuse.ts";
import { showTime } from "../../units/show.ts";
import { LARGEST_RESISTANCE } from "../read-resistances.ts";
import { type ColumnRoles, toldRoles } from "../tables/column-roles.ts";
import { listed, numberIn, type RecordTable } from "../tables/read-table.ts";
import type { ReadAge } from "./clock-laws.ts";
import type { RestingCells } from "./likelihood.ts";

/** Cells at rest as files tell them. */
export interface RestData {
  readonly cells: RestingCells;
  /** What each cell was programmed to; empty where no column tells. */
  readonly levels: readonly string[];
  /** Whether the temperature stands in the files, or was taken as the reference. */
  readonly temperatureIsKnown: boolean;
  /** What was taken for what, left out, sorted. */
  readonly notes: readonly string[];
}

interface Read {
  readonly line: number;
  readonly file: string;
  readonly seconds: number;
  readonly resistance: number;
}

interface Cell {
  readonly level: string;
  readonly temperature: number;
  readonly reads: Read[];
}

/** Rows that cannot be used are left out and told up to this share; above it the file is refused. */
const FEW = 0.01;
/** Faults told one by one. */
const TOLD = 4;

/** Key of a cell: its number repeats from temperature to temperature and from cycle to cycle. */
const SEPARATOR = "\u0000";

const readOne = (table: RecordTable, roles: ColumnRoles, cells: Map<string, Cell>, faults: string[]): void => {
  const { file, rows, fields } = table;
  const wide = roles.values.some(({ time }) => time !== null);
  for (const { record, line } of rows) {
    const fault = (column: string, what: string): void => {
      faults.push(`${file}, row ${line}, column "${column}": ${what}`);
    };
    if (record.length !== fields.length) {
      fault(fields[0], `the row has ${record.length} fields, the header ${fields.length}`);
      continue;
    }
    const at = (i: number): string => (i < 0 ? "" : record[i]);
    const quantity = (column: { at: number; name: string; scale: number; offset: number }): number | null => {
      const number = numberIn(record[column.at], table);
      if (Number.isFinite(number)) return number * column.scale + column.offset;
      fault(column.name, `"${record[column.at]}" is no number`);
      return null;
    };
    const temperature = roles.temperature ? quantity(roles.temperature) : REFERENCE_TEMPERATURE;
    const time = roles.time ? quantity(roles.time) : 0;
    if (temperature === null || time === null) continue;
    if (!(temperature > 0)) {
      fault((roles.temperature as { name: string }).name, `${temperature} K is no temperature`);
      continue;
    }
    for (const column of roles.values) {
      const seconds = wide ? column.time : time;
      if (seconds === null || (wide && record[column.at] === "")) continue;
      if (!(seconds >= 0)) {
        fault(roles.time?.name ?? column.name, `${seconds} s: times since programming are 0 or more`);
        continue;
      }
      const value = quantity(column);
      if (value === null) continue;
      if (!(value > 0)) {
        fault(column.name, `${record[column.at]} is not above 0`);
        continue;
      }
      const resistance = column.conductance ? 1 / value : value;
      if (resistance > LARGEST_RESISTANCE) {
        fault(column.name, `${record[column.at]} is no resistance: an instrument's code for "out of range"?`);
        continue;
      }
      const level = at(roles.level) || at(roles.state) || (column.level ?? "");
      const name = roles.cell >= 0 ? at(roles.cell) : `${file} ${line}`;
      if (name === "") {
        fault(fields[roles.cell], "the row names no cell");
        continue;
      }
      const key = [name, temperature, at(roles.cycle), column.level ?? ""].join(SEPARATOR);
      const cell: Cell = cells.get(key) ?? { level, temperature, reads: [] };
      cells.set(key, cell);
      const twin = cell.reads.find((read) => read.seconds === seconds);
      if (twin) fault(column.name, `cell ${name} was read at ${seconds} s before (row ${twin.line}): a duplicate`);
      else cell.reads.push({ line, file, seconds, resistance });
    }
  }
};

/** Reads of an array take a while: times so near each other, as a ratio, are one age. */
const ONE_AGE = 1.02;

/** The ages of cells' later reads, in order of temperature and time, and the place of each read among them. */
const agesOf = (cells: readonly Cell[], start: number) => {
  const places = new Map<string, number>();
  const ages: ReadAge[] = [];
  const name = (seconds: number, temperature: number): string => `${seconds} ${temperature}`;
  const byTemperature = grouped(cells, ({ temperature }) => temperature);
  for (const temperature of [...byTemperature.keys()].sort((a, b) => a - b)) {
    const own = byTemperature.get(temperature) as Cell[];
    const seconds = own.flatMap(({ reads }) => reads.map((read) => read.seconds)).filter((t) => t !== start);
    const times = [...seconds].sort((a, b) => a - b);
    for (let from = 0, to = 0; from < times.length; from = to) {
      while (to < times.length && times[to] <= times[from] * ONE_AGE) to++;
      const [first, last] = [times[from], times[to - 1]];
      const twice = own.find(({ reads }) => reads.filter((r) => r.seconds >= first && r.seconds <= last).length > 1);
      if (twice)
        throw new Misuse(
          `a cell was read twice between ${first} s and ${last} s (row ${twice.reads.find((r) => r.seconds >= first)?.line}): times nearer than 2 % are one age. Leave one of them.`,
        );
      for (const t of times.slice(from, to)) places.set(name(t, temperature), ages.length);
      ages.push({ seconds: times[(from + to) >> 1] - start, temperature });
    }
  }
  return { ages, placeOf: (seconds: number, temperature: number) => places.get(name(seconds, temperature)) as number };
};

/**
 * Resistances of cells since they were programmed, from tables with a time for each read (in a column, or in the names of several columns).
 * The first time of all is that of programming: a cell that lacks it is left out.
 *
 * @throws Misuse where more than one row in a hundred cannot be used (unless `skip`), or nothing is left.
 */
export const readRest = (tables: readonly (readonly [RecordTable, ColumnRoles])[], skip: boolean): RestData => {
  const found = new Map<string, Cell>();
  const faults: string[] = [];
  for (const [table, roles] of tables) {
    if (roles.cell < 0 && !roles.values.some(({ time }) => time !== null))
      throw new Misuse(
        `${table.file}: no column tells which cell a read is of (columns: ${table.fields.join(", ")}); name it "cell", or give it: --column cell=NAME.`,
      );
    readOne(table, roles, found, faults);
  }
  const rows = tables.reduce((sum, [{ rows: list }]) => sum + list.length, 0);
  const files = tables.map(([{ file }]) => file).join(", ");
  const some = listed(faults, TOLD);
  if (faults.length > FEW * rows && !skip)
    throw new Misuse(
      `${faults.length} of ${rows} rows cannot be used: ${some}. Mend them, or leave them out with --skip-bad.`,
    );
  // Whatever the order of the rows.
  const list = [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, cell]) => cell);
  const times = [...new Set(list.flatMap(({ reads }) => reads.map(({ seconds }) => seconds)))].sort((a, b) => a - b);
  if (times.length < 2)
    throw new Misuse(
      `${files}: all reads are at one time${times.length > 0 ? ` (${times[0]} s)` : ""}; relaxation needs a read after programming and at least one later.`,
    );
  const [start] = times;
  const used = list.filter(({ reads }) => reads.some(({ seconds }) => seconds === start) && reads.length > 1);
  if (used.length < list.length / 2) {
    const lack = list.filter(({ reads }) => !reads.some(({ seconds }) => seconds === start)).length;
    throw new Misuse(
      `${files}: ${lack} of ${list.length} cells have no read at ${start} s, the first time of all, which stands for programming${lack === 0 ? ", and the others no later one" : ""}. Times of programming must be equal (0), and a cell's rows must tell one temperature, that of its rest, programming's row too.`,
    );
  }
  const { ages, placeOf } = agesOf(used, start);
  const later = ages.map(() => new Float64Array(used.length).fill(Number.NaN));
  const first = new Float64Array(used.length);
  used.forEach(({ reads, temperature }, i) => {
    for (const { seconds, resistance } of reads) {
      if (seconds === start) first[i] = resistance;
      else later[placeOf(seconds, temperature)][i] = resistance;
    }
  });
  const unordered = used.filter(({ reads }) => reads.some((read, k) => k > 0 && read.seconds < reads[k - 1].seconds));
  const lacking = ages.flatMap(({ seconds, temperature }, k) => {
    const missing = used.filter((cell, i) => cell.temperature === temperature && !(later[k][i] > 0)).length;
    return missing > 0 ? [`${showTime(seconds)}: ${missing}`] : [];
  });
  const alone = list.length - used.length;
  return {
    cells: { first, ages, later },
    levels: used.map(({ level }) => level),
    temperatureIsKnown: tables.every(([, roles]) => roles.temperature !== null),
    notes: [
      ...tables.map(([table, roles]) => `${table.file} (${table.rows.length} rows): ${toldRoles(table, roles)}.`),
      ...tables.flatMap(([{ file }, { values }]) => {
        const untimed = values.filter(({ time }) => time === null);
        return untimed.length > 0 && untimed.length < values.length
          ? [`${file}: no time in the name of ${untimed.map(({ name }) => `"${name}"`).join(", ")}: not used.`]
          : [];
      }),
      ...(faults.length > 0 ? [`Rows left out: ${faults.length} of ${rows}: ${some}.`] : []),
      ...(alone > 0
        ? [`Cells left out: ${alone} of ${list.length}: no read at ${start} s, the first time, or no later one.`]
        : []),
      ...(start > 0 ? [`Times are taken from the first read, ${start} s, which stands for programming.`] : []),
      ...(lacking.length > 0 ? [`Cells without a read at ${lacking.join(", ")}.`] : []),
      ...(unordered.length > 0
        ? [`Reads of ${unordered.length} cells were not in order of time, and were sorted.`]
        : []),
    ],
  };
};
