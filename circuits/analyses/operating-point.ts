import { factorInPlace, solveInPlace } from "#src/numerics/dense-lu";
import type { Node } from "../netlist/netlist.ts";
import type { Circuit } from "./circuit.ts";
import { currentsInto, driveInto, isLinear } from "./circuit-equations.ts";

export type OperatingPoint =
  | {
      readonly ok: true;
      readonly x: Float64Array;
      readonly iterations: number;
      readonly method: "newton" | "conductance stepping";
    }
  | {
      readonly ok: false;
      readonly reason: "diverged";
      /** Node whose currents were left furthest from zero, and by how much [A]. */
      readonly node: Node | null;
      readonly residual: number;
      readonly iterations: number;
    };

const MAX_NEWTON = 400;
const NEWTON_LIMIT = 0.3;
/** Conductance [S] to ground left at every node, as circuit simulators do: holds nodes that only off transistors touch. */
const LEAST_CONDUCTANCE = 1e-15;

/**
 * Solves i(x, 0) = 0 with every capacitor open: Newton's method from zero, then, where that fails, from a circuit whose
 * nodes are tied to ground by 1 mS, loosened tenfold at a time. `x` is the full vector of `Circuit`.
 */
export const solveOperatingPoint = (circuit: Circuit): OperatingPoint => {
  const { size, total } = circuit;
  const nodeCount = circuit.nodes.length;
  const x = new Float64Array(total);
  const currents = new Float64Array(total);
  const matrix = new Float64Array(size * size);
  const pivots = new Int32Array(size);
  const update = new Float64Array(size);
  let iterations = 0;
  let residual = Number.POSITIVE_INFINITY;
  let worst = -1;
  const limit = isLinear(circuit) ? Number.POSITIVE_INFINITY : NEWTON_LIMIT;
  driveInto(x, circuit, 0);

  const newton = (conductance: number): boolean => {
    for (let k = 0; k < MAX_NEWTON; k++) {
      iterations++;
      currentsInto(currents, matrix, circuit, x, 0);
      residual = 0;
      for (let r = 0; r < size; r++) {
        if (r < nodeCount) {
          matrix[r * size + r] += conductance;
          currents[r] += conductance * x[r];
        }
        update[r] = -currents[r];
        if (!(Math.abs(currents[r]) <= residual)) {
          residual = Math.abs(currents[r]);
          worst = r;
        }
      }
      if (!factorInPlace(matrix, pivots, size)) return false;
      solveInPlace(matrix, pivots, size, update);
      let largest = 0;
      for (let r = 0; r < nodeCount; r++) largest = Math.max(largest, Math.abs(update[r]));
      if (!(largest < Number.POSITIVE_INFINITY)) return false;
      const damping = largest > limit ? limit / largest : 1;
      for (let r = 0; r < size; r++) x[r] += damping * update[r];
      if (largest < 1e-10) return true;
    }
    return false;
  };

  if (newton(LEAST_CONDUCTANCE)) return { ok: true, x, iterations, method: "newton" };
  x.fill(0, 0, size);
  let tied = true;
  for (let conductance = 1e-3; tied && conductance > LEAST_CONDUCTANCE; conductance /= 10) tied = newton(conductance);
  if (tied && newton(LEAST_CONDUCTANCE)) return { ok: true, x, iterations, method: "conductance stepping" };
  return { ok: false, reason: "diverged", node: circuit.nodes[worst] ?? null, residual, iterations };
};

/**
 * The full vector at 0 s from given node voltages (0 V where none is given): nodes on which no capacitance acts, and the
 * currents of floating sources, are not free but follow from the others, by Newton's method on their rows alone. Where
 * that finds nothing (a floating source between two capacitors fixes no current) they stay as given.
 */
export const startFrom = (circuit: Circuit, initial: Readonly<Record<Node, number>>): Float64Array => {
  const { size, total, algebraic } = circuit;
  const x = new Float64Array(total);
  for (const [node, volt] of Object.entries(initial)) x[circuit.index.get(node) as number] = volt;
  driveInto(x, circuit, 0);
  const rows = Array.from({ length: size }, (_, r) => r).filter((r) => algebraic[r] === 1);
  if (rows.length === 0) return x;
  const given = x.slice();
  const currents = new Float64Array(total);
  const jacobian = new Float64Array(size * size);
  const n = rows.length;
  const matrix = new Float64Array(n * n);
  const pivots = new Int32Array(n);
  const update = new Float64Array(n);
  const limit = isLinear(circuit) ? Number.POSITIVE_INFINITY : NEWTON_LIMIT;
  for (let k = 0; k < MAX_NEWTON; k++) {
    currentsInto(currents, jacobian, circuit, x, 0);
    rows.forEach((row, i) => {
      rows.forEach((column, j) => {
        matrix[i * n + j] = jacobian[row * size + column];
      });
      if (row < circuit.nodes.length) matrix[i * n + i] += LEAST_CONDUCTANCE;
      update[i] = -currents[row];
    });
    if (!factorInPlace(matrix, pivots, n)) return given;
    solveInPlace(matrix, pivots, n, update);
    let largest = 0;
    rows.forEach((row, i) => {
      if (row < circuit.nodes.length) largest = Math.max(largest, Math.abs(update[i]));
    });
    if (!(largest < Number.POSITIVE_INFINITY)) return given;
    const damping = largest > limit ? limit / largest : 1;
    rows.forEach((row, i) => {
      x[row] += damping * update[i];
    });
    if (largest < 1e-10) return x;
  }
  return given;
};
