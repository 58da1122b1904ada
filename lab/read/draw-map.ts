import { words } from "../controls/words.ts";
import { colour } from "../figures/theme.ts";
import type { PageValues } from "../state/lab-parameters.ts";
import { countsNear, rowsOf, type ShmooMap, SUPPLIES, shownError } from "./shmoo-grid.ts";

/** From few errors to many: dark blue to yellow, as bright as it is bad (the ends and middle of matplotlib's cividis, by eye). */
const STOPS = [
  [0, 34, 78],
  [87, 92, 109],
  [165, 156, 116],
  [254, 232, 56],
] as const;
/** Rates of the scale's ends: few or none in the samples of a cell, and that of weights that are guessed. */
const [LEAST, MOST] = [2e-3, 2 / 3];

const colourOf = (rate: number): string => {
  const share = Math.min(1, Math.max(0, Math.log(Math.max(rate, 1e-9) / LEAST) / Math.log(MOST / LEAST)));
  const at = share * (STOPS.length - 1);
  const i = Math.min(STOPS.length - 2, Math.floor(at));
  const [from, to] = [STOPS[i], STOPS[i + 1]];
  return `rgb(${from.map((c, k) => Math.round(c + (to[k] - c) * (at - i))).join(" ")})`;
};

const MARGIN = { left: 58, right: 12, top: 8, bottom: 62 };

/** Where the cells are in a drawing of this size. */
export const mapArea = (width: number, height: number) => ({
  left: MARGIN.left,
  top: MARGIN.top,
  width: width - MARGIN.left - MARGIN.right,
  height: height - MARGIN.top - MARGIN.bottom,
});

interface Marked {
  readonly supply: number;
  /** Strobe or temperature. */
  readonly row: number;
}

/** Place of a value among the rows, in rows from the first, between them too. */
const rowPlace = (rows: readonly number[], value: number, isLog: boolean): number => {
  const of = (x: number): number => (isLog ? Math.log(x) : x);
  return ((of(value) - of(rows[0])) / (of(rows[rows.length - 1]) - of(rows[0]))) * (rows.length - 1);
};

const ticksOf = (rows: readonly number[], isLog: boolean): { readonly at: number; readonly text: string }[] =>
  isLog
    ? [1e-9, 10e-9, 100e-9, 1e-6].map((t) => ({ at: rowPlace(rows, t, true), text: words(t, "s") }))
    : [233.15, 273.15, 313.15, 353.15, 398.15].map((t) => ({ at: rowPlace(rows, t, false), text: words(t, "K") }));

/** Draws the map with its axes, scale and the point that is set, in CSS pixels. */
export const drawMap = (
  context: CanvasRenderingContext2D,
  width: number,
  height: number,
  map: ShmooMap,
  shown: PageValues["shown"],
  marked: Marked,
): void => {
  const { left, top, width: w, height: h } = mapArea(width, height);
  const rows = rowsOf(map.axis);
  const isLog = map.axis === "strobe";
  const [cw, ch] = [w / SUPPLIES.length, h / rows.length];
  context.fillStyle = colour("ground");
  context.fillRect(0, 0, width, height);
  context.fillStyle = colour("line");
  context.fillRect(left, top, w, h);
  SUPPLIES.forEach((_, c) => {
    rows.forEach((__, r) => {
      const counts = countsNear(map, c, r);
      if (!counts) return;
      const rate = shownError(counts, shown);
      if (Number.isNaN(rate)) return;
      context.fillStyle = colourOf(rate);
      // Half a pixel more, so that no seams are seen.
      context.fillRect(left + c * cw, top + h - (r + 1) * ch, cw + 0.5, ch + 0.5);
    });
  });
  context.font = "11px system-ui, sans-serif";
  context.fillStyle = colour("muted");
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (const { at, text } of ticksOf(rows, isLog)) context.fillText(text, left - 6, top + h - (at + 0.5) * ch);
  context.textAlign = "center";
  context.textBaseline = "top";
  SUPPLIES.forEach((supply, c) => {
    if (c % 4 === 2) context.fillText(`${supply.toFixed(1)} V`, left + (c + 0.5) * cw, top + h + 5);
  });
  const x = left + ((marked.supply - SUPPLIES[0]) / 0.05 + 0.5) * cw;
  const y = top + h - (rowPlace(rows, marked.row, isLog) + 0.5) * ch;
  if (y >= top && y <= top + h) {
    for (const [stroke, line] of [
      [colour("ground"), 4],
      [colour("ink"), 2],
    ] as const) {
      context.strokeStyle = stroke;
      context.lineWidth = line;
      context.beginPath();
      context.arc(x, y, 6, 0, 2 * Math.PI);
      context.stroke();
    }
  }
  const scaleWidth = Math.min(320, w);
  const scaleTop = height - 34;
  for (let i = 0; i < scaleWidth; i++) {
    context.fillStyle = colourOf(LEAST * Math.exp((i / scaleWidth) * Math.log(MOST / LEAST)));
    context.fillRect(left + i, scaleTop, 1.5, 9);
  }
  context.fillStyle = colour("muted");
  for (const rate of [LEAST, 1e-2, 1e-1, MOST]) {
    const at = left + (Math.log(rate / LEAST) / Math.log(MOST / LEAST)) * scaleWidth;
    context.textAlign = rate === LEAST ? "left" : rate === MOST ? "right" : "center";
    context.fillText(rate === LEAST ? "few" : rate === MOST ? "67 %" : `${100 * rate} %`, at, scaleTop + 13);
  }
};
