import { readdirSync, rmdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import * as z from "zod";
import { Misuse } from "../misuse.ts";
import { isAlive } from "./is-alive.ts";
import { expectOwnFolders } from "./own-files.ts";
import { readPlainText } from "./read-file.ts";
import { HOST, writeFile } from "./write-file.ts";

/*
 * Who is at work in a run's folder: DIR/running/HOST-PROCESS.json, from before the first look at the folder to after the
 * last write. Many may compute one run at once, since all write the same bytes; only a run that would replace another
 * must have the folder for itself.
 */

const claimShape = z.object({ host: z.string(), process: z.int(), since: z.string() });
type Claim = z.infer<typeof claimShape>;

const folderOf = (dir: string): string => join(dir, "running");
const ownPath = (dir: string): string => join(folderOf(dir), `${HOST}-${process.pid}.json`);

/** How often this process is at work in each folder. */
const mine = new Map<string, number>();

const claimAt = (path: string): Claim | null => {
  try {
    return claimShape.parse(JSON.parse(readPlainText(path)));
  } catch {
    return null;
  }
};

/** Others' claims on a folder; those of processes of this host that are gone are removed, and told. */
const othersIn = (dir: string, warn: (message: string) => void): { readonly path: string; readonly claim: Claim }[] => {
  let names: string[];
  try {
    names = readdirSync(folderOf(dir)).filter((name) => name.endsWith(".json"));
  } catch {
    return [];
  }
  return names.flatMap((name) => {
    const path = join(folderOf(dir), name);
    if (path === ownPath(dir)) return [];
    const claim = claimAt(path);
    if (!claim) return [];
    if (claim.host !== HOST || isAlive(claim.process)) return [{ path, claim }];
    rmSync(path, { force: true });
    warn(`${dir}: process ${claim.process} of this host began to work here at ${claim.since} and is gone`);
    return [];
  });
};

/** @throws Misuse where a process is at work in the folder that is not known to be gone. */
const expectAlone = (dir: string, warn: (message: string) => void): void => {
  const [other] = othersIn(dir, warn);
  const twice = (mine.get(resolve(dir)) ?? 0) > 0;
  if (!other && !twice) return;
  const who = other
    ? `process ${other.claim.process} on ${other.claim.host} since ${other.claim.since}`
    : "this very process";
  const stale = other && other.claim.host !== HOST ? ` Where it is gone, delete ${other.path}.` : "";
  throw new Misuse(`--out ${dir} is in use: ${who} computes a run there. Stop it, or choose another folder.${stale}`);
};

/**
 * Says that this process is at work in a folder until what it answers is called.
 * @param alone Whether nobody else may be.
 * @throws Misuse where somebody is, and none may.
 */
export const claim = (dir: string, alone: boolean, warn: (message: string) => void): (() => void) => {
  expectOwnFolders(dir);
  if (alone) expectAlone(dir, warn);
  else othersIn(dir, warn);
  const at = resolve(dir);
  const path = ownPath(dir);
  const claimed: Claim = { host: HOST, process: process.pid, since: new Date().toISOString() };
  writeFile(path, `${JSON.stringify(claimed)}\n`);
  mine.set(at, (mine.get(at) ?? 0) + 1);
  const release = (): void => {
    const left = (mine.get(at) ?? 1) - 1;
    mine.set(at, left);
    if (left > 0) return;
    mine.delete(at);
    rmSync(path, { force: true });
    try {
      rmdirSync(folderOf(dir));
    } catch {
      // Others are at work there, or it is gone with the run.
    }
  };
  // Two that came at once see each other now, whoever was first.
  if (alone && othersIn(dir, warn).length > 0) {
    release();
    expectAlone(dir, warn);
  }
  return release;
};
