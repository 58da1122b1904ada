import { createHash } from "node:crypto";
import { accessSync, constants, existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { PartPlace, Plan, Shard } from "#src/montecarlo/index";
import { partName } from "#src/montecarlo/index";
import { Misuse } from "../command-line/misuse.ts";
import { makeFolder } from "./make-folder.ts";
import { decodePart, encodePart } from "./part-file.ts";
import { writeFile } from "./write-file.ts";

const OWN_FILES = ["manifest.json", "plan.json", "results.csv", "results.parquet", "report.html"];
const OWN_FOLDERS = ["parts", "shards"];

const shardPath = (dir: string, index: number): string => join(dir, "shards", `${String(index).padStart(6, "0")}.json`);

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
    for (const name of OWN_FOLDERS) makeFolder(join(dir, name));
    accessSync(dir, constants.W_OK);
    for (const name of OWN_FILES) rmSync(join(dir, name), { force: true });
    for (const name of OWN_FOLDERS)
      for (const file of readdirSync(join(dir, name))) rmSync(join(dir, name, file), { force: true });
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
const digestOf = (plan: Plan): string => createHash("sha256").update(JSON.stringify(plan)).digest("hex");

export const writePlan = (dir: string, plan: Plan): void =>
  writeFile(join(dir, "plan.json"), `${JSON.stringify({ ...plan, digest: digestOf(plan) }, null, 2)}\n`);

/** @throws Misuse where the folder holds no run of this program. */
export const readPlan = (dir: string): Plan => {
  const path = join(dir, "plan.json");
  if (!existsSync(path)) throw new Misuse(`${resolve(dir)} holds no run: ${path} is not there.`);
  let stored: (Plan & { readonly digest?: string }) | null = null;
  try {
    stored = JSON.parse(readFileSync(path, "utf8"));
  } catch {
    stored = null;
  }
  if (stored?.format !== "rramlab plan 1") throw new Misuse(`${path} is not a plan of this program.`);
  const { digest, ...plan } = stored;
  if (digest !== digestOf(plan))
    throw new Misuse(`${path} was edited: its shards belong to the plan as it was. Start a new run.`);
  return plan;
};

export const hasShard = (dir: string, index: number): boolean => existsSync(shardPath(dir, index));
export const writeShard = (dir: string, shard: Shard): void =>
  writeFile(shardPath(dir, shard.index), `${JSON.stringify(shard)}\n`);
/** @throws Misuse where the file is damaged or another shard's. */
export const readShard = (dir: string, index: number): Shard => {
  const path = shardPath(dir, index);
  let shard: Shard | null = null;
  try {
    shard = JSON.parse(readFileSync(path, "utf8"));
  } catch {
    shard = null;
  }
  if (shard?.index !== index) throw new Misuse(`${path} is damaged; delete it and run "rramlab resume ${dir}".`);
  return shard;
};

export const hasPart = (dir: string, place: PartPlace): boolean => existsSync(partPath(dir, place));
export const writePart = (dir: string, place: PartPlace, value: unknown): void =>
  writeFile(partPath(dir, place), encodePart(value));
export const readPart = (dir: string, place: Pick<PartPlace, "part" | "uses">): unknown =>
  decodePart(readFileSync(partPath(dir, place), "utf8"));

/** Removes what a killed writer left half-written. */
export const removeTemporaries = (dir: string): void => {
  for (const folder of [dir, ...OWN_FOLDERS.map((name) => join(dir, name))])
    if (existsSync(folder))
      for (const name of readdirSync(folder)) if (name.endsWith(".tmp")) rmSync(join(folder, name), { force: true });
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
    return JSON.parse(text);
  } catch (error) {
    throw new Misuse(`${what} ${path} is no JSON: ${(error as Error).message}.`);
  }
};

/** @throws Misuse where a file of this name could not be written: asked before the work that fills it. */
export const checkWritable = (path: string): void => {
  if (path === "" || (existsSync(path) && !statSync(path).isFile()))
    throw new Misuse(`--out "${path}" is no name for a file.`);
  try {
    makeFolder(dirname(resolve(path)));
    accessSync(dirname(resolve(path)), constants.W_OK);
  } catch (error) {
    throw new Misuse(`--out ${path} cannot be written: ${(error as NodeJS.ErrnoException).code}.`);
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
