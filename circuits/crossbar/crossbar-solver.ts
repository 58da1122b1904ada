import { type BendingSolution, type OwnLaws, solveBending } from "./bending-cells.ts";
import { type CellConduction, cellCurrent } from "./cell-conduction.ts";
import { type CrossbarDesign, type CrossbarInput, checkConductances, checkCrossbarInput } from "./crossbar-design.ts";
import { holdState, type LineSolution, type LineSolveOptions, solveLines } from "./line-solve.ts";
import { type KeptByGrid, placeCrossbar } from "./placed-crossbar.ts";
import { solveWithShorts, standIn } from "./shorted-devices.ts";

export interface CrossbarOptions {
  /** Ohmic where left out. */
  readonly conduction?: CellConduction;
  /** Keep what node voltages and warm starts need. */
  readonly nodes?: boolean;
  /** Allow devices of infinite conductance. */
  readonly shorts?: boolean;
}

export interface SolveOptions {
  /** Relative error allowed of every output current; 1e-9 where left out. */
  readonly tolerance?: number;
  /** Of the linear solves, each. */
  readonly mostIterations?: number;
  /** Start from the solution before, for conductances or voltages that moved a little. Needs `nodes` or bending cells. */
  readonly warm?: boolean;
  /** Among cells that bend: those that follow laws of their own. */
  readonly laws?: OwnLaws;
}

/** On both sides of every device, rows x columns [V]. */
export interface NodeVoltages {
  readonly wordLines: Float64Array;
  readonly bitLines: Float64Array;
}

export interface CrossbarCurrents {
  readonly ok: true;
  /** Into the terminals of each bit line [A]. */
  readonly currents: Float64Array;
  /** Bound of each current's relative error, rounding included; an estimate where not certified. */
  readonly bounds: Float64Array;
  /** 1 where the bound is proven and meets the tolerance. */
  readonly certified: Uint8Array;
  /** The largest of the bounds. */
  readonly residual: number;
  /** Of conjugate gradients, over all of Newton's steps. */
  readonly iterations: number;
  /** Steps of Newton's method; 0 for ohmic cells. */
  readonly newton: number;
}

export type CrossbarFailure =
  | {
      readonly ok: false;
      readonly reason: "iteration limit" | "shorted sources";
      readonly residual: number;
      readonly iterations: number;
    }
  | {
      readonly ok: false;
      readonly reason: "newton";
      /** Cell whose current still moves most. */
      readonly row: number;
      readonly column: number;
      /** By how much it moves in a step [A]. */
      readonly residual: number;
      readonly iterations: number;
    };

export type CrossbarSolution = CrossbarCurrents | CrossbarFailure;

/** One array held in memory: program conductances, then solve for as many inputs as wanted. */
export interface CrossbarSolver {
  readonly design: CrossbarDesign;
  /**
   * Conductance of every device (at 0 V, where it bends), rows x columns [S]: 0 open, Infinity shorted.
   * @throws RangeError naming the first that is negative or not a number.
   */
  program(conductances: Float64Array): void;
  /**
   * Currents with line resistance, to `tolerance` on every output.
   * @throws RangeError where the input does not fit the design.
   */
  solve(input: CrossbarInput, options?: SolveOptions): CrossbarSolution;
  /** Of the last solution. @throws RangeError where none is kept. */
  nodeVoltages(): NodeVoltages;
}

/** What a solver with these options keeps: the argument of `crossbarBytes`. */
export const keptBy = ({ conduction, nodes, shorts }: CrossbarOptions): KeptByGrid => ({
  nodes: nodes ?? false,
  cells: (shorts ?? false) || (conduction !== undefined && conduction.kind !== "ohmic"),
});

/** Too many for any array that converges: the count grows with the line length in cells, at worst. */
const iterationLimit = ({ rows, columns }: CrossbarDesign): number => 20 * (rows + columns) + 100;

const shortedIn = (g: Float64Array): readonly number[] => {
  const found: number[] = [];
  for (let k = 0; k < g.length; k++) if (g[k] === Number.POSITIVE_INFINITY) found.push(k);
  return found;
};

const relative = (bound: number, current: number): number => (bound === 0 ? 0 : bound / Math.abs(current));

/**
 * Makes a solver of a crossbar with line resistance: Kirchhoff's equations of all 2 x rows x columns nodes, by conjugate
 * gradients on the word lines' Schur complement (line-solve.ts), any line resistance from 0 up, any shape; Newton's method
 * around it where cells bend (bending-cells.ts).
 * @throws RangeError where the design cannot be built, or needs more memory than WebAssembly can address.
 */
export const createCrossbarSolver = (design: CrossbarDesign, options: CrossbarOptions = {}): CrossbarSolver => {
  const conduction = options.conduction ?? { kind: "ohmic" };
  const bending = conduction.kind !== "ohmic";
  cellCurrent(conduction);
  const kept = keptBy(options);
  const placed = placeCrossbar(design, kept);
  const { grid } = placed;
  const { rows, columns } = design;
  const conductances = new Float64Array(rows * columns);
  let shorts: readonly number[] = [];
  let moved = true;
  let solved = false;
  let programmed = false;

  const linear = (input: CrossbarInput, settings: LineSolveOptions): LineSolution => {
    const lines = placed.lines(input, moved);
    placed.drive(input);
    if (!settings.warm) grid.drop?.fill(0);
    const solution = solveLines(grid, lines, settings);
    if (grid.drop) holdState(grid, lines);
    return solution;
  };
  const finish = ({ currents, bounds, certified, iterations }: LineSolution, newton: number): CrossbarCurrents => {
    const shares = bounds.map((bound, j) => relative(bound, currents[j]));
    return {
      ok: true,
      currents: placed.byBitLine(currents),
      bounds: placed.byBitLine(shares),
      certified: placed.byBitLine(certified),
      residual: shares.reduce((a, b) => Math.max(a, b), 0),
      iterations,
      newton,
    };
  };

  return {
    design,
    program: (g) => {
      const shorted = checkConductances(design, g);
      conductances.set(g);
      shorts = shorted ? shortedIn(g) : [];
      if (shorts.length > 0 && !options.shorts)
        throw new RangeError(
          `crossbar: ${shorts.length} shorted devices, the first in row ${Math.floor(shorts[0] / columns)}, column ${shorts[0] % columns}; make the solver with shorts: true.`,
        );
      if (shorts.length > 0 && bending)
        throw new RangeError(
          `crossbar: shorted devices are solved among ohmic cells only; give row ${Math.floor(shorts[0] / columns)}, column ${shorts[0] % columns} a finite conductance.`,
        );
      placed.setCells(grid.conductance, g);
      for (const k of shorts) grid.conductance[placed.cell(k)] = standIn(design);
      moved = true;
      programmed = true;
    },
    solve: (input, { tolerance = 1e-9, mostIterations = iterationLimit(design), warm = false, laws } = {}) => {
      if (!programmed) throw new RangeError("crossbar: nothing is programmed yet; call program(conductances) first.");
      checkCrossbarInput(design, conductances, input);
      if (!(tolerance > 0)) throw new RangeError(`crossbar: tolerance ${tolerance}; expected a positive number.`);
      if (conduction.kind === "access transistor" && input.gates?.length !== rows)
        throw new RangeError(
          `crossbar: ${input.gates?.length ?? 0} gate voltages for ${rows} word lines; 1T1R cells need one a row.`,
        );
      if (laws && !bending)
        throw new RangeError("crossbar: cells with laws of their own need cells that bend beside them.");
      if (warm && !(grid.drop && solved))
        throw new RangeError("crossbar: a warm start needs nodes: true and a solution before.");
      const settings = { tolerance, mostIterations, warm };
      let solution: LineSolution;
      let newton = 0;
      if (bending) {
        const outcome: BendingSolution = solveBending(placed, conduction, conductances, input, settings, laws);
        solved = outcome.ok;
        if (!outcome.ok) {
          const { cell, change, iterations } = outcome;
          const [row, column] = [Math.floor(cell / columns), cell % columns];
          return { ok: false, reason: "newton", row, column, residual: change, iterations };
        }
        solution = outcome.solution;
        newton = outcome.newton;
      } else if (shorts.length > 0) {
        const outcome = solveWithShorts(placed, shorts, input, moved, settings);
        if (!outcome) return { ok: false, reason: "shorted sources", residual: Infinity, iterations: 0 };
        solution = outcome;
      } else solution = linear(input, settings);
      moved = false;
      const done = finish(solution, newton);
      solved = solution.ended;
      if (!solution.ended)
        return { ok: false, reason: "iteration limit", residual: done.residual, iterations: solution.iterations };
      return done;
    },
    nodeVoltages: () => {
      const { drop } = grid;
      if (!drop || !solved) throw new RangeError("crossbar: node voltages need nodes: true and a solution.");
      const wordLines = placed.cells(drop);
      const bitLines = placed.cells(grid.columnSum);
      const driven = placed.driven();
      for (let i = 0; i < rows; i++)
        for (let j = 0; j < columns; j++) {
          const k = i * columns + j;
          wordLines[k] = driven.wordLines[i] - wordLines[k];
          bitLines[k] += driven.bitLines[j];
        }
      return { wordLines, bitLines };
    },
  };
};
