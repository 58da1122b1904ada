// Draws one figure of a finished run as a PNG with headless Chromium (Debian: apt-get install chromium).
// node scripts/draw-figure.mjs RUN_FOLDER NUMBER_OR_TITLE OUT.png
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { report } from "rramlab/experiments";
import { pageHtml, plotlyFigure } from "../dist/src/report/page.js";

const STYLE =
  "<style>.modebar, h1, p, details, figcaption { display: none } body { margin: 0 12px } h2 { margin: 10px 0 0 }</style>";

/** A picture of a page, `height` pixels of it. */
export const photograph = (page, out, height) => {
  const profile = mkdtempSync(join(tmpdir(), "rramlab-chromium-"));
  const quiet = ["--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
  execFileSync(
    "chromium",
    [
      ...["--headless", "--no-sandbox", ...quiet, `--user-data-dir=${profile}`, `--window-size=900,${height}`],
      ...["--hide-scrollbars", "--virtual-time-budget=5000", `--screenshot=${resolve(out)}`, `file://${resolve(page)}`],
    ],
    { stdio: "ignore" },
  );
  rmSync(profile, { recursive: true, force: true });
};

/** A figure alone, without its caption: pages say in words what it shows. */
export const drawFigure = (figure, out) => {
  const folder = mkdtempSync(join(tmpdir(), "rramlab-figure-"));
  const plotly = readFileSync(createRequire(import.meta.url).resolve("plotly.js-cartesian-dist-min"), "utf8");
  const page = { title: "", summary: "", tables: [], notes: [], details: [], figures: [{ ...figure, caption: "" }] };
  writeFileSync(join(folder, "figure.html"), pageHtml(page, plotly).replace("</head>", `${STYLE}</head>`));
  photograph(join(folder, "figure.html"), out, (plotlyFigure(figure).layout.height ?? 440) + 70);
  rmSync(folder, { recursive: true, force: true });
};

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
