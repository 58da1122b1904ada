import { factorInPlace, solveInPlace } from "#src/numerics/dense-lu";
import { breakpoints, longestStep } from "../elements/waveform.ts";
import type { Node } from "../netlist/netlist.ts";
import { checkTimes } from "./check-times.ts";
import type { Circuit } from "./circuit.ts";
import { capacitanceMatrix, chargesInto, currentsInto, driveInto, isLinear } from "./circuit-equations.ts";
import { solveOperatingPoint, startFrom } from "./operating-point.ts";
import { createThermalNoise } from "./thermal-noise.ts";
import { TR_BDF2 } from "./tr-bdf2.ts";
import { MOST_STEPS, type Transient, type TransientFailure, type TransientOptions } from "./transient-contract.ts";
import { createRecorder } from "./transient-recorder.ts";

// On the sense amplifier this halves the error of crossing times for 15 % more work (bench/sense-accuracy.mjs).
const DIFFERENCE_WEIGHT = 10;
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

/**
 * Integrates d/dt q(x) + i(x, t) = 0 by TR-BDF2 with adaptive steps: a trapezoidal stage to t + gamma h, then a BDF2
 * stage to t + h; L-stable, second order.
 *
 * Source: Bank, Coughran, Fichtner, Grosse, Rose, Smith, IEEE Trans. Electron Devices 32, 1992 (1985); gamma, the
 * embedded third-order formula and the error estimate filtered by the Newton matrix after Hosea and Shampine, Appl.
 * Numer. Math. 20, 21 (1996). Steps land on the sources' corners and restart small there. Between steps voltages follow
 * the parabola through the two stages, whose error is below the step's.
 *
 * @throws RangeError for a tolerance, time or node that makes no sense; numerical failure is a value.
 */
export const transient = (circuit: Circuit, options: TransientOptions): Transient | TransientFailure => {
  const { size, total, algebraic } = circuit;
  checkOptions(circuit, options);
  const { stop, tolerance, settled, pairs = [] } = options;
  const nodeCount = circuit.nodes.length;
  const at = (node: Node): number => circuit.index.get(node) as number;
  const pairRows = pairs.map(([a, b]) => [at(a), at(b)] as const);

  const x = new Float64Array(total);
  const middle = new Float64Array(total);
  const next = new Float64Array(total);
  const older = new Float64Array(total);
  const q = new Float64Array(total);
  const qMiddle = new Float64Array(total);
  const qNext = new Float64Array(total);
  const i = new Float64Array(total);
  const iMiddle = new Float64Array(total);
  const iNext = new Float64Array(total);
  const rhs = new Float64Array(size);
  const update = new Float64Array(size);
  const jacobian = new Float64Array(size * size);
  const matrix = new Float64Array(size * size);
  const pivots = new Int32Array(size);
  const capacitance = capacitanceMatrix(circuit);
  const limit = isLinear(circuit) ? Number.POSITIVE_INFINITY : NEWTON_LIMIT;
  let iterations = 0;
  let rejected = 0;
  let steps = 0;
  let residual = 0;
  let worst = -1;
  let singular = false;

  const fail = (reason: TransientFailure["reason"], time: number): TransientFailure => ({
    ok: false,
    reason,
    time,
    node: circuit.nodes[worst] ?? null,
    residual,
    iterations,
  });

  const initial = circuit.netlist.initial;
  if (initial === null) {
    const point = solveOperatingPoint(circuit);
    if (!point.ok) {
      return { ...point, reason: "no operating point", time: 0 };
    }
    x.set(point.x);
  } else x.set(startFrom(circuit, initial));
  driveInto(x, circuit, 0);
  currentsInto(i, jacobian, circuit, x, 0);
  chargesInto(q, circuit, x);
  const noise = options.noise ? createThermalNoise(circuit, options.noise) : null;
  const noiseInterval = options.noise?.interval ?? Number.POSITIVE_INFINITY;
  let noiseEnd = 0;
  let noiseIndex = 0;
  const drawNoise = (): void => {
    if (!noise) return;
    for (let r = 0; r < total; r++) i[r] -= noise.currents[r];
    noise.draw(noiseIndex++, x);
    for (let r = 0; r < total; r++) i[r] += noise.currents[r];
    noiseEnd = noiseIndex * noiseInterval;
  };

  // Solves q(y) + D h i(y, time) = rhs for y, which holds the driven voltages and a first guess.
  const solveStage = (y: Float64Array, qy: Float64Array, iy: Float64Array, time: number, dh: number): boolean => {
    let damped = 0;
    for (let k = 0; k < MAX_NEWTON; k++) {
      iterations++;
      currentsInto(iy, jacobian, circuit, y, time);
      if (noise) for (let r = 0; r < total; r++) iy[r] += noise.currents[r];
      chargesInto(qy, circuit, y);
      for (let r = 0; r < size; r++) update[r] = rhs[r] - qy[r] - dh * iy[r];
      for (let e = 0; e < matrix.length; e++) matrix[e] = capacitance[e] + dh * jacobian[e];
      singular = !factorInPlace(matrix, pivots, size);
      if (singular) return false;
      solveInPlace(matrix, pivots, size, update);
      let largest = 0;
      for (let r = 0; r < nodeCount; r++) {
        const move = Math.abs(update[r]);
        if (!(move <= largest)) {
          largest = move;
          worst = r;
        }
      }
      residual = largest;
      if (!(largest < Number.POSITIVE_INFINITY)) return false;
      const damping = largest > limit ? limit / largest : 1;
      if (damping < 1 && damped++ < MAX_DAMPED) k--;
      for (let r = 0; r < size; r++) y[r] += damping * update[r];
      if (largest * Math.min(1, largest / NEWTON_BEND) < NEWTON_SHARE * tolerance) {
        chargesInto(qy, circuit, y);
        return true;
      }
    }
    return false;
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

  const waveforms = [...circuit.sources, ...circuit.branches, ...circuit.currentSources].map((s) => s.waveform);
  const corners = [...new Set([...waveforms.flatMap((w) => breakpoints(w, stop)), stop])].sort((a, b) => a - b);
  const least = Math.min(...waveforms.map(longestStep));
  if (stop / least > MOST_STEPS)
    throw new RangeError(
      `transient of "${circuit.netlist.title}": its sine sources need ${(stop / least).toPrecision(2)} steps; at most ${MOST_STEPS}.`,
    );
  const cap = Math.min(stop / 50, least, options.longestStep ?? Number.POSITIVE_INFINITY);
  const mostSteps = options.mostSteps ?? MOST_STEPS;
  const smallest = stop * 1e-15;
  const restart = stop * 1e-6;
  let time = 0;
  let h = restart;
  let lastStep = 0;
  const recorder = createRecorder(circuit, options, x);

  for (const corner of corners) {
    h = Math.min(h, restart);
    lastStep = 0;
    while (time < corner) {
      if (steps + rejected >= mostSteps) return fail("too many steps", time);
      if (noise && time >= noiseEnd) drawNoise();
      // Two even steps to a near corner instead of a long one and a sliver.
      const until = noise ? Math.min(corner, noiseEnd) : corner;
      const rest = until - time;
      let step = h;
      if (step >= rest) step = rest;
      else if (1.5 * step > rest) step = rest / 2;
      const landing = step === rest;
      const end = landing ? until : time + step;
      const dh = D * step;

      const growth = lastStep > 0 ? step / lastStep : 0;
      for (let r = 0; r < size; r++) middle[r] = x[r] + GAMMA * growth * (x[r] - older[r]);
      driveInto(middle, circuit, time + GAMMA * step);
      for (let r = 0; r < size; r++) rhs[r] = algebraic[r] ? 0 : q[r] - dh * i[r];
      let accepted = solveStage(middle, qMiddle, iMiddle, time + GAMMA * step, dh);
      if (accepted) {
        for (let r = 0; r < size; r++) next[r] = x[r] + (middle[r] - x[r]) / GAMMA;
        driveInto(next, circuit, end);
        for (let r = 0; r < size; r++) {
          // The stage equation gives the converged current without another evaluation.
          if (!algebraic[r]) iMiddle[r] = (q[r] - qMiddle[r]) / dh - i[r];
          rhs[r] = algebraic[r] ? 0 : BDF_MIDDLE * qMiddle[r] - BDF_OLD * q[r];
        }
        accepted = solveStage(next, qNext, iNext, end, dh);
      }
      let error = Number.POSITIVE_INFINITY;
      if (accepted) {
        for (let r = 0; r < size; r++) {
          if (!algebraic[r]) iNext[r] = (rhs[r] - qNext[r]) / dh;
          update[r] = algebraic[r] ? 0 : step * (ERROR_OLD * i[r] + ERROR_MIDDLE * iMiddle[r] + ERROR_NEW * iNext[r]);
        }
        solveInPlace(matrix, pivots, size, update);
        error = 0;
        for (let r = 0; r < nodeCount; r++) {
          // White noise makes a node without capacitance jump from interval to interval: no parabola joins that.
          const off = algebraic[r] ? (noise ? 0 : offInterpolation(r, growth)) : Math.abs(update[r]);
          error = Math.max(error, off / Math.max(1, Math.abs(next[r])));
        }
        for (const [a, b] of pairRows)
          error = Math.max(
            error,
            DIFFERENCE_WEIGHT * Math.abs((a < size ? update[a] : 0) - (b < size ? update[b] : 0)),
          );
        error /= tolerance;
        accepted = error <= 1;
      }
      if (!accepted) {
        rejected++;
        h = step * (error < Number.POSITIVE_INFINITY ? Math.max(0.2, 0.8 / Math.cbrt(error)) : 0.25);
        if (h < smallest) return fail(singular ? "singular matrix" : "step too small", time);
        continue;
      }
      steps++;
      recorder.step({
        start: time,
        length: step,
        end,
        inner: GAMMA,
        weights: [W, W, D],
        x: [x, middle, next],
        currents: [i, iMiddle, iNext],
        charges: [q, qMiddle, qNext],
      });
      older.set(x);
      x.set(next);
      q.set(qNext);
      i.set(iNext);
      lastStep = step;
      time = end;
      const factor = error > 0 ? Math.min(4, 0.8 / Math.cbrt(error)) : 4;
      // A step cut short by a corner says little about the next one.
      h = Math.min(cap, landing || step < h ? Math.max(h, step * factor) : step * factor);
      if (settled && time > settled.after) {
        const a = x[at(settled.nodes[0])];
        const b = x[at(settled.nodes[1])];
        if (Math.min(a, b) < settled.low && Math.max(a, b) > settled.high)
          return { ok: true, ...recorder.finish(x), steps, rejected, iterations };
      }
    }
  }
  return { ok: true, ...recorder.finish(x), steps, rejected, iterations };
};

const checkOptions = (circuit: Circuit, options: TransientOptions): void => {
  const where = `transient of "${circuit.netlist.title}"`;
  checkTimes(where, options.stop, options.times);
  if (!(options.tolerance >= 1e-9 && options.tolerance <= 0.1))
    throw new RangeError(`${where}: tolerance is ${options.tolerance} V; expected 1e-9 .. 0.1 V.`);
  const interval = options.noise?.interval ?? options.stop;
  if (!(interval > 0 && options.stop / interval <= MOST_STEPS))
    throw new RangeError(
      `${where}: noise interval is ${interval} s; expected > 0 s, and at most ${MOST_STEPS} of them before ${options.stop} s.`,
    );
  const asked = [
    ...(options.crossings?.nodes ?? []),
    ...(options.pairs ?? []).flat(),
    ...(options.settled?.nodes ?? []),
  ];
  for (const node of asked)
    if (!circuit.index.has(node))
      throw new RangeError(
        `${where}: no node "${node}"; there are: ${[...circuit.nodes, ...circuit.drivenNodes].join(", ")}.`,
      );
};
