import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Figure } from "#src/report/figure";
import { makeFolder } from "../files/make-folder.ts";
import { writeFile } from "../files/write-file.ts";
import { drawFigures, type Picture } from "./draw-figures.ts";

/** Longest part of a title that a file is named for. */
const LONGEST = 60;

const nameOf = (title: string, i: number, picture: Picture): string => {
  const words = title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, LONGEST)
    .replace(/^-|-$/g, "");
  return `${String(i + 1).padStart(2, "0")}-${words || "figure"}.${picture}`;
};

/** Draws a run's figures into figures/ in its folder, in place of those of this kind that are there; their paths. */
export const writePictures = (dir: string, figures: readonly Figure[], picture: Picture): string[] => {
  const drawn = drawFigures(figures, picture);
  const folder = join(dir, "figures");
  makeFolder(folder);
  const names = figures.map(({ title }, i) => nameOf(title, i, picture));
  for (const [i, bytes] of drawn.entries()) writeFile(join(folder, names[i]), bytes);
  for (const name of readdirSync(folder))
    if (name.endsWith(`.${picture}`) && /^\d{2,}-/.test(name) && !names.includes(name)) rmSync(join(folder, name));
  return names.map((name) => join(folder, name));
};
