import { mergeTallies, type Tally } from "#src/montecarlo/index";
import { job, type Source } from "../work/crew.ts";
import type { Setting, Tallies } from "../work/task.ts";

/** Sums over the first `samples` samples, which is what a run of that many trials reports. */
export interface Sums {
  readonly samples: number;
  readonly tallies: Tallies;
}

/** How long a task is meant to take [s]: a change waits for one at most. */
const TASK = 0.016;
const MOST_SAMPLES = 256;

const together = (a: Tallies, b: Tallies): Tallies => {
  const sum: Record<string, Tally> = {};
  for (const name of Object.keys(a)) sum[name] = mergeTallies(a[name], b[name]);
  return sum;
};

interface Growth {
  readonly kind: "rates" | "energies";
  /** Samples after which nothing more is wanted. */
  readonly limit: number;
  /** Samples of the first tasks; later ones are of as many as `TASK` takes. */
  readonly firstSlice: number;
  /** Urgency of the task that begins at this sample. */
  readonly levelAt: (from: number) => number;
}

/**
 * Samples of one setting, counted slice by slice on whatever worker is free, and added in their order.
 * @param told Whenever more of them are together.
 */
export const growingSums = (setting: Setting, growth: Growth, told: (sums: Sums) => void): Source => {
  const { kind, limit, firstSlice, levelAt } = growth;
  const waiting = new Map<number, Sums>();
  let next = 0;
  let sums: Sums | null = null;
  /** Of the last task that was answered [s]. */
  let perSample: number | null = null;
  const nextCount = (): number =>
    perSample === null ? firstSlice : Math.min(MOST_SAMPLES, Math.max(1, Math.round(TASK / perSample)));
  const add = (from: number, more: Sums): void => {
    waiting.set(from, more);
    const before = sums;
    for (;;) {
      const at: number = sums?.samples ?? 0;
      const found = waiting.get(at);
      if (!found) break;
      waiting.delete(at);
      sums = sums ? { samples: sums.samples + found.samples, tallies: together(sums.tallies, found.tallies) } : found;
    }
    if (sums && sums !== before) told(sums);
  };
  return {
    level: () => (next < limit ? levelAt(next) : null),
    take: () => {
      const from = next;
      const count = Math.min(nextCount(), limit - from);
      next += count;
      return job({ kind, setting, from, count }, (tallies, seconds) => {
        perSample = seconds / count;
        add(from, { samples: count, tallies });
      });
    },
  };
};
