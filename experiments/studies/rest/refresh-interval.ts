import { tInterval } from "#src/numerics/intervals";
import { momentsOf, standardDeviation } from "#src/numerics/moments";

/** A loss of accuracy at a time since programming. */
interface LossAt {
  readonly seconds: number;
  readonly loss: number;
}

/** When a loss is reached: at a time between two ages, before the first of them, or not by the last. */
type LossTime = number | "before" | "later";

/** Losses that do not fall with time and are nearest to these: neighbours that do are put together at their mean (pooling adjacent violators). */
const rising = (losses: readonly number[]): number[] => {
  const blocks: { sum: number; count: number }[] = [];
  for (const loss of losses) {
    blocks.push({ sum: loss, count: 1 });
    for (;;) {
      const [a, b] = blocks.slice(-2);
      if (!b || a.sum / a.count <= b.sum / b.count) break;
      blocks.splice(-2, 2, { sum: a.sum + b.sum, count: a.count + b.count });
    }
  }
  return blocks.flatMap(({ sum, count }) => Array.from({ length: count }, () => sum / count));
};

/**
 * When a loss first reaches `limit`: of the course that does not fall, between two ages in proportion on the logarithm of time. A course of 20 chips is
 * noisy, and a single crossing of it would come too early.
 */
export const timeOfLoss = (course: readonly LossAt[], limit: number): LossTime => {
  const sorted = course.filter(({ seconds }) => seconds > 0).sort((a, b) => a.seconds - b.seconds);
  const losses = rising(sorted.map(({ loss }) => loss));
  const at = losses.findIndex((loss) => loss >= limit);
  if (at < 0) return "later";
  if (at === 0) return "before";
  const part = (limit - losses[at - 1]) / (losses[at] - losses[at - 1]);
  return sorted[at - 1].seconds * Math.exp(part * Math.log(sorted[at].seconds / sorted[at - 1].seconds));
};

/** Over seeds: the geometric mean of their times with its t interval; null where one of them lies outside of the ages. */
export const refreshInterval = (
  times: readonly LossTime[],
): { readonly estimate: number; readonly low: number; readonly high: number } | null => {
  const known = times.filter((t) => typeof t === "number");
  if (known.length < times.length || known.length === 0) return null;
  const m = momentsOf(known.map(Math.log));
  const { low, high } = tInterval(m.mean, standardDeviation(m), m.count);
  return { estimate: Math.exp(m.mean), low: Math.exp(low), high: Math.exp(high) };
};
