import type { ParallelFigure } from "./figure.ts";

/** Room for an axis in pixels, from which the figure is wide enough to scroll. */
const AXIS = 130;

/** Points over parallel axes as plotly's data and layout; coloured by the last axis. */
export const plotlyParallel = ({ axes }: ParallelFigure): { data: object[]; layout: object } => ({
  data: [
    {
      type: "parcoords",
      line: { color: axes[axes.length - 1].values, colorscale: "Viridis", showscale: false },
      labelangle: -30,
      dimensions: axes.map(({ label, words, values }) => ({
        label,
        values,
        ...(words ? { tickvals: words.map((_, i) => i), ticktext: words, range: [-0.2, words.length - 0.8] } : {}),
      })),
    },
  ],
  layout: {
    margin: { l: 90, r: 60, t: 120, b: 30 },
    height: 480,
    width: Math.max(900, AXIS * axes.length),
    font: { family: "system-ui, sans-serif", size: 13 },
  },
});
