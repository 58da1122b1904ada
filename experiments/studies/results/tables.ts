import type { Parameters, Row, Summary, Table } from "#src/montecarlo/index";
import type { Interval } from "#src/numerics/wilson";
import { measuredTexts, rateTexts } from "../../units/show.ts";
import { varied } from "./lines.ts";

/** What is told with the digits that its whole column needs. */
type Shared =
  | { readonly kind: "rate"; readonly interval: Pick<Interval, "estimate" | "low" | "high"> }
  | { readonly kind: "measured"; readonly value: number; readonly unit: string };

type Cell = string | Shared;

/** A rate with its interval, in percent. */
export const rateCell = (interval: Pick<Interval, "estimate" | "low" | "high">): Cell => ({ kind: "rate", interval });

/** A computed quantity. */
export const measuredCell = (value: number, unit: string): Cell => ({ kind: "measured", value, unit });

/** A column of a table: its head, and what stands in it for each line. */
export type Column<T> = readonly [head: string, cell: (line: T) => Cell];

/** The texts of a column's cells. */
const textsOf = (cells: readonly Cell[]): string[] => {
  const rates = cells.flatMap((cell) => (typeof cell !== "string" && cell.kind === "rate" ? [cell.interval] : []));
  const measured = cells.flatMap((cell) => (typeof cell !== "string" && cell.kind === "measured" ? [cell] : []));
  const rated = rateTexts(rates);
  const quantities = measuredTexts(
    measured.map(({ value }) => value),
    measured[0]?.unit ?? "1",
  );
  let [r, m] = [0, 0];
  return cells.map((cell) => (typeof cell === "string" ? cell : cell.kind === "rate" ? rated[r++] : quantities[m++]));
};

/** A table for people, a line an item; columns that are `false` are left out. */
export const tableOf = <T>(
  title: string,
  lines: readonly T[],
  columns: readonly (Column<T> | false)[],
  notes: readonly string[] = [],
): Summary => {
  const told = columns.filter((column) => column !== false);
  const cells = lines.map((line) => told.map(([, cell]) => cell(line)));
  const texts = told.map((_, c) => textsOf(cells.map((row) => row[c])));
  return {
    title,
    columns: told.map(([head]) => head),
    rows: lines.map((_, i) => texts.map((column) => column[i])),
    notes,
  };
};

/** A column for each axis of a table, for tables with a line a row. */
export const axisColumns = <V, N extends string>(table: Table<V, N>, parameters: Parameters): Column<Row<V, N>>[] =>
  table.axes.map((axis) => [axis, (row) => varied(parameters, axis, row.point[axis])]);
