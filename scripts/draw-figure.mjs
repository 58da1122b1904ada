// Draws one figure of a finished run as a PNG of docs/figures, by the program's own drawing (a headless Chromium; Debian: apt-get install chromium),
// and keeps beside it, in docs/figures/data, what it shows and a digest of the drawing: a test sees where today's code draws otherwise.
// node scripts/draw-figure.mjs RUN_FOLDER NUMBER_OR_TITLE OUT.png
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { report } from "rramlab/experiments";
import { drawFigures } from "../dist/experiments/run/draw-figures.js";
import { plotlyFigure } from "../dist/src/report/plotly-figure.js";

/** Digest of what a drawing is made of. */
export const drawingOf = (figure) =>
  createHash("sha256")
    .update(JSON.stringify(plotlyFigure(figure)))
    .digest("hex")
    .slice(0, 16);

/** Data of a figure in a few digits: the drawing is the same. */
const rounded = (figure) =>
  JSON.parse(JSON.stringify(figure, (_key, v) => (typeof v === "number" ? Number(v.toPrecision(6)) : v)));

/** Figures without their captions, since pages say in words what they show; each to its file. */
export const drawAll = (pairs) => {
  if (pairs.length === 0) return;
  const figures = pairs.map(([figure]) => ({ ...rounded(figure), caption: "" }));
  drawFigures(figures, "png").forEach((bytes, i) => {
    const out = pairs[i][1];
    const data = join(dirname(out), "data");
    mkdirSync(data, { recursive: true });
    writeFileSync(out, bytes);
    const kept = JSON.stringify({ drawing: drawingOf(figures[i]), figure: figures[i] });
    writeFileSync(join(data, basename(out).replace(/\.png$/, ".json")), `${kept}\n`);
  });
};

export const drawFigure = (figure, out) => drawAll([[figure, resolve(out)]]);

/** The figure of this number, or the first whose title begins so. */
export const chosenFigure = (figures, which) => {
  const figure = figures[which] ?? figures.find(({ title }) => title.startsWith(which));
  if (!figure) throw new Error(`no figure "${which}"; there are: ${figures.map(({ title }) => title).join("; ")}`);
  return figure;
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [run, which, out] = process.argv.slice(2);
  const figure = chosenFigure((await report(run)).figures, which);
  drawFigure(figure, out);
  console.log(`${out}: ${figure.title}`);
}
