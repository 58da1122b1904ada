/** Values of a cubic at both ends of [0, 1], and its slopes there. */
export interface CubicEnds {
  readonly v0: number;
  readonly d0: number;
  readonly v1: number;
  readonly d1: number;
}

/** The cubic at a place of [0, 1]. */
export const cubic = ({ v0, d0, v1, d1 }: CubicEnds, at: number): number => {
  const rest = 1 - at;
  return v0 * rest * rest * (1 + 2 * at) + v1 * at * at * (3 - 2 * at) + at * rest * (d0 * rest - d1 * at);
};

/** Where the cubic falls below the threshold. */
export const fallOf = (ends: CubicEnds, threshold: number): number => {
  let above = 0;
  let below = 1;
  for (let k = 0; k < 40; k++) {
    const half = (above + below) / 2;
    if (cubic(ends, half) >= threshold) above = half;
    else below = half;
  }
  return below;
};
