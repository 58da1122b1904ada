import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import Tinypool from "tinypool";
import { type AnyExperiment, type Plan, partsOf, shardCount } from "#src/montecarlo/index";
import { hasPart, hasShard, removeTemporaries } from "../files/run-folder.ts";
import type { Task } from "./worker.ts";

/** A run was stopped from outside; what was done is kept. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

export interface Progress {
  /** What is being done: "preparing" parts or "running" shards. */
  readonly phase: "preparing" | "running";
  readonly done: number;
  readonly total: number;
}

/**
 * Does all of a run that is missing, on `workers` threads: the parts of its preparation, then its shards. Every result
 * is written by the thread that made it, so a stop at any moment loses only what was in progress.
 *
 * @throws Interrupted when `signal` aborts.
 */
export const executeRun = async (
  dir: string,
  plan: Plan,
  experiment: AnyExperiment,
  workers: number,
  signal: AbortSignal,
  onProgress: (progress: Progress) => void,
): Promise<void> => {
  removeTemporaries(dir);
  const missingParts = partsOf(plan, experiment).filter((place) => !hasPart(dir, place));
  const missingShards = Array.from({ length: shardCount(plan) }, (_, i) => i).filter((i) => !hasShard(dir, i));
  if (missingShards.length === 0) return;
  const compiled = fileURLToPath(new URL("./worker.js", import.meta.url));
  if (!existsSync(compiled))
    throw new Error(`workers run the compiled program, which is not built: ${compiled}. Run npm run build.`);
  const pool = new Tinypool({ filename: compiled, minThreads: workers, maxThreads: workers });
  const stop = (): Promise<void> => pool.destroy();
  const interrupted = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(new Interrupted("stopped")), { once: true });
  });
  // The promise is only ever raced: without this a late abort would be an unhandled rejection.
  interrupted.catch(() => {});

  const all = async (phase: Progress["phase"], tasks: readonly Task[], total: number): Promise<void> => {
    let done = total - tasks.length;
    onProgress({ phase, done, total });
    const running = tasks.map((task) =>
      pool.run(task).then(() => {
        done++;
        onProgress({ phase, done, total });
      }),
    );
    // After one failure the others end with the pool: their rejections are that failure's consequence.
    for (const r of running) r.catch(() => {});
    await Promise.race([Promise.all(running), interrupted]);
  };
  try {
    if (signal.aborted) throw new Interrupted("stopped");
    if (missingParts.length > 0)
      await all(
        "preparing",
        missingParts.map((place) => ({ kind: "part", dir, place })),
        partsOf(plan, experiment).length,
      );
    await all(
      "running",
      missingShards.map((index) => ({ kind: "shard", dir, index })),
      shardCount(plan),
    );
  } finally {
    await stop();
    removeTemporaries(dir);
  }
};
