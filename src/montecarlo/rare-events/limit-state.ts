/**
 * What fails, in a space of independent standard normals: a point fails where its margin is not above zero. The margin
 * should grow with the distance from failure, so that searches can climb down it; its size means nothing else.
 */
export interface LimitState {
  readonly dimensions: number;
  /** Margins of `count` points, row-major count x dimensions; NaN counts as failed. */
  margins(points: Float64Array, count: number): Float64Array;
}

export const fails = (margin: number): boolean => !(margin > 0);

/** Squared length of row `i` of points with `dimensions` columns. */
export const squaredNorm = (points: Float64Array, dimensions: number, i: number): number => {
  let sum = 0;
  for (let j = 0; j < dimensions; j++) sum += points[i * dimensions + j] ** 2;
  return sum;
};

export const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j] * b[j];
  return sum;
};
