import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { threadId } from "node:worker_threads";
import { makeFolder } from "./make-folder.ts";

/** Storage that would not take a file: full, read-only, gone. What was written before is kept. */
export class StorageFailed extends Error {
  override readonly name = "StorageFailed";
}

const CURES: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full; free some space",
  EDQUOT: "your quota is used up; free some space",
  EROFS: "the file system is read-only; make it writable",
  EACCES: "you may not write there; change its permissions",
  EPERM: "you may not write there; change its permissions",
  EIO: "the disk gives errors; look at it",
  EMFILE: "too many files are open; raise `ulimit -n`",
};

/** This host in the names of temporary files: hosts that share a folder may have equal process numbers. */
export const HOST = hostname().split(".")[0];

const temporaryName = (path: string): string => `${path}.${HOST}-${process.pid}-${threadId}.tmp`;

/** A temporary name: of which file, and whose. */
export const TEMPORARY = /^(?<of>.+)\.(?<host>[^./\\]+)-(?<process>\d+)-\d+\.tmp$/s;

/**
 * Writes a file so that it is there whole or not at all: `fill` writes to a temporary name beside it, which is synced
 * and renamed, and the folder synced. Two writers of the same bytes leave one file.
 *
 * @throws StorageFailed where the disk is full, the folder read-only, and the like.
 */
export const replaceFile = (path: string, fill: (temporary: string) => void): void => {
  const folder = dirname(path);
  const temporary = temporaryName(path);
  try {
    makeFolder(folder);
    // Whatever stands there, a link too, is not to be written into.
    rmSync(temporary, { force: true });
    fill(temporary);
    sync(temporary);
    renameSync(temporary, path);
    sync(folder);
  } catch (error) {
    rmSync(temporary, { force: true });
    const { code } = error as NodeJS.ErrnoException;
    if (code && code in CURES)
      throw new StorageFailed(`${path} cannot be written (${code}): ${CURES[code]}. What was done is kept.`, {
        cause: error,
      });
    throw error;
  }
};

const sync = (path: string): void => {
  const file = openSync(path, "r");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
};

/** Writes all of `bytes` to an open file. */
export const writeAll = (file: number, bytes: Uint8Array): void => {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
};

/** Writes these bytes, or this text, as `replaceFile` does. */
export const writeFile = (path: string, content: Uint8Array | string): void =>
  replaceFile(path, (temporary) => {
    const file = openSync(temporary, "w");
    try {
      writeAll(file, typeof content === "string" ? Buffer.from(content) : content);
    } finally {
      closeSync(file);
    }
  });
