import type { Interval } from "#src/numerics/wilson";
import type { Parameters, Values, ValuesOf } from "./parameter.ts";

/** One number that every trial reports, and how trials combine. */
export type NumberSpec =
  /** A probability: each trial reports events out of opportunities. Wilson interval, of trials that may be alike within. */
  | { readonly kind: "rate"; readonly says: string }
  /** A quantity whose mean over trials is wanted, t interval; and quantiles of its distribution, where asked. */
  | { readonly kind: "mean"; readonly unit: string; readonly says: string; readonly quantiles?: readonly number[] }
  /** A Sobol index: each trial reports a `SensitivityRow`. */
  | { readonly kind: "sobol"; readonly effect: "first" | "total"; readonly says: string };

export interface Cell extends Interval {
  /** Opportunities of a rate, trials of a mean. */
  readonly trials: number;
  /** Events of a rate, as many as carry its interval (fewer than were counted where they come together); else NaN. */
  readonly events: number;
  /** Standard deviation over trials of a mean; NaN for any other number or a single trial. */
  readonly deviation: number;
  /** In the order of the number's `quantiles`. */
  readonly quantiles: readonly Interval[];
}

/** `V`: values of the experiment's parameters; `N`: names of its numbers. */
export interface Row<V = Values, N extends string = string> {
  /** What the grid gives this row: the axes alone. */
  readonly point: Values;
  /** All parameters of the row: those of the run, with the point's over them. */
  readonly at: V;
  readonly numbers: Readonly<Record<N, Cell>>;
  /** Trials done, failed ones included. */
  readonly trials: number;
  readonly failed: number;
  /** Why, in words: the first few that differ. */
  readonly reasons: readonly string[];
  /** Numbers that the preparation alone gave. */
  readonly facts: readonly string[];
}

/** The merged results of a run: one row a grid point. */
export interface Table<V = Values, N extends string = string> {
  readonly axes: readonly (keyof V & string)[];
  readonly numbers: Readonly<Record<N, NumberSpec>>;
  readonly rows: readonly Row<V, N>[];
}

/** The table of an experiment with these parameters and numbers. */
export type TableOf<P extends Parameters, S extends Readonly<Record<string, NumberSpec>>> = Table<
  ValuesOf<P>,
  keyof S & string
>;
