/** The value that a share p of ascending values lies below, between neighbours in proportion. */
export const sortedQuantile = (sorted: ArrayLike<number>, p: number): number => {
  const x = p * (sorted.length - 1);
  const i = Math.min(Math.floor(x), sorted.length - 1);
  const next = Math.min(i + 1, sorted.length - 1);
  return sorted[i] + (x - i) * (sorted[next] - sorted[i]);
};

/** (q90 - q10) of ascending values over that of a standard normal: a width that tails do not touch. */
export const centralWidth = (sorted: ArrayLike<number>): number =>
  (sortedQuantile(sorted, 0.9) - sortedQuantile(sorted, 0.1)) / 2.5631;

/** Ranks from 0, equal values in their order. */
const ranksOf = (values: ArrayLike<number>): Float64Array => {
  const order = Uint32Array.from({ length: values.length }, (_, i) => i).sort((a, b) => values[a] - values[b]);
  const ranks = new Float64Array(values.length);
  order.forEach((i, rank) => {
    ranks[i] = rank;
  });
  return ranks;
};

/** Spearman's correlation of two sets of values, pair by pair. */
export const rankCorrelation = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  const n = a.length;
  const [p, q] = [ranksOf(a), ranksOf(b)];
  const squares = p.reduce((sum, rank, i) => sum + (rank - q[i]) ** 2, 0);
  return 1 - (6 * squares) / (n * (n * n - 1));
};
