import { describe, expect, test } from "@jest/globals";
import { encodeVectorModule, instantiateVectorKernel } from "#src/kernels/vector-module";
import { createBatchLanes, inverseCapacitanceRows } from "../../../circuits/batch/batch-lanes.ts";
import { layOut } from "../../../circuits/batch/batch-layout.ts";
import { emitAttempt } from "../../../circuits/batch/batch-program.ts";
import { structureOf } from "../../../circuits/batch/batch-structure.ts";
import { compileCircuit, type Netlist } from "../../../index.ts";

// A cell that bends, driven by a sine that also couples through a capacitor: nonlinear, and dependent on time in f and C.
const netlist: Netlist = {
  title: "order",
  temperature: 300.15,
  models: { cell: { type: "rram", conduction: { kind: "sinh", fieldVoltage: 0.2 } } },
  elements: [
    {
      name: "V1",
      type: "voltage",
      nodes: ["a", "0"],
      waveform: { kind: "sin", offset: 0.3, amplitude: 0.5, frequency: 2e8, delay: 0 },
    },
    { name: "X1", type: "rram", model: "cell", nodes: ["a", "b"], resistance: 2e4 },
    { name: "C1", type: "capacitor", nodes: ["b", "0"], capacitance: 30e-15 },
    { name: "C2", type: "capacitor", nodes: ["a", "b"], capacitance: 10e-15 },
    { name: "X2", type: "rram", model: "cell", nodes: ["b", "c"], resistance: 1e4 },
    { name: "C3", type: "capacitor", nodes: ["c", "0"], capacitance: 20e-15 },
    { name: "R1", type: "resistor", nodes: ["c", "0"], resistance: 5e4 },
  ],
  initial: {},
};

/** Voltages at 4 ns by equal steps, and the sum of estimated errors. */
const integrate = (steps: number): { readonly v: number[]; readonly estimate: number } => {
  const circuit = compileCircuit(netlist);
  const s = structureOf(circuit, "f64x2", [], [], null, false);
  if ("refused" in s) throw new Error(s.refused);
  const layout = layOut(s);
  const { program, attention } = emitAttempt(s, layout);
  const kernel = instantiateVectorKernel(
    new WebAssembly.Module(encodeVectorModule(program, attention, layout.slots).slice()),
    "f64x2",
  );
  const inverse = inverseCapacitanceRows(circuit, s) ?? [];
  const variations = { count: 1 };
  const lanes = createBatchLanes({
    kernel,
    structure: s,
    layout,
    circuit,
    variations,
    inverse,
    origins: [0],
    corners: [1],
  });
  const put = (slot: number, value: number): void => {
    kernel.values.fill(value, slot * 2, slot * 2 + 2);
  };
  lanes.load(0, 0);
  lanes.enter(0, 0, 0);
  const h = 4 / steps;
  put(layout.end, 1e9);
  put(layout.step, h);
  put(layout.longestStep, h);
  // So wide that every step is taken, and grows until it is held by the longest.
  put(layout.perTolerance, 1e-9);
  put(layout.mostAttempts, 1e9);
  put(layout.nextTime, 1e9);
  kernel.masks.fill(-1, kernel.maskAt(layout.active, 0), kernel.maskAt(layout.active, 0) + 4);
  let estimate = 0;
  for (let k = 0; k < steps; k++) {
    kernel.run(1);
    estimate += kernel.values[layout.error * 2] * 1e9;
  }
  return { v: layout.state.map((slot) => kernel.values[slot * 2]), estimate };
};

describe("the Rosenbrock method", () => {
  const exact = integrate(16384).v;
  const error = (steps: number): number => Math.max(...integrate(steps).v.map((v, i) => Math.abs(v - exact[i])));
  test("is of third order on a nonlinear circuit driven through devices and capacitors", () => {
    for (const steps of [512, 1024]) {
      const order = Math.log2(error(steps) / error(2 * steps));
      expect(order).toBeGreaterThan(2.9);
      expect(order).toBeLessThan(3.1);
    }
  });
  test("estimates its error to second order, and not below the true one", () => {
    const order = Math.log2(integrate(256).estimate / integrate(512).estimate);
    expect(order).toBeGreaterThan(1.7);
    expect(order).toBeLessThan(2.4);
    expect(integrate(256).estimate).toBeGreaterThan(error(256));
  });
});
