import { inverseNormal } from "#src/random/inverse-normal";

/** An estimate with a two-sided confidence interval. */
export interface Interval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

export const CONFIDENCE = 0.95;

/**
 * Wilson's score interval for a proportion (E. B. Wilson, J. Am. Stat. Assoc. 22, 209, 1927): coverage close to nominal
 * on average, also for few events. NaN for no trials.
 */
export const wilson = (events: number, trials: number, confidence = CONFIDENCE): Interval => {
  if (trials === 0) return { estimate: Number.NaN, low: Number.NaN, high: Number.NaN };
  const z = inverseNormal((1 + confidence) / 2);
  const p = events / trials;
  const centre = (p + (z * z) / (2 * trials)) / (1 + (z * z) / trials);
  const half = (z / (1 + (z * z) / trials)) * Math.sqrt((p * (1 - p)) / trials + (z * z) / (4 * trials * trials));
  return {
    estimate: p,
    low: events === 0 ? 0 : Math.max(0, centre - half),
    high: events === trials ? 1 : Math.min(1, centre + half),
  };
};
