import { wilson } from "#src/numerics/intervals";
import { type Moments, meanInterval, mergeMoments, NO_MOMENTS, standardDeviation } from "#src/numerics/moments";
import type { AnyExperiment } from "./experiment.ts";
import type { Plan } from "./plan.ts";
import { shardCount } from "./plan.ts";
import type { Shard } from "./shard.ts";
import type { Cell, Table } from "./table.ts";

/**
 * Merges the shards of a run, in the order of their index whatever order they come in.
 * @throws RangeError naming the shards that are missing.
 */
export const mergeShards = (plan: Plan, experiment: AnyExperiment, shards: readonly Shard[]): Table => {
  const byIndex = new Map(shards.map((s) => [s.index, s]));
  const missing = Array.from({ length: shardCount(plan) }, (_, i) => i).filter((i) => !byIndex.has(i));
  if (missing.length > 0)
    throw new RangeError(
      `merge: ${missing.length} of ${shardCount(plan)} shards are missing: ${missing.slice(0, 10).join(", ")}${missing.length > 10 ? ", ..." : ""}.`,
    );
  const rows = plan.points.map((values, point) => {
    const mine = [...byIndex.values()].filter((s) => s.point === point).sort((a, b) => a.index - b.index);
    const numbers: Record<string, Cell> = {};
    for (const [name, { kind }] of Object.entries(experiment.numbers)) {
      if (kind === "rate") {
        const events = mine.reduce((sum, s) => sum + s.rates[name].events, 0);
        const of = mine.reduce((sum, s) => sum + s.rates[name].of, 0);
        numbers[name] = { ...wilson(events, of), trials: of, deviation: Number.NaN };
      } else {
        const moments = mine.reduce<Moments>((sum, s) => mergeMoments(sum, s.means[name]), NO_MOMENTS);
        numbers[name] = { ...meanInterval(moments), trials: moments.count, deviation: standardDeviation(moments) };
      }
    }
    return { point: values, numbers, failed: mine.reduce((sum, s) => sum + s.failures.length, 0) };
  });
  return { axes: plan.axes, numbers: experiment.numbers, rows };
};
