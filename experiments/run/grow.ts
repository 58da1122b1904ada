import { rmSync } from "node:fs";
import {
  type AnyExperiment,
  firstRound,
  type PartPlace,
  type Plan,
  partsOf,
  type Shard,
  type ShardPlace,
  shardCount,
  shardPlace,
} from "#src/montecarlo/index";
import { hasPart, partPath, planDigest, readPart, readRounds, writePart, writePlan } from "../files/run-folder.ts";
import { DamagedShard, hasShard, readShard, shardPath, writeShard } from "../files/shard-file.ts";
import { Misuse } from "../misuse.ts";
import { thisEngine } from "./engine.ts";

/** The plan of the same run with more trials a point; it names the one that it grew from. @throws Misuse */
const grownPlan = (dir: string, plan: Plan, trials: number): Plan => {
  const { stopping, sampling } = plan;
  if (stopping.kind !== "trials")
    throw new Misuse(`${dir} stops on a precision, and goes on until it is reached: it takes no --trials.`);
  if (trials < stopping.trials)
    throw new Misuse(`${dir} has ${stopping.trials} trials a point already; --trials ${trials} would take some away.`);
  if (sampling !== "independent")
    throw new Misuse(
      `${dir} draws its parameters by ${sampling}, whose points depend on how many there are: run it anew.`,
    );
  return {
    ...plan,
    stopping: { kind: "trials", trials },
    grownFrom: { digest: planDigest(plan), trials: stopping.trials },
  };
};

const nameOf = ({ point, from, count }: ShardPlace): string => `${point} ${from} ${count}`;

/** Whole shards of the run by what they hold: rows and arrays beside a shard are of its own plan, so that those with any are computed again. */
const shardsIn = (dir: string, plan: Plan, experiment: AnyExperiment): Map<string, Shard> => {
  const found = new Map<string, Shard>();
  if (plan.keepTrials || experiment.arrays) return found;
  const rounds = readRounds(dir, plan);
  for (let index = 0; index < shardCount(rounds); index++) {
    if (!hasShard(dir, index)) continue;
    const place = shardPlace(rounds, index);
    try {
      found.set(nameOf(place), readShard(dir, { plan: planDigest(plan), experiment, index, place }));
    } catch (error) {
      if (!(error instanceof DamagedShard)) throw error;
    }
  }
  return found;
};

const partsIn = (dir: string, plan: Plan, experiment: AnyExperiment): { place: PartPlace; value: unknown }[] =>
  partsOf(plan, experiment)
    .filter((place) => hasPart(dir, place))
    .flatMap((place) => {
      try {
        return [{ place, value: readPart(dir, plan, place) }];
      } catch {
        return [];
      }
    });

/**
 * Makes the run in `dir` one of more trials a point: what it prepared and every shard that the new plan cuts alike are taken over, so that its
 * results will be those of a fresh run. Killed at any moment, it is one run or the other, of which some must be computed again.
 *
 * @returns The new plan.
 * @throws Misuse where the run is none that can grow so.
 */
export const grow = (dir: string, plan: Plan, experiment: AnyExperiment, trials: number): Plan => {
  if (plan.stopping.kind === "trials" && plan.stopping.trials === trials) return plan;
  const grown = grownPlan(dir, plan, trials);
  if (experiment.deterministic) throw new Misuse(`${experiment.name}: a trial draws nothing, so more would repeat it.`);
  const parts = partsIn(dir, plan, experiment);
  const shards = shardsIn(dir, plan, experiment);
  for (const { place } of parts) rmSync(partPath(dir, place));
  for (let index = 0; index < shardCount(readRounds(dir, plan)); index++)
    rmSync(shardPath(dir, index), { force: true });
  writePlan(dir, grown, thisEngine());
  for (const { place, value } of parts) writePart(dir, grown, place, value);
  const rounds = [firstRound(grown)];
  for (let index = 0; index < shardCount(rounds); index++) {
    const place = shardPlace(rounds, index);
    const shard = shards.get(nameOf(place));
    if (shard) writeShard(dir, planDigest(grown), { ...shard, ...place, index });
  }
  return grown;
};
