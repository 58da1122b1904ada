import type { Interval } from "#src/numerics/intervals";
import type { Values } from "./parameter.ts";

/** One number that every trial reports, and how trials combine. */
export type NumberSpec =
  /** A probability: each trial reports events out of opportunities. Wilson interval. */
  | { readonly kind: "rate"; readonly says: string }
  /** A quantity whose mean over trials is wanted. t interval. */
  | { readonly kind: "mean"; readonly unit: string; readonly says: string };

export interface Cell extends Interval {
  /** Opportunities of a rate, trials of a mean. */
  readonly trials: number;
  /** Standard deviation over trials of a mean; NaN for a rate or a single trial. */
  readonly deviation: number;
}

export interface Row {
  readonly point: Values;
  readonly numbers: Readonly<Record<string, Cell>>;
  readonly failed: number;
}

/** The merged results of a run: one row a grid point. */
export interface Table {
  readonly axes: readonly string[];
  readonly numbers: Readonly<Record<string, NumberSpec>>;
  readonly rows: readonly Row[];
}
