import { describe, expect, test } from "@jest/globals";
import { BIAS_SCHEMES, selectCell } from "#circuits/crossbar/biasing";
import { createCrossbarSolver } from "#circuits/crossbar/crossbar-solver";
import { plainDesign } from "./arrays.ts";

const SIZE = 6;
const G = 1e-4;

const solved = (scheme: (typeof BIAS_SCHEMES)[number], wire = 0) => {
  const design = plainDesign(SIZE, SIZE, wire, wire);
  const solver = createCrossbarSolver(design, { nodes: true });
  solver.program(new Float64Array(SIZE * SIZE).fill(G));
  const solution = solver.solve(selectCell(design, { row: 2, column: 3, voltage: 1.2, scheme }));
  if (!solution.ok) throw new Error(solution.reason);
  const { wordLines, bitLines } = solver.nodeVoltages();
  const across = wordLines.map((v, k) => v - bitLines[k]);
  return { current: solution.currents[3], across, at: (i: number, j: number) => across[i * SIZE + j] };
};

describe("one cell selected in an array of equal devices and ideal lines", () => {
  test("V/2: half-selected cells see V/2, the others nothing", () => {
    const { at } = solved("V/2");
    expect(at(2, 3)).toBeCloseTo(1.2, 12);
    expect(at(2, 0)).toBeCloseTo(0.6, 12);
    expect(at(5, 3)).toBeCloseTo(0.6, 12);
    expect(at(0, 0)).toBeCloseTo(0, 12);
  });
  test("V/3: every other cell sees V/3 in size", () => {
    const { across } = solved("V/3");
    across.forEach((v, k) => {
      expect(Math.abs(v)).toBeCloseTo(k === 2 * SIZE + 3 ? 1.2 : 0.4, 12);
    });
  });
  test("floating: the sneak path is (n - 1) cells, (n - 1)^2 cells and (n - 1) cells in series", () => {
    const { current, at } = solved("floating");
    const n = SIZE - 1;
    const sneak = G / (1 / n + 1 / n ** 2 + 1 / n);
    expect(current / (1.2 * (G + sneak))).toBeCloseTo(1, 9);
    expect(at(2, 0)).toBeCloseTo((1.2 * sneak) / (n * G), 9);
    expect(at(0, 0)).toBeCloseTo((-1.2 * sneak) / (n * n * G), 9);
  });
  test("grounded: the cells of the word line see V, the others nothing", () => {
    const { at } = solved("grounded");
    expect(at(2, 5)).toBeCloseTo(1.2, 12);
    expect(at(4, 3)).toBeCloseTo(0, 12);
  });
  test("with wires the selected cell sees less than V", () => {
    for (const scheme of BIAS_SCHEMES) expect(solved(scheme, 20).at(2, 3)).toBeLessThan(1.19);
  });
});

test("cells outside the array are refused", () => {
  expect(() => selectCell(plainDesign(3, 3, 1, 1), { row: 3, column: 0, voltage: 1, scheme: "V/2" })).toThrow(
    "row 3, column 0 of 3 x 3",
  );
});
