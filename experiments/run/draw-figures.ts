import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { AnyFigure } from "#src/report/figure";
import { plotlyFigure } from "#src/report/plotly-figure";
import { Misuse } from "../misuse.ts";
import { plotlySource } from "./plotly-source.ts";

/** Kinds of picture that figures are drawn as. */
export const PICTURES = ["png", "svg"] as const;
export type Picture = (typeof PICTURES)[number];

/** Names under which a browser of Chromium's kind is found. */
const BROWSERS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
/** Longest that a page may draw [ms], and what it may write [bytes]. */
const [LONGEST, MOST] = [120_000, 2 ** 28];

/** The browser that draws here. @throws Misuse where none is installed. */
export const browserHere = (): string => {
  const found = BROWSERS.find((name) => spawnSync(name, ["--version"], { stdio: "ignore" }).status === 0);
  if (found) return found;
  throw new Misuse(
    `drawing pictures needs a browser of Chromium's kind, and none of ${BROWSERS.join(", ")} is here; install one ("apt-get install chromium"), or save pictures from report.html by the camera above each figure.`,
  );
};

/** Width of a picture in pixels; of its height what stands above a figure for its title. */
const [WIDTH, ABOVE] = [900, 44];

/** A page that draws figures one after another, and then is nothing but their pictures as data URLs, a line each. */
const drawingPage = (figures: readonly AnyFigure[], picture: Picture): string => {
  const drawings = figures.map((figure) => {
    const { data, layout } = plotlyFigure(figure) as {
      data: object[];
      layout: { margin: { t: number }; height?: number; width?: number };
    };
    const height = (layout.height ?? 440) + ABOVE;
    return {
      data,
      layout: {
        ...layout,
        title: {
          text: figure.title.replaceAll("<", "&lt;"),
          x: 0.01,
          xanchor: "left",
          y: 1 - 18 / height,
          yanchor: "middle",
          font: { size: 17, weight: 700 },
        },
        margin: { ...layout.margin, t: layout.margin.t + ABOVE },
        height,
        width: layout.width ?? WIDTH,
      },
    };
  });
  return `<!doctype html><meta charset="utf-8"><body><script>${plotlySource("small").replaceAll("</script", "<\\/script")}</script>
<script>(async () => {
  const pictures = [];
  for (const { data, layout } of ${JSON.stringify(drawings).replaceAll("<", "\\u003c")})
    pictures.push(await Plotly.toImage({ data, layout }, { format: "${picture}", width: layout.width, height: layout.height }));
  document.body.textContent = "drawn\\n" + pictures.join("\\n");
})();</script>`;
};

const bytesOf = (url: string): Uint8Array => {
  const comma = url.indexOf(",");
  const body = url.slice(comma + 1);
  return url.slice(0, comma).includes("base64")
    ? Buffer.from(body, "base64")
    : Buffer.from(decodeURIComponent(body), "utf8");
};

/**
 * Figures as pictures, drawn by a headless browser.
 * @throws Misuse where there is no browser; Error where it does not draw.
 */
export const drawFigures = (figures: readonly AnyFigure[], picture: Picture): Uint8Array[] => {
  const browser = browserHere();
  const folder = mkdtempSync(join(tmpdir(), "rramlab-drawing-"));
  try {
    const page = join(folder, "page.html");
    writeFileSync(page, drawingPage(figures, picture));
    const { stdout, stderr } = spawnSync(
      browser,
      [
        ...[
          "--headless",
          "--no-sandbox",
          "--disable-gpu",
          "--disable-background-networking",
          "--disable-component-update",
        ],
        ...[
          "--disable-sync",
          `--user-data-dir=${join(folder, "profile")}`,
          "--virtual-time-budget=30000",
          "--dump-dom",
        ],
        pathToFileURL(page).href,
      ],
      { encoding: "utf8", timeout: LONGEST, maxBuffer: MOST },
    );
    const [, drawn] = /<body>drawn\n([\s\S]*?)<\/body>/.exec(stdout ?? "") ?? [];
    const pictures = drawn?.replaceAll("&amp;", "&").split("\n") ?? [];
    if (pictures.length !== figures.length) throw new Error(`${browser} drew nothing: ${(stderr ?? "").slice(-300)}`);
    return pictures.map(bytesOf);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
};
