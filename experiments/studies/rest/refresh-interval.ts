import { tInterval } from "#src/numerics/intervals";
import { momentsOf, standardDeviation } from "#src/numerics/moments";

/** A loss of accuracy at a time since programming. */
interface LossAt {
  readonly seconds: number;
  readonly loss: number;
}

/** The first time at which a loss reaches `limit`, between two times in proportion on the logarithm of time; null: it does not. */
export const timeOfLoss = (course: readonly LossAt[], limit: number): number | null => {
  const sorted = course.filter(({ seconds }) => seconds > 0).sort((a, b) => a.seconds - b.seconds);
  const at = sorted.findIndex(({ loss }) => loss >= limit);
  if (at < 0) return null;
  if (at === 0) return sorted[0].seconds;
  const [before, after] = [sorted[at - 1], sorted[at]];
  const part = (limit - before.loss) / (after.loss - before.loss);
  return before.seconds * Math.exp(part * Math.log(after.seconds / before.seconds));
};

/** Over seeds: the geometric mean of their times with its t interval; null where not all of them lose so much. */
export const refreshInterval = (
  times: readonly (number | null)[],
): { readonly estimate: number; readonly low: number; readonly high: number } | null => {
  const known = times.filter((t) => t !== null);
  if (known.length < times.length || known.length === 0) return null;
  const m = momentsOf(known.map(Math.log));
  const { low, high } = tInterval(m.mean, standardDeviation(m), m.count);
  return { estimate: Math.exp(m.mean), low: Math.exp(low), high: Math.exp(high) };
};
