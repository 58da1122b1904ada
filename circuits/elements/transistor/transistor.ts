import type { MosfetParams } from "#devices/index";
import type { Node } from "../element-kind.ts";

export interface Transistor {
  readonly name: string;
  readonly type: "mosfet";
  readonly model: string;
  readonly drain: Node;
  readonly gate: Node;
  readonly source: Node;
  readonly bulk: Node;
  /** [m] */
  readonly width: number;
  readonly length: number;
}

export interface TransistorModel {
  readonly type: "mosfet";
  readonly params: MosfetParams;
}

/** A transistor of a model between four nodes, of width and length [m]. */
export const transistor = (
  name: string,
  model: string,
  [drain, gate, source, bulk]: readonly [drain: Node, gate: Node, source: Node, bulk: Node],
  { width, length }: { readonly width: number; readonly length: number },
): Transistor => ({ name, type: "mosfet", model, drain, gate, source, bulk, width, length });

export const transistorModel = (params: MosfetParams): TransistorModel => ({ type: "mosfet", params });
