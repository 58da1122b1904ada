import betaQuantile from "@stdlib/stats-base-dists-beta-quantile";
import { type QuantileSketch, sketchCount, valueAtRank } from "./quantile-sketch.ts";
import { CONFIDENCE, type Interval } from "./wilson.ts";

/**
 * Quantile q of sketched values, with the distribution-free interval between the order statistics whose ranks bound it:
 * the share of values below the true quantile lies, with this confidence, between the beta quantiles that Clopper and
 * Pearson take for q n of n. Up to a rank wider on either side than it need be: it covers more than it says for few values. Unbounded on a side where there are too few values. To SKETCH_ERROR of the value.
 */
export const quantileInterval = (s: QuantileSketch, q: number, confidence = CONFIDENCE): Interval => {
  const count = sketchCount(s);
  if (count === 0) return { estimate: Number.NaN, low: Number.NaN, high: Number.NaN };
  const tail = (1 - confidence) / 2;
  const below = Math.min(count - 1, Math.floor(q * count));
  const low = below === 0 ? -1 : Math.floor(count * betaQuantile(tail, below, count - below + 1)) - 1;
  const high = Math.ceil(count * betaQuantile(1 - tail, below + 1, count - below));
  return {
    estimate: valueAtRank(s, below),
    low: low < 0 ? Number.NEGATIVE_INFINITY : valueAtRank(s, low),
    high: high >= count ? Number.POSITIVE_INFINITY : valueAtRank(s, high),
  };
};
