/**
 * Count, means and co-moments of a vector of numbers, row-major n x n sums of (x_i - mean_i)(x_j - mean_j): enough for
 * the variance of any smooth function of the means, and mergeable.
 */
export interface CoMoments {
  readonly count: number;
  readonly means: readonly number[];
  readonly products: readonly number[];
}

export const noCoMoments = (size: number): CoMoments => ({
  count: 0,
  means: Array(size).fill(0),
  products: Array(size * size).fill(0),
});

/** Co-moments of two sets together (Chan, Golub, LeVeque, COMPSTAT 1982, 30, for each pair). */
export const mergeCoMoments = (a: CoMoments, b: CoMoments): CoMoments => {
  if (a.count === 0) return b;
  if (b.count === 0) return a;
  const size = a.means.length;
  const count = a.count + b.count;
  const d = a.means.map((m, i) => b.means[i] - m);
  const weight = (a.count * b.count) / count;
  return {
    count,
    means: a.means.map((m, i) => m + (d[i] * b.count) / count),
    products: a.products.map((p, k) => p + b.products[k] + d[Math.floor(k / size)] * d[k % size] * weight),
  };
};

export const addCoMoments = (m: CoMoments, x: readonly number[]): CoMoments =>
  mergeCoMoments(m, { count: 1, means: x, products: Array(x.length * x.length).fill(0) });

/**
 * Standard error of f(means), from f's gradient at the means: sqrt(g' C g / n), C the covariance (delta method). First
 * order in the spread of the means.
 */
export const deltaError = (m: CoMoments, gradient: readonly number[]): number => {
  const size = gradient.length;
  let variance = 0;
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++) variance += gradient[i] * gradient[j] * m.products[i * size + j];
  return Math.sqrt(Math.max(0, variance) / (m.count - 1) / m.count);
};
