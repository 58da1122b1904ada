import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { describe, expect, test } from "@jest/globals";
import type { Figure } from "#src/report/figure";
import { pageHtml } from "#src/report/page";
import { plotlyFigure } from "#src/report/plotly-figure";

const folder = fileURLToPath(new URL("../../docs/figures/", import.meta.url));
const pictures = readdirSync(folder).filter((name) => name.endsWith(".png"));
const dataOf = (picture: string): string => join(folder, "data", picture.replace(/\.png$/, ".json"));
const kept = pictures
  .filter((picture) => existsSync(dataOf(picture)))
  .map((picture) => {
    const { drawing, figure } = JSON.parse(readFileSync(dataOf(picture), "utf8"));
    return { picture, drawing: drawing as string, figure: figure as Figure };
  });

/** Drawn before their data was kept, by runs of hours: docs/published.md says so. */
const BEFORE: readonly string[] = [
  ...["ep-on-rram", "eqspike-on-rram", "ernoult-2020", "laborieux-2020-accuracy", "laborieux-2020-cells"],
  ...["laborieux-2020-energy", "laborieux-2020", "laborieux-small", "sensitivity"],
].map((name) => `${name}.png`);

describe("the figures of the pages", () => {
  test("have their data beside them", () => {
    expect(pictures.filter((picture) => !existsSync(dataOf(picture)))).toEqual(BEFORE);
  });
  test.each(kept.map(({ picture, drawing, figure }) => [picture, drawing, figure] as const))(
    "%s is what today's code draws of its data",
    (_picture, drawing, figure) => {
      expect(
        createHash("sha256")
          .update(JSON.stringify(plotlyFigure(figure)))
          .digest("hex")
          .slice(0, 16),
      ).toBe(drawing);
    },
  );
});

const browser = ["chromium", "chromium-browser", "google-chrome"].find(
  (name) => spawnSync(name, ["--version"], { stdio: "ignore" }).status === 0,
);
if (!browser) console.warn("skipped: figures in a browser; install one: apt-get install chromium");

/** What a script in the page found out: errors, and texts of one figure that lie upon each other. */
const inspected = (html: string, width: number): { errors: string[]; drawn: number; overlaps: string[] } => {
  const place = mkdtempSync(join(tmpdir(), "rramlab-page-"));
  try {
    const early = `<script>window.faults = []; window.addEventListener("error", (e) => faults.push(e.message)); console.error = (...a) => faults.push(a.join(" "));</script>`;
    const late = `<script>setTimeout(() => {
      const overlaps = [];
      for (const figure of document.querySelectorAll("figure")) {
        const texts = [...figure.querySelectorAll("svg text")].filter((t) => t.textContent.trim() && t.getClientRects().length).map((t) => ({ says: t.textContent, r: t.getBoundingClientRect() }));
        texts.forEach((a, i) => texts.slice(i + 1).forEach((b) => {
          const w = Math.min(a.r.right, b.r.right) - Math.max(a.r.left, b.r.left), h = Math.min(a.r.bottom, b.r.bottom) - Math.max(a.r.top, b.r.top);
          if (w > 2 && h > 3) overlaps.push(a.says + " | " + b.says);
        }));
      }
      document.body.textContent = "found" + JSON.stringify({ errors: faults, drawn: document.querySelectorAll(".main-svg").length, overlaps });
    }, 1500);</script>`;
    const page = join(place, "page.html");
    writeFileSync(page, html.replace("<head>", `<head>${early}`).replace("</body>", `${late}</body>`));
    const { stdout } = spawnSync(
      browser as string,
      [
        ...["--headless", "--no-sandbox", "--disable-gpu", `--user-data-dir=${join(place, "profile")}`],
        ...[`--window-size=${width},2000`, "--virtual-time-budget=20000", "--dump-dom", pathToFileURL(page).href],
      ],
      { encoding: "utf8", maxBuffer: 2 ** 28, timeout: 120_000 },
    );
    const [, found] = /found(\{[\s\S]*\})<\/body>/.exec(stdout) ?? [];
    return JSON.parse((found ?? "").replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&"));
  } finally {
    rmSync(place, { recursive: true, force: true, maxRetries: 3 });
  }
};

(browser ? describe : describe.skip)("in a browser", () => {
  const plotly = readFileSync(createRequire(import.meta.url).resolve("plotly.js-cartesian-dist-min"), "utf8");
  const page = (figures: readonly Figure[]): string =>
    pageHtml({ title: "Figures", summary: "", tables: [], figures, notes: [], details: [] }, plotly);
  test("all figures of the pages are drawn without an error and without texts upon each other, at 1280 pixels", () => {
    const { errors, drawn, overlaps } = inspected(page(kept.map(({ figure }) => figure)), 1280);
    expect({ errors, overlaps }).toEqual({ errors: [], overlaps: [] });
    expect(drawn).toBeGreaterThanOrEqual(kept.length);
  });
  test("those of the main report on a telephone, too", () => {
    const main = kept.filter(({ picture }) => picture.startsWith("ternary-versus-binary"));
    expect(main.length).toBeGreaterThan(0);
    const { errors, overlaps } = inspected(page(main.map(({ figure }) => figure)), 500);
    expect({ errors, overlaps }).toEqual({ errors: [], overlaps: [] });
  });
  test("texts that do lie upon each other are seen", () => {
    const names = ["a name", "a name"];
    const maps = Array.from({ length: 2 }, (_, i) => ({
      title: `a title of many, many words that nobody would read, ${i}`,
      values: [[1]],
      texts: [["1"]],
    }));
    const crowded: Figure = {
      ...{ kind: "heat maps", title: "t", caption: "", columns: 2, maps },
      ...{ x: { label: "x", places: names.slice(1) }, y: { label: "y", places: ["1"] } },
      colour: { label: "c", unit: "", scale: "linear" as const, from: 0, to: 1 },
    };
    expect(inspected(page([crowded]), 600).overlaps).not.toEqual([]);
  });
});
