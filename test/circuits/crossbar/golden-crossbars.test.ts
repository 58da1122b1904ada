import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { readInput } from "#circuits/crossbar/crossbar-design";
import { createCrossbarSolver } from "#circuits/crossbar/crossbar-solver";
import { plainDesign } from "./arrays.ts";

// badcrossbar 1.1.0 in double precision, checked against Kirchhoff's laws and ngspice. Agreement asked: 1e-9 relative.
const folder = new URL("../../references/crossbar/", import.meta.url);

describe.each(readdirSync(folder))("%s", (file) => {
  const reference = JSON.parse(readFileSync(new URL(file, folder), "utf8"));
  const { rows, columns, inputs, resistances, expected } = reference;
  const design = plainDesign(rows, columns, reference.wordLineResistance, reference.bitLineResistance);
  const solver = createCrossbarSolver(design, { nodes: true });
  solver.program(Float64Array.from(resistances.flat(), (ohm: number | null) => (ohm === null ? 0 : 1 / ohm)));

  test("every output current agrees within 1e-9, and within the bound that is reported", () => {
    let [worst, beyond] = [0, 0];
    inputs.forEach((volts: number[], k: number) => {
      const solution = solver.solve(readInput(Float64Array.from(volts), columns));
      if (!solution.ok) throw new Error(solution.reason);
      expect(solution.residual).toBeLessThan(1.1e-9);
      expected.outputCurrents[k].forEach((ampere: number, j: number) => {
        const error = Math.abs(solution.currents[j] / ampere - 1);
        worst = Math.max(worst, error);
        // The reference carries rounding of its own.
        beyond = Math.max(beyond, error - solution.bounds[j] - 5e-13);
      });
    });
    expect(worst).toBeLessThan(1e-9);
    expect(beyond).toBeLessThanOrEqual(0);
  });

  const voltages = expected.wordLineVoltages ? test : test.skip;
  voltages("every node's voltage agrees within 1e-9 of the largest input", () => {
    solver.solve(readInput(Float64Array.from(inputs[0]), columns));
    const nodes = solver.nodeVoltages();
    const worst = (ours: Float64Array, theirs: number[][]): number =>
      theirs.flat().reduce((most, v, k) => Math.max(most, Math.abs(ours[k] - v)), 0);
    expect(worst(nodes.wordLines, expected.wordLineVoltages)).toBeLessThan(0.3e-9);
    expect(worst(nodes.bitLines, expected.bitLineVoltages)).toBeLessThan(0.3e-9);
  });
});
