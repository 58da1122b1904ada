import type { Plan } from "./plan.ts";

/**
 * Trials from .. to - 1 of some grid points, cut into shards. A run has rounds one after another: the first covers all
 * points; a later one those whose numbers are not yet as precise as asked, and doubles their trials.
 */
export interface Round {
  readonly round: number;
  /** Index of its first shard in the run. */
  readonly firstShard: number;
  readonly points: readonly number[];
  readonly from: number;
  readonly to: number;
  /** Trials of a shard. */
  readonly block: number;
}

export interface ShardPlace {
  readonly round: number;
  readonly point: number;
  readonly from: number;
  readonly count: number;
}

/** A round has no more shards than this, unless it has more points: blocks are doubled until it fits. */
const SHARDS_OF_A_ROUND = 4096;

const cut = (
  plan: Plan,
  round: number,
  firstShard: number,
  points: readonly number[],
  from: number,
  to: number,
): Round => {
  const most = Math.max(points.length, SHARDS_OF_A_ROUND);
  let { block } = plan;
  while (points.length * Math.ceil((to - from) / block) > most) block *= 2;
  return { round, firstShard, points, from, to, block };
};

export const firstRound = (plan: Plan): Round => {
  const { stopping } = plan;
  const trials = stopping.kind === "trials" ? stopping.trials : Math.min(stopping.first, stopping.most);
  return cut(plan, 1, 0, [...plan.points.keys()], 0, trials);
};

/**
 * The round that follows a complete one: as many trials again as there are, up to the cap, at the points that ask for
 * more; null where there is none.
 */
export const nextRound = (plan: Plan, last: Round, pending: readonly number[]): Round | null => {
  const { stopping } = plan;
  if (stopping.kind === "trials" || pending.length === 0 || last.to >= stopping.most) return null;
  return cut(
    plan,
    last.round + 1,
    last.firstShard + shardsOf(last),
    pending,
    last.to,
    Math.min(2 * last.to, stopping.most),
  );
};

const blocksOf = (round: Round): number => Math.ceil((round.to - round.from) / round.block);

export const shardsOf = (round: Round): number => round.points.length * blocksOf(round);

/** Shards of all rounds planned so far. */
export const shardCount = (rounds: readonly Round[]): number => {
  const last = rounds[rounds.length - 1];
  return last.firstShard + shardsOf(last);
};

/** Which trials of which point a shard holds; the blocks of a point follow one another. */
export const shardPlace = (rounds: readonly Round[], index: number): ShardPlace => {
  const round = rounds.findLast((r) => index >= r.firstShard);
  if (!round || !Number.isInteger(index) || index >= round.firstShard + shardsOf(round))
    throw new RangeError(`shard ${index} is not planned; shards are 0 .. ${shardCount(rounds) - 1}.`);
  const at = index - round.firstShard;
  const blocks = blocksOf(round);
  const from = round.from + (at % blocks) * round.block;
  return {
    round: round.round,
    point: round.points[Math.floor(at / blocks)],
    from,
    count: Math.min(round.block, round.to - from),
  };
};
