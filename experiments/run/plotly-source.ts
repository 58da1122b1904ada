import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

/** Which figures a report holds: those that the small bundle of plotly draws, or also those that need the full one. */
export const FIGURE_SETS = ["small", "full"] as const;
export type FigureSet = (typeof FIGURE_SETS)[number];

const PACKAGES = { small: "plotly.js-cartesian-dist-min", full: "plotly.js-dist-min" } as const;

/** Source text of the drawing library: 1.5 MB, or 4.8 MB for surfaces and parallel coordinates. */
export const plotlySource = (set: FigureSet): string =>
  readFileSync(createRequire(import.meta.url).resolve(PACKAGES[set]), "utf8");
