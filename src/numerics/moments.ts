/** Count, mean and sum of squared deviations of a set of numbers: enough for its variance, and mergeable. */
export interface Moments {
  readonly count: number;
  readonly mean: number;
  readonly squares: number;
}

export const NO_MOMENTS: Moments = { count: 0, mean: 0, squares: 0 };

/** The moments of two sets together (Chan, Golub, LeVeque, COMPSTAT 1982, 30). */
export const mergeMoments = (a: Moments, b: Moments): Moments => {
  const count = a.count + b.count;
  if (a.count === 0) return b;
  if (b.count === 0) return a;
  const d = b.mean - a.mean;
  return {
    count,
    mean: a.mean + (d * b.count) / count,
    squares: a.squares + b.squares + (d * d * a.count * b.count) / count,
  };
};

export const addMoment = (m: Moments, value: number): Moments => mergeMoments(m, { count: 1, mean: value, squares: 0 });

export const momentsOf = (values: ArrayLike<number>): Moments => {
  let m = NO_MOMENTS;
  for (let i = 0; i < values.length; i++) m = addMoment(m, values[i]);
  return m;
};

export const standardDeviation = (m: Moments): number => Math.sqrt(m.squares / (m.count - 1));
