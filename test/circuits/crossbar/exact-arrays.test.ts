import { describe, expect, test } from "@jest/globals";
import { type CrossbarDesign, type CrossbarInput, readInput } from "#circuits/crossbar/crossbar-design";
import { createCrossbarSolver } from "#circuits/crossbar/crossbar-solver";
import { binaryDevices, plainDesign, readVoltages } from "./arrays.ts";
import { exactCurrents } from "./exact-network.ts";

/** Largest error of an output relative to itself, and largest excess over the bound reported. */
const compare = (
  design: CrossbarDesign,
  conductances: Float64Array,
  input: CrossbarInput,
): { readonly worst: number; readonly beyond: number } => {
  const solver = createCrossbarSolver(design, { shorts: true });
  solver.program(conductances);
  const solution = solver.solve(input, { tolerance: 1e-10 });
  if (!solution.ok) throw new Error(solution.reason);
  const exact = exactCurrents(design, conductances, input);
  let [worst, beyond] = [0, 0];
  exact.forEach((ampere, j) => {
    const error = ampere === 0 ? Math.abs(solution.currents[j]) : Math.abs(solution.currents[j] / ampere - 1);
    worst = Math.max(worst, error);
    beyond = Math.max(beyond, error - solution.bounds[j]);
  });
  return { worst, beyond };
};

const SHAPES = [
  [3, 4],
  [5, 2],
  [1, 3],
  [4, 1],
] as const;
const WIRES = [
  [0, 0],
  [0, 1],
  [2, 0],
  [2, 1],
  [1e-9, 1e-9],
  [1e-9, 50],
  [1e3, 1e3],
  [1e6, 1e-6],
  [1e7, 1e7],
] as const;

describe("small arrays, against exact rational arithmetic", () => {
  test.each(WIRES)("segments of %d and %d ohm: every current within 1e-9, and within its bound", (word, bit) => {
    for (const [rows, columns] of SHAPES)
      for (const open of [0, 0.3]) {
        const devices = binaryDevices(rows, columns, `exact ${word} ${bit} ${rows}`, open);
        const { worst, beyond } = compare(
          plainDesign(rows, columns, word, bit),
          devices,
          readInput(readVoltages(rows, "exact"), columns),
        );
        expect(worst).toBeLessThan(1e-9);
        expect(beyond).toBeLessThanOrEqual(1e-15);
      }
  });

  const ends = (wordEnds: "left" | "right" | "both", bitEnds: "top" | "bottom" | "both"): CrossbarDesign => ({
    rows: 3,
    columns: 4,
    wordLines: { segmentResistance: 2, ends: wordEnds, terminalResistance: 300 },
    bitLines: { segmentResistance: 5, ends: bitEnds, terminalResistance: 70 },
  });
  const devices = binaryDevices(3, 4, "wirings", 0.1);
  const voltages = readVoltages(3, "wirings");

  test.each(["left", "right", "both"] as const)("inputs at %s, outputs at top, bottom and both", (wordEnds) => {
    for (const bitEnds of ["top", "bottom", "both"] as const)
      for (const [word, bit] of [
        [2, 5],
        [0, 0],
        [0, 5],
        [1e-9, 1e-9],
      ]) {
        const design = ends(wordEnds, bitEnds);
        const changed = {
          ...design,
          wordLines: { ...design.wordLines, segmentResistance: word },
          bitLines: { ...design.bitLines, segmentResistance: bit },
        };
        const { worst, beyond } = compare(changed, devices, readInput(voltages, 4));
        expect(worst).toBeLessThan(1e-9);
        expect(beyond).toBeLessThanOrEqual(1e-15);
      }
  });

  test("floating lines, and bit lines held at other voltages", () => {
    for (const [word, bit] of [
      [2, 5],
      [0, 0],
      [0, 5],
    ])
      for (const wordEnds of ["left", "both"] as const) {
        const input: CrossbarInput = {
          wordLines: { voltages: Float64Array.of(0.5, Number.NaN, -0.2), floating: Uint8Array.of(0, 1, 0) },
          bitLines: { voltages: Float64Array.of(0.1, 0, 0, -0.3), floating: Uint8Array.of(0, 1, 1, 0) },
        };
        const design = {
          ...plainDesign(3, 4, word, bit),
          wordLines: { segmentResistance: word, ends: wordEnds, terminalResistance: 0 },
        };
        expect(compare(design, binaryDevices(3, 4, "floats"), input).worst).toBeLessThan(1e-9);
      }
  });

  test("shorted devices, one and several, beside open ones", () => {
    const shorted = binaryDevices(3, 4, "shorts", 0.1);
    for (const places of [[5], [0, 11], [1, 5, 6], [0, 1, 2, 3]]) {
      const g = shorted.slice();
      for (const k of places) g[k] = Number.POSITIVE_INFINITY;
      for (const [word, bit] of [
        [2, 1],
        [0, 3],
        [1e-3, 40],
      ]) {
        const { worst, beyond } = compare(plainDesign(3, 4, word, bit), g, readInput(voltages, 4));
        expect(worst).toBeLessThan(1e-9);
        expect(beyond).toBeLessThanOrEqual(1e-15);
      }
    }
  });

  test("a short between lines of no resistance is a failure with its reason, not a current", () => {
    const g = devices.slice();
    g[0] = Number.POSITIVE_INFINITY;
    const solver = createCrossbarSolver(plainDesign(3, 4, 0, 0), { shorts: true });
    solver.program(g);
    expect(solver.solve(readInput(voltages, 4))).toMatchObject({ ok: false, reason: "shorted sources" });
  });

  test("signed inputs whose currents nearly cancel: the bound holds where 1e-9 is out of reach", () => {
    const g = new Float64Array(12).fill(1e-4);
    const input = readInput(Float64Array.of(0.1, 0.1, -0.2000001), 4);
    const { worst, beyond } = compare(plainDesign(3, 4, 3, 2), g, input);
    expect(beyond).toBeLessThanOrEqual(1e-15);
    expect(worst).toBeLessThan(1e-6);
  });
});
