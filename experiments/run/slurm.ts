import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Plan } from "#src/montecarlo/index";
import { writeFile } from "../files/write-file.ts";
import { Misuse } from "../misuse.ts";
import { OWN_MODULE } from "../own-module.ts";

/** How an array job is asked for. */
export interface SlurmOptions {
  readonly partition?: string;
  /** Limit of a task, as Slurm writes it: 01:00:00. */
  readonly time?: string;
  /** Tasks at a time. */
  readonly maxParallel?: number;
  /** Work of a task [s]. */
  readonly taskSeconds: number;
}

/** Slurm did not take a job, or lost it; what was done is kept. */
export class SlurmFailed extends Error {
  override readonly name = "SlurmFailed";
}

/** Work of a task where nothing else is asked for: Slurm itself takes 1.5 to 3 s for each [s]. */
export const TASK_SECONDS = 120;
/** Tasks of one array: sites allow 1001 unless they say otherwise (MaxArraySize). */
const MOST_TASKS = 1000;

/** Shards that a command names: a round has 4,096, or as many as points. */
const MOST_INDICES = 1_000_000;

/** "0-63,70": runs of indices, shortened. */
const indexText = (indices: readonly number[]): string => {
  const runs: [number, number][] = [];
  for (const index of indices) {
    const last = runs.at(-1);
    if (last && last[1] === index - 1) last[1] = index;
    else runs.push([index, index]);
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(",");
};

/** The indices of "0-63,70". @throws Misuse for anything else. */
export const parseIndices = (text: string): number[] => {
  const ranges = text.split(",").map((part) => {
    const match = /^\s*(\d+)(?:-(\d+))?\s*$/.exec(part);
    const [from, to] = [Number(match?.[1]), Number(match?.[2] ?? match?.[1])];
    if (!match || !(to >= from))
      throw new Misuse(`--index ${text}: expected a shard, a range or a list of them, e.g. 7 or 0-63,70.`);
    return { from, count: to - from + 1 };
  });
  const total = ranges.reduce((sum, { count }) => sum + count, 0);
  if (total > MOST_INDICES)
    throw new Misuse(`--index names ${total} shards; at most ${MOST_INDICES} at a time, and a run has fewer.`);
  return ranges.flatMap(({ from, count }) => Array.from({ length: count }, (_, i) => from + i));
};

/** Shards of each task, so that one lasts as long as asked, from the time that one shard took [s]. */
export const tasksOf = (missing: readonly number[], shardSeconds: number, taskSeconds: number): number[][] => {
  const shards = Math.max(1, Math.round(taskSeconds / shardSeconds), Math.ceil(missing.length / MOST_TASKS));
  return Array.from({ length: Math.ceil(missing.length / shards) }, (_, i) =>
    missing.slice(i * shards, (i + 1) * shards),
  );
};

const shellWord = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/**
 * @throws Misuse for a path that a line of a script cannot hold: what follows a line's end would be a command, and Slurm
 * reads its options without the shell's quotes.
 */
const lineOf = (path: string): string => {
  if ([...path].some((c) => c < " " || c === "\u007f" || c === '"'))
    throw new Misuse(
      `${JSON.stringify(path)} cannot stand in a script: a folder's name with a line's end, another control character or a quotation mark. Rename it.`,
    );
  return path;
};

const program = fileURLToPath(new URL("../command-line/main.js", import.meta.url));

/** The command line that computes shards, for any shell on any host that sees the folder. */
export const shardCommand = (dir: string, { experiment }: Plan, indices: string): string => {
  const path = (text: string): string => shellWord(lineOf(text));
  const own = experiment.module === OWN_MODULE;
  const module = own ? "" : ` --module ${path(fileURLToPath(experiment.module))}`;
  return `${path(process.execPath)} ${path(program)} shard ${path(resolve(dir))}${module} --index ${indices}`;
};

const scriptOf = (dir: string, plan: Plan, tasks: number, list: string, options: SlurmOptions): string => {
  const { partition, time, maxParallel } = options;
  const lines = [
    `--job-name=rramlab-${plan.experiment.name}`,
    `--array=0-${tasks - 1}${maxParallel === undefined ? "" : `%${maxParallel}`}`,
    "--ntasks=1",
    "--cpus-per-task=1",
    "--requeue",
    "--open-mode=append",
    `--output="${lineOf(resolve(dir, "slurm"))}/%A_%a.log"`,
    `--chdir="${lineOf(process.cwd())}"`,
    ...(partition === undefined ? [] : [`--partition="${partition}"`]),
    ...(time === undefined ? [] : [`--time=${time}`]),
  ];
  return `#!/bin/bash
${lines.map((line) => `#SBATCH ${line}`).join("\n")}
# A task does the shards of one line of the list. Those that are there are skipped and each is written whole or not at
# all, so that a task may be requeued, or run twice at a time, without harm.
exec ${shardCommand(dir, plan, `"$(sed -n "$((SLURM_ARRAY_TASK_ID + 1))p" ${shellWord(list)})"`)}
`;
};

const slurm = (command: string, args: readonly string[]): { readonly ok: boolean; readonly text: string } => {
  const { error, status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8" });
  if ((error as NodeJS.ErrnoException | undefined)?.code === "ENOENT")
    throw new Misuse(
      `${command} is not on this machine's PATH: is this a login node of a Slurm cluster? (Debian: apt install slurm-client.) Without Slurm: --engine commands, or "rramlab resume".`,
    );
  if (error) throw error;
  return { ok: status === 0, text: (status === 0 ? stdout : `${stderr}${stdout}`).trim() };
};

/** @throws Misuse where Slurm's commands are not there. */
export const checkSlurm = (): void => {
  slurm("sbatch", ["--version"]);
};

/**
 * Writes an array job's script and list of tasks into DIR/slurm and submits it; answers the job's number.
 * @throws SlurmFailed with what sbatch said where it refuses; the script stays, to be mended and submitted by hand.
 */
export const submitArray = (
  dir: string,
  plan: Plan,
  tasks: readonly (readonly number[])[],
  options: SlurmOptions,
): { readonly job: string; readonly script: string } => {
  const folder = join(dir, "slurm");
  const earlier = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".sh")).length : 0;
  const stem = resolve(folder, `submission-${String(earlier + 1).padStart(3, "0")}`);
  const [script, list] = [`${stem}.sh`, `${stem}.tasks`];
  writeFile(list, `${tasks.map(indexText).join("\n")}\n`);
  writeFile(script, scriptOf(dir, plan, tasks.length, list, options));
  const { ok, text } = slurm("sbatch", ["--parsable", script]);
  const [job] = text.split(";");
  if (!ok || !/^\d+$/.test(job))
    throw new SlurmFailed(
      `sbatch refused ${script}: ${text.replaceAll("\n", "; ") || "no reason given"}. Mend --partition, --time or --max-parallel and submit again; nothing is lost.`,
    );
  return { job, script };
};

/** Whether any task of the job is still queued or running. */
export const isQueued = (job: string): boolean => {
  const { ok, text } = slurm("squeue", [
    "--noheader",
    "--jobs",
    job,
    "--states=PENDING,RUNNING,CONFIGURING,COMPLETING,SUSPENDED,REQUEUED",
    "--format=%T",
  ]);
  if (ok) return text !== "";
  // A finished job is forgotten after a while; anything else (a controller that does not answer) says nothing of it.
  return !/invalid job id/i.test(text);
};
