import { shardCount } from "#src/montecarlo/index";
import { readRounds } from "../files/run-folder.ts";
import { presentShards, shardPath } from "../files/shard-file.ts";
import type { Watch } from "./execute.ts";
import { pause } from "./follow.ts";
import { type OpenOptions, openPlanned } from "./run.ts";
import { doTask, openRun } from "./run-state.ts";
import { mender, settle } from "./settle.ts";
import { checkSlurm, isQueued, SlurmFailed, type SlurmOptions, shardCommand, submitArray, tasksOf } from "./slurm.ts";

/** Between two looks at folder and queue [ms]. */
const PERIOD = 2000;
/** What an array job left undone is submitted this many times in all. */
const ATTEMPTS = 3;

const missingOf = async (dir: string, options: OpenOptions, warn: Watch["warn"]) => {
  const { plan, experiment } = await openPlanned(dir, options);
  return { plan, settled: settle(dir, plan, experiment, mender(dir, warn)) };
};

/** One command line for each missing shard; none where the run is complete. */
export const shardCommands = async (dir: string, options: OpenOptions, warn: Watch["warn"]): Promise<string[]> => {
  const { plan, settled } = await missingOf(dir, options, warn);
  return settled.kind === "done" ? [] : settled.missing.map((index) => shardCommand(dir, plan, String(index)));
};

/** One submission of an array job. */
export interface Submission {
  readonly job: string;
  readonly script: string;
  readonly tasks: number;
  readonly shards: number;
  /** How long the one shard took that was computed here to size the tasks [s]. */
  readonly shardSeconds: number;
}

/**
 * Submits what is missing of the run as a Slurm array job, one task for minutes of work: the first missing shard is
 * computed here, which measures it (and makes the parts it needs). Null where the run is complete.
 */
export const submitToSlurm = async (
  dir: string,
  options: SlurmOptions & OpenOptions,
  warn: Watch["warn"],
): Promise<Submission | null> => {
  checkSlurm();
  for (;;) {
    const { plan, settled } = await missingOf(dir, options, warn);
    if (settled.kind === "done") return null;
    const [first, ...rest] = settled.missing;
    const state = await openRun(dir, plan.experiment.module);
    // The parts are made by the first, unmeasured, shard.
    const prepare = process.hrtime.bigint();
    doTask(state, { kind: "shard", index: first });
    let seconds = Number(process.hrtime.bigint() - prepare) / 1e9;
    let left = rest;
    if (rest.length > 0 && seconds < 10) {
      const begin = process.hrtime.bigint();
      doTask(state, { kind: "shard", index: rest[0] });
      seconds = Number(process.hrtime.bigint() - begin) / 1e9;
      left = rest.slice(1);
    }
    if (left.length === 0) continue;
    const tasks = tasksOf(left, seconds, options.taskSeconds);
    return {
      ...submitArray(dir, plan, tasks, options),
      tasks: tasks.length,
      shards: left.length,
      shardSeconds: seconds,
    };
  }
};

/**
 * Submits round after round and waits for each, by looking at the shards; what a job that is gone from the queue left
 * undone is submitted again.
 *
 * @throws SlurmFailed where jobs end again and again without their shards.
 */
export const followSlurm = async (
  dir: string,
  options: SlurmOptions & OpenOptions,
  watch: Watch,
  onSubmitted: (submission: Submission) => void,
): Promise<void> => {
  const { plan, experiment } = await openPlanned(dir, options);
  for (let attempts = 0; ; ) {
    const submission = await submitToSlurm(dir, options, watch.warn);
    if (!submission) return;
    onSubmitted(submission);
    const rounds = readRounds(dir, plan);
    await untilGone(dir, submission.job, shardCount(rounds), watch);
    const settled = settle(dir, plan, experiment, mender(dir, watch.warn));
    if (settled.kind === "done") return;
    attempts = settled.rounds.length === rounds.length ? attempts + 1 : 0;
    if (attempts >= ATTEMPTS)
      throw new SlurmFailed(
        `job ${submission.job} is gone from the queue and ${settled.missing.length} shards are missing, the first ${shardPath(dir, settled.missing[0])}; ${ATTEMPTS} submissions did not bring them. Their logs are in ${dir}/slurm.`,
      );
    if (attempts > 0)
      watch.warn(
        `job ${submission.job} left ${settled.missing.length} shards undone (logs in ${dir}/slurm); submitted again`,
      );
  }
};

const untilGone = async (dir: string, job: string, total: number, watch: Watch): Promise<void> => {
  for (;;) {
    // Asked before the shards are counted: a task that ends in between has written its own.
    const queued = isQueued(job);
    const done = presentShards(dir).size;
    watch.onProgress({ phase: "running", done, total });
    if (done >= total || !queued) return;
    await pause(PERIOD, watch.signal);
  }
};
