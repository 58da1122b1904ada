import { type Key, normal, uniform } from "#src/random/index";

/**
 * A normal-inverse-Gaussian process: X(c) = skew (V(c) - c) + W(V(c)), W Brownian motion, V inverse Gaussian with mean c and shape
 * `shape` c^2 (O. E. Barndorff-Nielsen, Finance and Stochastics 2, 41 (1998), recalled). Mean 0, variance c (1 + skew^2 / shape); the smaller the shape, the heavier the
 * tails of small clocks.
 */
export interface LevyLaw {
  readonly skew: number;
  readonly shape: number;
}

/**
 * An inverse Gaussian of this mean and shape (J. R. Michael, W. R. Schucany, R. W. Haas, The American Statistician 30, 88 (1976),
 * recalled), as a root without cancellation, so that tiny shapes lose no digits.
 */
export const inverseGaussian = (mean: number, shape: number, normalDraw: number, uniformDraw: number): number => {
  const w = (mean * normalDraw * normalDraw) / (2 * shape);
  const root = 1 + w + Math.sqrt(w * (2 + w));
  const low = mean / root;
  return uniformDraw * (mean + low) <= mean ? low : mean * root;
};

/**
 * X at a clock, of the path that the key is: the same path whatever clocks are asked for and in which order. The whole of the horizon is
 * drawn first, then halved towards the clock, `levels` times or until a piece is `fineness` times shorter than what lies before it; within the
 * last piece the path is a straight line. Which pieces there are depends on their place alone.
 *
 * Of a piece of clock c that takes v in all, one half takes v u with (2 u - 1) / sqrt(u (1 - u)) normal of variance 4 v / (shape c^2): the
 * density of two equal pieces given their sum, in that variable. W is halved as Brownian motion is, in V.
 *
 * @param clock 0 .. horizon.
 */
export const levyPath = (
  { skew, shape }: LevyLaw,
  horizon: number,
  clock: number,
  levels: number,
  key: Key,
  fineness = Number.POSITIVE_INFINITY,
): number => {
  if (clock <= 0) return 0;
  let c = horizon;
  let v = inverseGaussian(c, shape * c * c, normal(key, 0), uniform(key, 0));
  let w = Math.sqrt(v) * normal(key, 1);
  let [before, beforeV, beforeW, node] = [0, 0, 0, 1];
  for (let level = 0; level < levels && c * fineness > before; level++) {
    const y = (2 * normal(key, 2 * node) * Math.sqrt(v / shape)) / c;
    const share = (1 + y / Math.sqrt(4 + y * y)) / 2;
    const left = v * share;
    const middle = w * share + Math.sqrt(left * (1 - share)) * normal(key, 2 * node + 1);
    c /= 2;
    if (clock >= before + c) {
      [before, beforeV, beforeW] = [before + c, beforeV + left, beforeW + middle];
      [v, w, node] = [v - left, w - middle, 2 * node + 1];
    } else [v, w, node] = [left, middle, 2 * node];
  }
  const part = (clock - before) / c;
  return skew * (beforeV + part * v - clock) + beforeW + part * w;
};
