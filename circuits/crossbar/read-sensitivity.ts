import { type CrossbarDesign, readInput } from "./crossbar-design.ts";
import { type CrossbarFailure, createCrossbarSolver } from "./crossbar-solver.ts";
import { transposedCells, transposedDesign } from "./transfer-matrix.ts";

export type ReadSensitivity =
  | {
      readonly ok: true;
      /** dI_j / dG_ij over V_i, rows x columns [1]: 1 on ideal lines. */
      readonly share: Float64Array;
    }
  | CrossbarFailure;

/**
 * How much of a small change of a device's conductance arrives at its own bit line: dI_j = share_ij V_i dG_ij to first order,
 * the product of two shares. The device sees less than its input's voltage: taken from a read with all inputs at one voltage.
 * What it gives reaches the output with losses: by reciprocity, the voltage across it when its bit line alone is driven.
 *
 * Neglected: that inputs differ, and that the change reaches other bit lines too. Error against devices drawn one by one, of the
 * standard deviation of a current: test/circuits/analog/read-noise.test.ts.
 */
export const readSensitivity = (design: CrossbarDesign, conductances: Float64Array): ReadSensitivity => {
  const { rows, columns } = design;
  const share = new Float64Array(rows * columns);
  const solver = createCrossbarSolver(design, { nodes: true });
  solver.program(conductances);
  const even = solver.solve(readInput(new Float64Array(rows).fill(1), columns), { tolerance: 1e-6 });
  if (!even.ok) return even;
  const { wordLines, bitLines } = solver.nodeVoltages();
  wordLines.forEach((v, k) => {
    share[k] = v - bitLines[k];
  });
  const back = createCrossbarSolver(transposedDesign(design), { nodes: true });
  back.program(transposedCells(conductances, rows, columns));
  for (let j = 0; j < columns; j++) {
    const solution = back.solve(readInput(new Float64Array(columns).fill(1, j, j + 1), rows), { tolerance: 1e-6 });
    if (!solution.ok) return solution;
    const nodes = back.nodeVoltages();
    for (let i = 0; i < rows; i++)
      share[i * columns + j] *= nodes.wordLines[j * rows + i] - nodes.bitLines[j * rows + i];
  }
  return { ok: true, share };
};
