import type { VectorMath } from "#src/kernels/vector-math";
import { sineCosine } from "#src/kernels/vector-math";
import type { Vector } from "#src/kernels/vector-program";
import type { BatchLayout } from "./batch-layout.ts";
import type { BatchStructure } from "./batch-structure.ts";
import type { SparseMatrix } from "./elimination.ts";

/** A signal's value, and its first and second derivative by time. */
export interface Imposed {
  readonly value: Vector;
  readonly slope: Vector;
  readonly bend: Vector;
}

/** All signals at `time` since the corner. */
export const emitSignals = (math: VectorMath, s: BatchStructure, layout: BatchLayout, time: Vector): Imposed[] => {
  const { program: p } = math;
  const zero = p.constant(0);
  return s.drive.signals.map(({ motion, terms }, i): Imposed => {
    const at = layout.signals[i];
    if (terms.length === 0) return { value: zero, slope: zero, bend: zero };
    const start = p.load(at.value);
    if (motion === "still") return { value: start, slope: zero, bend: zero };
    const slope = p.load(at.slope);
    const value = p.add(start, p.mul(slope, time));
    if (motion === "linear") return { value, slope, bend: zero };
    const { sin, cos } = sineCosine(math, p.add(p.load(at.turns), p.mul(p.load(at.frequency), time)));
    const amplitude = p.load(at.amplitude);
    const angular = p.load(at.angular);
    const swing = p.mul(amplitude, sin);
    return {
      value: p.add(value, swing),
      slope: p.add(slope, p.mul(p.mul(amplitude, angular), cos)),
      bend: p.neg(p.mul(p.mul(angular, angular), swing)),
    };
  });
};

/** Sum over capacitors of C v for a vector of the unknowns. */
export const emitCharges = (
  math: VectorMath,
  s: BatchStructure,
  layout: BatchLayout,
  v: readonly Vector[],
): Vector[] => {
  const { program: p } = math;
  const sum = v.map(() => p.constant(0));
  s.capacitances.forEach(([i, j], k) => {
    const c = p.load(layout.capacitances[k]);
    sum[i] = p.add(sum[i], p.mul(c, v[j]));
    if (i !== j) sum[j] = p.add(sum[j], p.mul(c, v[i]));
  });
  return sum;
};

export interface Evaluation {
  /** The right-hand side f of C v' = f: minus the currents that leave, plus what moving sources push through capacitors. */
  readonly f: readonly Vector[];
  /** -df/dv. */
  readonly conductances: SparseMatrix;
  /** df/dt at fixed v. */
  readonly byTime: readonly Vector[];
  /** Current that each driven node sends into the circuit, capacitors aside; its derivative by v and by time. */
  readonly drawn: readonly Vector[];
  readonly drawnBy: SparseMatrix;
  readonly drawnByTime: readonly Vector[];
}

/** The circuit's equations at state `v` and imposed signals, term by term; what is not used of them costs nothing. */
export const emitEvaluation = (
  math: VectorMath,
  s: BatchStructure,
  layout: BatchLayout,
  v: readonly Vector[],
  signals: readonly Imposed[],
): Evaluation => {
  const { program: p } = math;
  const { size } = s;
  const zero = p.constant(0);
  const drivenCount = signals.length - s.branches.length - s.currentSources.length;
  const x = [...v, ...signals.slice(0, drivenCount).map((d) => d.value)];
  const leaving = v.map(() => zero);
  const byTime = v.map(() => zero);
  const conductances: SparseMatrix = new Map();
  const drawn = signals.slice(0, drivenCount).map(() => zero);
  const drawnByTime = signals.slice(0, drivenCount).map(() => zero);
  const drawnBy: SparseMatrix = new Map();
  const leave = (node: number, current: Vector): void => {
    if (node < size) leaving[node] = p.add(leaving[node], current);
    else drawn[node - size] = p.add(drawn[node - size], current);
  };
  const depend = (row: number, column: number, conductance: Vector): void => {
    if (column >= size) {
      const change = p.mul(conductance, signals[column - size].slope);
      if (row < size) byTime[row] = p.sub(byTime[row], change);
      else drawnByTime[row - size] = p.add(drawnByTime[row - size], change);
      return;
    }
    const [matrix, key] = row < size ? [conductances, row * size + column] : [drawnBy, (row - size) * size + column];
    matrix.set(key, p.add(matrix.get(key) ?? zero, conductance));
  };
  s.groups.forEach(({ form, flows, terminals, at, codes, models }, g) => {
    const { own, shared } = layout.groups[g];
    codes.forEach((code, k) => {
      const nodes = at.subarray(k * terminals, (k + 1) * terminals);
      const slot = (name: string): Vector => {
        const place = form.own.indexOf(name);
        return p.load(place >= 0 ? own[k][place] : shared[models[k]][form.shared.indexOf(name)]);
      };
      const found = form.emit(
        math,
        code,
        slot,
        Array.from(nodes, (node) => x[node]),
      );
      flows.forEach(({ from, to }, f) => {
        const { current, by } = found[f];
        leave(nodes[from], current);
        if (to !== null) leave(nodes[to], p.neg(current));
        by.forEach((conductance, t) => {
          if (!conductance) return;
          depend(nodes[from], nodes[t], conductance);
          if (to !== null) depend(nodes[to], nodes[t], p.neg(conductance));
        });
      });
    });
  });
  const one = p.constant(1);
  s.branches.forEach(({ plus, minus, row }, k) => {
    const held = signals[drivenCount + k];
    leave(plus, x[row]);
    leave(minus, p.neg(x[row]));
    leave(row, p.sub(p.sub(x[plus], x[minus]), held.value));
    depend(plus, row, one);
    depend(minus, row, p.neg(one));
    depend(row, plus, one);
    depend(row, minus, p.neg(one));
    byTime[row] = p.add(byTime[row], held.slope);
  });
  s.currentSources.forEach(({ plus, minus }, k) => {
    const { value, slope } = signals[drivenCount + s.branches.length + k];
    leave(plus, value);
    leave(minus, p.neg(value));
    for (const [node, change] of [
      [plus, slope],
      [minus, p.neg(slope)],
    ] as const)
      if (node < size) byTime[node] = p.sub(byTime[node], change);
      else drawnByTime[node - size] = p.add(drawnByTime[node - size], change);
  });
  const f = leaving.map((current) => p.neg(current));
  s.couplings.forEach(([i, driven], k) => {
    const c = p.load(layout.couplings[k]);
    const { slope, bend } = signals[driven - size];
    f[i] = p.add(f[i], p.mul(c, slope));
    byTime[i] = p.add(byTime[i], p.mul(c, bend));
  });
  return { f, conductances, byTime, drawn, drawnBy, drawnByTime };
};
