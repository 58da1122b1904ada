import { describe, expect, test } from "@jest/globals";
import { cellCurrent } from "#circuits/crossbar/cell-conduction";
import { readInput } from "#circuits/crossbar/crossbar-design";
import { crossbarNetlist } from "#circuits/crossbar/crossbar-netlist";
import { createCrossbarSolver } from "#circuits/crossbar/crossbar-solver";
import { parseCrossbar } from "#circuits/crossbar/parse-crossbar";
import { binaryDevices, plainDesign } from "./arrays.ts";

const VALID = {
  rows: 2,
  columns: 3,
  wordLineResistance: 2,
  bitLineResistance: 1,
  resistances: [
    [1e4, null, 1e5],
    [2e4, 1e5, 0],
  ],
  inputs: [[0.1, 0.2]],
};

describe("a description of an array", () => {
  test("is read as it is meant: null is open, 0 shorted, a null input floats", () => {
    const { conductances, inputs } = parseCrossbar({ ...VALID, inputs: [[0.1, null]] }, "a.json");
    expect([...conductances]).toEqual([1e-4, 0, 1e-5, 5e-5, 1e-5, Number.POSITIVE_INFINITY]);
    expect([...(inputs[0].wordLines.floating ?? [])]).toEqual([0, 1]);
  });

  const refused: readonly (readonly [string, object, string])[] = [
    ["a negative resistance", { resistances: [[1e4, -5, 1], VALID.resistances[1]] }, "row 0, column 1: -5"],
    ["a word for a resistance", { resistances: [[1e4, "x", 1], VALID.resistances[1]] }, 'row 0, column 1: "x"'],
    ["a negative wire", { wordLineResistance: -1 }, "wordLineResistance"],
    ["a missing wire", { bitLineResistance: undefined }, "bitLineResistance"],
    ["a short row", { resistances: [[1e4, 1], VALID.resistances[1]] }, "row 0 has 2 resistances; the array has 3"],
    ["a missing row", { resistances: [VALID.resistances[0]] }, "1 rows of resistances; the array has 2"],
    ["a short input", { inputs: [[0.1]] }, "input 0 has 1 voltages; the array has 2"],
    ["no input", { inputs: [] }, "no inputs"],
    [
      "only open devices",
      {
        resistances: [
          [null, null, null],
          [null, null, null],
        ],
      },
      "all devices are open",
    ],
    ["no rows", { rows: 0 }, "rows"],
    ["1T1R without gates", { cells: { kind: "access transistor" } }, "gates"],
    ["unknown ends", { wordLineEnds: "top" }, "wordLineEnds"],
    ["every line floating", { inputs: [[null, null]], bitLineVoltages: [null, null, null] }, "floats at both ends"],
    [
      "a floating line without devices",
      { resistances: [[null, null, null], VALID.resistances[1]], inputs: [[null, 0.2]] },
      "word line 0 floats at both ends",
    ],
    ["a misspelt key", { driverResistence: 5 }, "driverResistence"],
    ["gates of ohmic cells", { gates: [1, 1] }, '"gates" are for cells with an access transistor'],
    [
      "a resistance beyond numbers",
      { resistances: [[1e4, Number.POSITIVE_INFINITY, 1], VALID.resistances[1]] },
      "row 0, column 1",
    ],
    ["a field voltage of 0", { cells: { kind: "sinh", fieldVoltage: 0 } }, "fieldVoltage"],
  ];
  test.each(refused)("with %s is refused, and told where", (_, change, words) => {
    expect(() => parseCrossbar({ ...VALID, ...change }, "a.json")).toThrow(words);
  });
});

describe("a solver", () => {
  const design = plainDesign(2, 2, 1, 1);
  const volts = readInput(Float64Array.of(0.1, 0.2), 2);
  test("refuses conductances that are negative, not numbers, or too few, and names the cell", () => {
    const solver = createCrossbarSolver(design);
    expect(() => solver.program(Float64Array.of(1e-4, 1e-4, -1e-4, 1e-4))).toThrow("row 1, column 0");
    expect(() => solver.program(Float64Array.of(1e-4, Number.NaN, 1e-4, 1e-4))).toThrow("row 0, column 1");
    expect(() => solver.program(new Float64Array(3))).toThrow("3 conductances for 2 x 2");
  });
  test("asks to be programmed first, and for what its arguments lack", () => {
    const solver = createCrossbarSolver(design);
    expect(() => solver.solve(volts)).toThrow("call program(conductances) first");
    expect(() => solver.program([1e-4, 1e-4, 1e-4, 1e-4] as never)).toThrow("Float64Array");
    solver.program(new Float64Array(4).fill(1e-4));
    expect(() => solver.solve(Float64Array.of(0.1, 0.2) as never)).toThrow("wordLines: { voltages }");
    expect(() => createCrossbarSolver({ rows: 2, columns: 2 } as never)).toThrow("the word lines are missing");
    expect(() => createCrossbarSolver(design, { conduction: { kind: "sin" } as never })).toThrow('kind "sin"');
  });
  test("refuses voltages of another shape or that are not numbers", () => {
    const solver = createCrossbarSolver(design);
    solver.program(new Float64Array(4).fill(1e-4));
    expect(() => solver.solve(readInput(Float64Array.of(0.1), 2))).toThrow("1 voltages for 2 word lines");
    expect(() => solver.solve(readInput(Float64Array.of(0.1, Number.NaN), 2))).toThrow("word line 1 is held at NaN");
  });
  test("refuses what is no volt, siemens or ohm: its square would be none", () => {
    const solver = createCrossbarSolver(design);
    expect(() => solver.program(Float64Array.of(1e-4, 1e-4, 1e308, 1e-4))).toThrow("row 1, column 0");
    solver.program(new Float64Array(4).fill(1e-4));
    expect(() => solver.solve(readInput(Float64Array.of(1e-160, 0.1), 2))).toThrow("word line 0 is held at 1e-160");
    expect(() => createCrossbarSolver(plainDesign(2, 2, 1e200, 1))).toThrow("1e+200 ohm");
  });
  test("a sinh beyond numbers is no solution", () => {
    const solver = createCrossbarSolver(plainDesign(1, 1, 0, 0), { conduction: { kind: "sinh", fieldVoltage: 1e-3 } });
    solver.program(Float64Array.of(1e-4));
    expect(solver.solve(readInput(Float64Array.of(1), 1))).toMatchObject({ ok: false, reason: "newton" });
  });
  test("refuses shorts it was not made for, warm starts without a start, 1T1R without gates", () => {
    const solver = createCrossbarSolver(design);
    expect(() => solver.program(Float64Array.of(1e-4, Number.POSITIVE_INFINITY, 0, 0))).toThrow("row 0, column 1");
    solver.program(new Float64Array(4).fill(1e-4));
    expect(() => solver.solve(volts, { warm: true })).toThrow("warm start");
  });
  test("refuses an array that no memory holds, with the size it would take", () => {
    expect(() => createCrossbarSolver(plainDesign(40000, 40000, 1, 1))).toThrow(/95\.\d GiB; at most 4 GiB/);
  });
  test("an iteration limit that is too low is a failure with what was reached", () => {
    const solver = createCrossbarSolver(plainDesign(64, 64, 20, 10));
    solver.program(binaryDevices(64, 64, "limit"));
    const solution = solver.solve(readInput(new Float64Array(64).fill(0.2), 64), { mostIterations: 2 });
    expect(solution).toMatchObject({ ok: false, reason: "iteration limit", iterations: 2 });
    expect(solution.residual).toBeGreaterThan(1e-9);
  });
  test("Newton's method that does not converge tells the cell and how far it is", () => {
    const solver = createCrossbarSolver(plainDesign(4, 4, 1, 1), { conduction: { kind: "sinh", fieldVoltage: 1e-3 } });
    const g = new Float64Array(16).fill(1e-9);
    g[9] = 1e-4;
    solver.program(g);
    // 600 field voltages: a current of 1e260 A.
    const solution = solver.solve(readInput(new Float64Array(4).fill(0.6), 4));
    expect(solution).toMatchObject({ ok: false, reason: "newton", row: 2, column: 1 });
  });
  test("strongly bending cells are reached from small inputs: 20 field voltages on 1 kohm of wire", () => {
    const solver = createCrossbarSolver(plainDesign(16, 16, 50, 50), {
      conduction: { kind: "sinh", fieldVoltage: 0.05 },
      nodes: true,
    });
    solver.program(new Float64Array(256).fill(1e-6));
    const input = readInput(new Float64Array(16).fill(1), 16);
    const solution = solver.solve(input);
    if (!solution.ok) throw new Error(solution.reason);
    const { wordLines, bitLines } = solver.nodeVoltages();
    const current = cellCurrent({ kind: "sinh", fieldVoltage: 0.05 });
    const out = new Float64Array(3);
    let [cells, outputs] = [0, 0];
    wordLines.forEach((v, k) => {
      current(out, 1e-6, v, bitLines[k], 0);
      cells += out[0];
    });
    for (const ampere of solution.currents) outputs += ampere;
    expect(cells / outputs).toBeCloseTo(1, 8);
  });
  test("a netlist of a shorted array or of selectors is refused", () => {
    expect(() => crossbarNetlist(design, Float64Array.of(1, 1, 1, Number.POSITIVE_INFINITY), volts)).toThrow("shorted");
    const selector = { kind: "selector", fieldVoltage: null, saturationCurrent: 1e-9, slopeVoltage: 0.05 } as const;
    expect(() => crossbarNetlist(design, new Float64Array(4), volts, selector)).toThrow("selector");
  });
});
