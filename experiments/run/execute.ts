import { type AnyExperiment, type Plan, partsOf, shardCount } from "#src/montecarlo/index";
import { removeTemporaries } from "../files/own-files.ts";
import { hasPart } from "../files/run-folder.ts";
import type { Task } from "./run-state.ts";
import { type Mend, type Settled, settle } from "./settle.ts";
import { doTasks } from "./worker-pool.ts";

export interface Progress {
  /** What is being done: "preparing" parts or "running" shards. */
  readonly phase: "preparing" | "running";
  /** Tasks done; of long ones in hand, the share. */
  readonly done: number;
  readonly total: number;
}

/** Who is told how a run goes. */
export interface Watch {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  /** Told what went wrong and was mended: a damaged shard, a worker that died. */
  readonly warn: (message: string) => void;
}

/**
 * Does all of a run that is missing, on `workers` threads: the parts of its preparation, then its shards, round after
 * round. Every result is written by the thread that made it, so a stop at any moment loses only what was in progress.
 *
 * @throws Interrupted when the signal aborts.
 */
export const executeRun = async (
  dir: string,
  plan: Plan,
  experiment: AnyExperiment,
  workers: number,
  watch: Watch,
  mend: Mend,
  /** Makes parts that are gone although every shard is there: figures may be drawn from them. */
  allParts = false,
): Promise<Extract<Settled, { kind: "done" }>> => {
  const all = async (phase: Progress["phase"], tasks: readonly Task[], total: number): Promise<void> => {
    const before = total - tasks.length;
    watch.onProgress({ phase, done: before, total });
    const onDone = (finished: number): void => watch.onProgress({ phase, done: before + finished, total });
    await doTasks(dir, plan.experiment, tasks, workers, watch.signal, onDone, watch.warn);
  };
  removeTemporaries(dir);
  try {
    for (;;) {
      const settled = settle(dir, plan, experiment, mend);
      if (settled.kind === "done" && !allParts) return settled;
      const parts = partsOf(plan, experiment);
      const missing = parts.filter((place) => !hasPart(dir, place));
      if (missing.length > 0)
        await all(
          "preparing",
          missing.map((place) => ({ kind: "part", place })),
          parts.length,
        );
      if (settled.kind === "done") return settled;
      await all(
        "running",
        settled.missing.map((index) => ({ kind: "shard", index })),
        shardCount(settled.rounds),
      );
    }
  } finally {
    removeTemporaries(dir);
  }
};
