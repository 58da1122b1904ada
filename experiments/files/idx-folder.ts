import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { IDX_FILES } from "#src/datasets/registry";
import { Misuse } from "../misuse.ts";

/** What an IDX file of a data set holds. */
type Kind = keyof typeof IDX_FILES;

/** What stands in a file's name for training and for test, under the names that people's copies have. */
const TRAIN = /(^|[^a-z])train(ing)?([^a-z]|$)/;
const TEST = /(^|[^a-z])(t10k|test(ing)?)([^a-z]|$)/;

/** The name of a set before what says which of its files it is: "emnist-digits"; "" where there is none. */
const prefixOf = (name: string): string => name.toLowerCase().split(/[-_.]?(?:train|t10k|test)/)[0];

const kindOf = (name: string): Kind | null => {
  const words = name.toLowerCase();
  if (!/(ubyte|idx[13]|\.idx)/.test(words)) return null;
  const of = TRAIN.test(words) ? "train" : TEST.test(words) ? "test" : null;
  const what = /images?/.test(words) ? "Images" : /labels?/.test(words) ? "Labels" : null;
  return of && what ? `${of}${what}` : null;
};

/** The IDX files of a folder by what they hold: under their official names, or whatever a copy calls them. */
export type IdxFolder = Readonly<Partial<Record<Kind, string>>>;

/**
 * Paths of the IDX files in a folder, or in its raw/, where torchvision keeps them; "train-images.idx3-ubyte" and
 * "emnist-digits-train-images-idx3-ubyte.gz" are found as well as the official names.
 * @throws Misuse where there is no such folder, or it holds the files of several sets.
 */
export const idxFolder = (folder: string): IdxFolder => {
  const found = statSync(folder, { throwIfNoEntry: false });
  if (!found) throw new Misuse(`data: the folder ${folder} is not there.`);
  if (!found.isDirectory())
    throw new Misuse(`data: ${folder} is a file; give the folder that holds its set's four IDX files.`);
  const official = Object.entries(IDX_FILES).flatMap(([kind, name]) => {
    const path = [name, `${name}.gz`].map((file) => join(folder, file)).find((file) => existsSync(file));
    return path ? [[kind, path] as const] : [];
  });
  if (official.length > 0) return Object.fromEntries(official);
  const named = readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const kind = kindOf(name.replace(/\.gz$/, ""));
      return kind ? [{ kind, name, prefix: prefixOf(name) }] : [];
    });
  const raw = join(folder, "raw");
  if (named.length === 0) return existsSync(raw) && statSync(raw).isDirectory() ? idxFolder(raw) : {};
  const sets = [...new Set(named.map(({ prefix }) => prefix))];
  if (sets.length > 1)
    throw new Misuse(
      `data: ${folder} holds the files of ${sets.map((set) => set || "an unnamed set").join(" and ")}; give each set a folder of its own.`,
    );
  // Of a file and its .gz the file.
  return Object.fromEntries(named.reverse().map(({ kind, name }) => [kind, join(folder, name)]));
};
