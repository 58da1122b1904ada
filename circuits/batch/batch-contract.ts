import type { Lanes } from "#src/kernels/vector-program";
import type { TransientFailure } from "../analyses/transient-contract.ts";
import type { Node } from "../netlist/netlist.ts";

/** A value an instance, or one value common to all. */
export type Column = ArrayLike<number>;

/** What differs between the instances of one netlist; what is not named is the netlist's. */
export interface BatchVariations {
  /** Number of instances. */
  readonly count: number;
  /** Resistors and rram cells, by element name [ohm]. */
  readonly resistances?: Readonly<Record<string, Column>>;
  /** Transistors, by element name: added to the threshold [V]. */
  readonly thresholdShifts?: Readonly<Record<string, Column>>;
  /** Transistors, by element name: multiplies the gain. */
  readonly gainFactors?: Readonly<Record<string, Column>>;
  /** Sources, by element name: multiplies the whole waveform. */
  readonly sourceScales?: Readonly<Record<string, Column>>;
  /** Of all transistors [K]; resistances stay as given. */
  readonly temperatures?: Column;
}

/** Steps an instance may try before it is given up. */
export const MOST_ATTEMPTS = 200_000;

export interface BatchOptions {
  /** End of the analysis [s]. */
  readonly stop: number;
  /** Local error allowed a step and node [V]: 1e-3 for Monte Carlo, 2e-4 for crossing times within 0.1 %. */
  readonly tolerance: number;
  /** f32x4 where left out: four instances at once. f64x2 for audits and for tolerances below 1e-5 V. */
  readonly lanes?: Lanes;
  /** Unknown nodes whose voltages and crossings are recorded. */
  readonly nodes: readonly Node[];
  /** Times at which they are reported [s], ascending. */
  readonly times: ArrayLike<number>;
  /** Report when they first fall below `threshold` [V], a value an instance or one for all, after `after` [s]. */
  readonly crossings?: { readonly threshold: Column; readonly after: number };
  /** Node pairs whose difference decides the outcome: its error weighs ten times more. */
  readonly pairs?: readonly (readonly [Node, Node])[];
  /** Integrate the energy that each voltage source delivers, reported at `times`. */
  readonly energies?: boolean;
  /** Steps that one instance may try, in either engine; MOST_ATTEMPTS where left out. */
  readonly mostSteps?: number;
  /** End an instance early, holding its state, once after `after` one node is below `low` and the other above `high` [V]. */
  readonly settled?: {
    readonly nodes: readonly [Node, Node];
    readonly after: number;
    readonly low: Column;
    readonly high: Column;
  };
}

/** How an instance came out. */
export const BATCH_FAILED = 0;
export const BATCH_SOLVED = 1;
/** Solved by the scalar engine after the kernel gave up, or because the circuit is not for a kernel. */
export const BATCH_SOLVED_SCALAR = 2;

export interface BatchTransients {
  readonly count: number;
  readonly times: Float64Array;
  /** Voltages by node, shape count x times [V]; NaN for an instance that failed. */
  readonly voltages: Readonly<Record<Node, Float64Array>>;
  /** Seconds after `crossings.after` of the first fall below the threshold, by node; NaN where there is none. */
  readonly crossings: Readonly<Record<Node, Float64Array>>;
  /** Energy delivered since 0 s by voltage source, shape count x times [J]; empty where it was not asked for. */
  readonly energies: Readonly<Record<string, Float64Array>>;
  /** Voltages of all reported nodes when a node crosses, by that node, shape count x nodes [V]; NaN where it does not. */
  readonly atCrossings: Readonly<Record<Node, Float64Array>>;
  /** BATCH_FAILED, BATCH_SOLVED or BATCH_SOLVED_SCALAR. */
  readonly outcomes: Uint8Array;
  readonly failures: readonly (TransientFailure & { readonly instance: number })[];
  /** Steps tried by the kernel, rejected ones included, over all instances. */
  readonly attempts: number;
  /** Why the circuit was left to the scalar engine; null where it was not. */
  readonly refused: string | null;
}
