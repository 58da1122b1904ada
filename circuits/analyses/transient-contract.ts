import type { Node } from "../netlist/netlist.ts";
import type { Step } from "./step-curve.ts";
import type { NoiseOptions } from "./thermal-noise.ts";

/** Steps after which an analysis gives up. */
export const MOST_STEPS = 10_000_000;

export interface TransientOptions {
  /** End of the analysis [s]. */
  readonly stop: number;
  /** Times at which every node is reported [s], ascending. */
  readonly times: ArrayLike<number>;
  /** Local error allowed a step and node [V], relative above 1 V: 1e-3 for Monte Carlo, 1e-4 to look at, 1e-6 to compare. */
  readonly tolerance: number;
  /** Report when these nodes first fall below `threshold` [V] after `after` [s]. */
  readonly crossings?: { readonly nodes: readonly Node[]; readonly threshold: number; readonly after: number };
  /** Node pairs whose difference decides the outcome: its error weighs `DIFFERENCE_WEIGHT` times more. */
  readonly pairs?: readonly (readonly [Node, Node])[];
  /** End early, holding the state, once after `after` one of the nodes is below `low` and the other above `high` [V]. */
  readonly settled?: {
    readonly nodes: readonly [Node, Node];
    readonly after: number;
    readonly low: number;
    readonly high: number;
  };
  /** Thermal noise of resistors, cells and transistors; none where left out. */
  readonly noise?: NoiseOptions;
  /** No step is longer than this [s]. */
  readonly longestStep?: number;
  /** Give up after so many steps, rejected ones included; MOST_STEPS where left out. */
  readonly mostSteps?: number;
  /** Told every accepted step, whose arrays are used again after it: what waveforms are in between is in step-curve.ts. */
  readonly watch?: (step: Step) => void;
  /** Report the energy delivered by each source until these times [s]; ascending. */
  readonly energyAt?: readonly number[];
}

export interface Transient {
  readonly ok: true;
  readonly times: Float64Array;
  /** Voltages at `times`, by node: unknown nodes, then driven ones. */
  readonly voltages: Readonly<Record<Node, Float64Array>>;
  /** Seconds after `crossings.after` of the first fall below the threshold; null where there is none. */
  readonly crossings: Readonly<Record<Node, number | null>>;
  /** Energy [J] each voltage source has delivered since t = 0, at `energyAt`. */
  readonly energies: Readonly<Record<string, Float64Array>>;
  readonly steps: number;
  readonly rejected: number;
  readonly iterations: number;
}

export interface TransientFailure {
  readonly ok: false;
  readonly reason: "no operating point" | "singular matrix" | "step too small" | "too many steps";
  readonly time: number;
  /** Where the last Newton update was largest; null before the first. */
  readonly node: Node | null;
  /** That update [V]; for an operating point, the largest current that is left [A]. */
  readonly residual: number;
  readonly iterations: number;
}
