import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { threadId } from "node:worker_threads";
import { makeFolder } from "./make-folder.ts";

/**
 * Writes a file so that it is there whole or not at all: to a temporary name beside it, synced, renamed, and the folder
 * synced. Two writers of the same bytes leave one file.
 */
export const writeFile = (path: string, content: Uint8Array | string): void => {
  const folder = dirname(path);
  makeFolder(folder);
  const temporary = `${path}.${process.pid}-${threadId}.tmp`;
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  const file = openSync(temporary, "w");
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    fsyncSync(file);
  } catch (error) {
    closeSync(file);
    rmSync(temporary, { force: true });
    throw error;
  }
  closeSync(file);
  renameSync(temporary, path);
  const directory = openSync(folder, "r");
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
};
