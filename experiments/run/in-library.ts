import { Misuse } from "../misuse.ts";
import { Interrupted } from "./worker-pool.ts";

/** Flags of the command line by the options of the library that say the same. */
const OPTIONS: readonly (readonly [RegExp, string])[] = [
  [/"rramlab (resume|merge|report) ([^"]+)"/g, 'await $1("$2")'],
  [/"rramlab submit [^"]+"/g, "the command line's submit"],
  [/\(with more trials: --trials N\)/g, "(with more trials: { trials: N })"],
  [/with --force\b/g, "with { force: true }"],
  [/--force\b/g, "force: true"],
  [/--out (\S+) (already|exists|is|holds|cannot)/g, 'out: "$1" $2'],
  [/--trials (\d+)/g, "trials: $1"],
  [/--device FILE\.json/g, 'set: { device: "FILE.json" }'],
  [/--data FOLDER/g, 'set: { data: "FOLDER" }'],
  [/--grid (\S+?)=(\S+)/g, "grid: { $1: [...] }"],
  [/--set (\S+?)=(\S+)/g, "set: { $1: ... }"],
  [/--([a-z]+)-([a-z]+)\b/g, "$1-$2"],
  [/--([a-z]+)\b/g, "$1"],
];

/** What is told of a flag, of the option that a program gives instead. */
export const inLibraryWords = (message: string): string =>
  OPTIONS.reduce((text, [flag, option]) => text.replace(flag, option), message);

const told = (error: unknown): unknown => {
  if (error instanceof Misuse) return new Misuse(inLibraryWords(error.message), { cause: error });
  return error instanceof Interrupted ? new Interrupted(inLibraryWords(error.message)) : error;
};

/** A function of a run as the library has it: its misuse is told in the library's words. */
export const inLibrary = <A extends readonly unknown[], R>(
  work: (...args: A) => Promise<R>,
): ((...args: A) => Promise<R>) => {
  return async (...args) => {
    try {
      return await work(...args);
    } catch (error) {
      throw told(error);
    }
  };
};

/** The same of one that answers at once. */
export const inLibraryAtOnce = <A extends readonly unknown[], R>(work: (...args: A) => R): ((...args: A) => R) => {
  return (...args) => {
    try {
      return work(...args);
    } catch (error) {
      throw told(error);
    }
  };
};
