import type { Parameters, Row, Summary, Table } from "#src/montecarlo/index";
import { varied } from "./lines.ts";

/** A column of a table: its head, and what stands in it for each line. */
export type Column<T> = readonly [head: string, cell: (line: T) => string];

/** A table for people, a line an item; columns that are `false` are left out. */
export const tableOf = <T>(
  title: string,
  lines: readonly T[],
  columns: readonly (Column<T> | false)[],
  notes: readonly string[] = [],
): Summary => {
  const told = columns.filter((column) => column !== false);
  return {
    title,
    columns: told.map(([head]) => head),
    rows: lines.map((line) => told.map(([, cell]) => cell(line))),
    notes,
  };
};

/** A column for each axis of a table, for tables with a line a row. */
export const axisColumns = <V, N extends string>(table: Table<V, N>, parameters: Parameters): Column<Row<V, N>>[] =>
  table.axes.map((axis) => [axis, (row) => varied(parameters, axis, row.point[axis])]);
