import studentQuantile from "@stdlib/stats-base-dists-t-quantile";
import { withinShares } from "./intervals.ts";
import { meanInterval } from "./mean-interval.ts";
import { type Moments, momentsOf } from "./moments.ts";
import { CONFIDENCE, type Interval } from "./wilson.ts";

/** Where a mean over training seeds, chips within a seed, and images within all varies, and what may be said of it. */
export interface NestedInterval {
  /** For other seeds too: Student's t over the seeds' means, which hold chips and images within them. */
  readonly across: Interval;
  /** For these networks on other chips and other images of the same kind; no claim about other trainings. */
  readonly within: Interval;
  /** Standard deviations: of a seed's true mean, of a chip within its network. */
  readonly betweenSeeds: number;
  readonly betweenChips: number;
}

/**
 * Intervals of an accuracy measured on several chips of several trained networks, all on the same images.
 *
 * Across seeds the seed is the unit. Within the networks the variance of the mean over seeds is
 * sigma_chip^2 mean(1 / C_s) / S + p (1 - p) / I, p drawn towards 1/2 by two successes and two failures (Agresti and Coull): chips by their spread within a network, images by the binomial of one network (an upper bound: chips
 * and seeds that classify the same images partly average an image's luck, never add to it). The spread between
 * seeds is the variance of their means less what chips bring to it (one-way random effects; H. Scheffe, The Analysis of
 * Variance, Wiley 1959, chapter 7), cut at 0.
 *
 * @param seeds Moments over the chips of each seed.
 * @throws RangeError for no seeds.
 */
export const nestedInterval = (seeds: readonly Moments[], images: number, confidence = CONFIDENCE): NestedInterval => {
  if (seeds.length === 0) throw new RangeError("nestedInterval: no seeds.");
  const means = momentsOf(seeds.map((s) => s.mean));
  const chips = seeds.reduce((sum, s) => sum + s.count, 0);
  const freedom = chips - seeds.length;
  const chipVariance = freedom > 0 ? seeds.reduce((sum, s) => sum + s.squares, 0) / freedom : Number.NaN;
  const meanVariance = means.squares / (means.count - 1);
  const harmonic = seeds.reduce((sum, s) => sum + 1 / s.count, 0) / seeds.length;
  const p = (means.mean * images + 2) / (images + 4);
  const error = Math.sqrt((chipVariance * harmonic) / seeds.length + (p * (1 - p)) / images);
  const half = freedom > 0 ? studentQuantile((1 + confidence) / 2, freedom) * error : Number.POSITIVE_INFINITY;
  return {
    across: withinShares(meanInterval(means)),
    within: { estimate: means.mean, low: Math.max(0, means.mean - half), high: Math.min(1, means.mean + half) },
    betweenSeeds: Math.sqrt(Math.max(0, meanVariance - chipVariance * harmonic)),
    betweenChips: Math.sqrt(chipVariance),
  };
};
