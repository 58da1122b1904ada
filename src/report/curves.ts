import { plainAxis, plotlyAxis } from "./axes.ts";
import type { CurveFigure, Series } from "./figure.ts";
import { colourOf, errorBars, extentOf, floorOf, placed, symbolOf } from "./marks.ts";

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

/** Share of the widest gap of x by which bars of coinciding points are set apart. */
const APART = 0.008;

/** Curves with intervals as plotly's data and layout. */
export const plotlyCurves = (figure: CurveFigure): { data: object[]; layout: object } => {
  const { series } = figure;
  const barred = series.filter((s) => s.low);
  const xs = [...new Set(series.flatMap((s) => s.x))].filter(Number.isFinite).sort((a, b) => a - b);
  const [first, last] = [xs[0], xs[xs.length - 1]];
  // Bars at one place would lie upon each other: they are set apart by a little, in the order of the legend.
  const moved = (s: Series): readonly number[] => {
    const k = barred.indexOf(s) - (barred.length - 1) / 2;
    if (barred.length < 2 || !s.low) return s.x;
    const places = s.x.length > 1 && first < last;
    if (!places) return s.x;
    return figure.x.scale === "log"
      ? s.x.map((x) => x * Math.exp(Math.log(last / first) * APART * k))
      : s.x.map((x) => x + APART * k * (last - first));
  };
  const ofY = extentOf(series.map((s) => ({ ...s, values: s.y })));
  const floor = floorOf(ofY, figure.y.scale);
  return {
    data: series.flatMap((s, i) => {
      const y = placed(s.y, figure.y.scale);
      const x = moved(s);
      const bars = errorBars(y, s, floor);
      const curve = {
        type: "scatter",
        mode: s.dash === "none" ? "markers" : s.marks ? "lines+markers" : "lines",
        name: s.name,
        x,
        y,
        line: { color: colourOf(i), dash: s.dash === undefined || s.dash === "none" ? "solid" : s.dash, width: 2 },
        marker: { size: s.dash === "none" ? 4 : 7, ...(s.dash === "none" ? {} : { symbol: symbolOf(i) }) },
        legendgroup: s.name,
        ...(bars ? { error_y: { type: "data", symmetric: false, ...bars, thickness: 1.2, width: 3 } } : {}),
      };
      if (!s.below?.some((b) => b !== null)) return [curve];
      return [
        curve,
        {
          type: "scatter",
          mode: "markers",
          name: `${s.name}: none seen, below this`,
          x,
          y: s.below,
          marker: { symbol: "triangle-down-open", size: 9, color: colourOf(i), line: { width: 1.5 } },
          legendgroup: s.name,
          showlegend: false,
        },
      ];
    }),
    layout: {
      margin: { l: 84, r: 24, t: 36, b: 110 + legendRoom(series) },
      height: 440 + legendRoom(series),
      font: { family: "system-ui, sans-serif", size: 14 },
      hovermode: "closest",
      showlegend: series.length > 1,
      legend: { orientation: "h", y: -0.24, yanchor: "top" },
      xaxis: plotlyAxis(figure.x, xs, xs),
      yaxis: yAxis(figure, ofY),
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
  };
};

/** Of a logarithmic axis the bars that reach far down set no range: what is seen and what bounds it do. */
const yAxis = (figure: CurveFigure, all: Series["y"]): object => {
  const { y, series } = figure;
  const seen = y.scale === "log" ? series.flatMap((s) => [...s.y, ...(s.high ?? []), ...(s.below ?? [])]) : all;
  const axis = plotlyAxis(y, seen) as { title: object };
  return { ...plainAxis, ...axis, title: { ...axis.title, standoff: 14 } };
};
