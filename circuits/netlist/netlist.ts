import type { ElementKind, Node, SourcePart } from "../elements/element-kind.ts";
import { type Element, type ElementModel, kindOf, kindsWith } from "../elements/kinds.ts";

export type { Node } from "../elements/element-kind.ts";
export type { Element, ElementModel } from "../elements/kinds.ts";

/** A circuit as plain data, SI units. */
export interface Netlist {
  readonly title: string;
  /** [K] */
  readonly temperature: number;
  readonly models: Readonly<Record<string, ElementModel>>;
  readonly elements: readonly Element[];
  /** Node voltages at t = 0, taken as they are; nodes left out start at 0 V. Null: start from the operating point. */
  readonly initial: Readonly<Record<Node, number>> | null;
  /** Kinds of elements beside the program's; their types begin with "own:". */
  readonly kinds?: readonly ElementKind[];
}

/** All kinds that a netlist's elements may be of. */
export const kindsOf = (netlist: Pick<Netlist, "kinds">): readonly ElementKind[] => kindsWith(netlist.kinds);

/** Every node an element touches. */
export const nodesOf = (netlist: Pick<Netlist, "kinds">, e: Element): readonly Node[] =>
  kindOf(kindsOf(netlist), e.type).nodes(e);

/** What an element imposes, where it is a source; else null. */
export const sourceOf = (netlist: Pick<Netlist, "kinds">, e: Element): SourcePart<Element> | null => {
  const { part } = kindOf(kindsOf(netlist), e.type);
  return part.kind === "voltage" || part.kind === "current" ? (part as SourcePart<Element>) : null;
};
