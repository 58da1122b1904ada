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

/** Ranks from 0; equal values share the mean of theirs. */
const ranksOf = (values: ArrayLike<number>): Float64Array => {
  const order = Uint32Array.from({ length: values.length }, (_, i) => i).sort((a, b) => values[a] - values[b]);
  const ranks = new Float64Array(values.length);
  for (let from = 0, to = 0; from < order.length; from = to) {
    while (to < order.length && values[order[to]] === values[order[from]]) to++;
    for (let k = from; k < to; k++) ranks[order[k]] = (from + to - 1) / 2;
  }
  return ranks;
};

/** Spearman's correlation of two sets of values, pair by pair: that of their ranks; 0 where one of them does not vary. */
export const rankCorrelation = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  const [p, q] = [ranksOf(a), ranksOf(b)];
  const middle = (a.length - 1) / 2;
  const sum = (of: (i: number) => number): number => p.reduce((total, _, i) => total + of(i), 0);
  const spread = Math.sqrt(sum((i) => (p[i] - middle) ** 2) * sum((i) => (q[i] - middle) ** 2));
  return spread === 0 ? 0 : sum((i) => (p[i] - middle) * (q[i] - middle)) / spread;
};
