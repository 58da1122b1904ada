import * as z from "zod";
import {
  channelNoiseConductance,
  drainCurrentInto,
  GAIN,
  MOSFET_COEFFICIENT_NAMES,
  type MosfetParams,
  mosfetCoefficientsInto,
  THRESHOLD,
} from "#devices/index";
import type { ElementKind } from "../element-kind.ts";
import { notPositive } from "../resistance.ts";
import { type Transistor, type TransistorModel, transistorModel } from "./transistor.ts";
import { transistorSpice } from "./transistor-spice.ts";
import { transistorVector } from "./transistor-vector.ts";

const [number, positive] = [z.number(), z.number().positive()];
const ekv = {
  equations: z.literal("ekv"),
  vt0: number,
  n: positive,
  nb: positive,
  kp: positive,
  sigma: number.min(0),
  theta: number.min(0),
  vc: positive.nullable(),
  lambda: number.min(0),
  kt: number,
  bex: number,
};
const modelOf =
  (polarity: "nmos" | "pmos") =>
  ({ vc, type: _type, equations: _equations, ...rest }: Readonly<Record<string, unknown>>): TransistorModel =>
    transistorModel({ polarity, vc: vc ?? Number.POSITIVE_INFINITY, ...rest } as unknown as MosfetParams);

const node = z.string().min(1);
const DRAIN = 0;
const GATE = 1;
const SOURCE = 2;
const BULK = 3;

export const transistorKind: ElementKind<Transistor, TransistorModel> = {
  type: "mosfet",
  shape: { model: node, drain: node, gate: node, source: node, bulk: node, width: number, length: number },
  models: [
    { type: "nmos", shape: ekv, of: modelOf("nmos") },
    {
      type: "pmos",
      shape: { ...ekv, vt0: number.min(0, "a pMOS threshold is given as a positive magnitude") },
      of: modelOf("pmos"),
    },
  ],
  words: [],
  nodes: (e) => [e.drain, e.gate, e.source, e.bulk],
  // Gate and bulk hold no node.
  joins: (e) => [[e.drain, e.source]],
  fault: (e) => notPositive("width", e.width, "m") ?? notPositive("length", e.length, "m"),
  modelFault: () => null,
  part: {
    kind: "flows",
    terminals: 4,
    flows: [{ from: DRAIN, to: SOURCE }],
    coefficients: MOSFET_COEFFICIENT_NAMES,
    coefficientsInto: (out, at, e, { params }, temperature) => mosfetCoefficientsInto(out, at, params, e, temperature),
    flowsInto: (out, x, nodes, node, c, at) => {
      const [drain, gate] = [x[nodes[node + DRAIN]], x[nodes[node + GATE]]];
      const [source, bulk] = [x[nodes[node + SOURCE]], x[nodes[node + BULK]]];
      drainCurrentInto(out, c, at, drain, gate, source, bulk);
    },
    bends: () => true,
    noise: {
      from: DRAIN,
      to: SOURCE,
      conductance: (v, c, at) => channelNoiseConductance(c, at, v[DRAIN], v[GATE], v[SOURCE], v[BULK]),
    },
    varies: {
      thresholdShift: {
        place: THRESHOLD,
        vary: (threshold, shift) => threshold + shift,
        slot: "threshold",
        varySlot: (threshold, shift) => threshold + shift,
      },
      gainFactor: {
        place: GAIN,
        vary: (gain, factor) => gain * factor,
        slot: "gain",
        varySlot: (gain, factor) => gain * factor,
      },
    },
    vector: transistorVector,
  },
  spice: transistorSpice,
};
