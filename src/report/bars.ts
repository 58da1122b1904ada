import type { BarFigure } from "./figure.ts";

/** Height of one bar and of what stands around all, in pixels. */
const BAR = 15;
const AROUND = 170;
const [TOP, BOTTOM] = [20, 100];
/** From the axis down to the legend: below ticks and title. */
const LEGEND_BELOW = 66;

const heightOf = ({ names, series }: BarFigure): number => AROUND + names.length * (BAR * series.length + 10);

/** Groups of horizontal bars with their intervals as plotly's data and layout: the first name on top. */
export const plotlyBars = (figure: BarFigure, colours: readonly string[]): { data: object[]; layout: object } => ({
  data: figure.series.map((s, i) => ({
    type: "bar",
    orientation: "h",
    name: s.name,
    y: figure.names,
    x: s.values.map((v) => (Number.isFinite(v) ? v : null)),
    marker: { color: colours[i % colours.length] },
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
      title: { text: figure.x.unit ? `${figure.x.label} (${figure.x.unit})` : figure.x.label },
      range: [figure.x.from, figure.x.to],
      zeroline: true,
      showline: true,
      mirror: true,
      ticks: "outside",
    },
    yaxis: { autorange: "reversed", ticks: "" },
  },
});
