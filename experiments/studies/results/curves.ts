import type { Parameters, Row, Table } from "#src/montecarlo/index";
import type { Interval } from "#src/numerics/intervals";
import type { Axis, Figure, Series } from "#src/report/figure";
import { keysOf } from "#src/words/named";
import { type Line, linesOf } from "./lines.ts";

const FACTORS: Readonly<Record<string, readonly [number, string]>> = {
  s: [1e9, "ns"],
  F: [1e15, "fF"],
  J: [1e15, "fJ"],
  V: [1, "V"],
  ohm: [1e-3, "kohm"],
};

/** How a quantity is drawn: its axis, and its SI value in the axis' unit. */
export const drawn = (label: string, unit: string): { axis: Axis; value: (si: number) => number } => {
  if (unit === "K") return { axis: { label, unit: "degC", scale: "linear" }, value: (si) => si - 273.15 };
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

/** Ratio of the largest to the smallest rate beyond which an axis is logarithmic. */
const SPAN_OF_DECADES = 1000;

/** A figure of rates against one quantity for each combination of the other axes. */
export const rateSeries = <V, N extends string>(
  table: Table<V, N>,
  axis: keyof V & string,
  /** What each number is called in the figure. */
  numbers: Readonly<Partial<Record<N, string>>>,
  parameters: Parameters,
  words: { readonly title: string; readonly y?: string; readonly caption: (rows: readonly Row<V, N>[]) => string },
): Figure[] => {
  const parameter = parameters[axis];
  const x = drawn(axis, parameter.kind === "quantity" ? parameter.unit : "1");
  const names = keysOf(numbers);
  // Rates that span decades are drawn on a logarithmic axis, where those of nothing seen have no place.
  const scaleOf = (rows: readonly Row<V, N>[]): "linear" | "log" => {
    const seen = rows.flatMap((r) => names.map((n) => r.numbers[n].estimate)).filter((p) => p > 0);
    return Math.max(...seen) > SPAN_OF_DECADES * Math.min(...seen) ? "log" : "linear";
  };
  return linesOf(table, parameters, [axis]).map(({ label, rows }) => ({
    caption: words.caption(rows),
    title: label ? `${words.title}: ${label}` : words.title,
    x: x.axis,
    y: { label: words.y ?? "reads in error", unit: "%", scale: scaleOf(rows) },
    series: names.map((number) =>
      percentCurve(
        numbers[number] ?? number,
        rows.map((r) => x.value(Number(r.at[axis]))),
        rows.map((r) => r.numbers[number]),
      ),
    ),
  }));
};
