import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import {
  type Element,
  type Netlist,
  parseNetlist,
  ptm130,
  REFERENCE_SIZING,
  rcLadder,
  readSpice,
  ringOscillator,
  senseNetlist,
  sky130,
  sramRead,
  writeSpice,
} from "../../../index.ts";

const conditions = { technology: sky130, corner: "ss", supply: 1.1, temperature: 358.15 } as const;
const folder = new URL("../../references/pcsa/", import.meta.url);
const golden = readdirSync(folder).map((file): [string, Netlist] => [
  file,
  parseNetlist(JSON.parse(readFileSync(new URL(file, folder), "utf8")), file).netlist,
]);

const every: Element[] = [
  { name: "R1", type: "resistor", nodes: ["a", "b.c"], resistance: 12345.678 },
  { name: "load", type: "resistor", nodes: ["b.c", "0"], resistance: 1e6 },
  { name: "R_odd", type: "resistor", nodes: ["b.c", "0"], resistance: 3 },
  { name: "Cx", type: "capacitor", nodes: ["b.c", "0"], capacitance: 2.05e-14 },
  { name: "V1", type: "voltage", nodes: ["a", "0"], waveform: { kind: "dc", value: -0.3 } },
  {
    name: "V2",
    type: "voltage",
    nodes: ["d", "a"],
    waveform: { kind: "pulse", low: 0, high: 1, delay: 1e-9, rise: 1e-10, fall: 2e-10, width: 3e-9, period: 1e-8 },
  },
  {
    name: "I1",
    type: "current",
    nodes: ["d", "b.c"],
    waveform: { kind: "sin", offset: 1e-6, amplitude: 2e-6, frequency: 3e6, delay: 1e-7 },
  },
  {
    name: "drive",
    type: "voltage",
    nodes: ["e", "0"],
    waveform: {
      kind: "pwl",
      points: [
        [0, 0],
        [1e-9, 1.2],
        [5e-8, 0.1],
      ],
    },
  },
  { name: "cell", type: "rram", model: "bent", nodes: ["e", "b.c"], resistance: 45678.9 },
  { name: "cell2", type: "rram", model: "straight", nodes: ["e", "d"], resistance: 1e5 },
];
const mixed: Netlist = {
  title: "every element, odd names",
  temperature: 312.34,
  models: {
    bent: { type: "rram", conduction: { kind: "sinh", fieldVoltage: 0.43 } },
    straight: { type: "rram", conduction: { kind: "ohmic" } },
  },
  elements: every,
  initial: null,
};

describe("import(export(n)) = n", () => {
  test.each<[string, Netlist]>([
    ["the sense amplifier", senseNetlist({ ...REFERENCE_SIZING, ...conditions }, [1e4, 2.5e5])],
    ["a ring oscillator", ringOscillator({ ...conditions, technology: ptm130, corner: "tt" }, 5)],
    ["an SRAM cell", sramRead(conditions)],
    ["an RC ladder", rcLadder(7, 1e3, 1e-15)],
    ["every element", mixed],
    ["every element from given voltages", { ...mixed, initial: { "b.c": 0.25 } }],
    ...golden,
  ])("%s", (_name, netlist) => {
    expect(readSpice(writeSpice(netlist)).netlist).toEqual(netlist);
    const { netlist: again, transient } = readSpice(writeSpice(netlist, { stop: 1e-7 }));
    expect(again).toEqual(netlist);
    expect(transient?.stop).toBe(1e-7);
  });
  test("a netlist that is refused elsewhere is refused here, and a stop before the start", () => {
    const broken: Netlist = {
      ...mixed,
      elements: [...every, { name: "X", type: "rram", model: "cel", nodes: ["a", "d"], resistance: 1 }],
    };
    expect(() => writeSpice(broken)).toThrow(/unknown model "cel"/);
    expect(() => writeSpice(mixed, { stop: -1e-9 })).toThrow(/stop is -1e-9 s; expected > 0 s/);
  });
  test("names that SPICE cannot keep apart are refused", () => {
    const with2 = (name: string): Netlist => ({
      ...mixed,
      elements: [...every, { name, type: "resistor", nodes: ["a", "A"], resistance: 1 }],
    });
    expect(() => writeSpice(with2("R9"))).toThrow(/nodes "a" and "A" differ in case only/);
    expect(() => writeSpice({ ...mixed, elements: [{ ...every[0], name: "R 1" }] })).toThrow(
      /element "R 1" is no SPICE name/,
    );
  });
});
