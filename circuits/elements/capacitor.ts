import * as z from "zod";
import type { ElementKind, Node } from "./element-kind.ts";

export interface Capacitor {
  readonly name: string;
  readonly type: "capacitor";
  readonly nodes: readonly [Node, Node];
  /** [F] */
  readonly capacitance: number;
}

/** A capacitor between two nodes [F]. */
export const capacitor = (name: string, a: Node, b: Node, capacitance: number): Capacitor => ({
  name,
  type: "capacitor",
  nodes: [a, b],
  capacitance,
});

export const capacitorKind: ElementKind<Capacitor, null> = {
  type: "capacitor",
  shape: { nodes: z.tuple([z.string().min(1), z.string().min(1)]), capacitance: z.number() },
  models: [],
  words: [],
  nodes: (e) => e.nodes,
  joins: (e) => [e.nodes],
  fault: ({ capacitance }) =>
    capacitance >= 0 && capacitance < Number.POSITIVE_INFINITY
      ? null
      : `capacitance is ${capacitance} F; expected >= 0 F and finite.`,
  modelFault: () => null,
  part: { kind: "charge", farad: (e) => e.capacitance },
  spice: {
    letter: "C",
    text: (e) => `${e.capacitance}`,
    reads: "C",
    read: (line) => {
      line.need(3, "node node value");
      if (line.words.length > 3) line.refuse(line.words[3], "is not expected after the value");
      const farad = line.value(line.words[2].replace(/^c=/i, ""));
      if (!(farad >= 0)) line.refuse(line.words[2], "expected >= 0 F");
      return capacitor(line.name, line.node(0), line.node(1), farad);
    },
    subcircuit: null,
    cards: null,
  },
};
