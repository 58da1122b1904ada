import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Command, Option } from "commander";
import type { AnyExperiment } from "#src/montecarlo/index";
import { planDigest, readPlan } from "../files/run-folder.ts";
import { Misuse } from "../misuse.ts";
import { browserHere, PICTURES, type Picture } from "../run/draw-figures.ts";
import { resultRows } from "../run/finish.ts";
import { findExperiment } from "../run/load-experiment.ts";
import { FIGURE_SETS, type FigureSet } from "../run/plotly-source.ts";
import {
  type PlanOptions,
  planInto,
  planOf,
  type RunResult,
  remarksOf,
  report,
  resume,
  run,
  warnOnError,
} from "../run/run.ts";
import { writePictures } from "../run/write-pictures.ts";
import { parseCount } from "./arguments.ts";
import { type ModuleFlag, moduleOption } from "./module-option.ts";
import { answer } from "./output.ts";
import { addPlanFlags, type PlanFlags, planOptionsOf } from "./plan-flags.ts";
import { readStudy } from "./study-file.ts";
import { showResult, watched } from "./watch.ts";

/** What `--figures` asks for: those that a report holds, or pictures beside it. */
type Asked = FigureSet | Picture;
const isPicture = (asked: Asked | undefined): asked is Picture => PICTURES.some((picture) => picture === asked);
const FIGURES = [...FIGURE_SETS, ...PICTURES];
const FIGURES_SAY =
  "small; full: maps as surfaces too, and all points over parallel axes (5 MB); png, svg: also pictures, by a browser that is installed";

type RunFlags = PlanFlags & { readonly workers?: string; readonly figures?: Asked; readonly json?: boolean };

const WHAT = "name, study.yaml, or a .js or .mjs module that exports an experiment";

const workersOf = (text: string | undefined): { workers?: number } =>
  text === undefined ? {} : { workers: parseCount("--workers", text, 1) };

/** The file of a user's module. */
const pathOf = ({ module }: { readonly module: string }): string | undefined =>
  module.startsWith("file:") ? fileURLToPath(module) : undefined;

/** How many trials are asked of the very run that lies in the folder with fewer; null where it is another, or is to be replaced. */
const growable = (experiment: AnyExperiment, options: PlanOptions): number | null => {
  const { out, force, ...asked } = options;
  if (out === undefined || force || asked.trials === undefined || !existsSync(join(out, "plan.json"))) return null;
  const there = readPlan(out);
  if (there.stopping.kind !== "trials" || there.stopping.trials >= asked.trials) return null;
  const { grownFrom: _grownFrom, ...before } = there;
  const same = planOf(experiment, { ...asked, trials: there.stopping.trials });
  return planDigest(same) === planDigest(before) ? asked.trials : null;
};

/** The runs that a name, a module or a study file asks for: several where the study names several. */
const asked = async (name: string, given: RunFlags) => {
  const isStudy = /\.ya?ml$/.test(name);
  const runs = isStudy ? await readStudy(name, given) : [{ name: "", experiment: name, flags: given, scope: {} }];
  if (runs.length > 1 && runs.some(({ flags }) => flags.out === undefined))
    throw new Misuse(`study ${name} has ${runs.length} runs; give the folder for them: "out" in the file, or --out.`);
  const found = await Promise.all(
    runs.map(async (run) => {
      const { experiment, module } = await findExperiment(run.experiment);
      const options = await planOptionsOf(experiment, run.flags, run.scope);
      return { name: run.name, experiment: { ...experiment, module }, flags: run.flags, options };
    }),
  );
  // What is wrong with the last is told before the first is begun.
  if (found.length > 1) for (const { experiment, options } of found) planOf(experiment, options);
  return found;
};

export const addRun = (program: Command): void => {
  addPlanFlags(
    program
      .command("run")
      .description("run an experiment into a folder: results, intervals, report")
      .argument("<experiment>", WHAT),
  )
    .option("--workers <n>", "threads (default: all processors); they never change a result")
    .addOption(new Option("--figures <kind>", FIGURES_SAY).choices(FIGURES).default(undefined, "small"))
    .option("--json", "one JSON document on stdout")
    .addHelpText(
      "after",
      "\nExamples:\n  rramlab run sense-errors --grid supply=0.7V:1.2V:0.1V --trials 1000\n  rramlab run sense-errors --precision type3=5% --trials 100000\n  rramlab run ternary-versus-binary --data ~/mnist --set epochs=5",
    )
    .action(async (name: string, given: RunFlags) => {
      const runs = await asked(name, given);
      const json = given.json ?? false;
      const { figures } = given;
      // A browser that is missing is told before hours of computing.
      if (isPicture(figures)) browserHere();
      const results: [string, RunResult][] = [];
      for (const { name: own, experiment, flags, options } of runs) {
        let out = options.out ?? "";
        const grown = growable(experiment, options);
        if (grown !== null && !json) process.stderr.write(`${out} holds this run with fewer trials: it grows\n`);
        const result = await watched(
          () => out,
          (watch) =>
            grown !== null
              ? resume(out, { ...workersOf(flags.workers), ...watch, trials: grown, module: pathOf(experiment) })
              : run(experiment, {
                  ...options,
                  ...workersOf(flags.workers),
                  ...watch,
                  onStart: (dir: string) => {
                    out = dir;
                    if (!json)
                      process.stderr.write(`${experiment.name}, seed "${flags.seed ?? "rramlab"}", into ${dir}\n`);
                  },
                }),
        );
        const pictures = isPicture(figures) ? writePictures(result.out, result.figures, figures) : [];
        if (figures === "full") await report(result.out, { module: pathOf(experiment), figures });
        results.push([own, result]);
        if (!json || runs.length === 1) showResult(result, json, pictures);
      }
      if (json && runs.length > 1)
        answer(
          true,
          { runs: Object.fromEntries(results.map(([own, { out, table }]) => [own, { out, rows: resultRows(table) }])) },
          "",
        );
    });
};

export const addPlan = (program: Command): void => {
  addPlanFlags(
    program
      .command("plan")
      .description("lay out a run in its folder and compute nothing: for `submit`, `shard` and `resume`")
      .argument("<experiment>", WHAT),
  )
    .option("--json", "one JSON document on stdout")
    .addHelpText("after", "\nExample:\n  rramlab plan sense-errors --trials 1000000 --out runs/many")
    .action(async (name: string, given: RunFlags) => {
      const planned = (await asked(name, given)).map(({ experiment, options }) => {
        const { out, plan } = planInto(experiment, options);
        for (const remark of remarksOf(plan, experiment)) warnOnError(remark);
        return { name: experiment.name, out, plan };
      });
      const document = planned.map(({ out, plan }) => ({ out, points: plan.points.length }));
      answer(
        given.json ?? false,
        document.length === 1 ? document[0] : { runs: document },
        planned
          .map(
            ({ name: of, out, plan }) =>
              `${plan.points.length} ${plan.points.length === 1 ? "point" : "points"} of ${of} planned in ${out}. Compute them with one of:\n  rramlab resume ${out}\n  rramlab submit ${out} --engine slurm\n  rramlab submit ${out} --engine commands`,
          )
          .join("\n"),
      );
    });
};

export const addResume = (program: Command): void => {
  program
    .command("resume")
    .description("do what is missing of a run that was planned, stopped or killed")
    .argument("<dir>", "run folder")
    .addOption(moduleOption())
    .option("--trials <n>", "more trials a point than it was planned with; those that are there are kept")
    .option("--workers <n>", "threads (default: all processors)")
    .option("--json", "one JSON document on stdout")
    .addHelpText(
      "after",
      "\nExamples:\n  rramlab resume runs/sense-errors-001\n  rramlab resume runs/sense-errors-001 --trials 20000",
    )
    .action(async (dir: string, flags: ModuleFlag & { trials?: string; workers?: string; json?: boolean }) => {
      const trials = flags.trials === undefined ? {} : { trials: parseCount("--trials", flags.trials, 1) };
      const result = await watched(
        () => dir,
        (watch) => resume(dir, { ...workersOf(flags.workers), ...trials, ...watch, module: flags.module }),
      );
      showResult(result, flags.json ?? false);
    });
};

export const addReport = (program: Command): void => {
  program
    .command("report")
    .description("merge a complete run again and rewrite its results and report")
    .argument("<dir>", "run folder")
    .addOption(moduleOption())
    .addOption(new Option("--figures <kind>", FIGURES_SAY).choices(FIGURES).default("small"))
    .option("--json", "one JSON document on stdout")
    .addHelpText(
      "after",
      "\nExamples:\n  rramlab report runs/pvt-001 --figures full\n  rramlab report runs/pvt-001 --figures png",
    )
    .action(async (dir: string, { module, figures, json = false }: ModuleFlag & { figures: Asked; json?: boolean }) => {
      if (isPicture(figures)) browserHere();
      const result = await report(dir, { module, ...(isPicture(figures) ? {} : { figures }) });
      if (isPicture(figures)) writePictures(dir, result.figures, figures);
      showResult(result, json);
    });
};
