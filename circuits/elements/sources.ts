import * as z from "zod";
import type { ElementKind, Node, SpiceForm } from "./element-kind.ts";
import { WAVEFORM_KINDS, type Waveform } from "./waveform.ts";

export interface Source<T extends "voltage" | "current"> {
  readonly name: string;
  readonly type: T;
  readonly nodes: readonly [plus: Node, minus: Node];
  readonly waveform: Waveform;
}

type VoltageSource = Source<"voltage">;
/** Current flows from `plus` through the source to `minus`, as in SPICE. */
type CurrentSource = Source<"current">;

export const voltageSource = (name: string, plus: Node, minus: Node, waveform: Waveform): VoltageSource => ({
  name,
  type: "voltage",
  nodes: [plus, minus],
  waveform,
});

const number = z.number();
const waveformShape = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("dc"), value: number }),
  z.strictObject({ kind: z.literal("pwl"), points: z.array(z.tuple([number, number])).min(1) }),
  z.strictObject({
    kind: z.literal("pulse"),
    low: number,
    high: number,
    delay: number.min(0),
    rise: number.min(0),
    fall: number.min(0),
    width: number.min(0),
    period: number.positive(),
  }),
  z.strictObject({
    kind: z.literal("sin"),
    offset: number,
    amplitude: number,
    frequency: number.positive(),
    delay: number.min(0).default(0),
  }),
]);

const waveformFault = (w: Waveform): string | null => {
  if (w.kind === "pwl") {
    if (w.points.length === 0) return "a pwl waveform needs at least one [time, value] point.";
    const i = w.points.findIndex(([t], k) => k > 0 && !(t > w.points[k - 1][0]));
    if (i > 0) return `pwl times must rise; point ${i} is at ${w.points[i][0]} s after ${w.points[i - 1][0]} s.`;
  }
  if (w.kind === "pulse" && !(w.period >= (w.rise + w.width + w.fall) * (1 - 1e-12) && w.period > 0))
    return `pulse period ${w.period} s is shorter than rise + width + fall.`;
  if (w.kind === "pulse" && !(w.rise > 0 && w.fall > 0))
    return `pulse edges are ${w.rise} s and ${w.fall} s; expected > 0 s, a jump has no derivative.`;
  if (w.kind === "sin" && !(w.frequency > 0)) return `sin frequency is ${w.frequency} Hz; expected > 0 Hz.`;
  return null;
};

const waveformText = (w: Waveform): string => {
  switch (w.kind) {
    case "dc":
      return `DC ${w.value}`;
    case "pwl":
      return `PWL(${w.points.map(([t, v]) => `${t} ${v}`).join(" ")})`;
    case "pulse":
      return `PULSE(${[w.low, w.high, w.delay, w.rise, w.fall, w.width, w.period].join(" ")})`;
    case "sin":
      return `SIN(${[w.offset, w.amplitude, w.frequency, w.delay].join(" ")})`;
  }
};

const shared = {
  shape: { nodes: z.tuple([z.string().min(1), z.string().min(1)]), waveform: waveformShape },
  models: [],
  words: [
    {
      what: "waveform",
      of: "element",
      path: ["waveform", "kind"],
      known: WAVEFORM_KINDS,
      get: (e: { readonly waveform?: Partial<Waveform> }) => e.waveform?.kind,
    },
  ],
  modelFault: () => null,
} as const;

const spiceOf = <E extends VoltageSource | CurrentSource>(type: E["type"], letter: string): SpiceForm<E, null> => ({
  letter,
  text: (e) => waveformText(e.waveform),
  reads: letter,
  read: (line) => {
    line.need(3, "node node value or waveform");
    const nodes = [line.node(0), line.node(1)] as const;
    return { name: line.name, type, nodes, waveform: line.waveform(2) } as unknown as E;
  },
  subcircuit: null,
  cards: null,
});

export const voltageSourceKind: ElementKind<VoltageSource, null> = {
  ...shared,
  type: "voltage",
  nodes: (e) => e.nodes,
  joins: (e) => [e.nodes],
  fault: (e) =>
    e.nodes[0] === e.nodes[1]
      ? `both ends are at node "${e.nodes[0]}"; a voltage source needs two nodes.`
      : waveformFault(e.waveform),
  part: {
    kind: "voltage",
    waveform: (e) => e.waveform,
    withWaveform: (e, waveform) => ({ ...e, waveform }),
  },
  spice: spiceOf("voltage", "V"),
};

export const currentSourceKind: ElementKind<CurrentSource, null> = {
  ...shared,
  type: "current",
  nodes: (e) => e.nodes,
  joins: () => [],
  fault: (e) => waveformFault(e.waveform),
  part: {
    kind: "current",
    waveform: (e) => e.waveform,
    withWaveform: (e, waveform) => ({ ...e, waveform }),
  },
  spice: spiceOf("current", "I"),
};
