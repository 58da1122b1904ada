import { createHash } from "node:crypto";
import { accessSync, constants, existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { z } from "zod";
import type { PartPlace, Plan, Round } from "#src/montecarlo/index";
import { firstRound, PLAN_FORMAT, partName } from "#src/montecarlo/index";
import { parseJson } from "#src/named";
import { Misuse } from "../command-line/misuse.ts";
import { makeFolder } from "./make-folder.ts";
import { decodePart, encodePart } from "./part-file.ts";
import { HOST, writeFile } from "./write-file.ts";

/** What runs the program: what could make digits differ. */
export interface Engine {
  readonly node: string;
  readonly v8: string;
  readonly architecture: string;
}

const OWN_FILES = [
  "manifest.json",
  "plan.json",
  "results.csv",
  "results.parquet",
  "report.html",
  "trials.csv",
  "trials.parquet",
];
const OWN_FOLDERS = ["parts", "shards", "rounds", "trials", "arrays", "slurm"];

const partPath = (dir: string, place: Pick<PartPlace, "part" | "uses">): string => {
  const digest = createHash("sha256").update(partName(place)).digest("hex").slice(0, 16);
  return join(dir, "parts", `${place.part}-${digest}.json`);
};

/**
 * Makes the folder of a new run.
 * @throws Misuse where it exists and is not empty (unless `force`, which removes an earlier run's own files and nothing
 * else), or cannot be written.
 */
export const createRunFolder = (dir: string, force: boolean): void => {
  if (existsSync(dir) && !statSync(dir).isDirectory()) throw new Misuse(`--out ${dir} is a file; choose a folder.`);
  const occupied = existsSync(dir) ? readdirSync(dir) : [];
  const isRun = existsSync(join(dir, "plan.json"));
  if (occupied.length > 0 && !force)
    throw new Misuse(
      isRun
        ? `--out ${dir} already holds a run. Continue it with "rramlab resume ${dir}", or replace it with --force.`
        : `--out ${dir} exists and is not empty. Choose another folder, or write into it with --force.`,
    );
  const foreign = [...OWN_FILES, ...OWN_FOLDERS].filter((name) => occupied.includes(name));
  if (!isRun && foreign.length > 0)
    throw new Misuse(
      `--out ${dir} holds no run, but has ${foreign.join(", ")}: --force would replace what is not a run's. Choose another folder.`,
    );
  try {
    makeFolder(dir);
    accessSync(dir, constants.W_OK);
    for (const name of OWN_FILES) rmSync(join(dir, name), { force: true });
    for (const name of OWN_FOLDERS) rmSync(join(dir, name), { recursive: true, force: true });
  } catch (error) {
    throw new Misuse(
      `--out ${dir} cannot be written: ${(error as NodeJS.ErrnoException).code}. Choose a folder of your own.`,
    );
  }
};

/** The first of DIR-001, DIR-002, ... that is not there yet. */
export const freshFolder = (stem: string): string => {
  for (let i = 1; ; i++) {
    const dir = `${stem}-${String(i).padStart(3, "0")}`;
    if (!existsSync(dir)) return dir;
  }
};

/** What a plan's own bytes must hash to: shards of another plan are never merged. */
export const planDigest = (plan: Plan): string => createHash("sha256").update(JSON.stringify(plan)).digest("hex");

/** Writes the plan, with its digest and, outside the digest, the engine it was made on: its bytes are the same on any. */
export const writePlan = (dir: string, plan: Plan, begunOn: Engine): void =>
  writeFile(join(dir, "plan.json"), `${JSON.stringify({ ...plan, digest: planDigest(plan), begunOn }, null, 2)}\n`);

/** @throws Misuse where the folder holds no run of this program. */
export const readPlan = (dir: string): Plan => readPlanFile(dir).plan;

/** The plan, and the engine on which it was made. @throws Misuse where the folder holds no run of this program. */
export const readPlanFile = (dir: string): { readonly plan: Plan; readonly begunOn: Engine } => {
  const path = join(dir, "plan.json");
  if (!existsSync(path)) throw new Misuse(`${resolve(dir)} holds no run: ${path} is not there.`);
  let stored: (Plan & { readonly digest?: string; readonly begunOn?: Engine }) | null = null;
  try {
    stored = JSON.parse(readFileSync(path, "utf8"));
  } catch {
    stored = null;
  }
  const format: unknown = stored?.format;
  if (stored === null || typeof format !== "string" || !format.startsWith("rramlab plan"))
    throw new Misuse(`${path} is not a plan of this program.`);
  if (format !== PLAN_FORMAT)
    throw new Misuse(
      `${path} was written by another version of this program ("${format}"; this one reads "${PLAN_FORMAT}"). Continue it with that version, or run it anew.`,
    );
  const { digest, begunOn, ...plan } = stored;
  if (digest !== planDigest(plan))
    throw new Misuse(`${path} was edited: its shards belong to the plan as it was. Start a new run.`);
  const shape = planShape.safeParse({ ...plan, begunOn });
  if (!shape.success)
    throw new Misuse(
      `${path} is no plan: ${shape.error.issues.map((i) => `${i.path.join(".") || "(top)"}: ${i.message}`).join("; ")}.`,
    );
  for (const name of OWN_FOLDERS)
    if (existsSync(join(dir, name)) && !statSync(join(dir, name)).isDirectory())
      throw new Misuse(`${join(dir, name)} is a file; a run keeps a folder there. Move it away.`);
  return { plan, begunOn: begunOn as Engine };
};

/** What the rest of the program relies on in a plan that was read. */
const planShape = z.looseObject({
  begunOn: z.looseObject({ node: z.string(), v8: z.string(), architecture: z.string() }),
  arithmetic: z.record(z.string(), z.string()),
  dataSets: z.array(z.looseObject({ asked: z.string(), name: z.string(), sha256: z.string() })),
  experiment: z.looseObject({ name: z.string(), module: z.string(), hash: z.string() }),
  seed: z.string(),
  params: z.record(z.string(), z.union([z.number(), z.string()])),
  points: z.array(z.record(z.string(), z.union([z.number(), z.string()]))).min(1),
  block: z.number().int().min(1),
  stopping: z.discriminatedUnion("kind", [
    z.looseObject({ kind: z.literal("trials"), trials: z.number().int().min(1) }),
    z.looseObject({ kind: z.literal("precision"), first: z.number().int().min(1), most: z.number().int().min(1) }),
  ]),
});

const roundPath = (dir: string, round: number): string => join(dir, "rounds", `${round}.json`);

/** The rounds planned so far: the plan's first one, and those that were added as rounds before them were complete. */
export const readRounds = (dir: string, plan: Plan): Round[] => {
  const rounds = [firstRound(plan)];
  for (;;) {
    const path = roundPath(dir, rounds.length + 1);
    if (!existsSync(path)) return rounds;
    let stored: { readonly digest: string; readonly round: Round } | null = null;
    try {
      stored = JSON.parse(readFileSync(path, "utf8"));
    } catch {
      stored = null;
    }
    if (!stored?.round || stored.digest !== roundDigest(plan, stored.round))
      throw new Misuse(
        `${path} was changed, or belongs to another plan; delete it and run "rramlab resume ${dir}", which plans it again.`,
      );
    rounds.push(stored.round);
  }
};

export const writeRound = (dir: string, plan: Plan, round: Round): void =>
  writeFile(roundPath(dir, round.round), `${JSON.stringify({ digest: roundDigest(plan, round), round })}\n`);

const roundDigest = (plan: Plan, round: Round): string =>
  createHash("sha256")
    .update(planDigest(plan) + JSON.stringify(round))
    .digest("hex");

export const hasPart = (dir: string, place: PartPlace): boolean => existsSync(partPath(dir, place));
export const writePart = (dir: string, place: PartPlace, value: unknown): void =>
  writeFile(partPath(dir, place), encodePart(value));
/** A part that is not there, or not as it was written. */
export class LostPart extends Misuse {}

/** @throws LostPart */
export const readPart = (dir: string, place: Pick<PartPlace, "part" | "uses">): unknown => {
  const path = partPath(dir, place);
  if (!existsSync(path)) throw new LostPart(`${path} is not there; "rramlab resume ${dir}" makes it again.`);
  try {
    return decodePart(readFileSync(path, "utf8"));
  } catch (error) {
    throw new LostPart(`${path} is damaged (${(error as Error).message}); delete it and run "rramlab resume ${dir}".`);
  }
};

const progressPath = (dir: string, place: Pick<PartPlace, "part" | "uses">): string =>
  partPath(dir, place).replace(/\.json$/, ".progress.json");

/** How far a part has come that is not there yet. */
export const writeProgress = (dir: string, place: PartPlace, reached: unknown): void =>
  writeFile(progressPath(dir, place), encodePart(reached));
export const removeProgress = (dir: string, place: PartPlace): void =>
  rmSync(progressPath(dir, place), { force: true });
/** Null where nothing was kept, or what was kept is damaged: the part then starts again, which is all that is lost. */
export const readProgress = (dir: string, place: PartPlace): unknown => {
  try {
    return decodePart(readFileSync(progressPath(dir, place), "utf8"));
  } catch {
    return null;
  }
};

/** Longer without a write, and nobody is writing it any more [s]. */
const ABANDONED_AFTER = 3600;

/**
 * Removes what killed writers left half-written: files of processes of this host that are gone, and any that nobody has
 * written to for an hour (another host may be at work in the same folder).
 */
export const removeTemporaries = (dir: string): void => {
  const abandoned = (path: string): boolean => {
    const [, host, process] = /\.([^.]*)-(\d+)-\d+\.tmp$/.exec(path) ?? [];
    if (host === HOST && process) return !isAlive(Number(process));
    return Date.now() - statSync(path).mtimeMs > ABANDONED_AFTER * 1000;
  };
  if (!existsSync(dir)) return;
  for (const name of readdirSync(dir, { recursive: true, encoding: "utf8" })) {
    const path = join(dir, name);
    if (name.endsWith(".tmp") && existsSync(path) && abandoned(path)) rmSync(path, { force: true });
  }
};

const isAlive = (pid: number): boolean => {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** Reads a JSON file the user names. */
export const readUserJson = (path: string, what: string): unknown => {
  let text: string;
  try {
    text = readFileSync(path === "-" ? 0 : path, "utf8");
  } catch (error) {
    throw new Misuse(`${what} ${path} cannot be read: ${(error as NodeJS.ErrnoException).code}.`);
  }
  try {
    return parseJson(text);
  } catch (error) {
    throw new Misuse(`${what} ${path} is no JSON: ${(error as Error).message}.`);
  }
};

/** @throws Misuse where a file of this name could not be written: asked before the work that fills it. */
export const checkWritable = (path: string, option = "--out"): void => {
  if (path === "" || (existsSync(path) && !statSync(path).isFile()))
    throw new Misuse(`${option} "${path}" is no name for a file.`);
  try {
    makeFolder(dirname(resolve(path)));
    accessSync(dirname(resolve(path)), constants.W_OK);
  } catch (error) {
    throw new Misuse(`${option} ${path} cannot be written: ${(error as NodeJS.ErrnoException).code}.`);
  }
};

/** Writes a file the user names, making its folder. */
export const writeUserFile = (path: string, content: Uint8Array | string): void => {
  try {
    makeFolder(dirname(resolve(path)));
    writeFile(path, content);
  } catch (error) {
    throw new Misuse(`${path} cannot be written: ${(error as NodeJS.ErrnoException).code}.`);
  }
};
