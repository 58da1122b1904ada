import type { Corner, Technology } from "#devices/index";
import { capacitor } from "../elements/capacitor.ts";
import { resistor } from "../elements/resistor.ts";
import { voltageSource } from "../elements/sources.ts";
import { dc, type Waveform } from "../elements/waveform.ts";
import type { Element, Netlist, Node } from "./netlist.ts";
import { type Drawn, placeTransistor, REFERENCE_WIDTHS, roleModels } from "./placed-elements.ts";

/** What the textbook circuits are made of and operated at. */
export interface TextbookConditions {
  readonly technology: Technology;
  readonly corner: Corner;
  /** [V] */
  readonly supply: number;
  /** [K] */
  readonly temperature: number;
}

const drawn = (c: TextbookConditions): Drawn => ({ ...c, widths: REFERENCE_WIDTHS });

const voltage = (name: string, plus: Node, waveform: Waveform): Element => voltageSource(name, plus, "0", waveform);

/**
 * Read of a six-transistor SRAM cell that holds 0 at q: both bit lines start at the supply, the word line rises at 1 ns,
 * and BL is pulled down through the access transistor and the cell. 20 fF a bit line, 1 fF a storage node.
 */
export const sramRead = (c: TextbookConditions): Netlist => ({
  title: `six-transistor SRAM cell, ${c.technology.name} ${c.corner}, ${c.supply} V`,
  temperature: c.temperature,
  models: roleModels(drawn(c), ["latchN", "latchP", "access"]),
  elements: [
    voltage("VDD", "vdd", dc(c.supply)),
    voltage("VWL", "wl", {
      kind: "pwl",
      points: [
        [1e-9, 0],
        [1.05e-9, c.supply],
      ],
    }),
    placeTransistor(drawn(c), "MPU1", "latchP", ["q", "qb", "vdd", "vdd"]),
    placeTransistor(drawn(c), "MPU2", "latchP", ["qb", "q", "vdd", "vdd"]),
    placeTransistor(drawn(c), "MPD1", "latchN", ["q", "qb", "0", "0"]),
    placeTransistor(drawn(c), "MPD2", "latchN", ["qb", "q", "0", "0"]),
    placeTransistor(drawn(c), "MAC1", "access", ["bl", "wl", "q", "0"]),
    placeTransistor(drawn(c), "MAC2", "access", ["blb", "wl", "qb", "0"]),
    capacitor("CQ", "q", "0", 1e-15),
    capacitor("CQB", "qb", "0", 1e-15),
    capacitor("CBL", "bl", "0", 20e-15),
    capacitor("CBLB", "blb", "0", 20e-15),
    capacitor("CWL1", "wl", "bl", 0.5e-15),
    capacitor("CWL2", "wl", "blb", 0.5e-15),
  ],
  initial: { q: 0, qb: c.supply, bl: c.supply, blb: c.supply },
});

/** A ring of an odd number of inverters, 5 fF a stage, started from alternating levels with one stage off balance. */
export const ringOscillator = (c: TextbookConditions, stages: number): Netlist => {
  if (!(Number.isInteger(stages) && stages >= 3 && stages % 2 === 1))
    throw new RangeError(`ring oscillator: ${stages} stages; expected an odd number, 3 or more.`);
  const node = (i: number): Node => `n${(i + stages) % stages}`;
  return {
    title: `ring of ${stages} inverters, ${c.technology.name} ${c.corner}, ${c.supply} V`,
    temperature: c.temperature,
    models: roleModels(drawn(c), ["latchN", "latchP"]),
    elements: [
      voltage("VDD", "vdd", dc(c.supply)),
      ...Array.from({ length: stages }, (_, i): Element[] => [
        placeTransistor(drawn(c), `MP${i}`, "latchP", [node(i), node(i - 1), "vdd", "vdd"]),
        placeTransistor(drawn(c), `MN${i}`, "latchN", [node(i), node(i - 1), "0", "0"]),
        capacitor(`C${i}`, node(i), "0", 5e-15),
      ]).flat(),
    ],
    initial: Object.fromEntries(Array.from({ length: stages }, (_, i) => [node(i), i % 2 === 0 ? 0 : c.supply])),
  };
};

/** A ladder of equal resistors and capacitors behind a voltage step at 1 ns. */
export const rcLadder = (sections: number, resistance: number, capacitance: number): Netlist => ({
  title: `RC ladder of ${sections} sections`,
  temperature: 300.15,
  models: {},
  elements: [
    voltage("VIN", "n0", {
      kind: "pwl",
      points: [
        [1e-9, 0],
        [1.01e-9, 1],
      ],
    }),
    ...Array.from({ length: sections }, (_, i): Element[] => [
      resistor(`R${i + 1}`, `n${i}`, `n${i + 1}`, resistance),
      capacitor(`C${i + 1}`, `n${i + 1}`, "0", capacitance),
    ]).flat(),
  ],
  initial: {},
});
