import type { Netlist, Node } from "../netlist/netlist.ts";

export type Edge = "rise" | "fall" | "cross";

/** The k-th passage of a node through a value, counted from `after` on. */
export interface Passage {
  readonly node: Node;
  readonly value: number;
  readonly edge: Edge;
  readonly number: number;
  readonly after: number;
}

export type Measure =
  | { readonly kind: "delay"; readonly name: string; readonly trigger: Passage; readonly target: Passage }
  | { readonly kind: "when"; readonly name: string; readonly passage: Passage }
  | { readonly kind: "find"; readonly name: string; readonly node: Node; readonly at: number | Passage };

export interface TransientAnalysis {
  readonly step: number;
  readonly stop: number;
  readonly start: number;
  readonly longestStep: number | null;
}

export interface SweepAnalysis {
  readonly source: string;
  readonly values: readonly number[];
}

/** What a deck says: a netlist, and what is asked of it. */
export interface SpiceDeck {
  readonly netlist: Netlist;
  readonly transient: TransientAnalysis | null;
  readonly operatingPoint: boolean;
  readonly sweep: SweepAnalysis | null;
  readonly measures: readonly Measure[];
  /** A parameter and the values it is to take, one run each. */
  readonly step: { readonly parameter: string; readonly values: readonly number[] } | null;
}
