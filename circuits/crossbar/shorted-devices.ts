import { LuDecomposition, Matrix } from "ml-matrix";
import type { CrossbarDesign, CrossbarInput } from "./crossbar-design.ts";
import { type LineSolution, type LineSolveOptions, solveLines } from "./line-solve.ts";
import type { PlacedCrossbar } from "./placed-crossbar.ts";

/** Finest tolerance of the solves that a short's current is made from. */
const FINEST = 1e-13;

/** Conductance that stands in for a short while the current through it is sought [S]: of the order of the wires around it. */
export const standIn = ({ wordLines, bitLines }: CrossbarDesign): number => {
  const wires =
    wordLines.segmentResistance +
    wordLines.terminalResistance +
    bitLines.segmentResistance +
    bitLines.terminalResistance;
  return wires > 0 ? 1 / wires : 1e-3;
};

/**
 * Solves with devices of zero resistance. Each short is a device of the stand-in conductance beside a current source, whose
 * current is such that no voltage is left across it: one solve for the inputs, one for every source, and a dense system in the
 * sources' currents. Leaves drops and rises of the whole in the grid.
 *
 * Null where the shorts join held lines without any resistance between.
 */
export const solveWithShorts = (
  placed: PlacedCrossbar,
  shorts: readonly number[],
  input: CrossbarInput,
  moved: boolean,
  options: LineSolveOptions,
): LineSolution | null => {
  const { grid, design } = placed;
  const { drop, source, columnSum } = grid;
  if (!drop || !source) throw new Error("crossbar: shorts need a grid with sources.");
  const lines = placed.lines(input, moved);
  const places = shorts.map(placed.cell);
  const perSiemens = 1 / standIn(design);
  // The sources' currents hang on voltages whose error no bound covers: solved a thousand times finer, and not certified.
  const inner = Math.max(FINEST, options.tolerance / 1000);
  const states = [-1, ...shorts.keys()].map((active) => {
    // The grid's own lines hold no voltage while a source acts alone.
    placed.drive(input);
    if (active >= 0) {
      grid.rowVoltages.fill(0);
      grid.columnVoltages.fill(0);
      source.fill(0);
      source[places[active]] = perSiemens;
    }
    grid.useSource(active >= 0);
    drop.fill(0);
    const solution = solveLines(grid, lines, { ...options, tolerance: inner, warm: false });
    grid.collect(true);
    grid.rise(lines.columnLines.segment);
    const lineVoltage = (at: number): number => {
      const i = Math.floor(at / grid.stride);
      return active < 0 ? grid.rowVoltages[i] - grid.columnVoltages[at - i * grid.stride] : 0;
    };
    const across = Float64Array.from(places, (at) => lineVoltage(at) - drop[at] - columnSum[at]);
    return { solution, across, drop: drop.slice(), rise: columnSum.slice() };
  });
  grid.useSource(false);
  placed.drive(input);
  const [base, ...each] = states;
  // across(base) + sum over sources of J across(source) = 0
  const matrix = new Matrix(shorts.map((_, k) => each.map(({ across }) => across[k])));
  const factors = new LuDecomposition(matrix);
  const scale = Math.max(matrix.max(), -matrix.min());
  if (!(scale > 1e-12 * perSiemens) || factors.isSingular()) return null;
  const currents = factors.solve(Matrix.columnVector(base.across).mul(-1)).to1DArray();
  const share = options.tolerance / 10;
  const total = { currents: base.solution.currents.slice(), bounds: base.solution.bounds.slice() };
  drop.set(base.drop);
  columnSum.set(base.rise);
  each.forEach((state, s) => {
    for (let j = 0; j < grid.columns; j++) {
      total.currents[j] += currents[s] * state.solution.currents[j];
      total.bounds[j] +=
        Math.abs(currents[s]) * (state.solution.bounds[j] + share * Math.abs(state.solution.currents[j]));
    }
    for (let k = 0; k < drop.length; k++) {
      drop[k] += currents[s] * state.drop[k];
      columnSum[k] += currents[s] * state.rise[k];
    }
  });
  return {
    ...total,
    certified: new Uint8Array(grid.columns),
    iterations: states.reduce((sum, { solution }) => sum + solution.iterations, 0),
    ended: states.every(({ solution }) => solution.ended),
  };
};
