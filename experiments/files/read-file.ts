import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { parseJson } from "#src/words/named";
import { Misuse } from "../misuse.ts";

/** Most bytes of a file that are read: a text of more could not be held. */
const MOST_BYTES = 2 ** 29 - 1024;
const PIECE = 2 ** 16;

const readBounded = (file: number): Buffer => {
  const { size } = fstatSync(file);
  if (size > MOST_BYTES) throw new RangeError(`${size} bytes; at most ${MOST_BYTES} are read`);
  const pieces: Buffer[] = [];
  let total = 0;
  for (;;) {
    const piece = Buffer.allocUnsafe(Math.max(PIECE, size - total + 1));
    const count = readOnce(file, piece);
    if (count === 0) return Buffer.concat(pieces, total);
    pieces.push(piece.subarray(0, count));
    total += count;
    // Pipes and devices do not say how much they hold.
    if (total > MOST_BYTES) throw new RangeError(`more than ${MOST_BYTES} bytes, which is the most that is read`);
  }
};

const readOnce = (file: number, piece: Buffer): number => {
  for (;;) {
    try {
      return readSync(file, piece);
    } catch (error) {
      // A terminal or pipe that has nothing yet; a closed one, on some systems.
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EOF") return 0;
      if (code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }
};

/** Why a file could not be read, in words: "ENOENT", or more where there is more to say. */
const reasonOf = (error: unknown): string => {
  const { code } = error as NodeJS.ErrnoException;
  const words: Readonly<Record<string, string>> = {
    ENOENT: "there is no such file (ENOENT)",
    EISDIR: "it is a folder (EISDIR)",
    EACCES: "it may not be read (EACCES)",
  };
  return code === undefined ? (error as Error).message : (words[code] ?? code);
};

/** The bytes of a file that the user names (`-`: standard input), a bounded number of them. @throws Misuse */
export const readUserBytes = (path: string, what: string): Buffer => {
  try {
    if (path === "-") return readBounded(0);
    const file = openSync(path, "r");
    try {
      return readBounded(file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw new Misuse(`${what}${path} cannot be read: ${reasonOf(error)}.`);
  }
};

export const readUserText = (path: string, what: string): string => readUserBytes(path, what).toString("utf8");

/** Reads a JSON file the user names. @throws Misuse */
export const readUserJson = (path: string, what: string): unknown => {
  const text = readUserText(path, `${what} `);
  try {
    return parseJson(text);
  } catch (error) {
    const why = isBinary(text) ? "it is no text" : (error as Error).message;
    throw new Misuse(`${what} ${path} is no JSON: ${why}.`);
  }
};

/** Whether what was read as text is none: it has bytes that no text has. */
const isBinary = (text: string): boolean =>
  [...text.slice(0, PIECE)].some(
    (c) => c === "\ufffd" || (c < " " && c !== "\n" && c !== "\r" && c !== "\t" && c !== "\f"),
  );

/** The bytes of a plain file of a run's folder. @throws Error where it is none (a pipe would never end), or too large. */
export const readPlainBytes = (path: string): Buffer => {
  if (!statSync(path).isFile()) throw new Error("it is no plain file");
  const file = openSync(path, "r");
  try {
    return readBounded(file);
  } finally {
    closeSync(file);
  }
};

export const readPlainText = (path: string): string => readPlainBytes(path).toString("utf8");
