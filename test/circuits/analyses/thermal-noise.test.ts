import { describe, expect, test } from "@jest/globals";
import { channelNoiseConductance } from "#devices/index";
import {
  compileCircuit,
  drainCurrentInto,
  type Element,
  fold,
  MOSFET_COEFFICIENTS,
  mosfetCoefficientsInto,
  type Netlist,
  rootKey,
  sky130,
  transient,
  transistorParams,
} from "../../../index.ts";

const K = 1.380649e-23;
const key = rootKey("noise");

/** Mean square of a node's voltage about zero, sampled every three time constants, over kT/C. */
const overKtc = (
  elements: readonly Element[],
  models: Netlist["models"],
  node: string,
  farad: number,
  tau: number,
  samples: number,
): number => {
  const spacing = 3 * tau;
  const circuit = compileCircuit({ title: "noise", temperature: 300.15, models, elements, initial: {} });
  const times = Float64Array.from({ length: samples }, (_, i) => (i + 2) * spacing);
  const result = transient(circuit, {
    stop: (samples + 2) * spacing,
    times,
    tolerance: 1e-4 * Math.sqrt((K * 300.15) / farad) + 1e-8,
    noise: { key: fold(key, node), interval: tau / 8 },
    mostSteps: 1e9,
  });
  if (!result.ok) throw new Error(result.reason);
  return result.voltages[node].reduce((sum, v) => sum + v * v, 0) / samples / ((K * 300.15) / farad);
};
const rc = (farad: number): Element[] => [
  { name: "R1", type: "resistor", nodes: ["a", "0"], resistance: 1e4 },
  { name: "C1", type: "capacitor", nodes: ["a", "0"], capacitance: farad },
];

const SAMPLES = process.env["RRAMLAB_SLOW"] ? 80_000 : 4000;
/** 1 % at 80,000 samples (two sigma), and as many sigma at fewer. */
const within = 0.01 * Math.sqrt(80_000 / SAMPLES);

describe("thermal noise", () => {
  test.each([1e-15, 10e-15, 100e-15])(
    "charges a capacitor of %d F to a mean square of kT/C",
    (farad) => {
      expect(Math.abs(overKtc(rc(farad), {}, "a", farad, 1e4 * farad, SAMPLES) - 1)).toBeLessThan(within);
    },
    600_000,
  );
  test("of two resistors in parallel and in series still gives kT/C", () => {
    const two: Element[] = [
      { name: "R1", type: "resistor", nodes: ["a", "b"], resistance: 5e3 },
      { name: "R2", type: "resistor", nodes: ["b", "0"], resistance: 15e3 },
      { name: "R3", type: "resistor", nodes: ["a", "0"], resistance: 20e3 },
      { name: "C1", type: "capacitor", nodes: ["a", "0"], capacitance: 10e-15 },
    ];
    expect(Math.abs(overKtc(two, {}, "a", 10e-15, 1e4 * 10e-15, 4000) - 1)).toBeLessThan(0.06);
  });
  test("of a transistor that holds a capacitor at its source's voltage gives kT/C", () => {
    const size = { width: 0.84e-6, length: 0.15e-6 };
    const params = transistorParams(sky130, "tt", "latchN", size.width);
    const elements: Element[] = [
      { name: "VG", type: "voltage", nodes: ["g", "0"], waveform: { kind: "dc", value: 1.2 } },
      { name: "M1", type: "mosfet", model: "n", drain: "a", gate: "g", source: "0", bulk: "0", ...size },
      { name: "C1", type: "capacitor", nodes: ["a", "0"], capacitance: 10e-15 },
    ];
    const c = new Float64Array(MOSFET_COEFFICIENTS);
    mosfetCoefficientsInto(c, 0, params, size, 300.15);
    const out = new Float64Array(4);
    drainCurrentInto(out, c, 0, 0, 1.2, 0, 0);
    const tau = 10e-15 / out[1];
    const models: Netlist["models"] = { n: { type: "mosfet", params } };
    expect(Math.abs(overKtc(elements, models, "a", 10e-15, tau, 4000) - 1)).toBeLessThan(0.06);
  });
  test("a channel's noise is its conductance at zero drain voltage, and shot noise in weak inversion", () => {
    const size = { width: 0.84e-6, length: 0.15e-6 };
    const c = new Float64Array(MOSFET_COEFFICIENTS);
    mosfetCoefficientsInto(c, 0, transistorParams(sky130, "tt", "latchN", size.width), size, 300.15);
    const out = new Float64Array(4);
    for (const gate of [0.3, 0.6, 0.9, 1.2]) {
      drainCurrentInto(out, c, 0, 0.1, gate, 0.1, 0);
      expect(channelNoiseConductance(c, 0, 0.1, gate, 0.1, 0) / out[1]).toBeCloseTo(1, 2);
    }
    // 4 k T G = 2 q I, with the model's slope nb / n in place of one.
    drainCurrentInto(out, c, 0, 0.6, 0.3, 0, 0);
    const shot = (out[0] / (2 * 8.617333262e-5 * 300.15)) * (c[2] * c[9]);
    expect(channelNoiseConductance(c, 0, 0.6, 0.3, 0, 0) / shot).toBeCloseTo(1, 1);
  });
  test("is the same for the same key, and steps do not cross its intervals", () => {
    const circuit = compileCircuit({ title: "n", temperature: 300, models: {}, elements: rc(1e-14), initial: {} });
    const run = (label: string) => {
      const r = transient(circuit, {
        stop: 1e-9,
        times: [1e-9],
        tolerance: 1e-6,
        noise: { key: fold(key, label), interval: 1e-11 },
      });
      if (!r.ok) throw new Error(r.reason);
      expect(r.steps).toBeGreaterThanOrEqual(100);
      return r.voltages["a"][0];
    };
    expect(run("one")).toBe(run("one"));
    expect(run("one")).not.toBe(run("two"));
    expect(() => transient(circuit, { stop: 1, times: [], tolerance: 1e-6, noise: { key, interval: 0 } })).toThrow(
      /noise interval is 0 s/,
    );
  });
});
