import { shardCount } from "#src/montecarlo/index";
import { readRounds } from "../files/run-folder.ts";
import { presentShards } from "../files/shard-file.ts";
import type { Watch } from "./execute.ts";
import { openPlanned } from "./run.ts";
import { mender, settle } from "./settle.ts";
import { Interrupted } from "./worker-pool.ts";

/** Between two looks at the folder [ms]. */
const PERIOD = 1000;

export const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    if (signal.aborted) reject(new Interrupted("stopped"));
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener(
      "abort",
      () => {
        clearTimeout(timer);
        reject(new Interrupted("stopped"));
      },
      { once: true },
    );
  });

/**
 * Watches a run that others compute until it is complete, all rounds of it. Nothing is computed here; damaged shards are
 * set aside, so that whoever computes finds them missing.
 */
export const follow = async (dir: string, watch: Watch, module?: string): Promise<void> => {
  const { plan, experiment } = await openPlanned(dir, { warn: watch.warn, module });
  const mend = mender(dir, watch.warn);
  let asked = 0;
  for (;;) {
    const rounds = readRounds(dir, plan);
    const total = shardCount(rounds);
    const present = presentShards(dir).size;
    watch.onProgress({ phase: "running", done: Math.min(present, total), total });
    if (present >= total) {
      const settled = settle(dir, plan, experiment, mend);
      if (settled.kind === "done") return;
      if (settled.rounds.length > Math.max(asked, rounds.length)) {
        asked = settled.rounds.length;
        watch.warn(
          `round ${asked} is planned, ${settled.missing.length} shards: "rramlab submit ${dir}" or "rramlab resume ${dir}" computes them`,
        );
      }
    }
    await pause(PERIOD, watch.signal);
  }
};
