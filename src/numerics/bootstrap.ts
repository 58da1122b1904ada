import { fold, type Key, uniform } from "#src/random/index";
import { inverseNormal } from "#src/random/inverse-normal";
import { normalTail } from "./normal-tail.ts";
import { CONFIDENCE, type Interval } from "./wilson.ts";

/**
 * Bootstrap interval of a statistic of independent values, bias-corrected and accelerated (B. Efron, J. Am. Stat. Assoc.
 * 82, 171, 1987): percentiles of the statistic over resamples, moved for its bias and for how its spread changes with its
 * value (from the jackknife). Second-order accurate: for a mean of
 * some thirty values or more; of ten it misses the mean of normal values in 11 % of cases, of skewed ones in 18 %.
 *
 * @throws RangeError for no values, or where the statistic of a resample is no number.
 */
export const bootstrapInterval = (
  values: readonly number[],
  statistic: (values: readonly number[]) => number,
  key: Key,
  resamples = 2000,
  confidence = CONFIDENCE,
): Interval => {
  const n = values.length;
  if (n === 0) throw new RangeError("bootstrapInterval: no values.");
  const estimate = statistic(values);
  if (n === 1) return { estimate, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  const found = Float64Array.from({ length: resamples }, (_, r) => {
    const own = fold(key, r);
    return statistic(values.map((_value, i) => values[Math.floor(n * uniform(own, i))]));
  }).sort();
  if (found.some(Number.isNaN)) throw new RangeError("bootstrapInterval: the statistic of a resample is NaN.");
  // Ties count half: a statistic of few distinct values has no bias for that.
  const below = found.reduce((sum, v) => sum + (v < estimate ? 1 : v === estimate ? 0.5 : 0), 0) / resamples;
  if (below === 0 || below === 1) return { estimate, low: found[0], high: found[resamples - 1] };
  const bias = inverseNormal(below);
  const left = values.map((_, i) => statistic(values.filter((_v, j) => j !== i)));
  const mean = left.reduce((a, b) => a + b, 0) / n;
  const cubes = left.reduce((sum, x) => sum + (mean - x) * (mean - x) * (mean - x), 0);
  const squares = left.reduce((sum, x) => sum + (mean - x) ** 2, 0);
  const acceleration = squares > 0 ? cubes / (6 * squares * Math.sqrt(squares)) : 0;
  const at = (z: number): number => {
    const moved = bias + (bias + z) / (1 - acceleration * (bias + z));
    const rank = Math.floor(normalTail(-moved) * resamples);
    return found[Math.min(resamples - 1, Math.max(0, rank))];
  };
  const z = inverseNormal((1 + confidence) / 2);
  return { estimate, low: at(-z), high: at(z) };
};
