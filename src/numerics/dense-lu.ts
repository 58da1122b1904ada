/**
 * Factors the n x n row-major matrix `a` in place into L U with partial pivoting; row order goes to `pivots`.
 * Returns false where a pivot is zero or not finite: the matrix is singular to working precision.
 */
export const factorInPlace = (a: Float64Array, pivots: Int32Array, n: number): boolean => {
  for (let k = 0; k < n; k++) {
    let pivot = k;
    let largest = Math.abs(a[k * n + k]);
    for (let i = k + 1; i < n; i++) {
      const size = Math.abs(a[i * n + k]);
      if (size > largest) {
        largest = size;
        pivot = i;
      }
    }
    if (!(largest > 0 && largest < Number.POSITIVE_INFINITY)) return false;
    pivots[k] = pivot;
    if (pivot !== k)
      for (let j = 0; j < n; j++) {
        const held = a[k * n + j];
        a[k * n + j] = a[pivot * n + j];
        a[pivot * n + j] = held;
      }
    const inverse = 1 / a[k * n + k];
    for (let i = k + 1; i < n; i++) {
      const row = i * n;
      if (a[row + k] === 0) continue;
      const factor = a[row + k] * inverse;
      a[row + k] = factor;
      for (let j = k + 1; j < n; j++) a[row + j] -= factor * a[k * n + j];
    }
  }
  return true;
};

/** Solves L U x = b for a matrix factored by `factorInPlace`; `b` becomes x. */
export const solveInPlace = (lu: Float64Array, pivots: Int32Array, n: number, b: Float64Array): void => {
  for (let k = 0; k < n; k++) {
    const pivot = pivots[k];
    if (pivot !== k) {
      const held = b[k];
      b[k] = b[pivot];
      b[pivot] = held;
    }
  }
  for (let i = 1; i < n; i++) {
    let sum = b[i];
    for (let j = 0; j < i; j++) sum -= lu[i * n + j] * b[j];
    b[i] = sum;
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = b[i];
    for (let j = i + 1; j < n; j++) sum -= lu[i * n + j] * b[j];
    b[i] = sum / lu[i * n + i];
  }
};
