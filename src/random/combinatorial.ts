import { uniform } from "./draws.ts";
import type { Key } from "./key.ts";

/**
 * Calls `visit(i)` for each i in 0 .. count - 1 that is chosen, each independently with probability p, in ascending
 * order. The gaps between chosen places are geometric, floor(ln U / ln(1 - p)), so the work is proportional to the
 * number chosen. Returns how many were.
 */
export const forEachChosen = (key: Key, count: number, p: number, visit: (index: number) => void): number => {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`forEachChosen: probability ${p} is not in 0 .. 1.`);
  if (p === 0) return 0;
  if (p === 1) {
    for (let i = 0; i < count; i++) visit(i);
    return count;
  }
  const logOfMiss = Math.log1p(-p);
  let chosen = 0;
  for (let i = -1; ; ) {
    i += 1 + Math.floor(Math.log(uniform(key, chosen)) / logOfMiss);
    if (!(i < count)) return chosen;
    visit(i);
    chosen++;
  }
};

const ignore = (): void => {};

/** Number of successes in `count` independent trials of probability p, exactly binomial; work min(p, 1 - p) count. */
export const binomial = (key: Key, count: number, p: number): number =>
  p > 0.5 ? count - forEachChosen(key, count, 1 - p, ignore) : forEachChosen(key, count, p, ignore);

/** A uniformly random order of 0 .. count - 1, by Fisher-Yates (the bias of floor(u n) is below n 2^-53). */
export const permutation = (key: Key, count: number): Uint32Array<ArrayBuffer> => {
  const order = new Uint32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(uniform(key, i) * (i + 1));
    const held = order[i];
    order[i] = order[j];
    order[j] = held;
  }
  return order;
};
