import type { Node } from "../netlist/netlist.ts";
import type { Circuit } from "./circuit.ts";
import { chargesInto, currentsInto, driveInto } from "./circuit-equations.ts";
import { createStageSolver, type Solved } from "./stage-solver.ts";
import type { Step } from "./step-curve.ts";
import { createThermalNoise } from "./thermal-noise.ts";
import { TR_BDF2 } from "./tr-bdf2.ts";
import type { TransientOptions } from "./transient-contract.ts";

// On the sense amplifier this halves the error of crossing times for 15 % more work (bench/sense-accuracy.mjs).
const DIFFERENCE_WEIGHT = 10;

const {
  gamma: GAMMA,
  d: D,
  w: W,
  bdfMiddle: BDF_MIDDLE,
  bdfOld: BDF_OLD,
  errorOld: ERROR_OLD,
  errorMiddle: ERROR_MIDDLE,
  errorNew: ERROR_NEW,
} = TR_BDF2;

/** One step of TR-BDF2 from where a transient stands. */
interface Stepper {
  readonly met: Solved;
  /** The step that was attempted last, as a curve. */
  readonly curve: Pick<Step, "inner" | "weights" | "x" | "currents" | "charges">;
  /** The next attempt does not look back: the sources have turned. */
  forget(): void;
  /** Until when the noise that holds at this time lasts; for ever where there is none. */
  noiseUntil(time: number): number;
  /** Tries a step that ends at `end`: its error over the tolerance, infinite where Newton's method did not converge. */
  attempt(time: number, length: number, end: number): number;
  /** Takes the attempted step. */
  advance(length: number): void;
}

/** @param x State at time 0, driven; holds the state that was reached. */
export const createStepper = (circuit: Circuit, options: TransientOptions, x: Float64Array): Stepper => {
  const { size, total, algebraic } = circuit;
  const { tolerance, pairs = [] } = options;
  const nodeCount = circuit.nodes.length;
  const pairRows = pairs.map((pair) => pair.map((node: Node) => circuit.index.get(node) as number));
  const vector = (): Float64Array => new Float64Array(total);
  const [middle, next, older] = [vector(), vector(), vector()];
  const [q, qMiddle, qNext] = [vector(), vector(), vector()];
  const [i, iMiddle, iNext] = [vector(), vector(), vector()];
  const update = new Float64Array(size);
  currentsInto(i, new Float64Array(size * size), circuit, x, 0);
  chargesInto(q, circuit, x);
  const noise = options.noise ? createThermalNoise(circuit, options.noise) : null;
  const noiseInterval = options.noise?.interval ?? Number.POSITIVE_INFINITY;
  let noiseIndex = 0;
  let lastLength = 0;
  const solver = createStageSolver(circuit, tolerance, noise?.currents ?? null);
  const { rhs } = solver;

  const drawNoise = (currents: Float64Array): void => {
    for (let r = 0; r < total; r++) i[r] -= currents[r];
    noise?.draw(noiseIndex++, x);
    for (let r = 0; r < total; r++) i[r] += currents[r];
  };

  // A node without capacitance is solved exactly at both stages; its error is that of the parabola between them, seen by
  // how far the inner stage is from the parabola through the step's ends and the step before (a line after a corner).
  const offInterpolation = (r: number, growth: number): number => {
    if (growth === 0) return Math.abs(middle[r] - x[r] - GAMMA * (next[r] - x[r]));
    const before = 1 / growth;
    const curved =
      (older[r] * GAMMA * (GAMMA - 1)) / (before * (before + 1)) -
      (x[r] * (GAMMA + before) * (GAMMA - 1)) / before +
      (next[r] * (GAMMA + before) * GAMMA) / (1 + before);
    return Math.abs(middle[r] - curved);
  };

  const solveStages = (time: number, length: number, end: number, growth: number): boolean => {
    const dh = D * length;
    for (let r = 0; r < size; r++) middle[r] = x[r] + GAMMA * growth * (x[r] - older[r]);
    driveInto(middle, circuit, time + GAMMA * length);
    for (let r = 0; r < size; r++) rhs[r] = algebraic[r] ? 0 : q[r] - dh * i[r];
    if (!solver.solve(middle, qMiddle, iMiddle, time + GAMMA * length, dh)) return false;
    for (let r = 0; r < size; r++) next[r] = x[r] + (middle[r] - x[r]) / GAMMA;
    driveInto(next, circuit, end);
    for (let r = 0; r < size; r++) {
      // The stage equation gives the converged current without another evaluation.
      if (!algebraic[r]) iMiddle[r] = (q[r] - qMiddle[r]) / dh - i[r];
      rhs[r] = algebraic[r] ? 0 : BDF_MIDDLE * qMiddle[r] - BDF_OLD * q[r];
    }
    if (!solver.solve(next, qNext, iNext, end, dh)) return false;
    for (let r = 0; r < size; r++) if (!algebraic[r]) iNext[r] = (rhs[r] - qNext[r]) / dh;
    return true;
  };

  /** Error of the solved step over the tolerance. */
  const errorOf = (length: number, growth: number): number => {
    for (let r = 0; r < size; r++)
      update[r] = algebraic[r] ? 0 : length * (ERROR_OLD * i[r] + ERROR_MIDDLE * iMiddle[r] + ERROR_NEW * iNext[r]);
    solver.filter(update);
    let error = 0;
    for (let r = 0; r < nodeCount; r++) {
      // White noise makes a node without capacitance jump from interval to interval: no parabola joins that.
      const off = algebraic[r] ? (noise ? 0 : offInterpolation(r, growth)) : Math.abs(update[r]);
      error = Math.max(error, off / Math.max(1, Math.abs(next[r])));
    }
    for (const [a, b] of pairRows)
      error = Math.max(error, DIFFERENCE_WEIGHT * Math.abs((a < size ? update[a] : 0) - (b < size ? update[b] : 0)));
    return error / tolerance;
  };

  return {
    met: solver.met,
    curve: {
      inner: GAMMA,
      weights: [W, W, D],
      x: [x, middle, next],
      currents: [i, iMiddle, iNext],
      charges: [q, qMiddle, qNext],
    },
    forget: () => {
      lastLength = 0;
    },
    noiseUntil: (time) => {
      if (!noise) return Number.POSITIVE_INFINITY;
      if (time >= noiseIndex * noiseInterval) drawNoise(noise.currents);
      return noiseIndex * noiseInterval;
    },
    attempt: (time, length, end) => {
      const growth = lastLength > 0 ? length / lastLength : 0;
      return solveStages(time, length, end, growth) ? errorOf(length, growth) : Number.POSITIVE_INFINITY;
    },
    advance: (length) => {
      older.set(x);
      x.set(next);
      q.set(qNext);
      i.set(iNext);
      lastLength = length;
    },
  };
};
