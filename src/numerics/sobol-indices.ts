import studentQuantile from "@stdlib/stats-base-dists-t-quantile";
import { addCoMoments, type CoMoments, deltaError, noCoMoments } from "./co-moments.ts";
import { CONFIDENCE, type Interval } from "./wilson.ts";

/**
 * One row of a variance-based sensitivity analysis: the model at two independent points a and b, and at a with one
 * input taken from b.
 */
export interface SensitivityRow {
  readonly a: number;
  readonly b: number;
  readonly mixed: number;
}

export const noSensitivity = (): CoMoments => noCoMoments(7);

// Terms whose means make both indices: a, b, their squares, half the squared change, b (mixed - a), and mixed - a.
export const addSensitivity = (m: CoMoments, { a, b, mixed }: SensitivityRow): CoMoments =>
  addCoMoments(m, [a, b, a * a, b * b, (a - mixed) ** 2 / 2, b * (mixed - a), mixed - a]);

/**
 * First-order Sobol index, the share of the variance of a model's output that one input explains alone,
 * S = E[(f(b) - mean) (f(mixed) - f(a))] / V (Saltelli et al., Comput. Phys. Commun. 181, 259, 2010, table 2; the
 * mean taken off, which changes no expectation and spares an output far from zero its noise), or the total one, with all
 * interactions, S_T = E[(f(a) - f(mixed))^2] / (2 V) (Jansen, same table); mean and V from a and b together.
 * Interval by the delta method over independent rows: approximate, and too narrow where most rows do not change the output
 * (a step at 5 % of the range, 128 rows: 80 to 94 % instead of 95). NaN where the output does not vary.
 */
export const sobolIndex = (m: CoMoments, effect: "first" | "total", confidence = CONFIDENCE): Interval => {
  const [a, b, , , jansen, , change] = m.means;
  const mean = (a + b) / 2;
  // From the co-moments, not as a difference of large squares.
  const size = m.means.length;
  const variance = (m.products[0] + m.products[size + 1]) / (2 * m.count) + ((a - b) / 2) ** 2;
  if (m.count < 2 || !(variance > 0)) return { estimate: Number.NaN, low: Number.NaN, high: Number.NaN };
  const estimate = (effect === "first" ? m.products[size + 6] / m.count + (b - mean) * change : jansen) / variance;
  // Of the estimate by each mean: through V, then through the numerator.
  const slope = -estimate / variance;
  const gradient = [-mean * slope, -mean * slope, slope / 2, slope / 2, 0, 0, 0];
  if (effect === "total") gradient[4] = 1 / variance;
  else {
    gradient[0] -= change / 2 / variance;
    gradient[1] -= change / 2 / variance;
    gradient[5] = 1 / variance;
    gradient[6] = -mean / variance;
  }
  const half = studentQuantile((1 + confidence) / 2, m.count - 1) * deltaError(m, gradient);
  return { estimate, low: estimate - half, high: estimate + half };
};
