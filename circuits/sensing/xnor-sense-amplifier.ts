import { voltageSource } from "../elements/sources.ts";
import { dc } from "../elements/waveform.ts";
import type { Netlist, Node } from "../netlist/netlist.ts";
import { type SenseAmplifierDesign, senseNetlist, transistorElements } from "./sense-amplifier.ts";

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
  const plain = senseNetlist(design, resistances, ["tl", "tr"]);
  const pass = PASS.flatMap(([name, drain, source, gate]) =>
    transistorElements(design, { name, role: "access", drain, gate, source, bulk: "0" }),
  );
  const level = (on: boolean) => dc(on ? design.supply : 0);
  return {
    ...plain,
    title: plain.title.replace("precharge sense amplifier", `XNOR sense amplifier, input ${input}`),
    elements: [
      ...plain.elements,
      voltageSource("VX", "x", "0", level(input === 1)),
      voltageSource("VXB", "xb", "0", level(input === -1)),
      ...pass,
    ],
    initial: { ...plain.initial, tl: 0, tr: 0 },
  };
};
