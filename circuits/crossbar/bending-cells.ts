import type { CellConduction, CellCurrentInto } from "./cell-conduction.ts";
import { cellCurrent } from "./cell-conduction.ts";
import type { CrossbarInput } from "./crossbar-design.ts";
import { holdState, type LineSolution, type LineSolveOptions, solveLines } from "./line-solve.ts";
import type { PlacedCrossbar } from "./placed-crossbar.ts";

const MOST_NEWTON = 60;
/** Steps in a row that do not halve the change any more: what is left of it is rounding. */
const STALLED = 3;
/** Largest share of all currents that rounding can be: of voltages, through cells that bend steeply. */
const ROUNDING = 1e-9;
/** Share of the inputs that a failing solve is first tried at, and doubled from. */
const FIRST_RAMP = 1 / 16;

export type BendingSolution =
  | { readonly ok: true; readonly solution: LineSolution; readonly newton: number }
  | {
      readonly ok: false;
      readonly newton: number;
      readonly iterations: number;
      /** Cell whose current still moves most, and by how much [A]. */
      readonly cell: number;
      readonly change: number;
    };

/** Linearises every cell about the drops and rises held, as `lineariseSinh` does; returns the sum of changes [A] and the worst. */
const linearise = (
  placed: PlacedCrossbar,
  current: CellCurrentInto,
  gates: Float64Array | undefined,
): { readonly change: number; readonly worst: number; readonly cell: number } => {
  const { grid, design } = placed;
  const { drop, columnSum, conductance, source, lowField } = grid;
  if (!drop || !source || !lowField) throw new Error("crossbar: bending cells need a grid with sources.");
  const out = new Float64Array(3);
  let [change, worst, cell] = [0, 0, 0];
  for (let k = 0; k < design.rows * design.columns; k++) {
    const at = placed.cell(k);
    const i = Math.floor(at / grid.stride);
    const fall = drop[at] + columnSum[at];
    const word = grid.rowVoltages[i] - drop[at];
    const bit = grid.columnVoltages[at - i * grid.stride] + columnSum[at];
    current(out, lowField[at], word, bit, gates?.[Math.floor(k / design.columns)] ?? 0);
    const moved = Math.abs(out[0] - conductance[at] * (source[at] - fall));
    change += moved;
    if (moved > worst) [worst, cell] = [moved, k];
    // A cell whose slopes differ (its transistor's bulk is at ground) is linearised with their mean.
    const slope = (out[1] + out[2]) / 2;
    conductance[at] = slope;
    source[at] = slope > 0 ? fall + out[0] / slope : 0;
  }
  return { change, worst, cell };
};

/**
 * Cells whose current follows a law of the caller's own: a device whose state moves with the voltage it is at. Their programmed
 * conductance is not used.
 */
export interface OwnLaws {
  /** row * columns + column of each. */
  readonly cells: readonly number[];
  /**
   * Writes the current [A] of cell number `n` of these at `volts` between its lines, and a slope above 0 [S], to `out[0..1]`: the law's own,
   * or one that Newton's method still converges with where that is not positive. NaN: there is none, the solve fails.
   */
  currentInto(out: Float64Array, n: number, volts: number): void;
}

/** The kernel's cells and, beside them, those of laws of their own; the tangents of the latter are kept here. */
const lineariseBeside = (placed: PlacedCrossbar, laws: OwnLaws, kernel: () => number): (() => number) => {
  const { grid } = placed;
  const places = laws.cells.map(placed.cell);
  const tangents = places.map(() => ({ conductance: 0, source: 0 }));
  const out = new Float64Array(2);
  return () => {
    const { drop, columnSum, conductance, source } = grid;
    if (!drop || !source) throw new Error("crossbar: bending cells need a grid with sources.");
    for (const at of places) {
      conductance[at] = 0;
      source[at] = 0;
    }
    let change = kernel();
    places.forEach((at, n) => {
      const i = Math.floor(at / grid.stride);
      const fall = drop[at] + columnSum[at];
      laws.currentInto(out, n, grid.rowVoltages[i] - grid.columnVoltages[at - i * grid.stride] - fall);
      const tangent = tangents[n];
      change += Math.abs(out[0] - tangent.conductance * (tangent.source - fall));
      tangent.conductance = out[1];
      tangent.source = fall + out[0] / out[1];
      conductance[at] = tangent.conductance;
      source[at] = tangent.source;
    });
    return change;
  };
};

/** Largest argument of the kernel's sinh. */
const LARGEST_ARGUMENT = 700;

const beyondExponential = ({ grid, design }: PlacedCrossbar, fieldVoltage: number): boolean => {
  const { drop, columnSum } = grid;
  if (!drop) return false;
  for (let i = 0; i < design.rows; i++)
    for (let j = 0; j < design.columns; j++) {
      const at = i * grid.stride + j;
      const across = grid.rowVoltages[i] - drop[at] - grid.columnVoltages[j] - columnSum[at];
      if (grid.conductance[at] > 0 && Math.abs(across) > LARGEST_ARGUMENT * fieldVoltage) return true;
    }
  return false;
};

/**
 * Newton's method on cells whose current bends: every step is the linear solve with each cell replaced by its tangent, a
 * conductance and a source. The sum of what the tangents still change is a current injected between word and bit lines, and
 * bounds every output's error as such; the inner tolerance follows it. Starts from the drops and rises held where `warm`.
 */
export const solveBending = (
  placed: PlacedCrossbar,
  conduction: CellConduction,
  lowField: Float64Array,
  input: CrossbarInput,
  options: LineSolveOptions,
  laws: OwnLaws | null = null,
): BendingSolution => {
  const { grid } = placed;
  const { drop } = grid;
  if (!drop || !grid.lowField) throw new Error("crossbar: bending cells need a grid with sources.");
  placed.setCells(grid.lowField, lowField);
  for (const k of laws?.cells ?? []) grid.lowField[placed.cell(k)] = 0;
  const gates = input.gates;
  const current = cellCurrent(conduction);
  // What a failure tells: the cell that moved most in the last step that had one.
  let told = { cell: 0, worst: 0 };
  const slowly = (): number => {
    const { change, worst, cell } = linearise(placed, current, gates);
    if (worst > 0) told = { cell, worst };
    return change;
  };
  const alike = conduction.kind === "sinh" ? () => grid.lineariseSinh(conduction.fieldVoltage) : slowly;
  const fast = laws ? lineariseBeside(placed, laws, alike) : alike;
  let iterations = 0;
  let newton = 0;
  const attempt = (step: () => number, warm: boolean): LineSolution | null => {
    if (!warm) {
      drop.fill(0);
      grid.columnSum.fill(0);
      grid.carriedAway.fill(0);
      // Of an attempt that failed there may be infinities left.
      grid.conductance.fill(0);
      grid.source?.fill(0);
    }
    grid.useSource(true);
    let last: LineSolution | null = null;
    let inner = 0.01;
    let [best, stalled] = [Number.POSITIVE_INFINITY, 0];
    for (let k = 0; k < MOST_NEWTON; k++) {
      const change = step();
      if (!Number.isFinite(change)) return null;
      if (last) {
        let [met, least, known] = [last.ended, Number.POSITIVE_INFINITY, 0];
        const { currents, bounds } = last;
        for (let j = 0; j < currents.length; j++) {
          const size = Math.abs(currents[j]);
          if (bounds[j] === 0) continue;
          known++;
          least = Math.min(least, size);
          if (!(change + bounds[j] <= options.tolerance * size)) met = false;
        }
        const distance = (2 * change) / (known * least);
        // Where rounding alone is left of the change, more steps change nothing: it is far below the currents already, or it
        // no longer falls, as Newton's method makes it fall where it can.
        const flowing = currents.reduce((sum, i) => sum + Math.abs(i), 0);
        stalled = inner <= options.tolerance && change > best / 2 ? stalled + 1 : 0;
        best = Math.min(best, change);
        const floor = change <= 1e-14 * flowing || (stalled >= STALLED && change <= ROUNDING * flowing);
        if (met || (floor && inner <= options.tolerance)) {
          for (let j = 0; j < bounds.length; j++) if (bounds[j] > 0) bounds[j] += change;
          return last;
        }
        inner = Math.min(0.01, Math.max(0.3 * options.tolerance, 0.3 * distance * Math.min(1, distance)));
      }
      const lines = placed.lines(input, true);
      last = solveLines(grid, lines, { ...options, tolerance: inner, warm: true });
      iterations += last.iterations;
      newton++;
      holdState(grid, lines);
    }
    return null;
  };
  placed.drive(input);
  let solution = attempt(fast, options.warm);
  // Strong nonlinearity: walk up from small inputs, each from the solution below it.
  for (let share = FIRST_RAMP; !solution && share <= 1; share *= 2) {
    placed.drive(input);
    for (let i = 0; i < grid.rows; i++) grid.rowVoltages[i] *= share;
    for (let j = 0; j < grid.columns; j++) grid.columnVoltages[j] *= share;
    const reached = attempt(fast, share > FIRST_RAMP);
    if (!reached) break;
    if (share === 1) solution = reached;
  }
  placed.drive(input);
  // Beyond it the kernel's exponential stands still: such a solution is none.
  const overflows = conduction.kind === "sinh" && beyondExponential(placed, conduction.fieldVoltage);
  if (solution && !overflows) {
    grid.useSource(false);
    return { ok: true, solution: { ...solution, iterations }, newton };
  }
  if (!laws) attempt(slowly, false);
  grid.useSource(false);
  return { ok: false, newton, iterations, cell: told.cell, change: told.worst };
};
