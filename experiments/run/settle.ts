import {
  type AnyExperiment,
  mergeShards,
  nextRound,
  type Plan,
  pendingPoints,
  type Round,
  shardCount,
  shardPlace,
  type Table,
} from "#src/montecarlo/index";
import { planDigest, readRounds, writeRound } from "../files/run-folder.ts";
import { DamagedShard, presentShards, readShard, setAside } from "../files/shard-file.ts";

export type Mend = (damage: DamagedShard) => void;

/**
 * Sets damaged shards of a run aside and tells it.
 * @throws Error for one that was set aside before: it was computed again and is no better.
 */
export const mender = (dir: string, warn: (message: string) => void): Mend => {
  const before = new Set<number>();
  return (damage) => {
    if (before.has(damage.index)) throw new Error(`${damage.message}, although it was computed again just now.`);
    before.add(damage.index);
    warn(setAside(dir, damage));
  };
};

/** How far a run is, from its folder alone. */
export type Settled =
  | { readonly kind: "incomplete"; readonly rounds: readonly Round[]; readonly missing: readonly number[] }
  | { readonly kind: "done"; readonly rounds: readonly Round[]; readonly table: Table };

/**
 * Looks at a run folder: which shards are missing, or, where none is, the merged table. Where a complete round leaves
 * points that are not as precise as asked, the next round is planned and written. Whoever asks, whenever, the answer
 * depends on complete rounds alone.
 *
 * @param mend Sets a damaged shard aside, so that it counts as missing; where null, damage throws.
 * @throws DamagedShard
 */
export const settle = (dir: string, plan: Plan, experiment: AnyExperiment, mend: Mend | null): Settled => {
  const digest = planDigest(plan);
  for (;;) {
    const rounds = readRounds(dir, plan);
    const present = presentShards(dir);
    const missing = Array.from({ length: shardCount(rounds) }, (_, i) => i).filter((i) => !present.has(i));
    if (missing.length > 0) return { kind: "incomplete", rounds, missing };
    let table: Table;
    try {
      table = mergeShards(plan, experiment, rounds, (index) =>
        readShard(dir, { plan: digest, experiment, index, place: shardPlace(rounds, index) }),
      );
    } catch (error) {
      if (!(error instanceof DamagedShard && mend)) throw error;
      mend(error);
      continue;
    }
    const last = rounds[rounds.length - 1];
    const next = nextRound(plan, last, pendingPoints(plan, experiment, table));
    if (!next) return { kind: "done", rounds, table };
    writeRound(dir, plan, next);
  }
};
