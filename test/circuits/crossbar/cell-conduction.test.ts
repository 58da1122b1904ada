import { describe, expect, test } from "@jest/globals";
import { type CellConduction, cellCurrent } from "#circuits/crossbar/cell-conduction";
import { readInput } from "#circuits/crossbar/crossbar-design";
import { createCrossbarSolver } from "#circuits/crossbar/crossbar-solver";
import { sky130, transistorParams } from "#devices/index";
import { plainDesign } from "./arrays.ts";

const at = (conduction: CellConduction, conductance: number, word: number, bit = 0, gate = 1.8): Float64Array => {
  const out = new Float64Array(3);
  cellCurrent(conduction)(out, conductance, word, bit, gate);
  return out;
};
const selector = (
  saturationCurrent: number,
  slopeVoltage: number,
  fieldVoltage: number | null = null,
): CellConduction => ({
  kind: "selector",
  fieldVoltage,
  saturationCurrent,
  slopeVoltage,
});
const access = (on: "word line" | "bit line"): CellConduction => ({
  kind: "access transistor",
  fieldVoltage: null,
  on,
  params: transistorParams(sky130, "tt", "access", 1e-6),
  gate: { width: 1e-6, length: 0.15e-6 },
  temperature: 300.15,
});

describe("a device behind a selector", () => {
  test.each([
    [1, 1e-9, 1e-3, 1e3],
    [3, 1e-12, 5e-3, 1e3],
    [5, 1e-9, 10e-3, 1e3],
    [1e-6, 1e-9, 50e-3, 1e5],
    [-0.7, 1e-13, 0.1, 1e2],
    [0.1, 1e-13, 0.1, 1e4],
  ])("%d V, Is %d A, Vs %d V, %d ohm: its drops add up to the voltage, to rounding", (volt, is, vs, ohm) => {
    for (const v0 of [null, 0.43]) {
      const [i] = at(selector(is, vs, v0), 1 / ohm, volt);
      const device = v0 === null ? i * ohm : v0 * Math.asinh((i * ohm) / v0);
      expect(Math.abs((device + vs * Math.asinh(i / is)) / volt - 1)).toBeLessThan(1e-13);
    }
  });
  test("a steep one in an array gives the same current as by itself", () => {
    const solver = createCrossbarSolver(plainDesign(1, 1, 0, 0), { conduction: selector(1e-9, 1e-3) });
    solver.program(Float64Array.of(1e-3));
    const solution = solver.solve(readInput(Float64Array.of(1), 1));
    if (!solution.ok) throw new Error(solution.reason);
    expect(solution.currents[0]).toBeCloseTo(0.9855e-3, 7);
  });
});

describe.each(["word line", "bit line"] as const)("a device with its transistor on the %s", (on) => {
  test("off: the current is the transistor's, whatever the device", () => {
    const [weak] = at(access(on), 1e-4, 1, 0, 0);
    expect(weak).toBeGreaterThan(0);
    // A nanovolt across the device is 3e-8 of the current, where it lifts the transistor's source.
    for (const g of [1e-3, 1e-2]) expect(Math.abs(at(access(on), g, 1, 0, 0)[0] / weak - 1)).toBeLessThan(5e-8);
  });
  test("slopes are those of finite differences, on and near threshold, in either direction", () => {
    for (const gate of [0.7, 1.8])
      for (const [word, bit] of [
        [0.4, 0],
        [0.1, 0.5],
      ]) {
        const [, byWord, byBit] = at(access(on), 1e-4, word, bit, gate);
        const h = 1e-5;
        const central = (dw: number, db: number): number =>
          (at(access(on), 1e-4, word + dw, bit + db, gate)[0] - at(access(on), 1e-4, word - dw, bit - db, gate)[0]) /
          (2 * h);
        expect(Math.abs(central(h, 0) / byWord - 1)).toBeLessThan(1e-4);
        expect(Math.abs(-central(0, h) / byBit - 1)).toBeLessThan(1e-4);
      }
  });
});
