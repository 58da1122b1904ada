import { fileURLToPath } from "node:url";
import {
  type AnyExperiment,
  computeShard,
  declaredValues,
  type PartPlace,
  type Plan,
  partKey,
  partName,
  type Round,
  type Shard,
  type ShardPlace,
  shardCount,
  shardPlace,
  told,
  usesAt,
} from "#src/montecarlo/index";
import { gatherArrays } from "../files/array-files.ts";
import { dataFor } from "../files/data-sets.ts";
import { networkFor } from "../files/network-files.ts";
import { encodePart } from "../files/part-file.ts";
import { expectInputs } from "../files/planned-inputs.ts";
import {
  hasPart,
  partPath,
  planDigest,
  readPart,
  readPlan,
  readProgress,
  readRounds,
  removeProgress,
  writePart,
  writeProgress,
} from "../files/run-folder.ts";
import { hasShard, writeShard } from "../files/shard-file.ts";
import { gatherRows } from "../files/trial-rows.ts";
import { OWN_MODULE } from "../own-module.ts";
import { loadPlanned } from "./load-experiment.ts";

/** One piece of work in a run folder. */
export type Task =
  | { readonly kind: "part"; readonly place: PartPlace }
  | { readonly kind: "shard"; readonly index: number };

/** A run folder as one process computes in it. */
export interface RunState {
  readonly dir: string;
  readonly plan: Plan;
  readonly digest: string;
  readonly experiment: AnyExperiment;
  /** Grows as rounds are added. */
  rounds: readonly Round[];
  /** Parts in memory, oldest first. */
  readonly parts: Map<string, unknown>;
}

/** Parts kept in memory: enough for the networks of a few seeds. */
const KEPT_PARTS = 12;

/** A run in whose folder somebody has looked already: its experiment is in `module`, which may be loaded. */
export const openRun = async (dir: string, module: string): Promise<RunState> => {
  const plan = readPlan(dir);
  expectInputs(plan);
  const path = module === OWN_MODULE ? undefined : fileURLToPath(module);
  return {
    dir,
    plan,
    digest: planDigest(plan),
    experiment: await loadPlanned(dir, plan, { module: path, warn: () => {} }),
    rounds: readRounds(dir, plan),
    parts: new Map(),
  };
};

const makePart = ({ dir, plan, experiment }: RunState, place: PartPlace, onShare: (share: number) => void): void => {
  if (hasPart(dir, place)) return;
  const { make, stream = place.part } = experiment.prepare?.[place.part] ?? {};
  if (!make) throw new Error(`experiment ${experiment.name} prepares no part "${place.part}".`);
  const value = told(`${experiment.name}: part "${place.part}"`, () => {
    const progress = {
      load: () => readProgress(dir, plan, place),
      keep: (reached: unknown, share: number) => {
        writeProgress(dir, plan, place, reached);
        onShare(share);
      },
    };
    const made = make(declaredValues(place.part, place.uses), partKey(plan, stream), progress);
    if (made === undefined || typeof made === "function")
      throw new TypeError(`it gave ${typeof made}, which cannot be stored`);
    encodePart(made);
    return made;
  });
  writePart(dir, plan, place, value);
  removeProgress(dir, place);
};

const contextAt = (run: RunState, point: number): Record<string, unknown> => {
  const { dir, plan, experiment, parts } = run;
  const context: Record<string, unknown> = {};
  for (const [part, { uses }] of Object.entries(experiment.prepare ?? {})) {
    const place = { part, uses: usesAt(plan, point, uses), point };
    const name = partName(place);
    if (!parts.has(name)) {
      makePart(run, place, () => {});
      parts.set(name, readPart(dir, plan, place));
      if (parts.size > KEPT_PARTS) parts.delete(parts.keys().next().value as string);
    }
    context[part] = parts.get(name);
  }
  return context;
};

/** A trial's own fault; where it tripped over a value, with the files that it was handed: one may have been changed. */
const ofParts = ({ dir, plan, experiment }: RunState, point: number, error: unknown): unknown => {
  if (!(error instanceof Error && error.cause instanceof TypeError)) return error;
  const files = Object.entries(experiment.prepare ?? {}).map(([part, { uses }]) =>
    partPath(dir, { part, uses: usesAt(plan, point, uses) }),
  );
  return files.length === 0
    ? error
    : new Error(`${error.message} (it was handed ${files.join(", ")}: delete what is not as it was made, and resume)`);
};

/** The trials of a shard. @throws RangeError for one that no round has. */
export const placeOf = (run: RunState, index: number): ShardPlace => {
  // A round may have been added since this process opened the run.
  if (index >= shardCount(run.rounds)) run.rounds = readRounds(run.dir, run.plan);
  return shardPlace(run.rounds, index);
};

/**
 * Does one task; a part or shard that is there already is left alone. What is kept beside a shard is written before it:
 * a shard that is there has everything.
 *
 * @param onShare Told how much of a long part is done.
 * @throws Misuse where a data set is not what the run began with.
 * @throws RangeError for a shard that no round has.
 */
export const doTask = (run: RunState, task: Task, onShare: (share: number) => void = () => {}): void => {
  const { dir, plan, digest, experiment } = run;
  if (task.kind === "shard" && hasShard(dir, task.index)) return;
  for (const { asked } of plan.dataSets) dataFor(asked);
  for (const { asked } of plan.networks) networkFor(asked);
  if (task.kind === "part") {
    makePart(run, task.place, onShare);
    return;
  }
  const { index } = task;
  const place = placeOf(run, index);
  const { point, from, count } = place;
  const rows = plan.keepTrials ? gatherRows(plan, experiment, plan.points[point]) : null;
  const arrays = gatherArrays(experiment, from, count);
  const context = contextAt(run, point);
  let shard: Shard;
  try {
    shard = computeShard(plan, experiment, context, index, place, (trial, varied, result) => {
      rows?.witness(trial, varied, result);
      arrays.witness(trial, varied, result);
    });
  } catch (error) {
    throw ofParts(run, point, error);
  }
  rows?.write(dir, index);
  arrays.write(dir, plan, index);
  writeShard(dir, digest, shard);
};
