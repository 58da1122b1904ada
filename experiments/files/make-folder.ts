import { existsSync, mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";

/**
 * Makes a folder and those above it, one at a time: Node's own recursive mkdir never returns on file systems that answer
 * "no such entry" to a mkdir in an existing folder (procfs).
 */
export const makeFolder = (path: string): void => {
  const folder = resolve(path);
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    // Another writer was first.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
};
