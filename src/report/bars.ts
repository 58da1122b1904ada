import { axisTitle, plainAxis } from "./axes.ts";
import type { BarFigure } from "./figure.ts";
import { colourOf } from "./marks.ts";

/** Height of one bar and of what stands around all, in pixels. */
const BAR = 15;
const AROUND = 170;
const [TOP, BOTTOM] = [20, 100];
/** From the axis down to the legend: below ticks and title. */
const LEGEND_BELOW = 66;

const heightOf = ({ names, series }: BarFigure): number => AROUND + names.length * (BAR * series.length + 10);

/** Groups of horizontal bars with their intervals as plotly's data and layout: the first name on top. */
export const plotlyBars = (figure: BarFigure): { data: object[]; layout: object } => ({
  data: figure.series.map((s, i) => ({
    type: "bar",
    orientation: "h",
    name: s.name,
    y: figure.names,
    x: s.values.map((v) => (Number.isFinite(v) ? v : null)),
    marker: { color: colourOf(i) },
    error_x: {
      type: "data",
      symmetric: false,
      array: s.high.map((h, k) => (Number.isFinite(h) ? h - s.values[k] : null)),
      arrayminus: s.low.map((l, k) => (Number.isFinite(l) ? s.values[k] - l : null)),
      thickness: 1,
      width: 2,
    },
  })),
  layout: {
    barmode: "group",
    margin: { l: 210, r: 24, t: TOP, b: BOTTOM },
    height: heightOf(figure),
    font: { family: "system-ui, sans-serif", size: 14 },
    legend: {
      orientation: "h",
      y: -LEGEND_BELOW / (heightOf(figure) - TOP - BOTTOM),
      yanchor: "top",
      traceorder: "normal",
    },
    xaxis: {
      ...plainAxis,
      title: { text: axisTitle(figure.x) },
      range: [figure.x.from, figure.x.to],
      // Bars stand on it.
      zeroline: true,
    },
    yaxis: { autorange: "reversed", ticks: "" },
  },
});
