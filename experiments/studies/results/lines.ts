import type { Parameters, Row, Table, Value } from "#src/montecarlo/index";
import { withinShares } from "#src/numerics/intervals";
import { meanInterval } from "#src/numerics/mean-interval";
import { momentsOf } from "#src/numerics/moments";
import type { Interval } from "#src/numerics/wilson";
import { grouped } from "#src/words/grouped";
import { shown } from "../../units/show.ts";

/**
 * Rows that are one line of a table, one curve or one point of it: of one setting a row a training seed, say. `V`: values of the
 * study's parameters; `N`: names of its numbers. Intervals are t intervals over the rows.
 */
export interface Line<V, N extends string> {
  /** What the rows share, in words. */
  readonly label: string;
  readonly rows: readonly Row<V, N>[];
  /** Parameters of the first row. */
  readonly at: V;
  /** A number's estimates, row by row. */
  estimates(number: N): number[];
  over(number: N): Interval;
  /** The same of a number that is a share: its interval is cut at 0 and 1. */
  share(number: N): Interval;
  mean(number: N): number;
  /** Mean of a share in percent: "97.53". */
  percent(number: N): string;
  /** A share in percent, and its interval where there is more than one row: "97.53 [97.40, 97.66]". */
  bracketed(number: N): string;
  /** A share in percent and half its interval: "97.53 ±0.13". */
  within(number: N): string;
  /** Only the rows in which this number is known. */
  known(number: N): Line<V, N>;
  /** A line for each value of a parameter: numbers rising, words in the order in which they appear. */
  by<A extends keyof V & string>(parameter: A): (Line<V, N> & { readonly value: V[A] })[];
}

/** A share in percent with two decimals. */
export const percent = (x: number): string => (100 * x).toFixed(2);

/** A share's interval in percent: " [97.40, 97.66]"; empty where there is none. */
export const percentBounds = ({ low, high }: Pick<Interval, "low" | "high">): string =>
  Number.isFinite(low) ? ` [${percent(low)}, ${percent(high)}]` : "";

/** A share in percent and half its 95 % interval, where there is one. */
export const percentWithin = ({ estimate, low, high }: Interval): string =>
  Number.isFinite(low) ? `${percent(estimate)} ±${percent((high - low) / 2)}` : percent(estimate);

export const lineOf = <V, N extends string>(label: string, rows: readonly Row<V, N>[]): Line<V, N> => {
  const estimates = (number: N): number[] => rows.map((r) => r.numbers[number].estimate);
  const over = (number: N): Interval => meanInterval(momentsOf(estimates(number)));
  const share = (number: N): Interval => withinShares(over(number));
  const mean = (number: N): number => over(number).estimate;
  return {
    label,
    rows,
    at: rows[0]?.at,
    estimates,
    over,
    share,
    mean,
    percent: (number) => percent(mean(number)),
    bracketed: (number) => percent(mean(number)) + (rows.length > 1 ? percentBounds(share(number)) : ""),
    within: (number) => percentWithin(over(number)),
    known: (number) =>
      lineOf(
        label,
        rows.filter((r) => Number.isFinite(r.numbers[number].estimate)),
      ),
    by: (parameter) =>
      valuesOf(rows, parameter).map((value) => ({
        ...lineOf(
          label,
          rows.filter((r) => r.at[parameter] === value),
        ),
        value,
      })),
  };
};

/** The values that a parameter takes in these rows: numbers rising, words in the order in which they appear. */
export const valuesOf = <V, A extends keyof V>(rows: readonly Row<V, string>[], parameter: A): V[A][] => {
  const values = [...new Set(rows.map((r) => r.at[parameter]))];
  return values.every((v) => typeof v === "number") ? values.sort((a, b) => Number(a) - Number(b)) : values;
};

/** An axis' value for people. */
export const varied = (parameters: Parameters, axis: string, value: Value): string => shown(parameters[axis], value);

/** A row's place on the axes, in words: "supply 0.9 V, corner ss"; empty where there are none. */
export const pointOf = <V, N extends string>(table: Table<V, N>, parameters: Parameters, row: Row<V, N>): string =>
  table.axes.map((axis) => `${axis} ${varied(parameters, axis, row.point[axis])}`).join(", ");

/** How a line's label tells the value of an axis, given in words; its name and the value where nothing is said, nothing for "". */
export type Wording<V> = { readonly [axis in keyof V]?: (value: string) => string };

/** The value alone, without its axis. */
export const bare = (value: string): string => value;

/** Lines of a table: rows that share the values of all axes but these, in order of appearance. */
export const linesOf = <V, N extends string>(
  table: Table<V, N>,
  parameters: Parameters,
  except: readonly (keyof V & string)[],
  wording: Wording<V> = {},
): Line<V, N>[] => {
  const shared = table.axes.filter((axis) => !except.includes(axis));
  const told = (axis: keyof V & string, row: Row<V, N>): string => varied(parameters, axis, row.point[axis]);
  const labelOf = (row: Row<V, N>): string =>
    shared
      .map((axis) => wording[axis]?.(told(axis, row)) ?? `${axis} ${told(axis, row)}`)
      .filter((word) => word !== "")
      .join(", ");
  const groups = grouped(table.rows, (row) => shared.map((axis) => told(axis, row)).join("\n"));
  return [...groups.values()].map((rows) => lineOf(labelOf(rows[0]), rows));
};

/** How many, where rows may differ: "100", or "97 to 100". */
export const countsText = (counts: readonly number[]): string => {
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  return least === most ? `${least}` : `${least} to ${most}`;
};
