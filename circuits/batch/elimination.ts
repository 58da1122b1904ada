import type { Vector, VectorProgram } from "#src/kernels/vector-program";

/** A sparse square matrix of terms: entry (row, column) at key row * size + column; what is absent is zero. */
export type SparseMatrix = Map<number, Vector>;

/** The k-th pivot stands in row `rows[k]` and column `columns[k]`. */
interface PivotOrder {
  readonly rows: readonly number[];
  readonly columns: readonly number[];
}

/**
 * Order of elimination, fixed once for a structure. Floating voltage sources first, in pairs of pivots that are exactly
 * ±1: the source's equation for one of its nodes, that node's current law for the source's current. Then the diagonal,
 * each time the entry that fills in least (Markowitz, Manage. Sci. 3, 255, 1957). Diagonal pivots need no exchange where
 * capacitance over the step dominates, as it does when steps shrink.
 *
 * @param branches Each source's row and its two nodes; a node that is no unknown is -1.
 */
export const pivotOrder = (
  entries: Iterable<number>,
  size: number,
  branches: readonly { readonly row: number; readonly plus: number; readonly minus: number }[],
): PivotOrder => {
  const nonZero = Array.from({ length: size }, () => new Set<number>());
  for (const key of entries) nonZero[Math.floor(key / size)].add(key % size);
  const rows: number[] = [];
  const columns: number[] = [];
  const usedRows = new Set<number>();
  const usedColumns = new Set<number>();
  const eliminate = (row: number, column: number): void => {
    rows.push(row);
    columns.push(column);
    usedRows.add(row);
    usedColumns.add(column);
    for (let i = 0; i < size; i++)
      if (!usedRows.has(i) && nonZero[i].has(column))
        for (const j of nonZero[row]) if (!usedColumns.has(j)) nonZero[i].add(j);
  };

  const children = nodesOfBranches(branches);
  for (const [row, node] of children) eliminate(row, node);
  for (const [row, node] of children) eliminate(node, row);
  while (rows.length < size) {
    let best = -1;
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < size; i++) {
      if (usedRows.has(i) || usedColumns.has(i)) continue;
      let inRow = 0;
      for (const j of nonZero[i]) if (!usedColumns.has(j)) inRow++;
      let inColumn = 0;
      for (let k = 0; k < size; k++) if (!usedRows.has(k) && nonZero[k].has(i)) inColumn++;
      const fill = (inRow - 1) * (inColumn - 1);
      if (fill < least) {
        least = fill;
        best = i;
      }
    }
    eliminate(best, best);
  }
  return { rows, columns };
};

// Floating sources form a forest over the unknown nodes: each is given the node that lies away from its tree's root.
const nodesOfBranches = (
  branches: readonly { readonly row: number; readonly plus: number; readonly minus: number }[],
): (readonly [row: number, node: number])[] => {
  const pairs: (readonly [number, number])[] = [];
  const left = new Set(branches);
  const placed = new Set<number>([-1]);
  while (left.size > 0) {
    const next = [...left].find((b) => placed.has(b.plus) !== placed.has(b.minus));
    const branch = next ?? [...left][0];
    if (!next) placed.add(branch.minus);
    const node = placed.has(branch.plus) ? branch.minus : branch.plus;
    placed.add(node);
    pairs.push([branch.row, node]);
    left.delete(branch);
  }
  return pairs;
};

/** Emits the factorisation of `matrix` in the given order, and returns a solver that emits forward and back substitution. */
export const emitFactorisation = (
  p: VectorProgram,
  matrix: SparseMatrix,
  size: number,
  order: PivotOrder,
): ((b: readonly Vector[]) => Vector[]) => {
  const w = new Map(matrix);
  const { rows, columns } = order;
  const inverses: Vector[] = [];
  const below: (readonly [row: number, factor: Vector])[][] = [];
  for (let k = 0; k < size; k++) {
    const inverse = p.div(p.constant(1), w.get(rows[k] * size + columns[k]) as Vector);
    inverses.push(inverse);
    const factors: (readonly [number, Vector])[] = [];
    for (const row of rows.slice(k + 1)) {
      const entry = w.get(row * size + columns[k]);
      if (entry === undefined) continue;
      const factor = p.mul(entry, inverse);
      factors.push([row, factor]);
      for (const column of columns.slice(k + 1)) {
        const above = w.get(rows[k] * size + column);
        if (above === undefined) continue;
        const old = w.get(row * size + column) ?? p.constant(0);
        w.set(row * size + column, p.sub(old, p.mul(factor, above)));
      }
    }
    below.push(factors);
  }
  return (b) => {
    const y = [...b];
    for (let k = 0; k < size; k++)
      for (const [row, factor] of below[k]) y[row] = p.sub(y[row], p.mul(factor, y[rows[k]]));
    const x: Vector[] = [];
    for (let k = size - 1; k >= 0; k--) {
      let sum = y[rows[k]];
      for (const column of columns.slice(k + 1)) {
        const entry = w.get(rows[k] * size + column);
        if (entry !== undefined) sum = p.sub(sum, p.mul(entry, x[column]));
      }
      x[columns[k]] = p.mul(sum, inverses[k]);
    }
    return x;
  };
};
