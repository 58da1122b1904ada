import { accessSync, constants, existsSync, realpathSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { Misuse } from "../misuse.ts";
import { makeFolder } from "./make-folder.ts";
import { readUserText } from "./read-file.ts";
import { StorageFailed, writeFile } from "./write-file.ts";

/** @throws Misuse where nothing could be written into a folder, which may not be there yet. Makes nothing. */
export const expectWritable = (folder: string, what: string, advice = ""): void => {
  let nearest = resolve(folder);
  while (!existsSync(nearest) && dirname(nearest) !== nearest) nearest = dirname(nearest);
  const refuse = (why: string): never => {
    throw new Misuse(`${what} cannot be written: ${why}.${advice ? ` ${advice}` : ""}`);
  };
  if (!statSync(nearest).isDirectory()) refuse("ENOTDIR");
  try {
    accessSync(nearest, constants.W_OK);
  } catch (error) {
    refuse((error as NodeJS.ErrnoException).code ?? "no access");
  }
};

/** What a file is written instead of. */
interface Outlook {
  /** The option that named it. */
  readonly option?: string;
  /** Files that the same command reads. */
  readonly reads?: readonly string[];
  /** Whether the user named it: else a file of that name is only replaced where it is an earlier one of ours. */
  readonly named?: boolean;
  /** Whether a text is such. */
  readonly isOurs?: (text: string) => boolean;
}

/** @throws Misuse where a file could not be written, or should not: asked before the work that fills it. */
export const checkWritable = (
  path: string,
  { option = "--out", reads = [], named = true, isOurs = () => false }: Outlook = {},
): void => {
  if (path === "" || (existsSync(path) && !statSync(path).isFile()))
    throw new Misuse(`${option} "${path}" is no name for a file.`);
  if (reads.some((read) => existsSync(read) && existsSync(path) && realpathSync(read) === realpathSync(path)))
    throw new Misuse(`${option} ${path} is the file that is read; it would be lost. Choose another name.`);
  if (!named && existsSync(path) && !isOurs(readUserText(path, "")))
    throw new Misuse(`${path} is there already; name it with ${option} to replace it, or choose another name.`);
  expectWritable(dirname(resolve(path)), `${option} ${path}`);
};

/** Writes a file the user names, making its folder. */
export const writeUserFile = (path: string, content: Uint8Array | string): void => {
  try {
    makeFolder(dirname(resolve(path)));
    writeFile(path, content);
  } catch (error) {
    if (error instanceof StorageFailed) throw error;
    throw new Misuse(`${path} cannot be written: ${(error as NodeJS.ErrnoException).code}.`);
  }
};
