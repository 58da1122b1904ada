import type { Parameters, Row, Table } from "#src/montecarlo/index";
import type { Interval } from "#src/numerics/wilson";
import type { Axis, DotFigure, Figure, Series } from "#src/report/figure";
import { keysOf } from "#src/words/named";
import { type Line, linesOf, valuesOf, varied } from "./lines.ts";

const FACTORS: Readonly<Record<string, readonly [number, string]>> = {
  s: [1e9, "ns"],
  F: [1e15, "fF"],
  J: [1e15, "fJ"],
  V: [1, "V"],
  ohm: [1e-3, "kohm"],
};

/** How a quantity is drawn: its axis, and its SI value in the axis' unit. */
export const drawn = (label: string, unit: string): { axis: Axis; value: (si: number) => number } => {
  if (unit === "K") return { axis: { label, unit: "°C", scale: "linear" }, value: (si) => si - 273.15 };
  const [factor, name] = FACTORS[unit] ?? [1, unit === "1" ? "" : unit];
  return { axis: { label, unit: name, scale: "linear" }, value: (si) => si * factor };
};

/** An axis of shares in percent. */
export const percentAxis = (label: string): Axis => ({ label, unit: "%", scale: "linear" });

/** An axis of a pure number. */
export const pureAxis = (label: string, scale: Axis["scale"] = "linear"): Axis => ({ label, unit: "", scale });

const finite = (x: number): number | null => (Number.isFinite(x) ? x : null);

/** Estimates times a factor as a curve, with their intervals; what is not finite is not drawn. */
export const intervalCurve = (
  name: string,
  x: readonly number[],
  cells: readonly Interval[],
  factor: number,
): Series => ({
  name,
  x,
  y: cells.map((c) => finite(factor * c.estimate)),
  low: cells.map((c) => finite(factor * c.low)),
  high: cells.map((c) => finite(factor * c.high)),
  marks: true,
});

/** Shares as a curve in percent. */
export const percentCurve = (name: string, x: readonly number[], cells: readonly Interval[]): Series =>
  intervalCurve(name, x, cells, 100);

/** Of an experiment's parameters those that are numbers. */
type NumericOf<V> = { [name in keyof V]: V[name] extends number ? name : never }[keyof V] & string;

/** Shares of a line against a parameter, in percent: a point for each of its values. */
export const sweptCurve = <V, N extends string>(
  name: string,
  line: Line<V, N>,
  over: NumericOf<V>,
  share: (at: Line<V, N>) => Interval,
): Series => {
  const points = line.by(over);
  return percentCurve(
    name,
    points.map(({ value }) => Number(value)),
    points.map(share),
  );
};

/** What bounds a rate of which nothing was seen, in percent; null where something was. */
const belowOf = (cells: readonly Interval[]): (number | null)[] =>
  cells.map((c) => (c.estimate === 0 && c.high > 0 ? finite(100 * c.high) : null));

/** What captions say of marks where nothing was seen. */
export const NONE_SEEN = "Open triangles: none seen, so below them at 95 %.";

/** Rates as dots of a figure with a logarithmic axis, in percent. */
export const rateDots = (name: string, cells: readonly Interval[]): DotFigure["series"][number] => {
  const { y: values, ...rest } = percentCurve(name, [], cells);
  return { ...rest, values, below: belowOf(cells) };
};

/** "bitLineCapacitance" as it stands at an axis: "bit line capacitance". */
export const inWords = (name: string): string =>
  name.replace(/([a-z0-9])([A-Z])/g, (_, before: string, letter: string) => `${before} ${letter.toLowerCase()}`);

interface RateWords<V, N extends string> {
  readonly title: string;
  /** What the share is of; "reads in error" where left out. */
  readonly y?: string;
  readonly caption: (rows: readonly Row<V, N>[]) => string;
}

/** The axis of numbers that takes the most values, and more than one. */
export const sweptAxis = <V>(table: Table<V, string>, parameters: Parameters): (keyof V & string) | null => {
  const swept = table.axes
    .filter((axis) => parameters[axis].kind === "quantity" || parameters[axis].kind === "integer")
    .map((axis) => ({ axis, values: valuesOf(table.rows, axis).length }))
    .filter(({ values }) => values > 1)
    .sort((a, b) => b.values - a.values);
  return swept[0]?.axis ?? null;
};

/**
 * Rates on a logarithmic axis, of which nothing was seen as what they are below: curves against the axis of numbers that is swept, a figure for
 * each combination of the others; where none is, a row of dots for each point.
 */
export const rateFigures = <V, N extends string>(
  table: Table<V, N>,
  parameters: Parameters,
  /** What each number is called in the figure. */
  numbers: Readonly<Partial<Record<N, string>>>,
  { title, y = "reads in error", caption }: RateWords<V, N>,
): Figure[] => {
  const names = keysOf(numbers);
  const shares: Axis = { label: y, unit: "%", scale: "log" };
  const axis = sweptAxis(table, parameters);
  if (!axis) {
    if (table.rows.length < 2) return [];
    const labels = table.rows.map((row) => table.axes.map((a) => varied(parameters, a, row.point[a])).join(", "));
    return [
      {
        kind: "dots",
        title: `${title} against ${table.axes.map(inWords).join(" and ")}`,
        caption: `${caption(table.rows)} ${NONE_SEEN}`,
        x: shares,
        names: labels,
        series: names.map((number) =>
          rateDots(
            numbers[number] ?? number,
            table.rows.map((r) => r.numbers[number]),
          ),
        ),
      },
    ];
  }
  const parameter = parameters[axis];
  const x = drawn(inWords(axis), parameter.kind === "quantity" ? parameter.unit : "1");
  return linesOf(table, parameters, [axis]).map(({ label, rows }) => ({
    title: `${title} against ${inWords(axis)}${label ? `: ${label}` : ""}`,
    caption: `${caption(rows)} ${NONE_SEEN}`,
    x: spreadAxis(
      x.axis,
      rows.map((r) => x.value(Number(r.at[axis]))),
    ),
    y: shares,
    series: names.map((number) => {
      const cells = rows.map((r) => r.numbers[number]);
      const places = rows.map((r) => x.value(Number(r.at[axis])));
      return { ...percentCurve(numbers[number] ?? number, places, cells), below: belowOf(cells) };
    }),
  }));
};

/** Ratio of the largest to the smallest value, and share of gaps that grow, from which an axis is logarithmic. */
const SPAN = 50;

/** The axis on which these values are evenly spread: logarithmic where they span decades. */
export const spreadAxis = (axis: Axis, values: readonly number[]): Axis => {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return axis.unit !== "°C" && least > 0 && most / least >= SPAN ? { ...axis, scale: "log" } : axis;
};
