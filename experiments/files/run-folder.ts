import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { PartPlace, Plan, Round } from "#src/montecarlo/index";
import { firstRound, PLAN_FORMAT, partName, shardCount } from "#src/montecarlo/index";
import { Misuse } from "../misuse.ts";
import { faultText } from "./fault-text.ts";
import { makeFolder } from "./make-folder.ts";
import { expectOwnFolders, isOwnName } from "./own-files.ts";
import { decodePart, encodePart, sealed, unsealed } from "./part-file.ts";
import { type Engine, planShape, roundShape } from "./plan-shape.ts";
import { readPlainText } from "./read-file.ts";
import { expectWritable } from "./user-file.ts";
import { writeFile } from "./write-file.ts";

export const partPath = (dir: string, place: Pick<PartPlace, "part" | "uses">): string => {
  const digest = createHash("sha256").update(partName(place)).digest("hex").slice(0, 16);
  return join(dir, "parts", `${place.part}-${digest}.json`);
};

/** Whether a file is JSON that a plan of this program, of whatever version, begins with. */
const isPlan = (path: string): boolean => {
  try {
    const stored: unknown = JSON.parse(readPlainText(path));
    const format = typeof stored === "object" && stored !== null && "format" in stored ? stored.format : null;
    return typeof format === "string" && format.startsWith("rramlab plan");
  } catch {
    return false;
  }
};

/**
 * Checks that a new run may be laid out in a folder, and touches nothing.
 * @throws Misuse where it exists and is not empty (unless `force`, and it holds an earlier run or nothing of a run's names).
 */
export const expectFree = (dir: string, force: boolean): void => {
  if (existsSync(dir) && !statSync(dir).isDirectory()) throw new Misuse(`--out ${dir} is a file; choose a folder.`);
  const occupied = existsSync(dir) ? readdirSync(dir).filter((name) => name !== "running") : [];
  const isRun = occupied.includes("plan.json") && isPlan(join(dir, "plan.json"));
  if (occupied.length > 0 && !force)
    throw new Misuse(
      isRun
        ? `--out ${dir} already holds a run. Continue it with "rramlab resume ${dir}" (with more trials: --trials N), or replace it with --force.`
        : `--out ${dir} exists and is not empty. Choose another folder, or write into it with --force.`,
    );
  const foreign = occupied.filter(isOwnName);
  if (!isRun && foreign.length > 0)
    throw new Misuse(
      `--out ${dir} holds no run of this program, but has ${foreign.join(", ")}: --force would replace what is not a run's. Choose another folder.`,
    );
  expectWritable(dir, `--out ${dir}`, "Choose a folder of your own.");
  expectOwnFolders(dir);
};

/** Makes the folder of a new run, which is `expectFree`. */
export const createRunFolder = (dir: string): void => {
  try {
    makeFolder(dir);
  } catch (error) {
    throw new Misuse(
      `--out ${dir} cannot be written: ${(error as NodeJS.ErrnoException).code}. Choose a folder of your own.`,
    );
  }
};

/** Makes the first of DIR-001, DIR-002, ... that is not there yet: whoever comes at the same time takes the next. */
export const freshFolder = (stem: string): string => {
  expectWritable(dirname(stem), `runs go into ${dirname(stem)}, which`, "Choose a folder with --out.");
  makeFolder(dirname(stem));
  for (let i = 1; ; i++) {
    const dir = `${stem}-${String(i).padStart(3, "0")}`;
    try {
      mkdirSync(dir);
      return dir;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
};

/** What a plan's own bytes must hash to: shards of another plan are never merged. */
export const planDigest = (plan: Plan): string => {
  const known = digests.get(plan);
  if (known !== undefined) return known;
  const digest = createHash("sha256").update(JSON.stringify(plan)).digest("hex");
  digests.set(plan, digest);
  return digest;
};

/** Every row, array and part that is read or written asks for it, of a plan that may have 100,000 points. */
const digests = new WeakMap<Plan, string>();

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
    stored = JSON.parse(readPlainText(path));
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
  if (!shape.success) throw new Misuse(`${path} is no plan: ${faultText(shape.error)}.`);
  expectOwnFolders(dir);
  return { plan, begunOn: begunOn as Engine };
};

const roundPath = (dir: string, round: number): string => join(dir, "rounds", `${round}.json`);

/** The rounds planned so far: the plan's first one, and those that were added as rounds before them were complete. */
export const readRounds = (dir: string, plan: Plan): Round[] => {
  const rounds = [firstRound(plan)];
  for (;;) {
    const path = roundPath(dir, rounds.length + 1);
    if (!existsSync(path)) return rounds;
    let stored: { readonly digest: string; readonly round: Round } | null = null;
    try {
      stored = roundShape.parse(JSON.parse(readPlainText(path)));
    } catch {
      stored = null;
    }
    if (!stored || !follows(stored.round, rounds, plan) || stored.digest !== roundDigest(plan, stored.round))
      throw new Misuse(
        `${path} was changed, or belongs to another plan; delete it and run "rramlab resume ${dir}", which plans it again.`,
      );
    rounds.push(stored.round);
  }
};

export const writeRound = (dir: string, plan: Plan, round: Round): void =>
  writeFile(roundPath(dir, round.round), `${JSON.stringify({ digest: roundDigest(plan, round), round })}\n`);

/** Whether a round goes on where the one before it ended, at points of the plan. */
const follows = (round: Round, rounds: readonly Round[], plan: Plan): boolean => {
  const last = rounds[rounds.length - 1];
  return (
    round.round === last.round + 1 &&
    round.firstShard === shardCount(rounds) &&
    round.from === last.to &&
    round.to > round.from &&
    round.points.every((point) => point < plan.points.length)
  );
};

const roundDigest = (plan: Plan, round: Round): string =>
  createHash("sha256")
    .update(planDigest(plan) + JSON.stringify(round))
    .digest("hex");

export const hasPart = (dir: string, place: PartPlace): boolean => existsSync(partPath(dir, place));
/** What a part's checksum is of: this run, and the parameters it was made for. */
const ofPart = (plan: Plan, place: Pick<PartPlace, "part" | "uses">): string =>
  `${planDigest(plan)} ${partName(place)}`;

export const writePart = (dir: string, plan: Plan, place: PartPlace, value: unknown): void =>
  writeFile(partPath(dir, place), sealed(encodePart(value), ofPart(plan, place)));
/** A part that is not there, or not as it was written. */
export class LostPart extends Misuse {}

/** @throws LostPart */
export const readPart = (dir: string, plan: Plan, place: Pick<PartPlace, "part" | "uses">): unknown => {
  const path = partPath(dir, place);
  if (!existsSync(path)) throw new LostPart(`${path} is not there; "rramlab resume ${dir}" makes it again.`);
  try {
    return decodePart(unsealed(readPlainText(path), ofPart(plan, place)));
  } catch (error) {
    throw new LostPart(`${path} is damaged (${(error as Error).message}); delete it and run "rramlab resume ${dir}".`);
  }
};

const progressPath = (dir: string, place: Pick<PartPlace, "part" | "uses">): string =>
  partPath(dir, place).replace(/\.json$/, ".progress.json");

/** How far a part has come that is not there yet. */
export const writeProgress = (dir: string, plan: Plan, place: PartPlace, reached: unknown): void =>
  writeFile(progressPath(dir, place), sealed(encodePart(reached), ofPart(plan, place)));
export const removeProgress = (dir: string, place: PartPlace): void =>
  rmSync(progressPath(dir, place), { force: true });
/** Null where nothing was kept, or what was kept is damaged: the part then starts again, which is all that is lost. */
export const readProgress = (dir: string, plan: Plan, place: PartPlace): unknown => {
  try {
    return decodePart(unsealed(readPlainText(progressPath(dir, place)), ofPart(plan, place)));
  } catch {
    return null;
  }
};
