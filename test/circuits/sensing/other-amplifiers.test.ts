import { describe, expect, test } from "@jest/globals";
import {
  compileCircuit,
  currentSenseNetlist,
  REFERENCE_SIZING,
  readSpice,
  type SenseAmplifierDesign,
  sky130,
  transient,
  transientBatch,
  writeSpice,
  xnorSenseNetlist,
} from "../../../index.ts";

const design: SenseAmplifierDesign = {
  ...REFERENCE_SIZING,
  technology: sky130,
  corner: "tt",
  supply: 1.2,
  temperature: 300.15,
};

describe("an XNOR sense amplifier", () => {
  const read = (left: number, right: number, input: 1 | -1): number => {
    const start = design.timing.precharge;
    const result = transient(compileCircuit(xnorSenseNetlist(design, [left, right], input)), {
      stop: start + 20e-9,
      times: [start, start + 20e-9],
      tolerance: 1e-4,
    });
    if (!result.ok) throw new Error(result.reason);
    expect(Math.min(result.voltages["q"][0], result.voltages["qb"][0])).toBeGreaterThan(0.9 * design.supply);
    return result.voltages["qb"][1] > 0.6 && result.voltages["q"][1] < 0.6 ? 1 : -1;
  };
  test.each([
    [1, 1, 1],
    [1, -1, -1],
    [-1, 1, -1],
    [-1, -1, 1],
  ] as const)("weight %d times input %d reads %d", (weight, input, product) => {
    const [left, right] = weight === 1 ? [10e3, 200e3] : [200e3, 10e3];
    expect(read(left, right, input)).toBe(product);
  });
  test("comes back from a SPICE deck, and the batch engine reads it like the scalar one", () => {
    const netlist = xnorSenseNetlist(design, [10e3, 200e3], -1);
    expect(readSpice(writeSpice(netlist)).netlist).toEqual(netlist);
    const start = design.timing.precharge;
    const crossings = { nodes: ["q", "qb"], threshold: 0.6, after: start };
    const single = transient(compileCircuit(netlist), { stop: start + 5e-9, times: [], tolerance: 1e-6, crossings });
    if (!single.ok) throw new Error(single.reason);
    const batch = transientBatch(
      compileCircuit(netlist),
      { count: 1 },
      {
        ...{ stop: start + 5e-9, tolerance: 2e-4, nodes: ["q", "qb"], times: [], pairs: [["q", "qb"]] },
        crossings: { threshold: [0.6], after: start },
      },
    );
    expect(batch.crossings["q"][0]).toBeNaN();
    expect(Math.abs(batch.crossings["qb"][0] / (single.crossings["qb"] as number) - 1)).toBeLessThan(1e-3);
  });
});

describe("a current sense amplifier", () => {
  const output = (resistance: number, referenceResistance = 40e3): number => {
    const result = transient(
      compileCircuit(currentSenseNetlist(design, { referenceResistance, clamp: 1.0 }, resistance)),
      {
        stop: 200e-9,
        times: [200e-9],
        tolerance: 1e-4,
      },
    );
    if (!result.ok) throw new Error(result.reason);
    return result.voltages["out"][0];
  };
  test("tells a low resistance from a high one", () => {
    expect(output(8e3)).toBeGreaterThan(0.85 * design.supply);
    expect(output(200e3)).toBeLessThan(0.25 * design.supply);
  });
  test("decides at 1.2 to 1.8 times its reference: the mirrors of short transistors are not exact", () => {
    for (const reference of [20e3, 40e3, 80e3]) {
      expect(output(1.2 * reference, reference)).toBeGreaterThan(0.5 * design.supply);
      expect(output(1.8 * reference, reference)).toBeLessThan(0.5 * design.supply);
    }
  });
});
