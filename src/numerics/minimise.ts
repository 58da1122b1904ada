/** A function of several numbers with its gradient, which it writes into the second argument. */
export type Differentiable = (at: Float64Array, gradient: Float64Array) => number;

interface Minimum {
  readonly at: Float64Array;
  readonly value: number;
  readonly steps: number;
  /** The inverse of the curvature that the steps have seen, row by row. */
  readonly inverseCurvature: Float64Array;
}

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, x, i) => sum + x * b[i], 0);

/**
 * A local minimum by the quasi-Newton method of Broyden, Fletcher, Goldfarb and Shanno (J. Nocedal, S. J. Wright, Numerical Optimization,
 * 2nd ed. (2006), algorithm 6.1, recalled) with halved steps (Armijo's condition). It ends where a step promises less than
 * `tolerance`, or none lowers the value.
 *
 * @param start.inverseCurvature Of an earlier minimum nearby, where there is one.
 */
export const minimise = (
  of: Differentiable,
  start: { readonly at: Float64Array; readonly inverseCurvature?: Float64Array },
  tolerance: number,
  mostSteps: number,
): Minimum => {
  const n = start.at.length;
  let at = Float64Array.from(start.at);
  let gradient = new Float64Array(n);
  let value = of(at, gradient);
  const inverse = new Float64Array(n * n);
  if (start.inverseCurvature) inverse.set(start.inverseCurvature);
  else for (let i = 0; i < n; i++) inverse[i * n + i] = 1 / Math.max(1e-12, Math.sqrt(dot(gradient, gradient)));
  const times = (v: Float64Array): Float64Array =>
    Float64Array.from(v, (_, i) => dot(inverse.subarray(i * n, (i + 1) * n), v));
  let [steps, scaled] = [0, start.inverseCurvature !== undefined];
  while (steps < mostSteps) {
    let direction = times(gradient).map((d) => -d);
    let slope = dot(direction, gradient);
    if (!(slope < 0)) {
      direction = gradient.map((g) => -g);
      slope = -dot(gradient, gradient);
    }
    if (-slope < tolerance) break;
    let [length, next, nextGradient, nextValue] = [1, at, gradient, Number.POSITIVE_INFINITY];
    for (let half = 0; half < 40; half++, length /= 2) {
      next = at.map((x, i) => x + length * direction[i]);
      nextGradient = new Float64Array(n);
      nextValue = of(next, nextGradient);
      if (nextValue <= value + 1e-4 * length * slope) break;
    }
    if (!(nextValue < value)) break;
    steps++;
    const moved = next.map((x, i) => x - at[i]);
    const turned = nextGradient.map((g, i) => g - gradient[i]);
    [at, gradient, value] = [next, nextGradient, nextValue];
    const along = dot(moved, turned);
    if (!(along > 1e-14 * Math.sqrt(dot(moved, moved) * dot(turned, turned)))) continue;
    if (!scaled) {
      // The first curvature seen replaces the guess.
      const factor = along / dot(turned, turned);
      inverse.fill(0);
      for (let i = 0; i < n; i++) inverse[i * n + i] = factor;
      scaled = true;
    }
    const hy = times(turned);
    const factor = (1 + dot(turned, hy) / along) / along;
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++)
        inverse[i * n + j] += factor * moved[i] * moved[j] - (moved[i] * hy[j] + hy[i] * moved[j]) / along;
  }
  return { at, value, steps, inverseCurvature: inverse };
};
