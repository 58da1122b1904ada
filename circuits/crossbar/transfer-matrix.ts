import { type CrossbarDesign, readInput } from "./crossbar-design.ts";
import { type CrossbarFailure, createCrossbarSolver } from "./crossbar-solver.ts";

/**
 * Output currents of an ohmic array are linear in its inputs, I_j = sum over i of V_i T_ij with T in siemens: the conductances
 * where lines are ideal, less where they are not.
 */
export type TransferMatrix =
  | {
      readonly ok: true;
      /** T, rows x columns [S]. */
      readonly conductances: Float64Array;
      /** Largest bound of an element's relative error. */
      readonly residual: number;
    }
  | CrossbarFailure;

const ACROSS = { left: "top", right: "bottom", both: "both" } as const;
const DOWN = { top: "left", bottom: "right", both: "both" } as const;

/** The same array with word and bit lines exchanged. */
export const transposedDesign = ({ rows, columns, wordLines, bitLines }: CrossbarDesign): CrossbarDesign => ({
  rows: columns,
  columns: rows,
  wordLines: { ...bitLines, ends: DOWN[bitLines.ends] },
  bitLines: { ...wordLines, ends: ACROSS[wordLines.ends] },
});

/** Values of a rows x columns array, those of the transposed one. */
export const transposedCells = (values: Float64Array, rows: number, columns: number): Float64Array =>
  values.map((_, k) => values[(k % rows) * columns + Math.floor(k / rows)]);

/**
 * The transfer matrix of an array read at bit lines held at 0 V, by one solve for each line of the shorter side: driving a bit
 * line and measuring the word lines gives the same conductances (reciprocity). Worth its cost from a few hundred inputs on.
 * @throws RangeError where the array is not one a solver takes; shorts among ideal lines are a failure.
 */
export const transferMatrix = (
  design: CrossbarDesign,
  conductances: Float64Array,
  tolerance = 1e-9,
): TransferMatrix => {
  const { rows, columns } = design;
  const transposed = columns < rows;
  const shorts = conductances.includes(Number.POSITIVE_INFINITY);
  const solver = createCrossbarSolver(transposed ? transposedDesign(design) : design, { shorts });
  solver.program(transposed ? transposedCells(conductances, rows, columns) : conductances);
  const matrix = new Float64Array(rows * columns);
  const [driven, read] = transposed ? [columns, rows] : [rows, columns];
  let residual = 0;
  for (let k = 0; k < driven; k++) {
    const input = readInput(new Float64Array(driven).fill(1, k, k + 1), read);
    const solution = solver.solve(input, { tolerance });
    if (!solution.ok) return solution;
    residual = Math.max(residual, solution.residual);
    solution.currents.forEach((siemens, m) => {
      matrix[transposed ? m * columns + k : k * columns + m] = siemens;
    });
  }
  return { ok: true, conductances: matrix, residual };
};
