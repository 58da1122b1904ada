import type { Interval } from "#src/numerics/intervals";
import type { NumberSpec } from "./experiment.ts";
import type { Values } from "./parameter.ts";

export interface Cell extends Interval {
  /** Opportunities of a rate, trials of a mean. */
  readonly trials: number;
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
