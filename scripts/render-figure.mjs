// Draws one figure of a finished run as a PNG with headless Chromium (Debian: apt-get install chromium).
// node scripts/render-figure.mjs RUN_FOLDER FIGURE_NUMBER OUT.png
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { report } from "rramlab/experiments";
import { pageHtml, plotlyFigure } from "../dist/src/report/page.js";

const [run, number, out] = process.argv.slice(2);
const { figures } = await report(run);
const figure = figures[Number(number)];
const plotly = readFileSync(createRequire(import.meta.url).resolve("plotly.js-cartesian-dist-min"), "utf8");
const page = { title: "", summary: "", tables: [], notes: [], details: [], figures: [{ ...figure, caption: "" }] };
const style =
  "<style>.modebar, h1, p, details, figcaption { display: none } body { margin: 0 12px } h2 { margin: 10px 0 0 }</style>";
const folder = mkdtempSync(join(tmpdir(), "rramlab-figure-"));
writeFileSync(join(folder, "figure.html"), pageHtml(page, plotly).replace("</head>", `${style}</head>`));
execFileSync(
  "chromium",
  [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    `--user-data-dir=${folder}/profile`,
    `--window-size=900,${(plotlyFigure(figure).layout.height ?? 440) + 70}`,
    "--hide-scrollbars",
    "--virtual-time-budget=5000",
    `--screenshot=${resolve(out)}`,
    `file://${folder}/figure.html`,
  ],
  { stdio: "ignore" },
);
rmSync(folder, { recursive: true, force: true });
console.log(`${out}: ${figure.title}`);
