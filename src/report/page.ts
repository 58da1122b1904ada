import { plotlyBars } from "./bars.ts";
import type { AnyFigure, Axis, CurveFigure, Series } from "./figure.ts";
import { plotlyHeatMaps } from "./heat-maps.ts";
import { plotlyParallel } from "./parallel.ts";
import { plotlySurfaces } from "./surfaces.ts";

/** A table of words. */
export interface WordTable {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly notes: readonly string[];
}

interface Page {
  readonly title: string;
  readonly summary: string;
  readonly tables: readonly WordTable[];
  readonly figures: readonly AnyFigure[];
  /** What must be said beside the results. */
  readonly notes: readonly string[];
  /** Effective parameters and provenance, folded away below the results. */
  readonly details: readonly WordTable[];
}

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

// Okabe and Ito's palette: distinct also to colour-blind readers.
const COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000", "#999933"];

const axisTitle = ({ label, unit }: Axis): string => (unit ? `${label} (${unit})` : label);

const errorBars = (s: Series): object => {
  if (!s.low || !s.high) return {};
  const { low, high } = s;
  const beyond = (bound: readonly (number | null)[], sign: number): (number | null)[] =>
    s.y.map((y, i) => {
      const b = bound[i];
      return y === null || b === null || !Number.isFinite(b) ? null : Math.max(0, sign * (b - y));
    });
  return {
    error_y: {
      type: "data",
      symmetric: false,
      array: beyond(high, 1),
      arrayminus: beyond(low, -1),
      thickness: 1.2,
      width: 3,
    },
  };
};

/** Height of a row of a legend in pixels; rows that the margin has room for; letters that fit in a row. */
const LEGEND_ROW = 24;
const ROWS_WITH_ROOM = 2;
const LETTERS_A_ROW = 80;

/** Room that a legend needs beyond the margin's own: names of one length stand in columns. */
const legendRoom = (series: readonly Series[]): number => {
  const longest = Math.max(...series.map((s) => s.name.length)) + 6;
  const columns = Math.max(1, Math.floor(LETTERS_A_ROW / longest));
  return LEGEND_ROW * Math.max(0, Math.ceil(series.length / columns) - ROWS_WITH_ROOM);
};

/** Ticks of a logarithmic axis: 1, 2 and 5 of each decade, or decades alone where there are many. */
const logTick = (values: readonly (number | null)[]): "D2" | 1 => {
  const drawn = values.filter((v): v is number => v !== null && v > 0);
  return Math.max(...drawn) / Math.min(...drawn) > 1e4 ? 1 : "D2";
};

/** Values of a logarithmic x axis that are few and short are its ticks, written in full. */
const [MOST_TICKS, MOST_LETTERS] = [8, 6];

const logTicksAt = (series: readonly Series[]): object => {
  const places = [...new Set(series.flatMap((s) => s.x))].filter((v) => v > 0).sort((a, b) => a - b);
  const texts = places.map((v) => String(Number(v.toPrecision(3))));
  if (places.length > MOST_TICKS || texts.some((text) => text.length > MOST_LETTERS)) return { dtick: logTick(places) };
  return { tickvals: places, ticktext: texts };
};

/** A figure as plotly's data and layout. */
export const plotlyFigure = (figure: AnyFigure): { data: object[]; layout: object } => {
  switch (figure.kind) {
    case "heat maps":
      return plotlyHeatMaps(figure);
    case "bars":
      return plotlyBars(figure, COLOURS);
    case "surfaces":
      return plotlySurfaces(figure);
    case "parallel coordinates":
      return plotlyParallel(figure);
    default:
      return plotlyCurves(figure);
  }
};

const plotlyCurves = (figure: CurveFigure): { data: object[]; layout: object } => ({
  data: figure.series.map((s, i) => ({
    type: "scatter",
    mode: s.dash === "none" ? "markers" : s.marks ? "lines+markers" : "lines",
    name: s.name,
    x: s.x,
    y: s.y,
    line: {
      color: COLOURS[i % COLOURS.length],
      dash: s.dash === undefined || s.dash === "none" ? "solid" : s.dash,
      width: 2,
    },
    marker: { size: s.dash === "none" ? 4 : 7 },
    ...errorBars(s),
  })),
  layout: {
    margin: { l: 84, r: 24, t: 36, b: 110 + legendRoom(figure.series) },
    height: 440 + legendRoom(figure.series),
    font: { family: "system-ui, sans-serif", size: 14 },
    hovermode: "closest",
    legend: { orientation: "h", y: -0.24, yanchor: "top" },
    xaxis: {
      title: { text: axisTitle(figure.x) },
      type: figure.x.scale,
      ...(figure.x.scale === "log" ? logTicksAt(figure.series) : {}),
      showline: true,
      mirror: true,
      ticks: "outside",
      exponentformat: "power",
    },
    yaxis: {
      title: { text: axisTitle(figure.y), standoff: 14 },
      type: figure.y.scale,
      ...(figure.y.scale === "log" ? { dtick: logTick(figure.series.flatMap((s) => s.y)) } : {}),
      showline: true,
      mirror: true,
      ticks: "outside",
      exponentformat: "power",
    },
    shapes: (figure.bands ?? []).map((b) => ({
      type: "rect",
      xref: "x",
      yref: "paper",
      x0: b.from,
      x1: b.to,
      y0: 0,
      y1: 1,
      fillcolor: "rgba(0,158,115,0.14)",
      line: { width: 0 },
    })),
    annotations: (figure.bands ?? []).map((b) => ({
      x: figure.x.scale === "log" ? Math.log10(Math.sqrt(b.from * b.to)) : (b.from + b.to) / 2,
      y: 1,
      yref: "paper",
      yanchor: "top",
      text: b.label,
      showarrow: false,
    })),
  },
});

const tableHtml = (t: WordTable): string => {
  const row = (cells: readonly string[], tag: string): string =>
    `<tr>${cells.map((c) => `<${tag}>${escaped(c)}</${tag}>`).join("")}</tr>`;
  const notes = t.notes.map((n) => `<p class="note">${escaped(n)}</p>`).join("");
  return `<h2>${escaped(t.title)}</h2><div class="scroll"><table><thead>${row(t.columns, "th")}</thead><tbody>${t.rows
    .map((r) => row(r, "td"))
    .join("")}</tbody></table></div>${notes}`;
};

const STYLE = `
:root { color-scheme: light; }
body { font: 16px/1.5 system-ui, sans-serif; color: #1b1b1b; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.7rem; margin-bottom: .2rem; } h2 { font-size: 1.15rem; margin-top: 2.2rem; }
.lead { color: #444; margin-top: 0; } .scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .92rem; }
th, td { text-align: left; padding: .28rem .7rem; border-bottom: 1px solid #ddd; vertical-align: top; }
th { border-bottom: 2px solid #888; } .note, figcaption { color: #444; font-size: .9rem; }
figure { margin: 0; overflow-x: auto; } .standing { font-size: .85rem; background: #fff7e0; border-left: 4px solid #e69f00; padding: .6rem 1rem; }
.standing ul { margin: 0; padding-left: 1.1rem; } details { margin-top: 2rem; } summary { cursor: pointer; font-weight: 600; }
`;

/**
 * A run's report as one HTML file that needs nothing else, so that it opens from a folder. `plotly` is the source text of
 * the drawing library.
 */
export const pageHtml = (page: Page, plotly: string): string => {
  const figures = page.figures
    .map(
      (f, i) =>
        `<h2>${escaped(f.title)}</h2><figure><div id="figure${i}"></div><figcaption>${escaped(f.caption)}</figcaption></figure>`,
    )
    .join("\n");
  // A closing tag inside the data must not end the script.
  const data = JSON.stringify(page.figures.map(plotlyFigure)).replaceAll("<", "\\u003c");
  const standing = page.notes.length
    ? `<div class="standing"><ul>${page.notes.map((n) => `<li>${escaped(n)}</li>`).join("")}</ul></div>`
    : "";
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(page.title)}</title><style>${STYLE}</style></head><body>
<h1>${escaped(page.title)}</h1><p class="lead">${escaped(page.summary)}</p>
${standing}
${page.tables.map(tableHtml).join("\n")}
${figures}
${page.details.length > 0 ? `<details><summary>Parameters and provenance</summary>${page.details.map(tableHtml).join("\n")}</details>` : ""}
<script>${plotly.replaceAll("</script", "<\\/script")}</script>
<script>${data === "[]" ? "" : `${data}.forEach((f, i) => Plotly.newPlot("figure" + i, f.data, f.layout, { responsive: true, displaylogo: false }));`}</script>
</body></html>
`;
};
