import { factorInPlace, solveInPlace } from "#src/numerics/dense-lu";
import type { Circuit } from "./circuit.ts";
import { capacitanceMatrix, chargesInto, currentsInto, isLinear } from "./circuit-equations.ts";

const MAX_NEWTON = 12;
/** Damped iterations allowed besides: a way of 60 V. */
const MAX_DAMPED = 200;
/** Largest Newton update [V] where there are exponentials, which overshoot beyond it; a linear circuit has no limit. */
const NEWTON_LIMIT = 0.3;
/** Newton stops at this share of the step's tolerance: well below the error the step itself makes. */
const NEWTON_SHARE = 0.02;
/**
 * Voltage [V] over which a transistor's exponentials bend, about n Ut: after an update u the error left is about
 * u^2 / NEWTON_BEND, so that a first update this small needs no second look.
 */
const NEWTON_BEND = 0.03;

/** What the solver has met so far. */
export interface Solved {
  readonly iterations: number;
  /** Largest move of the last iteration [V], and the node that made it; -1 before any. */
  readonly residual: number;
  readonly worst: number;
  /** Whether the last matrix was singular. */
  readonly singular: boolean;
}

interface StageSolver {
  readonly met: Solved;
  /**
   * Newton's method for q(y) + dh i(y, time) = rhs: `y` holds the driven voltages and a first guess, and gets the solution; `charges` and
   * `currents` get its own. Whether it converged.
   */
  solve(y: Float64Array, charges: Float64Array, currents: Float64Array, time: number, dh: number): boolean;
  /** Applies the inverse of the last Newton matrix: what filters the step's error. */
  filter(b: Float64Array): void;
  /** Right-hand side of the stage. */
  readonly rhs: Float64Array;
}

/** @param noise Currents that leave each node besides; null without. */
export const createStageSolver = (circuit: Circuit, tolerance: number, noise: Float64Array | null): StageSolver => {
  const { size, total } = circuit;
  const nodeCount = circuit.nodes.length;
  const rhs = new Float64Array(size);
  const update = new Float64Array(size);
  const jacobian = new Float64Array(size * size);
  const matrix = new Float64Array(size * size);
  const pivots = new Int32Array(size);
  const capacitance = capacitanceMatrix(circuit);
  const limit = isLinear(circuit) ? Number.POSITIVE_INFINITY : NEWTON_LIMIT;
  const met = { iterations: 0, residual: 0, worst: -1, singular: false };

  /** The update of one iteration, and its largest move of a node; false where there is none. */
  const iterate = (
    y: Float64Array,
    charges: Float64Array,
    currents: Float64Array,
    time: number,
    dh: number,
  ): boolean => {
    met.iterations++;
    currentsInto(currents, jacobian, circuit, y, time);
    if (noise) for (let r = 0; r < total; r++) currents[r] += noise[r];
    chargesInto(charges, circuit, y);
    for (let r = 0; r < size; r++) update[r] = rhs[r] - charges[r] - dh * currents[r];
    for (let e = 0; e < matrix.length; e++) matrix[e] = capacitance[e] + dh * jacobian[e];
    met.singular = !factorInPlace(matrix, pivots, size);
    if (met.singular) return false;
    solveInPlace(matrix, pivots, size, update);
    let largest = 0;
    for (let r = 0; r < nodeCount; r++) {
      const move = Math.abs(update[r]);
      if (!(move <= largest)) {
        largest = move;
        met.worst = r;
      }
    }
    met.residual = largest;
    return largest < Number.POSITIVE_INFINITY;
  };

  return {
    met,
    rhs,
    filter: (b) => solveInPlace(matrix, pivots, size, b),
    solve: (y, charges, currents, time, dh) => {
      let damped = 0;
      for (let k = 0; k < MAX_NEWTON; k++) {
        if (!iterate(y, charges, currents, time, dh)) return false;
        const { residual } = met;
        const damping = residual > limit ? limit / residual : 1;
        if (damping < 1 && damped++ < MAX_DAMPED) k--;
        for (let r = 0; r < size; r++) y[r] += damping * update[r];
        if (residual * Math.min(1, residual / NEWTON_BEND) < NEWTON_SHARE * tolerance) {
          chargesInto(charges, circuit, y);
          return true;
        }
      }
      return false;
    },
  };
};
