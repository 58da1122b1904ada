import type { Watch } from "../run/execute.ts";
import { cappedNote, failuresTold, resultRows } from "../run/finish.ts";
import { type RunResult, warnOnError } from "../run/run.ts";
import { Interrupted } from "../run/worker-pool.ts";
import { answer, progressDisplay, summariesText } from "./output.ts";

/** Ctrl-C stops the workers; what is written stays. A second one ends at once. */
const untilInterrupted = async <T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  try {
    return await work(controller.signal);
  } finally {
    process.removeListener("SIGINT", stop);
    process.removeListener("SIGTERM", stop);
  }
};

/** Work with its progress on stderr; a stop says how to go on with the run in `dir()`. */
export const watched = async <T>(dir: () => string, work: (watch: Watch) => Promise<T>): Promise<T> => {
  const progress = progressDisplay();
  try {
    return await untilInterrupted((signal) => work({ signal, onProgress: progress.show, warn: warnOnError }));
  } catch (error) {
    if (error instanceof Interrupted)
      throw new Interrupted(`stopped; what was done is kept. Continue with: rramlab resume ${dir()}`);
    throw error;
  } finally {
    progress.end();
  }
};

/** The answer of a finished run. */
export const showResult = (result: RunResult, json: boolean, pictures: readonly string[] = []): void => {
  const { table, out, summaries } = result;
  for (const note of failuresTold(table)) process.stderr.write(`rramlab: ${note}\n`);
  for (const note of cappedNote(result.plan, result.experiment, table)) process.stderr.write(`rramlab: ${note}\n`);
  answer(
    json,
    { out, rows: resultRows(table, result.replicates), ...(pictures.length > 0 ? { pictures } : {}) },
    `${summariesText(summaries)}\n\nReport:  ${out}/report.html\nResults: ${out}/results.csv\nTables:  ${out}/tables.csv${pictures.length > 0 ? `\nFigures: ${pictures.join("\n         ")}` : ""}`,
  );
};
