import { describe, expect, test } from "@jest/globals";
import { compileCircuit, type Netlist, parseNetlist, rootKey, sky130Reram, transient } from "../../../index.ts";

const netlist = (change: (plain: Record<string, unknown>[], models: Record<string, unknown>) => void): Netlist => {
  const elements: Record<string, unknown>[] = [
    { name: "V1", type: "voltage", nodes: ["a", "0"], waveform: { kind: "dc", value: 1 } },
    { name: "R1", type: "resistor", nodes: ["a", "0"], resistance: 1000 },
    { name: "M1", type: "rram", model: "cell", nodes: ["a", "0"], resistance: 1e4 },
  ];
  const models: Record<string, unknown> = { cell: { type: "rram", conduction: { kind: "ohmic" } } };
  change(elements, models);
  return { title: "t", temperature: 300, models, elements, initial: null } as unknown as Netlist;
};

// Types say so to TypeScript; a netlist also comes from a file, or from plain JavaScript.
describe("what no kind is known for is refused by name, with the nearest known one, from code and from files", () => {
  test.each<[string, (elements: Record<string, unknown>[], models: Record<string, unknown>) => void, RegExp]>([
    [
      "an element",
      (e) => Object.assign(e[1], { type: "resistorr" }),
      /R1.*element type "resistorr".*Did you mean "resistor"\? Known: resistor, capacitor/,
    ],
    [
      "a memristor",
      (e) => Object.assign(e[1], { type: "memristor" }),
      /R1.*element type "memristor".*Known: .*mosfet, filament/,
    ],
    ["a property of objects", (e) => Object.assign(e[1], { type: "toString" }), /R1.*element type "toString"/],
    [
      "a waveform",
      (e) => Object.assign(e[0], { waveform: { kind: "pwll", points: [[0, 0]] } }),
      /V1.*waveform "pwll".*Did you mean "pwl"/,
    ],
    ["no waveform", (e) => Object.assign(e[0], { waveform: undefined }), /V1.*waveform/],
    [
      "a conduction",
      (_, m) => Object.assign(m, { cell: { type: "rram", conduction: { kind: "sinhh", fieldVoltage: 1 } } }),
      /cell.*conduction "sinhh".*Did you mean "sinh"/,
    ],
    [
      "a model",
      (_, m) => Object.assign(m, { cell: { type: "rrram", conduction: { kind: "ohmic" } } }),
      /cell.*model type "rrram".*Did you mean "rram"/,
    ],
  ])("%s", (_what, change, words) => {
    const wrong = netlist(change);
    expect(() => compileCircuit(wrong)).toThrow(words);
    const { initial: _initial, ...json } = wrong;
    expect(() => parseNetlist(json, "file")).toThrow(words);
  });
  test("and what is known is solved", () => {
    expect(transient(compileCircuit(netlist(() => {})), { stop: 1e-9, times: [1e-9], tolerance: 1e-6 }).ok).toBe(true);
  });
});

test("thermal noise of a circuit with a filament is refused by its name: it would be left out", () => {
  const filament: Netlist = {
    title: "filament",
    temperature: 300,
    models: { reram: { type: "filament", params: sky130Reram } },
    elements: [
      { name: "V1", type: "voltage", nodes: ["a", "0"], waveform: { kind: "dc", value: 0.1 } },
      { name: "R1", type: "resistor", nodes: ["a", "b"], resistance: 1000 },
      { name: "F1", type: "filament", model: "reram", nodes: ["b", "0", "length", "heat"] },
      { name: "CL", type: "capacitor", nodes: ["length", "0"], capacitance: 1 },
      { name: "CT", type: "capacitor", nodes: ["heat", "0"], capacitance: 1 },
    ],
    initial: { length: 4, heat: 300 },
  };
  const circuit = compileCircuit(filament);
  const noise = { key: rootKey("noise"), interval: 1e-10 };
  expect(() => transient(circuit, { stop: 1e-9, times: [1e-9], tolerance: 1e-6, noise })).toThrow(
    /thermal noise: F1 is a filament, whose noise is not modelled/,
  );
});
