import { normalTail } from "#src/numerics/normal-tail";
import { fold, type Key, uniform } from "#src/random/index";
import { aroundInto, type FailurePoint, type FailureSearch } from "./failure-points.ts";
import { fails, type LimitState } from "./limit-state.ts";

export interface ImportanceEstimate {
  readonly probability: number;
  /** Standard error of the probability over itself. */
  readonly relativeError: number;
  readonly samples: number;
  readonly failures: number;
  /** Number of equally weighted failures that would give the same error. */
  readonly effectiveSamples: number;
  /** Share of the estimate that the heaviest sample carries. */
  readonly heaviest: number;
  /** Reasons not to trust the estimate; none where there is nothing to say against it. */
  readonly doubts: readonly string[];
}

export interface ImportanceOptions {
  /** Stops at this relative standard error. */
  readonly relativeError: number;
  /** Samples of the first round; each round doubles the number. */
  readonly firstRound: number;
  readonly mostSamples: number;
}

/** Points evaluated at once. */
const BLOCK = 4096;
const LEAST_EFFECTIVE = 100;
const MOST_IN_ONE = 0.05;
const MOST_OUTSIDE = 0.01;
/** Least share of samples that each region is given. */
const LEAST_SHARE = 0.1;

/**
 * Probability of failure by importance sampling: samples from a mixture of unit normals about the most probable failure
 * points, each weighted by the standard normal density over the mixture's (mean-shift importance sampling; the mixture as
 * one proposal after Owen and Zhou, J. Am. Stat. Assoc. 95, 135, 2000). Consistent whatever the points (stopping by its own
 * error leaves a bias below that error); exact soon where every failure region has one.
 */
export const sampleByImportance = (
  limit: LimitState,
  search: Pick<FailureSearch, "points" | "outside">,
  options: ImportanceOptions,
  key: Key,
): ImportanceEstimate => {
  const { points: centers, outside } = search;
  if (centers.length === 0)
    throw new RangeError("importance sampling: no failure point to sample about; the search found none.");
  const { dimensions: d } = limit;
  const tails = centers.map((c) => normalTail(c.distance));
  const total = tails.reduce((a, b) => a + b, 0);
  const floor = LEAST_SHARE / centers.length;
  const shares = tails.map((t) => floor + (1 - LEAST_SHARE) * (t / total));
  const choose = fold(key, "region");
  const draws = fold(key, "draws");

  let samples = 0;
  let sum = 0;
  let squares = 0;
  let failures = 0;
  let heaviest = 0;
  const probability = (): number => sum / samples;
  const relative = (): number =>
    failures < 2
      ? Number.POSITIVE_INFINITY
      : Math.sqrt(Math.max(0, squares / samples - probability() ** 2) / samples) / probability();

  for (let round = options.firstRound; ; round = samples) {
    for (const target = Math.min(options.mostSamples, samples + round); samples < target; ) {
      const count = Math.min(BLOCK, target - samples);
      const points = new Float64Array(count * d);
      for (let i = 0; i < count; i++) {
        let u = uniform(choose, samples + i);
        let region = 0;
        while (region < shares.length - 1 && u >= shares[region]) u -= shares[region++];
        aroundInto(points, i, centers[region].point, draws, samples + i);
      }
      const margins = limit.margins(points, count);
      for (let i = 0; i < count; i++) {
        if (!fails(margins[i])) continue;
        failures++;
        const weight = 1 / density(points, i, d, centers, shares);
        sum += weight;
        squares += weight * weight;
        heaviest = Math.max(heaviest, weight);
      }
      samples += count;
    }
    if (samples >= options.mostSamples || relative() <= options.relativeError) break;
  }

  const effectiveSamples = squares > 0 ? sum ** 2 / squares : 0;
  const doubts: string[] = [];
  if (outside === null) doubts.push("the search without gradient reached no failure: regions may be missing");
  else if (outside > MOST_OUTSIDE)
    doubts.push(`${(100 * outside).toFixed(0)} % of the failures found without gradient lie in no region sampled`);
  if (failures === 0) doubts.push("no sample failed: the points are not on the border of failure");
  else {
    if (effectiveSamples < LEAST_EFFECTIVE)
      doubts.push(`only ${effectiveSamples.toFixed(0)} effective samples (${LEAST_EFFECTIVE} asked)`);
    if (heaviest / sum > MOST_IN_ONE)
      doubts.push(
        `one sample carries ${((100 * heaviest) / sum).toFixed(0)} % of the estimate: failures lie where few samples fall`,
      );
    if (relative() > options.relativeError)
      doubts.push(
        `relative error ${relative().toPrecision(2)} after ${samples} samples (${options.relativeError} asked)`,
      );
  }
  return {
    probability: probability(),
    relativeError: relative(),
    samples,
    failures,
    effectiveSamples,
    heaviest: sum > 0 ? heaviest / sum : 0,
    doubts,
  };
};

/** Density of the mixture over that of the standard normal, at row i: sum of shares exp(c.x - |c|^2 / 2). */
const density = (
  points: Float64Array,
  i: number,
  d: number,
  centers: readonly FailurePoint[],
  shares: readonly number[],
): number => {
  let sum = 0;
  centers.forEach(({ point, distance }, k) => {
    let along = 0;
    for (let j = 0; j < d; j++) along += point[j] * points[i * d + j];
    sum += shares[k] * Math.exp(along - distance ** 2 / 2);
  });
  return sum;
};
