import { accessSync, constants } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { isMainThread } from "node:worker_threads";
import {
  type AnyExperiment,
  type Distribution,
  firstRound,
  type Plan,
  type Precision,
  planRun,
  type Round,
  type Sampling,
  type Summary,
  shardCount,
  type Table,
  told,
  type Value,
  withVaried,
} from "#src/montecarlo/index";
import type { Figure } from "#src/report/figure";
import { oneLine } from "#src/words/one-line";
import { suggestion } from "#src/words/suggestion";
import { expectFit, mergeArrays } from "../files/array-files.ts";
import { claim } from "../files/claim.ts";
import { dataSetRecord } from "../files/data-sets.ts";
import { deviceRecord } from "../files/device-files.ts";
import { networkRecord } from "../files/network-files.ts";
import { removeRun } from "../files/own-files.ts";
import { expectInputs } from "../files/planned-inputs.ts";
import {
  createRunFolder,
  expectFree,
  freshFolder,
  LostPart,
  planDigest,
  readPlan,
  readPlanFile,
  writePlan,
} from "../files/run-folder.ts";
import { DamagedShard } from "../files/shard-file.ts";
import { mergeRows } from "../files/trial-rows.ts";
import { writeFile } from "../files/write-file.ts";
import { Misuse, orMisuse } from "../misuse.ts";
import { codeHash } from "./code-hash.ts";
import { engineArithmetic, engineNote, thisEngine } from "./engine.ts";
import { executeRun, type Watch } from "./execute.ts";
import { figuresOf, manifestOf, readManifest, replicatesOf, summariesOf, writeReport, writeResults } from "./finish.ts";
import { grow } from "./grow.ts";
import { loadPlanned } from "./load-experiment.ts";
import type { FigureSet } from "./plotly-source.ts";
import { mender, type Settled, settle } from "./settle.ts";
import { Interrupted } from "./worker-pool.ts";

/** What a plan is made from. */
export interface PlanOptions {
  /** Any text; the same text gives the same bytes. Default "rramlab". */
  readonly seed?: string;
  /** Parameters, SI. */
  readonly set?: Readonly<Record<string, Value>>;
  /** Axes that replace the experiment's default grid, SI. */
  readonly grid?: Readonly<Record<string, readonly Value[]>>;
  /** Parameters drawn anew in every trial, SI. */
  readonly varied?: Readonly<Record<string, Distribution>>;
  /** How those are drawn; "independent" where left out. */
  readonly sampling?: Sampling;
  /** Trials a point; their cap where a precision is asked for. */
  readonly trials?: number;
  /** Goes on until intervals are this narrow, relative to their estimates. */
  readonly precision?: Precision;
  /** Keeps a row for every trial: trials.csv, trials.parquet. */
  readonly keepTrials?: boolean;
  /** The experiment's small version is in `set`: what it sets was not asked for one by one. */
  readonly quick?: boolean;
  /** Run folder; runs/NAME-001 or the next free number where left out. */
  readonly out?: string;
  /** Replace an earlier run in `out`. */
  readonly force?: boolean;
}

/** How a run is computed here: none of it changes a result. */
export interface WorkOptions extends Partial<Watch> {
  /** Threads; all processors where left out. */
  readonly workers?: number;
}

export interface RunOptions extends PlanOptions, WorkOptions {
  /** Told the run folder once it is made. */
  readonly onStart?: (dir: string) => void;
}

export interface RunResult {
  readonly out: string;
  readonly plan: Plan;
  readonly experiment: AnyExperiment;
  readonly table: Table;
  readonly summaries: readonly Summary[];
  readonly figures: readonly Figure[];
  /** Axes that the study spans by itself: its training seeds. */
  readonly replicates: readonly string[];
}

/** Threads for each processor beyond which more only take memory, some 60 MB each. */
const THREADS_A_PROCESSOR = 16;

const workersOf = ({ workers = availableParallelism() }: Pick<WorkOptions, "workers">): number => {
  const most = THREADS_A_PROCESSOR * availableParallelism();
  if (!(Number.isInteger(workers) && workers >= 1 && workers <= most))
    throw new Misuse(
      `--workers is ${workers}; expected 1 .. ${most}, ${THREADS_A_PROCESSOR} for each of the ${availableParallelism()} processors here.`,
    );
  return workers;
};

/** Says on standard error what was mended, or moves less than it seems. */
export const warnOnError = (message: string): void => {
  process.stderr.write(`rramlab: ${oneLine(message)}.\n`);
};

const watchOf = (options: Partial<Watch>): Watch => ({
  signal: options.signal ?? new AbortController().signal,
  onProgress: options.onProgress ?? (() => {}),
  warn: options.warn ?? warnOnError,
});

/** Longest seed: it stands in every caption. */
const LONGEST_SEED = 200;

const seedOf = ({ seed = "rramlab" }: Pick<PlanOptions, "seed">): string => {
  // From JavaScript a number may come, whose text nobody has written: 1.0 is 1 by then.
  if (typeof seed !== "string") throw new Misuse(`seed is ${seed}, a ${typeof seed}; expected text, e.g. "${seed}".`);
  if (seed.length > LONGEST_SEED || [...seed].some((c) => c < " "))
    throw new Misuse(`--seed is ${seed.length} characters; expected at most ${LONGEST_SEED} on one line.`);
  return seed;
};

/** Options by name: one that is none would be left aside in silence. */
const OPTIONS = {
  plan: ["seed", "set", "grid", "varied", "sampling", "trials", "precision", "keepTrials", "quick", "out", "force"],
  work: ["workers", "signal", "onProgress", "warn"],
  run: ["onStart"],
} as const;

/** @throws Misuse for what is no experiment, or an option that there is not. */
const expectOptions = (what: string, experiment: unknown, options: object, known: readonly string[]): void => {
  const { name, module, parameters } = (experiment ?? {}) as Partial<AnyExperiment>;
  if (typeof name !== "string" || typeof module !== "string" || !parameters)
    throw new Misuse(
      `${what} takes what defineExperiment returns; came ${typeof experiment === "string" ? `"${experiment}"` : typeof experiment}. A study of the program by its name: await loadStudy("sense-errors").`,
    );
  const strange = Object.keys(options).find((option) => !known.includes(option));
  if (strange !== undefined)
    throw new Misuse(`${what} has no option "${strange}".${suggestion(strange, known)} Known: ${known.join(", ")}.`);
};

/** A planned run, not yet computed. */
export interface Planned {
  readonly out: string;
  readonly plan: Plan;
}

/** The plan that is asked for. @throws Misuse where it cannot be. */
export const planOf = (experiment: AnyExperiment, options: PlanOptions): Plan => {
  if (!isMainThread)
    throw new Misuse(
      `run("${experiment.name}") was reached while a worker loaded ${experiment.module}; write "if (isProgram(import.meta.url)) await run(...)".`,
    );
  const { module } = experiment;
  expectInputs(null);
  const plan = orMisuse(() =>
    planRun(experiment, {
      seed: seedOf(options),
      set: options.set ?? {},
      grid: options.grid ?? null,
      varied: options.varied ?? {},
      sampling: options.sampling ?? "independent",
      trials: options.trials ?? null,
      precision: options.precision ?? null,
      keepTrials: options.keepTrials ?? false,
      quick: options.quick ?? false,
      module,
      hash: codeHash(module),
      dataSet: dataSetRecord,
      network: networkRecord,
      device: deviceRecord,
      arithmetic: engineArithmetic(),
    }),
  );
  orMisuse(() => {
    for (const [name, { shape }] of Object.entries(experiment.arrays ?? {}))
      expectFit(
        experiment.name,
        name,
        shape.reduce((a, b) => a * b, 1),
        firstRound(plan).block,
      );
  });
  if (options.out !== undefined) expectFree(options.out, options.force ?? false);
  return plan;
};

/** Lays out a run in its folder, which is this process' alone until `release`. */
const layOut = (experiment: AnyExperiment, options: PlanOptions): Planned & { readonly release: () => void } => {
  const plan = planOf(experiment, options);
  expectInputs(plan);
  const out = options.out ?? freshFolder(join("runs", experiment.name));
  createRunFolder(out);
  const release = claim(out, true, warnOnError);
  try {
    // Another may have laid out a run there in the meantime.
    expectFree(out, options.force ?? false);
    removeRun(out);
    writePlan(out, plan, thisEngine());
  } catch (error) {
    release();
    throw error;
  }
  return { out, plan, release };
};

/**
 * Lays out a run in its folder, and computes nothing.
 * @throws Misuse where what is asked cannot be.
 */
export const planInto = (experiment: AnyExperiment, options: PlanOptions = {}): Planned => {
  expectOptions("planInto", experiment, options, OPTIONS.plan);
  const { out, plan, release } = layOut(experiment, options);
  release();
  return { out, plan };
};

/** What should be said before a run is computed: what was asked moves less than it seems. */
export const remarksOf = (plan: Plan, experiment: AnyExperiment): readonly string[] =>
  told(
    `${experiment.name}: remarks`,
    () => experiment.remarks?.(withVaried(plan.params, plan.points, plan.varied)) ?? [],
  );

/**
 * Runs an experiment into a folder: plan, parts, shards, results.csv, results.parquet, report.html, manifest.json.
 *
 * @throws Misuse where what is asked cannot be; Interrupted when `signal` aborts (continue with `resume`).
 */
export const run = async (experiment: AnyExperiment, options: RunOptions = {}): Promise<RunResult> => {
  expectOptions("run", experiment, options, [...OPTIONS.plan, ...OPTIONS.work, ...OPTIONS.run]);
  const workers = workersOf(options);
  const { out, plan, release } = layOut(experiment, options);
  try {
    options.onStart?.(out);
    for (const remark of remarksOf(plan, experiment)) watchOf(options).warn(remark);
    return await complete(out, plan, experiment, workers, options);
  } catch (error) {
    if (error instanceof Interrupted)
      throw new Interrupted(`stopped; what was done is kept in ${out}. Go on with "rramlab resume ${out}".`);
    throw error;
  } finally {
    release();
  }
};

/** What `work` gives, with this process said to be at work in the folder meanwhile. */
export const atWorkIn = async <T>(dir: string, warn: Watch["warn"], work: () => T | Promise<T>): Promise<T> => {
  const release = claim(dir, false, warn);
  try {
    return await work();
  } finally {
    release();
  }
};

/** How a run that somebody planned is opened. */
export interface OpenOptions {
  /** Path of the module that its plan names, where that is the user's and not below the current folder: it is run. */
  readonly module?: string | undefined;
  readonly warn?: Watch["warn"];
}

/**
 * The plan of the run in `dir` and its experiment. Where it goes on on another engine than it began on, `warn` is told.
 * @throws Misuse where the folder holds no run, or the code has changed since it began.
 */
export const openPlanned = async (
  dir: string,
  { module, warn = warnOnError }: OpenOptions = {},
): Promise<{ readonly plan: Plan; readonly experiment: AnyExperiment }> => {
  const { plan, begunOn } = readPlanFile(dir);
  expectInputs(plan);
  const note = engineNote(begunOn, plan.arithmetic);
  if (note) warn(note);
  try {
    accessSync(dir, constants.W_OK);
  } catch (error) {
    throw new Misuse(
      `${dir} cannot be written (${(error as NodeJS.ErrnoException).code}); make it writable, or copy the run to a folder that is.`,
    );
  }
  return { plan, experiment: await loadPlanned(dir, plan, { module, warn }) };
};

/**
 * Does what is missing of the run in `dir`, then merges and reports; with `trials`, of that many trials a point, of which those that are there
 * are kept.
 * @throws Misuse where it cannot be continued, or not with so many trials.
 */
export const resume = async (
  dir: string,
  options: WorkOptions & OpenOptions & { readonly trials?: number } = {},
): Promise<RunResult> => {
  const workers = workersOf(options);
  const opened = await openPlanned(dir, options);
  const { experiment } = opened;
  let { plan } = opened;
  if (options.trials !== undefined) {
    const release = claim(dir, true, watchOf(options).warn);
    try {
      plan = grow(dir, plan, experiment, options.trials);
    } finally {
      release();
    }
    expectInputs(plan);
  }
  return atWorkIn(dir, watchOf(options).warn, () => complete(dir, plan, experiment, workers, options));
};

/** @throws Misuse where a run's plan is no longer the one that is computed. */
const expectUnchanged = (dir: string, plan: Plan): void => {
  if (planDigest(readPlan(dir)) !== planDigest(plan))
    throw new Misuse(`${dir} holds another run by now: its plan was replaced while this one was computed.`);
};

const complete = async (
  dir: string,
  plan: Plan,
  experiment: AnyExperiment,
  workers: number,
  options: Partial<Watch>,
): Promise<RunResult> => {
  const started = new Date().toISOString();
  const before = process.cpuUsage();
  const watch = watchOf(options);
  const mend = mender(dir, watch.warn);
  for (let allParts = false; ; ) {
    expectUnchanged(dir, plan);
    const { table, rounds } = await executeRun(dir, plan, experiment, workers, watch, mend, allParts);
    const used = process.cpuUsage(before);
    const cpuSeconds = (used.user + used.system) / 1e6;
    try {
      return finish(dir, plan, experiment, table, rounds, { workers, started, cpuSeconds });
    } catch (error) {
      // Rows or arrays beside a shard are not what was written: it is computed again with them.
      if (error instanceof DamagedShard) mend(error);
      else if (error instanceof LostPart && !allParts) allParts = true;
      else throw error;
    }
  }
};

const resultOf = (
  out: string,
  plan: Plan,
  experiment: AnyExperiment,
  table: Table,
  figures: readonly Figure[],
): RunResult => ({
  ...{ out, plan, experiment, table, figures },
  summaries: summariesOf(plan, experiment, table),
  replicates: replicatesOf(plan, experiment),
});

/** Writes what a complete run gives. */
const finish = (
  dir: string,
  plan: Plan,
  experiment: AnyExperiment,
  table: Table,
  rounds: readonly Round[],
  sitting: { readonly workers: number; readonly started: string; readonly cpuSeconds: number },
): RunResult => {
  writeResults(dir, plan, experiment, table);
  if (plan.keepTrials) mergeRows(dir, plan, shardCount(rounds));
  if (experiment.arrays) mergeArrays(dir, plan, experiment, rounds);
  const manifest = manifestOf(plan, table, { ...sitting, finished: new Date().toISOString() }, readManifest(dir));
  const figures = figuresOf(dir, plan, experiment, table);
  writeReport(dir, plan, experiment, table, figures, manifest);
  writeFile(join(dir, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  return resultOf(dir, plan, experiment, table, figures);
};

/** Damage as misuse of a verb that computes nothing; any other error as it is. */
const damaged = (dir: string, error: unknown): unknown =>
  error instanceof DamagedShard
    ? new Misuse(`${error.message}. "rramlab resume ${dir}" sets the shard aside and computes it again.`)
    : error;

/** The merged run in `dir`. @throws Misuse naming what is missing or damaged. */
const settled = (dir: string, plan: Plan, experiment: AnyExperiment): Extract<Settled, { kind: "done" }> => {
  let found: Settled;
  try {
    found = settle(dir, plan, experiment, null);
  } catch (error) {
    throw damaged(dir, error);
  }
  if (found.kind === "done") return found;
  const { missing, rounds } = found;
  const some = `${missing.slice(0, 10).join(", ")}${missing.length > 10 ? ", ..." : ""}`;
  const round = rounds.length > 1 ? ` (round ${rounds.length})` : "";
  throw new Misuse(
    `${dir} is not complete${round}: ${missing.length} of ${shardCount(rounds)} shards are missing: ${some}. Compute them with "rramlab resume ${dir}" or "rramlab submit ${dir}".`,
  );
};

/** Merges a run that is complete, whoever computed it, and writes its results, report and manifest. */
export const merge = async (dir: string, options: OpenOptions = {}): Promise<RunResult> => {
  const { plan, experiment } = await openPlanned(dir, options);
  const started = new Date().toISOString();
  const { table, rounds } = settled(dir, plan, experiment);
  return atWorkIn(dir, options.warn ?? warnOnError, () => {
    try {
      return finish(dir, plan, experiment, table, rounds, { workers: 0, started, cpuSeconds: 0 });
    } catch (error) {
      throw damaged(dir, error);
    }
  });
};

/** Merges a complete run again and rewrites its results and report; its manifest stays. */
export const report = async (
  dir: string,
  options: OpenOptions & { readonly figures?: FigureSet } = {},
): Promise<RunResult> => {
  const { module, warn = warnOnError } = options;
  const plan = readPlan(dir);
  expectInputs(plan);
  const experiment = await loadPlanned(dir, plan, { module, warn, anyCode: true });
  const { table } = settled(dir, plan, experiment);
  const manifest = readManifest(dir);
  if (!manifest) throw new Misuse(`${dir} was never finished; finish it with "rramlab merge ${dir}".`);
  writeResults(dir, plan, experiment, table);
  const figures = figuresOf(dir, plan, experiment, table);
  writeReport(dir, plan, experiment, table, figures, manifest, options.figures);
  return resultOf(dir, plan, experiment, table, figures);
};
