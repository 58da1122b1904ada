import type { Element, Netlist, Node } from "./netlist.ts";
import { type SenseAmplifierDesign, senseNetlist } from "./sense-amplifier.ts";
import { dc } from "./waveform.ts";

const PASS: readonly (readonly [name: string, latch: Node, line: Node, gate: Node])[] = [
  ["MX1", "tl", "bl", "x"],
  ["MX2", "tr", "blb", "x"],
  ["MX3", "tl", "blb", "xb"],
  ["MX4", "tr", "bl", "xb"],
];

/**
 * A sense amplifier that multiplies as it reads: four pass transistors between the latch's sources and the bit lines
 * lead them straight (input +1) or crossed (input -1), so that what is read is weight times input, XNOR in signs.
 * Topology: the XNOR-PCSA of binary in-memory networks, recalled (no published sizes at hand); the pass transistors have
 * the access transistors' width.
 */
export const xnorSenseNetlist = (
  design: SenseAmplifierDesign,
  resistances: readonly [number, number],
  input: 1 | -1,
): Netlist => {
  const plain = senseNetlist(design, resistances);
  const size = { width: design.widths.access, length: design.technology.gateLength };
  const perMetre = design.technology.capacitances.access;
  const capacitor = (name: string, a: Node, b: Node, farad: number): Element => ({
    name,
    type: "capacitor",
    nodes: [a, b],
    capacitance: farad * size.width,
  });
  const pass = PASS.flatMap(([name, latch, line, gate]): Element[] => [
    { name, type: "mosfet", model: "access", drain: latch, gate, source: line, bulk: "0", ...size },
    capacitor(`C${name}.gd`, gate, latch, perMetre.gateDrain),
    capacitor(`C${name}.gs`, gate, line, perMetre.gateSource),
    capacitor(`C${name}.db`, latch, "0", perMetre.drainBulk),
    capacitor(`C${name}.sb`, line, "0", perMetre.sourceBulk),
  ]);
  // The latch's sources leave the bit lines; their own capacitances go with them.
  const moved: Readonly<Record<string, readonly [from: Node, to: Node]>> = { MNL1: ["bl", "tl"], MNL2: ["blb", "tr"] };
  const elements = plain.elements.map((e): Element => {
    const owner = Object.keys(moved).find((name) => e.name === name || e.name.startsWith(`C${name}.`));
    if (!owner) return e;
    const [from, to] = moved[owner];
    const node = (n: Node): Node => (n === from ? to : n);
    if (e.type === "mosfet") return { ...e, source: node(e.source) };
    return e.type === "capacitor" ? { ...e, nodes: [node(e.nodes[0]), node(e.nodes[1])] } : e;
  });
  const level = (on: boolean) => dc(on ? design.supply : 0);
  return {
    ...plain,
    title: plain.title.replace("precharge sense amplifier", `XNOR sense amplifier, input ${input}`),
    elements: [
      ...elements,
      { name: "VX", type: "voltage", nodes: ["x", "0"], waveform: level(input === 1) },
      { name: "VXB", type: "voltage", nodes: ["xb", "0"], waveform: level(input === -1) },
      ...pass,
    ],
    initial: { ...plain.initial, tl: 0, tr: 0 },
  };
};
