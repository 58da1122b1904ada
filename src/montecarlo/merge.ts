import { cellOf } from "./cell-of.ts";
import type { AnyExperiment } from "./experiment.ts";
import { type Plan, paramsAt } from "./plan.ts";
import { type Round, shardCount } from "./rounds.ts";
import type { Shard } from "./shard.ts";
import type { Table } from "./table.ts";
import { emptyTally, mergeTallies } from "./tally.ts";

/** Reasons of failed trials that are told of a point; all are in its shards. */
const MOST_REASONS = 3;

/**
 * Merges the shards of complete rounds in the order of their index, one in memory at a time: sums in floating point
 * depend on their order, and this one never changes.
 */
export const mergeShards = (
  plan: Plan,
  experiment: AnyExperiment,
  rounds: readonly Round[],
  shardAt: (index: number) => Shard,
): Table => {
  const specs = Object.entries(experiment.numbers);
  const points = plan.points.map(() => ({
    tallies: Object.fromEntries(specs.map(([name, spec]) => [name, emptyTally(spec)])),
    trials: 0,
    failed: 0,
    reasons: new Set<string>(),
    facts: [] as readonly string[],
  }));
  for (let index = 0; index < shardCount(rounds); index++) {
    const shard = shardAt(index);
    const sum = points[shard.point];
    for (const [name] of specs) sum.tallies[name] = mergeTallies(sum.tallies[name], shard.tallies[name]);
    sum.trials += shard.count;
    sum.failed += shard.failures.length;
    for (const { reason } of shard.failures) if (sum.reasons.size < MOST_REASONS) sum.reasons.add(reason);
    if (shard.facts.length > 0) sum.facts = shard.facts;
  }
  const rows = plan.points.map((point, i) => ({
    point,
    at: paramsAt(plan, i),
    numbers: Object.fromEntries(specs.map(([name, spec]) => [name, cellOf(spec, points[i].tallies[name])])),
    trials: points[i].trials,
    failed: points[i].failed,
    reasons: [...points[i].reasons],
    facts: points[i].facts,
  }));
  return { axes: plan.axes, numbers: experiment.numbers, rows };
};
