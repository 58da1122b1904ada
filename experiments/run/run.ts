import { availableParallelism } from "node:os";
import { join } from "node:path";
import { isMainThread } from "node:worker_threads";
import { type AnyExperiment, type Plan, planRun, type Summary, type Table, type Value } from "#src/montecarlo/index";
import { Misuse, orMisuse } from "../command-line/misuse.ts";
import { createRunFolder, freshFolder, readPlan, writePlan } from "../files/run-folder.ts";
import { writeFile } from "../files/write-file.ts";
import { codeHash } from "./code-hash.ts";
import { executeRun, type Progress } from "./execute.ts";
import { manifestOf, mergedTable, readManifest, summariesOf, writeReport, writeResults } from "./finish.ts";
import { loadPlanned } from "./load-experiment.ts";

export interface RunOptions {
  /** Any text; the same text gives the same bytes. Default "rramlab". */
  readonly seed?: string;
  /** Parameters, SI. */
  readonly set?: Readonly<Record<string, Value>>;
  /** Axes that replace the experiment's default grid, SI. */
  readonly grid?: Readonly<Record<string, readonly Value[]>>;
  /** Trials a point. */
  readonly trials?: number;
  /** Threads; all processors where left out. They change the time, never a result. */
  readonly workers?: number;
  /** Run folder; runs/NAME-001 or the next free number where left out. */
  readonly out?: string;
  /** Replace an earlier run in `out`. */
  readonly force?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** Told the run folder once it is made. */
  readonly onStart?: (dir: string) => void;
}

export interface RunResult {
  readonly out: string;
  readonly plan: Plan;
  readonly experiment: AnyExperiment;
  readonly table: Table;
  readonly summaries: readonly Summary[];
}

const workersOf = ({ workers = availableParallelism() }: Pick<RunOptions, "workers">): number => {
  if (!(Number.isInteger(workers) && workers >= 1 && workers <= 1024))
    throw new Misuse(`--workers is ${workers}; expected 1 .. 1024.`);
  return workers;
};

/** Longest seed: it stands in every caption. */
const LONGEST_SEED = 200;

const seedOf = ({ seed = "rramlab" }: Pick<RunOptions, "seed">): string => {
  if (seed.length > LONGEST_SEED || [...seed].some((c) => c < " "))
    throw new Misuse(`--seed is ${seed.length} characters; expected at most ${LONGEST_SEED} on one line.`);
  return seed;
};

/**
 * Runs an experiment into a folder: plan, parts, shards, results.csv, results.parquet, report.html, manifest.json.
 *
 * @throws Misuse where what is asked cannot be; Interrupted when `signal` aborts (continue with `resume`).
 */
export const run = async (experiment: AnyExperiment, options: RunOptions = {}): Promise<RunResult> => {
  if (!isMainThread)
    throw new Misuse(
      `run("${experiment.name}") was reached while a worker loaded ${experiment.module}; write "if (isProgram(import.meta.url)) await run(...)".`,
    );
  const module = experiment.module;
  const plan = orMisuse(() =>
    planRun(experiment, {
      seed: seedOf(options),
      set: options.set ?? {},
      grid: options.grid ?? null,
      trials: options.trials ?? null,
      module,
      hash: codeHash(module),
    }),
  );
  const workers = workersOf(options);
  const out = options.out ?? freshFolder(join("runs", experiment.name));
  createRunFolder(out, options.force ?? false);
  writePlan(out, plan);
  options.onStart?.(out);
  return complete(out, plan, experiment, { ...options, workers });
};

/**
 * Does what is missing of the run in `dir`, then merges and reports.
 * @throws Misuse where the folder holds no run, or the code has changed since it began.
 */
export const resume = async (
  dir: string,
  options: Pick<RunOptions, "workers" | "signal" | "onProgress"> = {},
): Promise<RunResult> => {
  const plan = readPlan(dir);
  const experiment = await loadPlanned(plan);
  const hash = codeHash(plan.experiment.module);
  if (hash !== plan.experiment.hash)
    throw new Misuse(
      `${dir} was begun by other code (${plan.experiment.hash.slice(0, 12)}, now ${hash.slice(0, 12)}): its results would not be one run. Run it anew.`,
    );
  return complete(dir, plan, experiment, { ...options, workers: workersOf(options) });
};

const complete = async (
  dir: string,
  plan: Plan,
  experiment: AnyExperiment,
  options: Pick<RunOptions, "signal" | "onProgress"> & { readonly workers: number },
): Promise<RunResult> => {
  const { workers } = options;
  const started = new Date().toISOString();
  const before = process.cpuUsage();
  await executeRun(
    dir,
    plan,
    experiment,
    workers,
    options.signal ?? new AbortController().signal,
    options.onProgress ?? (() => {}),
  );
  const table = mergedTable(dir, plan, experiment);
  const used = process.cpuUsage(before);
  const sitting = { workers, started, finished: new Date().toISOString(), cpuSeconds: (used.user + used.system) / 1e6 };
  const manifest = manifestOf(plan, table, sitting, readManifest(dir));
  writeResults(dir, table);
  writeReport(dir, plan, experiment, table, manifest);
  writeFile(join(dir, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  return { out: dir, plan, experiment, table, summaries: summariesOf(plan, experiment, table) };
};

/** Merges a complete run again and rewrites its results and report; its manifest stays. */
export const report = async (dir: string): Promise<RunResult> => {
  const plan = readPlan(dir);
  const experiment = await loadPlanned(plan);
  let table: Table;
  try {
    table = mergedTable(dir, plan, experiment);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new Misuse(`${dir} is not complete (${error.message}); finish it with "rramlab resume ${dir}".`);
  }
  const manifest = readManifest(dir);
  if (!manifest) throw new Misuse(`${dir} was never finished; finish it with "rramlab resume ${dir}".`);
  writeResults(dir, table);
  writeReport(dir, plan, experiment, table, manifest);
  return { out: dir, plan, experiment, table, summaries: summariesOf(plan, experiment, table) };
};
