import { fold, type Key, normal, normalsInto, permutation } from "#src/random/index";
import { fails, type LimitState } from "./limit-state.ts";

export interface SubsetEstimate {
  readonly probability: number;
  /** Levels passed, the last one included. */
  readonly levels: number;
  readonly evaluations: number;
  /** Failed points of the last level, row-major: a sample of where failures lie. */
  readonly failures: Float64Array;
  readonly failureCount: number;
  /** Whether failure was reached within the levels allowed. */
  readonly reached: boolean;
}

export interface SubsetOptions {
  /** Points of each level. */
  readonly points: number;
  /** Share of points that make a level. */
  readonly share: number;
  readonly mostLevels: number;
}

export const SUBSET_DEFAULTS: SubsetOptions = { points: 2000, share: 0.1, mostLevels: 14 };

/** Failures on a plateau below which their share is not known. */
const FEWEST = 20;

/** Acceptance that the step of the chains is steered to: Papaioannou et al. (below), section 3.3. */
const ACCEPTANCE = 0.44;

/**
 * Probability of failure by subset simulation, which needs no gradient: the event is reached through nested ones, each
 * holding `share` of the one before; points of a level are chains of a random walk that keeps the normal distribution
 * and is accepted inside the level. Au and Beck, Probab. Eng. Mech. 16, 263 (2001); the walk u' = rho u + sqrt(1 -
 * rho^2) xi with a step that adapts to the acceptance after Papaioannou, Betz, Zwirglmaier, Straub, Probab. Eng.
 * Mech. 41, 89 (2015). Slightly biased (of the order of its variance); its error is stated from independent runs.
 */
export const simulateSubsets = (limit: LimitState, options: SubsetOptions, key: Key): SubsetEstimate => {
  const { dimensions: d } = limit;
  const { points: size, share, mostLevels } = options;
  let points = new Float64Array(size * d);
  normalsInto(points, fold(key, "start"));
  let margins = limit.margins(points, size);
  let evaluations = size;
  let probability = 1;
  let spread = 0.6;
  let previous = Number.POSITIVE_INFINITY;
  for (let level = 0; ; level++) {
    const order = [...margins.keys()].sort((a, b) => ordered(margins[a]) - ordered(margins[b]) || a - b);
    const seeds = Math.max(1, Math.round(share * size));
    const threshold = ordered(margins[order[seeds - 1]]);
    const failed = order.filter((i) => fails(margins[i]));
    // A plateau: margins of most points are one value, which no further level divides. Its points are all alike, and the share
    // of them that fails is what is asked for.
    const plateau = threshold >= previous;
    previous = threshold;
    if (threshold <= 0 || plateau || level === mostLevels - 1) {
      const failures = new Float64Array(failed.length * d);
      failed.forEach((i, k) => {
        failures.set(points.subarray(i * d, (i + 1) * d), k * d);
      });
      return {
        probability: (probability * failed.length) / size,
        levels: level + 1,
        evaluations,
        failures,
        failureCount: failed.length,
        reached: threshold <= 0 || (plateau && failed.length >= FEWEST),
      };
    }
    // Equal margins at the threshold belong to the level too, and chains start from any of its points alike: from the least
    // margins first they would start among the failures that lie inside a plateau, and find too many.
    const members = order.filter((i) => ordered(margins[i]) <= threshold);
    probability *= members.length / size;
    const own = fold(fold(key, "level"), level);
    const starts =
      members.length === seeds
        ? members
        : Array.from(permutation(fold(own, "starts"), members.length).subarray(0, seeds), (k) => members[k]);
    const next = new Float64Array(size * d);
    const nextMargins = new Float64Array(size);
    let chains = Float64Array.from({ length: seeds * d }, (_, k) => points[starts[Math.floor(k / d)] * d + (k % d)]);
    let chainMargins = Float64Array.from({ length: seeds }, (_, k) => margins[starts[k]]);
    for (let filled = 0, step = 0; filled < size; step++) {
      const count = Math.min(seeds, size - filled);
      const keep = Math.sqrt(1 - spread * spread);
      const draws = fold(own, step);
      const proposed = Float64Array.from({ length: seeds * d }, (_, k) => keep * chains[k] + spread * normal(draws, k));
      const found = limit.margins(proposed, seeds);
      evaluations += seeds;
      const moved = chains.slice();
      const movedMargins = chainMargins.slice();
      let accepted = 0;
      for (let i = 0; i < seeds; i++) {
        if (ordered(found[i]) > threshold) continue;
        moved.set(proposed.subarray(i * d, (i + 1) * d), i * d);
        movedMargins[i] = found[i];
        accepted++;
      }
      chains = moved;
      chainMargins = movedMargins;
      next.set(chains.subarray(0, count * d), filled * d);
      nextMargins.set(chainMargins.subarray(0, count), filled);
      filled += count;
      const lambda = Math.log(spread) + (accepted / seeds - ACCEPTANCE) / Math.sqrt(step + 1);
      spread = Math.min(0.98, Math.max(0.02, Math.exp(lambda)));
    }
    points = next;
    margins = nextMargins;
  }
};

// A point that could not be evaluated is failed, and beyond every level.
const ordered = (margin: number): number => (Number.isNaN(margin) ? Number.NEGATIVE_INFINITY : margin);
