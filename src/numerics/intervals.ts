import betaQuantile from "@stdlib/stats-base-dists-beta-quantile";
import studentQuantile from "@stdlib/stats-base-dists-t-quantile";
import { CONFIDENCE, type Interval } from "./wilson.ts";

/**
 * Clopper and Pearson's exact interval for a proportion (Biometrika 26, 404, 1934): coverage never below nominal. NaN
 * for no trials.
 */
export const clopperPearson = (events: number, trials: number, confidence = CONFIDENCE): Interval => {
  if (trials === 0) return { estimate: Number.NaN, low: Number.NaN, high: Number.NaN };
  const tail = (1 - confidence) / 2;
  return {
    estimate: events / trials,
    low: events === 0 ? 0 : betaQuantile(tail, events, trials - events + 1),
    high: events === trials ? 1 : betaQuantile(1 - tail, events + 1, trials - events),
  };
};

/** An interval of a share: what lies outside 0 .. 1 cannot be, and leaving it out costs no coverage. */
export const withinShares = ({ estimate, low, high }: Interval): Interval => ({
  estimate,
  low: Math.max(0, low),
  high: Math.min(1, high),
});

/** Student's t interval for the mean of `count` normal values; unbounded for one value, NaN for none. */
export const tInterval = (
  mean: number,
  standardDeviation: number,
  count: number,
  confidence = CONFIDENCE,
): Interval => {
  if (count === 0) return { estimate: Number.NaN, low: Number.NaN, high: Number.NaN };
  if (count === 1) return { estimate: mean, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  const half = (studentQuantile((1 + confidence) / 2, count - 1) * standardDeviation) / Math.sqrt(count);
  return { estimate: mean, low: mean - half, high: mean + half };
};
