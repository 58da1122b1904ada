import { existsSync, readFileSync } from "node:fs";
import type { Command } from "commander";
import { parse as parseYaml } from "yaml";
import { z } from "zod";
import { parseRram } from "#devices/index";
import { readUserJson } from "../files/run-folder.ts";
import { Interrupted } from "../run/execute.ts";
import { resultRows } from "../run/finish.ts";
import { findExperiment } from "../run/load-experiment.ts";
import { type RunOptions, type RunResult, report, resume, run } from "../run/run.ts";
import { gather, parseCount, parseGrid, parseSettings } from "./arguments.ts";
import { Misuse, orMisuse } from "./misuse.ts";
import { answer, progressDisplay, summariesText } from "./output.ts";

interface RunFlags {
  readonly set: readonly string[];
  readonly grid: readonly string[];
  readonly trials?: string;
  readonly seed?: string;
  readonly workers?: string;
  readonly device?: string;
  readonly data?: string;
  readonly out?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

const word = z.union([z.string(), z.number()]).transform(String);
const study = z.strictObject({
  experiment: z.string(),
  set: z.record(z.string(), word).default({}),
  grid: z.record(z.string(), z.union([word, z.array(word).transform((list) => list.join(","))])).default({}),
  trials: z.number().int().positive().optional(),
  seed: word.optional(),
  workers: z.number().int().positive().optional(),
  device: z.string().optional(),
  data: z.string().optional(),
  out: z.string().optional(),
});

interface Request {
  readonly experiment: string;
  readonly flags: RunFlags;
}

/** What a study file asks for, as the flags that say the same; flags given beside it win. */
const readStudy = (path: string, flags: RunFlags): Request => {
  if (!existsSync(path)) throw new Misuse(`study ${path} is not there.`);
  let content: unknown;
  try {
    content = parseYaml(readFileSync(path, "utf8"));
  } catch (error) {
    throw new Misuse(`study ${path} is no YAML: ${(error as Error).message.split("\n")[0]}`);
  }
  const parsed = study.safeParse(content);
  if (!parsed.success)
    throw new Misuse(
      `study ${path}: ${parsed.error.issues.map((i) => `${i.path.join(".") || "(top)"}: ${i.message}`).join("; ")}.`,
    );
  const s = parsed.data;
  const pairs = (record: Readonly<Record<string, string>>): string[] =>
    Object.entries(record).map(([k, v]) => `${k}=${v}`);
  return {
    experiment: s.experiment,
    flags: {
      ...(s.trials === undefined ? {} : { trials: String(s.trials) }),
      ...(s.seed === undefined ? {} : { seed: s.seed }),
      ...(s.workers === undefined ? {} : { workers: String(s.workers) }),
      ...(s.device === undefined ? {} : { device: s.device }),
      ...(s.data === undefined ? {} : { data: s.data }),
      ...(s.out === undefined ? {} : { out: s.out }),
      ...flags,
      set: [...pairs(s.set), ...flags.set],
      grid: [...pairs(s.grid), ...flags.grid],
    },
  };
};

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

const show = (result: RunResult, json: boolean): void => {
  const { table, plan, out, summaries } = result;
  const failed = table.rows.reduce((sum, r) => sum + r.failed, 0);
  if (failed > 0)
    process.stderr.write(
      `rramlab: ${failed} of ${plan.trials * table.rows.length} trials failed numerically and are in no number (column "failed" of results.csv).\n`,
    );
  answer(
    json,
    { out, rows: resultRows(table) },
    `${summariesText(summaries)}\n\nReport:  ${out}/report.html\nResults: ${out}/results.csv`,
  );
};

const watched = async (
  json: boolean,
  work: (options: Pick<RunOptions, "signal" | "onProgress">) => Promise<RunResult>,
  dir: () => string,
): Promise<void> => {
  const progress = progressDisplay();
  try {
    const result = await untilInterrupted((signal) => work({ signal, onProgress: progress.show }));
    progress.end();
    show(result, json);
  } catch (error) {
    progress.end();
    if (error instanceof Interrupted)
      throw new Interrupted(`stopped; what was done is kept. Continue with: rramlab resume ${dir()}`);
    throw error;
  }
};

const workersOf = (text: string | undefined): { workers?: number } =>
  text === undefined ? {} : { workers: parseCount("--workers", text, 1) };

export const addRun = (program: Command): void => {
  program
    .command("run")
    .description("run an experiment into a folder: results, intervals, report")
    .argument("<experiment>", "name, study.yaml, or a .js or .mjs module that exports an experiment")
    .option("--set <name=value>", 'set a parameter: --set supply=0.6V --set "temperature=85 degC"', gather, [])
    .option("--grid <name=values>", "span an axis: --grid supply=0.7V:1.2V:0.1V, or a list a,b,c", gather, [])
    .option("--trials <n>", "trials a grid point")
    .option("--seed <text>", 'any text (default "rramlab"); the same text gives the same bytes')
    .option("--workers <n>", "threads (default: all processors); they never change a result")
    .option("--device <file.json>", "your own resistance statistics")
    .option("--data <dir>", "data set: a name of `rramlab data list`, or a folder of IDX files")
    .option("--out <dir>", "run folder (default: runs/NAME-001, or the next free number)")
    .option("--force", "replace an earlier run in --out")
    .option("--json", "one JSON document on stdout")
    .addHelpText(
      "after",
      "\nExamples:\n  rramlab run sense-errors --grid supply=0.7V:1.2V:0.1V --trials 1000\n  rramlab run ternary-versus-binary --data ~/mnist --set epochs=5 --set batch=128",
    )
    .action(async (name: string, given: RunFlags) => {
      const { experiment: wanted, flags } = /\.ya?ml$/.test(name)
        ? readStudy(name, given)
        : { experiment: name, flags: given };
      const { experiment, module } = await findExperiment(wanted);
      const set = await parseSettings(experiment, flags.set);
      const only = (parameter: string, option: string): void => {
        if (!(parameter in experiment.parameters)) throw new Misuse(`${experiment.name} takes no ${option}.`);
      };
      if (flags.device !== undefined) {
        only("device", "--device");
        if (Object.hasOwn(set, "device")) throw new Misuse("--device and --set device are both given; choose one.");
        const file = flags.device;
        set["device"] = JSON.stringify(orMisuse(() => parseRram(readUserJson(file, "--device"), file)));
      }
      if (flags.data !== undefined) {
        only("data", "--data");
        set["data"] = flags.data;
      }
      const grid = await parseGrid(experiment, flags.grid);
      for (const name of Object.keys(grid ?? {}))
        if (Object.hasOwn(set, name))
          throw new Misuse(`${name} is both an axis (--grid) and given (--set, --device or --data); choose one.`);
      let out = flags.out ?? "";
      await watched(
        flags.json ?? false,
        async (watch) => {
          const result = await run(
            { ...experiment, module },
            {
              set,
              ...(grid ? { grid } : {}),
              ...(flags.trials === undefined ? {} : { trials: parseCount("--trials", flags.trials, 1) }),
              ...(flags.seed === undefined ? {} : { seed: flags.seed }),
              ...(flags.out === undefined ? {} : { out: flags.out }),
              ...(flags.force ? { force: true } : {}),
              ...workersOf(flags.workers),
              ...watch,
              onStart: (dir: string) => {
                out = dir;
                if (!flags.json)
                  process.stderr.write(`${experiment.name}, seed "${flags.seed ?? "rramlab"}", into ${dir}\n`);
              },
            },
          );
          return result;
        },
        () => out,
      );
    });
};

export const addResume = (program: Command): void => {
  program
    .command("resume")
    .description("do what is missing of a run that was stopped or killed")
    .argument("<dir>", "run folder")
    .option("--workers <n>", "threads (default: all processors)")
    .option("--json", "one JSON document on stdout")
    .addHelpText("after", "\nExample:\n  rramlab resume runs/sense-errors-001")
    .action(async (dir: string, flags: { workers?: string; json?: boolean }) => {
      await watched(
        flags.json ?? false,
        (watch) => resume(dir, { ...workersOf(flags.workers), ...watch }),
        () => dir,
      );
    });
};

export const addReport = (program: Command): void => {
  program
    .command("report")
    .description("merge a complete run again and rewrite its results and report")
    .argument("<dir>", "run folder")
    .option("--json", "one JSON document on stdout")
    .addHelpText("after", "\nExample:\n  rramlab report runs/sense-errors-001")
    .action(async (dir: string, { json = false }: { json?: boolean }) => {
      show(await report(dir), json);
    });
};
