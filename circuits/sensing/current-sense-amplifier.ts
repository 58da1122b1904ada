import type { Role } from "#devices/index";
import { capacitor } from "../elements/capacitor.ts";
import { cell, cellModel } from "../elements/cell.ts";
import { resistor } from "../elements/resistor.ts";
import { voltageSource } from "../elements/sources.ts";
import { dc } from "../elements/waveform.ts";
import type { Element, Netlist, Node } from "../netlist/netlist.ts";
import { placeTransistor, roleModels } from "../netlist/placed-elements.ts";
import type { SenseAmplifierDesign } from "./sense-amplifier.ts";

/** What a current sense amplifier needs beyond the design it shares with the precharge one. */
export interface CurrentSenseDesign {
  /** Resistance that a cell is compared with [ohm]. */
  readonly referenceResistance: number;
  /** Gate voltage of the clamps, which hold both bit lines near it minus a threshold [V]. */
  readonly clamp: number;
}

/**
 * A 1T1R cell read by its current: a clamp holds the bit line, a pMOS mirror copies the cell's current to the output, a
 * reference branch of the same kind pulls its own current out of it through an nMOS mirror. The output goes high where
 * the cell conducts better than the reference (low resistance). The output turns at 1.35 to 1.6 times the reference in
 * sky130 at 1.2 V: drains at different voltages make short mirrors unequal. Textbook topology with this project's sizes; the word
 * line rises at 1 ns.
 */
export const currentSenseNetlist = (
  design: SenseAmplifierDesign,
  { referenceResistance, clamp }: CurrentSenseDesign,
  resistance: number,
): Netlist => {
  const { technology, corner, supply } = design;
  const transistor = (name: string, role: Role, nodes: readonly [Node, Node, Node, Node]): Element =>
    placeTransistor(design, name, role, nodes);
  const load = (name: string, node: Node, capacitance: number): Element => capacitor(name, node, "0", capacitance);
  const branch = (side: "L" | "R", bitLine: Node, cell: Node, mirror: Node): Element[] => [
    transistor(`MP${side}`, "latchP", [mirror, mirror, "vdd", "vdd"]),
    transistor(`MC${side}`, "latchN", [mirror, "clamp", bitLine, "0"]),
    transistor(`MA${side}`, "access", [cell, "wl", "0", "0"]),
    load(`CB${side}`, bitLine, design.capacitances.bitLine),
    load(`CX${side}`, cell, design.capacitances.cell),
    load(`CM${side}`, mirror, design.capacitances.output),
  ];
  return {
    title: `1T1R cell read by a current sense amplifier, ${technology.name} ${corner}, ${supply} V`,
    temperature: design.temperature,
    models: {
      ...roleModels(design, ["latchP", "latchN", "access"]),
      cell: cellModel(design.conduction),
    },
    elements: [
      voltageSource("VDD", "vdd", "0", dc(supply)),
      voltageSource("VCLAMP", "clamp", "0", dc(clamp)),
      voltageSource("VWL", "wl", "0", {
        kind: "pwl",
        points: [
          [1e-9, 0],
          [1.1e-9, supply],
        ],
      }),
      cell("RCELL", "cell", "bl", "xl", resistance),
      resistor("RREF", "blr", "xr", referenceResistance),
      ...branch("L", "bl", "xl", "ml"),
      ...branch("R", "blr", "xr", "mr"),
      transistor("MOL", "latchP", ["out", "ml", "vdd", "vdd"]),
      transistor("MOR", "latchP", ["mn", "mr", "vdd", "vdd"]),
      transistor("MND", "latchN", ["mn", "mn", "0", "0"]),
      transistor("MNO", "latchN", ["out", "mn", "0", "0"]),
      load("CMN", "mn", design.capacitances.output),
      load("COUT", "out", design.capacitances.output),
    ],
    initial: null,
  };
};
