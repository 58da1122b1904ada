import { lstatSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { Misuse } from "../misuse.ts";
import { isAlive } from "./is-alive.ts";
import { HOST, TEMPORARY } from "./write-file.ts";

/** Names of the files that a run writes, folder by folder: nothing else in a run's folder is ever removed. */
const OWN: Readonly<Record<string, RegExp>> = {
  "": /^(manifest\.json|plan\.json|results\.(csv|parquet)|tables\.csv|report\.html|trials\.(csv|parquet))$/,
  parts: /^[A-Za-z][\w@.-]*-[0-9a-f]{16}(\.progress)?\.json$/,
  shards: /^\d{6,}\.jsonl(\.damaged)?$/,
  rounds: /^\d+\.json$/,
  trials: /^\d{6,}\.json$/,
  figures: /^\d{2,}-[a-z0-9-]+\.(png|svg)$/,
  arrays: /^[A-Za-z][\w@.-]*\.npy$/,
  slurm: /^(submission-\d{3,}\.(sh|tasks)|\d+_\d+\.log)$/,
  running: /^[\w-]+-\d+\.json$/,
};
/** In a folder of its own below arrays, one for each array. */
const PIECE = /^\d{6,}\.npy$/;

const OWN_FOLDERS = Object.keys(OWN).filter((folder) => folder !== "");

const isFolder = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

/** The plain files of a folder that bear a run's names, and their temporary ones; links are never followed. */
const filesIn = (folder: string, own: RegExp): string[] =>
  isFolder(folder)
    ? readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
        const name = TEMPORARY.exec(entry.name)?.groups?.["of"] ?? entry.name;
        return entry.isFile() && own.test(name) ? [join(folder, entry.name)] : [];
      })
    : [];

/** Folders of a run that are there, the innermost first. */
const foldersOf = (dir: string): { readonly path: string; readonly own: RegExp }[] => {
  const arrays = join(dir, "arrays");
  const pieces = isFolder(arrays)
    ? readdirSync(arrays, { withFileTypes: true }).flatMap((entry) =>
        entry.isDirectory() ? [{ path: join(arrays, entry.name), own: PIECE }] : [],
      )
    : [];
  return [...pieces, ...OWN_FOLDERS.map((folder) => ({ path: join(dir, folder), own: OWN[folder] }))];
};

/** All files of a run, plain ones of a run's names. */
const ownFiles = (dir: string): string[] => [
  ...foldersOf(dir).flatMap(({ path, own }) => filesIn(path, own)),
  ...filesIn(dir, OWN[""]),
];

/** Names at the top of a folder that a run would write, whatever stands there. */
export const isOwnName = (name: string): boolean => OWN_FOLDERS.includes(name) || OWN[""].test(name);

/** @throws Misuse where something else stands in the place of a run's folder: a file, or a link to who knows where. */
export const expectOwnFolders = (dir: string): void => {
  for (const folder of OWN_FOLDERS) {
    const path = join(dir, folder);
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found && !found.isDirectory())
      throw new Misuse(
        `${path} is a ${found.isSymbolicLink() ? "link" : "file"}; a run keeps a folder there. Move it away.`,
      );
  }
};

/** Removes a run: its own files but for those that say who is at work, and those of its folders that are empty then. */
export const removeRun = (dir: string): void => {
  const running = join(dir, "running");
  for (const path of ownFiles(dir)) if (dirname(path) !== running) rmSync(path, { force: true });
  for (const { path } of foldersOf(dir)) if (isFolder(path) && readdirSync(path).length === 0) rmdirSync(path);
};

/**
 * Removes what killed writers of this host left half-written in a run. Those of other hosts stay: whether they still
 * write cannot be known from here.
 */
export const removeTemporaries = (dir: string): void => {
  for (const path of ownFiles(dir)) {
    const { host, process } = TEMPORARY.exec(path)?.groups ?? {};
    if (host === HOST && !isAlive(Number(process))) rmSync(path, { force: true });
  }
};
