import { type Command, Option } from "commander";
import { DamagedShard, hasShard, readShard, setAside } from "../files/shard-file.ts";
import { Misuse, orMisuse } from "../misuse.ts";
import { follow } from "../run/follow.ts";
import { atWorkIn, merge, openPlanned, warnOnError as warn } from "../run/run.ts";
import { doTask, openRun, placeOf, type RunState } from "../run/run-state.ts";
import { parseIndices, type SlurmOptions, TASK_SECONDS } from "../run/slurm.ts";
import { followSlurm, type Submission, shardCommands, submitToSlurm } from "../run/submit.ts";
import { writeAnswer } from "./answer-channel.ts";
import { parseCount } from "./arguments.ts";
import { type ModuleFlag, moduleOption } from "./module-option.ts";
import { answer } from "./output.ts";
import { showResult, watched } from "./watch.ts";

/** Whether the shard is there as it was written; a damaged one is set aside. */
const isWhole = (run: RunState, index: number): boolean => {
  const { dir, digest, experiment } = run;
  if (!hasShard(dir, index)) return false;
  try {
    readShard(dir, { plan: digest, experiment, index, place: placeOf(run, index) });
    return true;
  } catch (error) {
    if (!(error instanceof DamagedShard)) throw error;
    warn(setAside(dir, error));
    return false;
  }
};

export const addShard = (program: Command): void => {
  program
    .command("shard")
    .description("compute shards of a planned run; those that are there are left alone")
    .argument("<dir>", "run folder")
    .requiredOption("--index <i>", "a shard, a range or a list of them: 7, 0-63, 0-63,70")
    .addOption(moduleOption())
    .option("--json", "one JSON document on stdout")
    .addHelpText("after", "\nExample:\n  rramlab shard runs/sense-errors-001 --index 7")
    .action(
      async (dir: string, { index: text, module, json = false }: ModuleFlag & { index: string; json?: boolean }) => {
        const indices = parseIndices(text);
        const { plan } = await openPlanned(dir, { module });
        const run = await openRun(dir, plan.experiment.module);
        const present: number[] = [];
        const computed: number[] = [];
        await atWorkIn(dir, warn, () => {
          for (const index of indices) {
            if (isWhole(run, index)) present.push(index);
            else {
              orMisuse(() => doTask(run, { kind: "shard", index }));
              computed.push(index);
            }
          }
        });
        answer(json, { dir, computed, present }, `${computed.length} computed, ${present.length} there already`);
      },
    );
};

export const addMerge = (program: Command): void => {
  program
    .command("merge")
    .description("merge a complete run, whoever computed it: results.csv, results.parquet, report.html")
    .argument("<dir>", "run folder")
    .option("--follow", "wait for a run that others compute, with its progress")
    .addOption(moduleOption())
    .option("--json", "one JSON document on stdout")
    .addHelpText("after", "\nExample:\n  rramlab merge runs/sense-errors-001 --follow")
    .action(
      async (
        dir: string,
        { follow: wait = false, module, json = false }: ModuleFlag & { follow?: boolean; json?: boolean },
      ) => {
        if (wait)
          await watched(
            () => dir,
            (watch) => follow(dir, watch, module),
          );
        showResult(await merge(dir, { module }), json);
      },
    );
};

interface SubmitFlags extends ModuleFlag {
  readonly engine: "slurm" | "commands";
  readonly partition?: string;
  readonly time?: string;
  readonly maxParallel?: string;
  readonly taskMinutes?: string;
  readonly follow?: boolean;
  readonly json?: boolean;
}

const seconds = (s: number): string => `${Number(s.toPrecision(2))} s`;

const submissionText = (dir: string, { job, script, tasks, shards, shardSeconds }: Submission): string =>
  `job ${job}: ${tasks} tasks for ${shards} shards (one took ${seconds(shardSeconds)} here), ${script}\nWatch it with: rramlab merge ${dir} --follow`;

const slurmOptions = ({ partition, time, maxParallel, taskMinutes }: SubmitFlags): SlurmOptions => {
  const minutes = taskMinutes === undefined ? TASK_SECONDS / 60 : Number(taskMinutes);
  if (!(minutes > 0 && minutes < 1e5))
    throw new Misuse(`--task-minutes ${taskMinutes}: expected a number of minutes above 0.`);
  if (time !== undefined && !/^(\d+-)?\d+(:\d+){0,2}$/.test(time))
    throw new Misuse(`--time ${time}: expected minutes, hh:mm:ss or days-hh:mm:ss, as Slurm takes it.`);
  if (partition !== undefined && !/^[\w.,-]+$/.test(partition))
    throw new Misuse(`--partition ${partition}: expected names of partitions.`);
  return {
    taskSeconds: 60 * minutes,
    ...(partition === undefined ? {} : { partition }),
    ...(time === undefined ? {} : { time }),
    ...(maxParallel === undefined ? {} : { maxParallel: parseCount("--max-parallel", maxParallel, 1) }),
  };
};

export const addSubmit = (program: Command): void => {
  program
    .command("submit")
    .description("hand what is missing of a run to a cluster")
    .argument("<dir>", "run folder, on storage that all hosts share")
    .addOption(
      new Option("--engine <engine>", "slurm: a job array; commands: one command line a shard, for GNU parallel or ssh")
        .choices(["slurm", "commands"])
        .default("slurm"),
    )
    .option("--partition <name>", "slurm: partition")
    .option("--time <limit>", "slurm: limit of a task, e.g. 01:00:00")
    .option("--max-parallel <n>", "slurm: tasks at a time")
    .option("--task-minutes <m>", "slurm: work of a task (default 2), from the time that a shard takes here")
    .option("--follow", "slurm: wait, submit later rounds and what was lost, then merge and report")
    .addOption(moduleOption())
    .option("--json", "one JSON document on stdout")
    .addHelpText(
      "after",
      "\nExamples:\n  rramlab submit runs/many --engine slurm --time 01:00:00 --follow\n  rramlab submit runs/many --engine commands | parallel",
    )
    .action(async (dir: string, flags: SubmitFlags) => {
      const { engine, json = false } = flags;
      if (engine === "commands") {
        const unused = ["partition", "time", "maxParallel", "taskMinutes", "follow"].filter((name) => name in flags);
        if (unused.length > 0)
          throw new Misuse(`--engine commands takes no --${unused[0].replace(/[A-Z]/, (c) => `-${c.toLowerCase()}`)}.`);
        const commands = await shardCommands(dir, { module: flags.module }, warn);
        if (json) answer(true, { commands }, "");
        else if (commands.length > 0) writeAnswer(`${commands.join("\n")}\n`);
        else warn(`${dir} is complete: "rramlab merge ${dir}"`);
        return;
      }
      const options = { ...slurmOptions(flags), module: flags.module };
      if (flags.follow) {
        await watched(
          () => dir,
          (watch) =>
            followSlurm(dir, options, watch, (submission) => {
              process.stderr.write(`${submissionText(dir, submission)}\n`);
            }),
        );
        showResult(await merge(dir, { module: flags.module }), json);
        return;
      }
      const submission = await submitToSlurm(dir, options, warn);
      answer(
        json,
        { dir, submission },
        submission ? submissionText(dir, submission) : `${dir} is complete. Merge it with: rramlab merge ${dir}`,
      );
    });
};
