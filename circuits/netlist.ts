import type { FilamentPhysics, MosfetParams, RramConduction } from "#devices/index";
import type { Waveform } from "./waveform.ts";

/** Node names are free text; "0" is ground. */
export type Node = string;

export type Element =
  | {
      readonly name: string;
      readonly type: "resistor";
      readonly nodes: readonly [Node, Node];
      readonly resistance: number;
    }
  | {
      readonly name: string;
      readonly type: "capacitor";
      readonly nodes: readonly [Node, Node];
      readonly capacitance: number;
    }
  | {
      readonly name: string;
      readonly type: "voltage";
      readonly nodes: readonly [plus: Node, minus: Node];
      readonly waveform: Waveform;
    }
  /** Current flows from `plus` through the source to `minus`, as in SPICE. */
  | {
      readonly name: string;
      readonly type: "current";
      readonly nodes: readonly [plus: Node, minus: Node];
      readonly waveform: Waveform;
    }
  | {
      readonly name: string;
      readonly type: "mosfet";
      readonly model: string;
      readonly drain: Node;
      readonly gate: Node;
      readonly source: Node;
      readonly bulk: Node;
      readonly width: number;
      readonly length: number;
    }
  | {
      readonly name: string;
      readonly type: "rram";
      readonly model: string;
      readonly nodes: readonly [plus: Node, minus: Node];
      /** State of the filament: its low-field resistance [ohm]. */
      readonly resistance: number;
    }
  /** A device that switches; `length` and `temperature` are nodes that hold its state (filament-equations.ts). */
  | {
      readonly name: string;
      readonly type: "filament";
      readonly model: string;
      readonly nodes: readonly [plus: Node, minus: Node, length: Node, temperature: Node];
    };

/** What an element may be; anything else is refused by name. */
export const ELEMENT_TYPES = [
  "resistor",
  "capacitor",
  "voltage",
  "current",
  "mosfet",
  "rram",
  "filament",
] as const satisfies readonly Element["type"][];

/** Models, as elements name their type. */
export const MODEL_TYPES = ["mosfet", "rram", "filament"] as const satisfies readonly ElementModel["type"][];

/** How a cell conducts. */
export const CONDUCTION_KINDS = ["ohmic", "sinh"] as const satisfies readonly RramConduction["kind"][];

export type ElementModel =
  | { readonly type: "mosfet"; readonly params: MosfetParams }
  | { readonly type: "rram"; readonly conduction: RramConduction }
  | { readonly type: "filament"; readonly params: FilamentPhysics };

/** A circuit as plain data, SI units. */
export interface Netlist {
  readonly title: string;
  /** [K] */
  readonly temperature: number;
  readonly models: Readonly<Record<string, ElementModel>>;
  readonly elements: readonly Element[];
  /** Node voltages at t = 0, taken as they are; nodes left out start at 0 V. Null: start from the operating point. */
  readonly initial: Readonly<Record<Node, number>> | null;
}

/** Every node an element touches. */
export const nodesOf = (e: Element): readonly Node[] =>
  e.type === "mosfet" ? [e.drain, e.gate, e.source, e.bulk] : e.nodes;
