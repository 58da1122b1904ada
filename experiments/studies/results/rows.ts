import type { Parameters, Row, Table, Value, Values } from "#src/montecarlo/index";
import { type Interval, withinShares } from "#src/numerics/intervals";
import { meanInterval, momentsOf } from "#src/numerics/moments";
import type { Axis, Figure, Series } from "#src/report/figure";
import { shown } from "../../units/show.ts";

/** An axis' value for people. */
export const varied = (parameters: Parameters, axis: string, value: Value): string => shown(parameters[axis], value);

/** Rows that share the values of all axes but these, in order of appearance, with the words for what they share. */
export const groupRows = (
  table: Table,
  parameters: Parameters,
  except: readonly string[],
): { readonly label: string; readonly rows: readonly Row[] }[] => {
  const shared = table.axes.filter((axis) => !except.includes(axis));
  const groups = new Map<string, Row[]>();
  for (const row of table.rows) {
    const label = shared.map((axis) => `${axis} ${varied(parameters, axis, row.point[axis])}`).join(", ");
    groups.set(label, [...(groups.get(label) ?? []), row]);
  }
  return [...groups].map(([label, rows]) => ({ label, rows }));
};

const FACTORS: Readonly<Record<string, readonly [number, string]>> = {
  s: [1e9, "ns"],
  F: [1e15, "fF"],
  J: [1e15, "fJ"],
  V: [1, "V"],
  ohm: [1e-3, "kohm"],
};

/** Mean over rows (training seeds) of a number, with the t interval over them. */
export const overRows = (rows: readonly Row[], number: string): Interval =>
  meanInterval(momentsOf(rows.map((r) => r.numbers[number].estimate)));

/** The same of a share. */
export const shareOverRows = (rows: readonly Row[], number: string): Interval => withinShares(overRows(rows, number));

/** How many values an axis takes. */
export const valuesOf = (table: Table, axis: string): number => new Set(table.rows.map((r) => r.point[axis])).size;

/** How many, where rows may differ: "100", or "97 to 100". */
export const countsText = (counts: readonly number[]): string => {
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  return least === most ? `${least}` : `${least} to ${most}`;
};

/** A share in percent with two decimals. */
export const percent = (x: number): string => (100 * x).toFixed(2);

/** A share in percent and half its 95 % interval, where there is one. */
export const percentWithin = ({ estimate, low, high }: Interval): string =>
  Number.isFinite(low) ? `${percent(estimate)} ±${percent((high - low) / 2)}` : percent(estimate);

/** Axes, but for these, at which a row differs from the run's parameters. */
const differing = (row: Row, table: Table, params: Values, except: readonly string[]): string[] =>
  table.axes.filter((a) => !except.includes(a) && row.point[a] !== params[a]);

/** Whether a row differs from the run's parameters in nothing but this axis and those. */
export const differsOnlyIn = (
  axis: string,
  row: Row,
  table: Table,
  params: Values,
  except: readonly string[],
): boolean => differing(row, table, params, except).every((a) => a === axis);

/** What a row's setting differs in from the run's parameters, in words; empty for none. */
export const settingName = (
  row: Row,
  table: Table,
  params: Values,
  parameters: Parameters,
  except: readonly string[],
): string =>
  differing(row, table, params, except)
    .map((a) => {
      const value = varied(parameters, a, row.point[a]);
      return parameters[a].kind === "choice" ? value : `${a} ${value}`;
    })
    .join(", ");

/** How a quantity is drawn: its axis, and its SI value in the axis' unit. */
export const drawn = (label: string, unit: string): { axis: Axis; value: (si: number) => number } => {
  if (unit === "K") return { axis: { label, unit: "degC", scale: "linear" }, value: (si) => si - 273.15 };
  const [factor, name] = FACTORS[unit] ?? [1, unit === "1" ? "" : unit];
  return { axis: { label, unit: name, scale: "linear" }, value: (si) => si * factor };
};

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

/** Ratio of the largest to the smallest rate beyond which an axis is logarithmic. */
const SPAN_OF_DECADES = 1000;

/** A figure of rates against one quantity for each combination of the other axes. */
export const rateSeries = (
  table: Table,
  axis: string,
  /** What each number is called in the figure. */
  numbers: Readonly<Record<string, string>>,
  parameters: Parameters,
  words: { readonly title: string; readonly y?: string; readonly caption: (rows: readonly Row[]) => string },
): Figure[] => {
  const parameter = parameters[axis];
  const x = drawn(axis, parameter.kind === "quantity" ? parameter.unit : "1");
  // Rates that span decades are drawn on a logarithmic axis, where those of nothing seen have no place.
  const scaleOf = (rows: readonly Row[]): "linear" | "log" => {
    const seen = rows.flatMap((r) => Object.keys(numbers).map((n) => r.numbers[n].estimate)).filter((p) => p > 0);
    return Math.max(...seen) > SPAN_OF_DECADES * Math.min(...seen) ? "log" : "linear";
  };
  return groupRows(table, parameters, [axis]).map(({ label, rows }) => ({
    caption: words.caption(rows),
    title: label ? `${words.title}: ${label}` : words.title,
    x: x.axis,
    y: { label: words.y ?? "reads in error", unit: "%", scale: scaleOf(rows) },
    series: Object.entries(numbers).map(([number, name]) =>
      percentCurve(
        name,
        rows.map((r) => x.value(r.point[axis] as number)),
        rows.map((r) => r.numbers[number]),
      ),
    ),
  }));
};
