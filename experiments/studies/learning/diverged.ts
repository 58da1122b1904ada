import type { Line } from "../results/index.ts";

/** Accuracy of the seeds that are done, and how many diverged: "95.12 ±0.30 (1 diverged)". */
export const accuracyOfDone = <V, N extends string>(line: Line<V, N | "accuracy">): string => {
  const done = line.known("accuracy");
  const lost = line.rows.length - done.rows.length;
  if (done.rows.length === 0) return "diverged";
  return done.within("accuracy") + (lost > 0 ? ` (${lost} diverged)` : "");
};
