import type { AnyFigure } from "./figure.ts";
import { plotlyFigure } from "./plotly-figure.ts";

/** A table of words. */
export interface WordTable {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly notes: readonly string[];
}

interface Page {
  readonly title: string;
  /** What was found, in one sentence; "" where nothing is. */
  readonly answer?: string;
  readonly summary: string;
  /** What went wrong, or not as far as was asked: never folded away. */
  readonly warnings?: readonly string[];
  readonly tables: readonly WordTable[];
  readonly figures: readonly AnyFigure[];
  /** What must be said beside the results: assumptions, sources. Folded, below them. */
  readonly notes: readonly string[];
  /** Effective parameters and provenance, folded away below the results. */
  readonly details: readonly WordTable[];
}

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** Cells that are numbers, to be read down their column: an estimate with its interval, a quantity. */
const NUMBER_CELL = /^(?:[-+±<>~]?\s?\d[\d.,e+-]*(?:\s?(?:%|[a-zµ°]{0,4}[A-Za-z]*))?(?:\s[[(±].*)?|-|)$/;

const tableHtml = (t: WordTable): string => {
  const isNumeric = t.columns.map((_, c) => t.rows.length > 0 && t.rows.every((row) => NUMBER_CELL.test(row[c])));
  const row = (cells: readonly string[], tag: string): string =>
    `<tr>${cells.map((cell, c) => `<${tag}${isNumeric[c] ? ' class="n"' : ""}>${escaped(cell)}</${tag}>`).join("")}</tr>`;
  const notes = t.notes.map((n) => `<p class="note">${escaped(n)}</p>`).join("");
  return `<h2>${escaped(t.title)}</h2><div class="scroll"><table><thead>${row(t.columns, "th")}</thead><tbody>${t.rows
    .map((r) => row(r, "td"))
    .join("")}</tbody></table></div>${notes}`;
};

const STYLE = `
:root { color-scheme: light; }
body { font: 16px/1.5 system-ui, sans-serif; color: #1b1b1b; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.8rem; line-height: 1.2; margin-bottom: .4rem; } h2 { font-size: 1.15rem; margin-top: 2.2rem; }
.answer { font-size: 1.15rem; line-height: 1.45; margin: .4rem 0 .6rem; padding-left: .8rem; border-left: 4px solid #0072B2; }
.lead { color: #555; margin-top: 0; font-size: .92rem; } .scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .92rem; }
th, td { text-align: left; padding: .28rem .7rem; border-bottom: 1px solid #ddd; vertical-align: top; }
th.n, td.n { text-align: right; white-space: nowrap; } td:first-child { white-space: nowrap; }
th { border-bottom: 2px solid #888; } .note, figcaption { color: #555; font-size: .9rem; max-width: 48rem; }
figure { margin: 0; } .drawing { overflow-x: auto; } .warning { background: #fff7e0; border-left: 4px solid #e69f00; padding: .6rem 1rem; }
details { margin-top: 2rem; } details ul { padding-left: 1.1rem; font-size: .9rem; } summary { cursor: pointer; font-weight: 600; }
`;

/** Pixels below which a figure is no longer readable: it scrolls there. */
const NARROWEST = {
  curves: 340,
  dots: 480,
  bars: 480,
  "heat maps": 640,
  surfaces: 480,
  "parallel coordinates": 900,
} as const;

/**
 * A run's report as one HTML file that needs nothing else, so that it opens from a folder: the answer and its figure, the tables, the other
 * figures, then what is folded away. `plotly` is the source text of the drawing library.
 */
export const pageHtml = (page: Page, plotly: string): string => {
  const figures = page.figures.map(
    (f, i) =>
      `<h2>${escaped(f.title)}</h2><figure><div class="drawing"><div id="figure${i}" style="min-width:${NARROWEST[f.kind ?? "curves"]}px"></div></div><figcaption>${escaped(f.caption)}</figcaption></figure>`,
  );
  // A closing tag inside the data must not end the script.
  const data = JSON.stringify(page.figures.map(plotlyFigure)).replaceAll("<", "\\u003c");
  const list = (items: readonly string[]): string => `<ul>${items.map((n) => `<li>${escaped(n)}</li>`).join("")}</ul>`;
  const warnings = (page.warnings ?? []).map((n) => `<p class="warning">${escaped(n)}</p>`).join("\n");
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(page.title)}</title><style>${STYLE}</style></head><body>
<h1>${escaped(page.title)}</h1>
${page.answer ? `<p class="answer">${escaped(page.answer)}</p>` : ""}
<p class="lead">${escaped(page.summary)}</p>
${warnings}
${figures.slice(0, 1).join("\n")}
${page.tables.map(tableHtml).join("\n")}
${figures.slice(1).join("\n")}
${page.notes.length > 0 ? `<details><summary>What the results rest on: assumptions and sources</summary>${list(page.notes)}</details>` : ""}
${page.details.length > 0 ? `<details><summary>Parameters and provenance</summary>${page.details.map(tableHtml).join("\n")}</details>` : ""}
<script>${plotly.replaceAll("</script", "<\\/script")}</script>
<script>${data === "[]" ? "" : `${data}.forEach((f, i) => Plotly.newPlot("figure" + i, f.data, f.layout, { responsive: true, displaylogo: false, displayModeBar: "hover" }));`}</script>
</body></html>
`;
};
