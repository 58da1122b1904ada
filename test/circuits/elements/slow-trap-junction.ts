import { z } from "zod";
import type { ElementKind, Node } from "#circuits/elements/element-kind";
import { hyperbolic } from "#src/kernels/vector-math";

/**
 * A made-up junction with a slow trap, as somebody's own kind of element: I = Is (1 + k u) sinh(V / V0) between plus and minus, and a
 * trap that fills with its own time constant, tau du/dt = V / V0 - u, u being a node of its own on a capacitor of
 * 1 fF [V a unit]. All that the program needs to know of it is in this file.
 */
export interface Junction {
  readonly name: string;
  readonly type: "own:junction";
  readonly model: string;
  readonly nodes: readonly [plus: Node, minus: Node, trap: Node];
}
export interface JunctionModel {
  readonly type: "own:junction";
  readonly saturationCurrent: number;
  readonly voltage: number;
  readonly trapGain: number;
  readonly trapTime: number;
}

const STATE = 1e-15;
const NAMES = ["saturationCurrent", "voltage", "trapGain", "trapTime"] as const;
const SHORT = { saturationCurrent: "is", voltage: "v0", trapGain: "k", trapTime: "tau" } as const;
const [CURRENT, VOLTAGE, GAIN, TIME] = [0, 1, 2, 3];
const PREFIX = "rramlab_own_junction_";
const positive = z.number().positive();

export const junctionKind: ElementKind<Junction, JunctionModel> = {
  type: "own:junction",
  shape: { model: z.string(), nodes: z.tuple([z.string(), z.string(), z.string()]) },
  models: [
    {
      type: "own:junction",
      shape: { saturationCurrent: positive, voltage: positive, trapGain: z.number(), trapTime: positive },
      of: (read) => read as unknown as JunctionModel,
    },
  ],
  words: [],
  nodes: (e) => e.nodes,
  joins: (e) => [[e.nodes[0], e.nodes[1]]],
  fault: () => null,
  modelFault: ({ trapTime }) => (trapTime > 0 ? null : `trapTime is ${trapTime} s; expected > 0 s.`),
  part: {
    kind: "flows",
    terminals: 3,
    flows: [
      { from: 0, to: 1 },
      { from: 2, to: null },
    ],
    coefficients: NAMES,
    coefficientsInto: (out, at, _e, model) => {
      NAMES.forEach((name, k) => {
        out[at + k] = model[name];
      });
    },
    flowsInto: (out, x, nodes, node, c, at) => {
      const [volts, trap] = [x[nodes[node]] - x[nodes[node + 1]], x[nodes[node + 2]]];
      const argument = volts / c[at + VOLTAGE];
      const open = c[at + CURRENT] * (1 + c[at + GAIN] * trap);
      out[0] = open * Math.sinh(argument);
      out[1] = (open * Math.cosh(argument)) / c[at + VOLTAGE];
      out[2] = -out[1];
      out[3] = c[at + CURRENT] * c[at + GAIN] * Math.sinh(argument);
      const perTime = STATE / c[at + TIME];
      // The trap's node loses charge as u relaxes towards V / V0.
      out[4] = perTime * (trap - argument);
      out[5] = -perTime / c[at + VOLTAGE];
      out[6] = -out[5];
      out[7] = perTime;
    },
    bends: () => true,
    noise: { refused: (name) => `${name} is a junction, whose noise nobody has measured.` },
    varies: {
      gainFactor: {
        place: CURRENT,
        vary: (current, factor) => current * factor,
        slot: "current",
        varySlot: (current, factor) => current * factor,
      },
    },
    vector: {
      own: ["current"],
      shared: ["perVoltage", "gain", "rate"],
      code: () => "",
      // V, ns, fF, uA.
      write: (put, c, at) => {
        put("current", 1e6 * c[at + CURRENT]);
        put("perVoltage", 1 / c[at + VOLTAGE]);
        put("gain", c[at + GAIN]);
        put("rate", 1e-9 / c[at + TIME]);
      },
      emit: (math, _, slot, [plus, minus, trap]) => {
        const { program: p } = math;
        const [current, per, gain, rate] = ["current", "perVoltage", "gain", "rate"].map(slot);
        const argument = p.mul(p.sub(plus, minus), per);
        const { sinh, cosh } = hyperbolic(math, argument);
        const open = p.mul(current, p.add(p.constant(1), p.mul(gain, trap)));
        const slope = p.mul(p.mul(open, cosh), per);
        const byVoltage = p.mul(rate, per);
        return [
          { current: p.mul(open, sinh), by: [slope, p.neg(slope), p.mul(p.mul(current, gain), sinh)] },
          { current: p.mul(rate, p.sub(trap, argument)), by: [p.neg(byVoltage), byVoltage, rate] },
        ];
      },
    },
  },
  spice: {
    letter: "X",
    text: (e) => `${PREFIX}${e.model}`,
    reads: null,
    read: null,
    subcircuit: {
      prefix: PREFIX,
      nodes: 3,
      options: [],
      lines: (name, model) => [
        `.subckt ${PREFIX}${name} p n t`,
        `.param ${NAMES.map((key) => `${SHORT[key]}=${model[key]}`).join(" ")}`,
        "Bi p n i=is*(1+k*v(t))*sinh(v(p,n)/v0)",
        `Bt t 0 i=${STATE}*(v(t)-v(p,n)/v0)/tau`,
        `.ends ${PREFIX}${name}`,
      ],
      model: (numbers, missing) => {
        const read = NAMES.map((key) => [key, numbers.get(SHORT[key]) ?? missing(`the junction's ${SHORT[key]}`)]);
        return { type: "own:junction", ...Object.fromEntries(read) } as JunctionModel;
      },
      element: (name, model, [plus, minus, trap]) => ({
        name,
        type: "own:junction",
        model,
        nodes: [plus, minus, trap],
      }),
    },
    cards: null,
  },
};
