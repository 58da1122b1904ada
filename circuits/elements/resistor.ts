import * as z from "zod";
import type { ElementKind, Node } from "./element-kind.ts";
import { MICRO, notPositive, RESISTANCE, VARIED_RESISTANCE } from "./resistance.ts";

export interface Resistor {
  readonly name: string;
  readonly type: "resistor";
  readonly nodes: readonly [Node, Node];
  /** [ohm] */
  readonly resistance: number;
}

/** A resistor between two nodes [ohm]. */
export const resistor = (name: string, a: Node, b: Node, resistance: number): Resistor => ({
  name,
  type: "resistor",
  nodes: [a, b],
  resistance,
});

export const resistorKind: ElementKind<Resistor, null> = {
  type: "resistor",
  shape: { nodes: z.tuple([z.string().min(1), z.string().min(1)]), resistance: z.number() },
  models: [],
  words: [],
  nodes: (e) => e.nodes,
  joins: (e) => [e.nodes],
  fault: (e) => notPositive("resistance", e.resistance, "ohm"),
  modelFault: () => null,
  part: {
    kind: "flows",
    terminals: 2,
    flows: [{ from: 0, to: 1 }],
    coefficients: ["resistance"],
    coefficientsInto: (out, at, e) => {
      out[at + RESISTANCE] = e.resistance;
    },
    flowsInto: (out, x, nodes, node, c, at) => {
      const ohm = c[at + RESISTANCE];
      out[0] = (x[nodes[node]] - x[nodes[node + 1]]) / ohm;
      out[1] = 1 / ohm;
      out[2] = -1 / ohm;
    },
    bends: () => false,
    noise: { from: 0, to: 1, conductance: (_, c, at) => 1 / c[at + RESISTANCE] },
    varies: { resistance: VARIED_RESISTANCE },
    vector: {
      own: ["conductance"],
      shared: [],
      code: () => "",
      write: (put, c, at) => put("conductance", MICRO / c[at + RESISTANCE]),
      emit: ({ program: p }, _, slot, [a, b]) => {
        const g = slot("conductance");
        return [{ current: p.mul(g, p.sub(a, b)), by: [g, p.neg(g)] }];
      },
    },
  },
  spice: {
    letter: "R",
    text: (e) => `${e.resistance}`,
    reads: "R",
    read: (line) => {
      line.need(3, "node node value");
      if (line.words.length > 3) line.refuse(line.words[3], "is not expected after the value");
      const ohm = line.value(line.words[2].replace(/^r=/i, ""));
      if (!(ohm > 0)) line.refuse(line.words[2], "expected > 0 ohm");
      return resistor(line.name, line.node(0), line.node(1), ohm);
    },
    subcircuit: null,
    cards: null,
  },
};
