import { createVectorMath, inverseCubeRoot, type VectorMath } from "#src/kernels/vector-math";
import { createVectorProgram, type Vector, type VectorProgram } from "#src/kernels/vector-program";
import { type Evaluation, emitCharges, emitEvaluation, emitSignals, type Imposed } from "./batch-equations.ts";
import type { BatchLayout, StepSlots } from "./batch-layout.ts";
import type { BatchStructure } from "./batch-structure.ts";
import { emitFactorisation, pivotOrder, type SparseMatrix } from "./elimination.ts";

/*
 * ROS3: a Rosenbrock method of order 3 with an embedded estimate of order 2, L-stable, in the form that needs no product
 * with the Jacobian; two evaluations of the circuit and one factorisation a step. Sandu, Verwer, Blom, Spee, Carmichael,
 * Potra, Atmos. Environ. 31, 3459 (1997); the coefficients' order is tested.
 */
export const GAMMA = 0.43586652150845899941601945119356;
const C21 = -1.0156171083877702091975600115545;
const C31 = 4.0759956452537699824805835358067;
const C32 = 9.2076794298330791242156818474003;
const GAMMA_2 = 0.24291996454816804366592249683314;
const GAMMA_3 = 2.1851380027664058511513169485832;
const M2 = 6.169794704382824559255361568973;
const M3 = -0.42772256543218573326238373806514;
const E1 = 0.5;
const E2 = -2.9079558716805469821718236208017;
const E3 = 0.2235406989781156962736090927619;

/*
 * Slopes at both ends of a step from its stages alone: the continuous extension of second order that ends in the step's own
 * result, v(theta) = v + sum b_i(theta) k_i with b = p theta + (weights - p) theta^2, where sum p = 1 and
 * sum p_i (alpha_i + gamma_i) = 0 (Hairer, Wanner, Solving Ordinary Differential Equations II, IV.7), here with p_3 = 0. Stages
 * are damped where a node is stiff, unlike f over the capacitance.
 */
const BETA = [GAMMA, GAMMA + GAMMA_2, GAMMA + GAMMA_3];
const P2 = -BETA[0] / (BETA[1] - BETA[0]);
const P1 = 1 - P2;
// From the stages k to the U they are computed as: p times the inverse of the matrix of the gammas.
const START_SLOPE = [P1 / GAMMA - P2 * C21, P2 / GAMMA, 0];
const END_SLOPE = [2 - START_SLOPE[0], 2 * M2 - START_SLOPE[1], 2 * M3 - START_SLOPE[2]];

/** Weight of the difference of a pair of nodes whose sign decides: as in the scalar engine. */
const DIFFERENCE_WEIGHT = 10;
const SAFETY = 0.8;
const LEAST_FACTOR = 0.2;
const LARGEST_FACTOR = 4;
/** An error beyond this is no error but a solution lost. */
const ABSURD = 1e30;

interface Attempt {
  readonly start: readonly Vector[];
  readonly end: readonly Vector[];
  readonly error: readonly Vector[];
  /** f at the start of the step. */
  readonly f: readonly Vector[];
  /** Energy that each metered source delivers in the step. */
  readonly energies: readonly Vector[];
  readonly stages: readonly (readonly Vector[])[];
  readonly conductances: SparseMatrix;
}

const emitStep = (math: VectorMath, s: BatchStructure, layout: BatchLayout, time: Vector, step: Vector): Attempt => {
  const { program: p } = math;
  const { add, mul, constant } = p;
  const v = layout.state.map((slot) => p.load(slot));
  const perStep = p.div(constant(1), step);

  const signals = emitSignals(math, s, layout, time);
  const first = emitEvaluation(math, s, layout, v, signals);
  const w = new Map(first.conductances);
  const perGammaStep = mul(perStep, constant(1 / GAMMA));
  s.capacitances.forEach(([i, j], k) => {
    const c = mul(p.load(layout.capacitances[k]), perGammaStep);
    for (const key of new Set([i * s.size + j, j * s.size + i])) w.set(key, add(w.get(key) ?? constant(0), c));
  });
  const solve = emitFactorisation(p, w, s.size, pivotOrder(w.keys(), s.size, s.branches));
  const withTime = (b: readonly Vector[], factor: number): Vector[] => {
    const gamma = mul(step, constant(factor));
    return b.map((value, i) => add(value, mul(gamma, first.byTime[i])));
  };

  const u1 = solve(withTime(first.f, GAMMA));
  const inner = emitSignals(math, s, layout, add(time, mul(step, constant(GAMMA))));
  const middle = v.map((value, i) => add(value, u1[i]));
  const stage = emitEvaluation(math, s, layout, middle, inner);
  const second = stage.f;
  const q1 = emitCharges(math, s, layout, u1).map((q) => mul(q, perStep));
  const u2 = solve(withTime(second, GAMMA_2).map((value, i) => add(value, mul(constant(C21), q1[i]))));
  const q2 = emitCharges(math, s, layout, u2).map((q) => mul(q, perStep));
  const u3 = solve(
    withTime(second, GAMMA_3).map((value, i) => add(value, add(mul(constant(C31), q1[i]), mul(constant(C32), q2[i])))),
  );
  const end = v.map((value, i) => add(add(value, u1[i]), add(mul(constant(M2), u2[i]), mul(constant(M3), u3[i]))));
  const energies = s.metered.map((signal, meter) => {
    const fromDevices = emitDelivered(p, s, signal, step, perStep, {
      first,
      stage,
      signals,
      inner,
      stages: [u1, u2, u3],
    });
    return add(
      fromDevices,
      emitChargeWork(p, s, layout, meter, v, end, signals, emitSignals(math, s, layout, add(time, step))),
    );
  });
  return {
    start: v,
    stages: [u1, u2, u3],
    conductances: first.conductances,
    energies,
    end,
    error: v.map((_, i) => add(mul(constant(E1), u1[i]), add(mul(constant(E2), u2[i]), mul(constant(E3), u3[i])))),
    f: first.f,
  };
};

interface Stages {
  readonly first: Evaluation;
  readonly stage: Evaluation;
  readonly signals: readonly Imposed[];
  readonly inner: readonly Imposed[];
  readonly stages: readonly (readonly Vector[])[];
}

/**
 * Energy that a driven node's source delivers into devices over the step: E' = w(t) i(v, t) as one more equation of the
 * method, which no other depends on, so that it needs no row in the factorisation.
 */
const emitDelivered = (
  p: VectorProgram,
  s: BatchStructure,
  signal: number,
  step: Vector,
  perStep: Vector,
  { first, stage, signals, inner, stages }: Stages,
): Vector => {
  const { add, mul, constant } = p;
  const { value, slope } = signals[signal];
  const power = mul(value, first.drawn[signal]);
  const innerPower = mul(inner[signal].value, stage.drawn[signal]);
  const byTime = add(mul(slope, first.drawn[signal]), mul(value, first.drawnByTime[signal]));
  const gammaStep = mul(step, constant(GAMMA));
  const gammas = [GAMMA, GAMMA_2, GAMMA_3];
  const before = [[], [C21], [C31, C32]];
  const found: Vector[] = [];
  stages.forEach((u, i) => {
    let sum = add(i === 0 ? power : innerPower, mul(mul(step, constant(gammas[i])), byTime));
    let change = constant(0);
    u.forEach((du, j) => {
      const g = first.drawnBy.get(signal * s.size + j);
      if (g !== undefined) change = add(change, mul(g, du));
    });
    sum = add(sum, mul(value, change));
    before[i].forEach((c, k) => {
      sum = add(sum, mul(mul(constant(c), perStep), found[k]));
    });
    found.push(mul(gammaStep, sum));
  });
  return add(found[0], add(mul(constant(M2), found[1]), mul(constant(M3), found[2])));
};

/** Work that a metered source does on its capacitors over the step: mean voltage times the charge it sends. */
const emitChargeWork = (
  p: VectorProgram,
  s: BatchStructure,
  layout: BatchLayout,
  meter: number,
  start: readonly Vector[],
  end: readonly Vector[],
  signals: readonly Imposed[],
  after: readonly Imposed[],
): Vector => {
  const { add, sub, mul, constant } = p;
  const own = s.metered[meter];
  const moved = (node: number): Vector =>
    node < s.size ? sub(end[node], start[node]) : sub(after[node - s.size].value, signals[node - s.size].value);
  let charge = constant(0);
  s.meteredCapacitors.forEach(([of, other], k) => {
    if (of !== meter) return;
    const c = p.load(layout.meteredCapacitances[k]);
    charge = add(charge, mul(c, sub(moved(s.size + own), moved(other))));
  });
  return mul(mul(constant(0.5), add(signals[own].value, after[own].value)), charge);
};

const largest = (p: VectorProgram, values: readonly Vector[]): Vector => values.reduce((a, b) => p.max(a, b));

/**
 * One attempt at a step in every lane, each with its own time, step and decision, then what follows from it: the next
 * step's length, and whether the lane needs attention because the step that was accepted before crossed a threshold or
 * passed a time that was asked for, or because this one reached a corner, settled or became too small.
 */
export const emitAttempt = (s: BatchStructure, layout: BatchLayout): { program: VectorProgram; attention: Vector } => {
  const p = createVectorProgram(s.lanes);
  const math = createVectorMath(p);
  const { and, or, andNot, select, constant, load } = p;
  const zero = constant(0);
  const time = load(layout.time);
  const proposed = load(layout.step);
  const end = load(layout.end);
  const active = load(layout.active);

  const rest = p.sub(end, time);
  const landing = p.le(rest, proposed);
  // Two even steps to a near corner instead of a long one and a sliver.
  const near = p.lt(rest, p.mul(proposed, constant(1.5)));
  const step = select(landing, rest, select(near, p.mul(rest, constant(0.5)), proposed));
  const { start, end: next, error: errors, f, energies, stages, conductances } = emitStep(math, s, layout, time, step);
  const spent = layout.energies.map((slot) => load(slot));

  const reached = select(landing, end, p.add(time, step));

  const nodeErrors = errors.slice(0, s.nodeCount);
  const differences = s.pairs.map(([a, b]) => p.mul(constant(DIFFERENCE_WEIGHT), p.abs(p.sub(errors[a], errors[b]))));
  const error = p.mul(largest(p, [zero, ...nodeErrors.map(p.abs), ...differences]), load(layout.perTolerance));
  // A sum, unlike a maximum, keeps what is not a number.
  const sound = p.lt(p.abs(errors.reduce(p.add)), constant(ABSURD));
  const accepted = and(and(p.le(error, constant(1)), sound), active);
  const refused = andNot(active, accepted);

  const ideal = p.mul(constant(SAFETY), inverseCubeRoot(p, error));
  const limit = select(load(layout.rejected), constant(1), constant(LARGEST_FACTOR));
  const factor = select(sound, p.min(p.max(ideal, constant(LEAST_FACTOR)), limit), constant(LEAST_FACTOR));
  const scaled = p.mul(step, factor);
  // A step cut short by a corner says little about the next one.
  const grown = select(p.lt(step, proposed), p.max(scaled, proposed), scaled);
  p.store(layout.step, select(accepted, p.min(grown, load(layout.longestStep)), select(active, scaled, proposed)));
  layout.state.forEach((slot, i) => {
    p.store(slot, select(accepted, next[i], start[i]));
  });
  layout.energies.forEach((slot, m) => {
    p.store(slot, select(accepted, p.add(spent[m], energies[m]), spent[m]));
  });
  p.store(layout.time, select(accepted, reached, time));
  p.store(layout.rejected, refused);
  p.store(layout.error, error);
  const attempts = p.add(load(layout.attempts), constant(1));
  p.store(layout.attempts, attempts);

  const crossed = s.watched.map((node, k) => {
    const threshold = load(layout.thresholdOf[k]);
    return and(p.le(threshold, start[node]), p.lt(next[node], threshold));
  });
  const crossing = crossed.length > 0 ? and(accepted, crossed.reduce(or)) : p.lt(constant(1), zero);
  const pending = and(accepted, or(crossing, p.le(load(layout.nextTime), reached)));
  const recorded = load(layout.pending);
  const ended = and(accepted, landing);
  let settled = p.lt(constant(1), zero);
  if (s.settling) {
    const [a, b] = s.settling.map((node) => next[node]);
    settled = and(accepted, and(p.lt(p.min(a, b), load(layout.low)), p.lt(load(layout.high), p.max(a, b))));
  }
  const stuck = and(refused, p.lt(step, load(layout.shortestStep)));
  const failed = and(active, or(stuck, p.lt(load(layout.mostAttempts), attempts)));
  p.store(layout.pending, pending);
  p.store(layout.crossing, crossing);
  p.store(layout.recorded, recorded);
  p.store(layout.ended, ended);
  p.store(layout.settled, settled);
  p.store(layout.failed, failed);

  const slopes = s.watched.map((node, k) =>
    s.algebraic[node]
      ? zero
      : f.reduce(
          (sum, value, j) => (s.algebraic[j] ? sum : p.add(sum, p.mul(load(layout.inverseCapacitances[k][j]), value))),
          zero,
        ),
  );
  const stageSlope = (node: number, weights: readonly number[]): Vector =>
    weights.reduce<Vector>((sum, weight, i) => p.add(sum, p.mul(constant(weight), stages[i][node])), zero);
  const rate = s.watched.map((node, k) =>
    s.algebraic[node]
      ? zero
      : p.mul(conductances.get(node * s.size + node) ?? zero, load(layout.inverseCapacitances[k][node])),
  );
  keepSteps(p, s, layout, {
    ...{ accepted, time, step, start, slopes, spent, rate },
    stageStarts: s.watched.map((node) => stageSlope(node, START_SLOPE)),
    stageEnds: s.watched.map((node) => stageSlope(node, END_SLOPE)),
  });
  return { program: p, attention: or(or(recorded, ended), or(settled, failed)) };
};

// The step accepted last moves to `record`, with the present state as its end; the present one takes its place.
const keepSteps = (
  p: VectorProgram,
  s: BatchStructure,
  { from, record }: BatchLayout,
  now: {
    accepted: Vector;
    time: Vector;
    step: Vector;
    start: readonly Vector[];
    slopes: readonly Vector[];
    spent: readonly Vector[];
    rate: readonly Vector[];
    stageStarts: readonly Vector[];
    stageEnds: readonly Vector[];
  },
): void => {
  const replace = (slot: number, value: Vector): void => {
    p.store(slot, p.select(now.accepted, value, p.load(slot)));
  };
  const keep = (slots: StepSlots, old: StepSlots): void => {
    p.store(slots.start, p.load(old.start));
    p.store(slots.length, p.load(old.length));
  };
  keep(record, from);
  replace(from.start, now.time);
  replace(from.length, now.step);
  now.spent.forEach((energy, m) => {
    p.store(record.energies[m], p.load(from.energies[m]));
    p.store(record.endEnergies[m], energy);
    replace(from.energies[m], energy);
  });
  s.watched.forEach((node, k) => {
    for (const part of ["stageStarts", "stageEnds", "stiffness"] as const)
      p.store(record[part][k], p.load(from[part][k]));
    replace(from.stageStarts[k], now.stageStarts[k]);
    replace(from.stageEnds[k], now.stageEnds[k]);
    replace(from.stiffness[k], p.mul(now.rate[k], now.step));
    p.store(record.endStiffness[k], p.mul(now.rate[k], p.load(from.length)));
    p.store(record.voltages[k], p.load(from.voltages[k]));
    p.store(record.slopes[k], p.load(from.slopes[k]));
    p.store(record.endVoltages[k], now.start[node]);
    p.store(record.endSlopes[k], now.slopes[k]);
    replace(from.voltages[k], now.start[node]);
    replace(from.slopes[k], now.slopes[k]);
  });
};
