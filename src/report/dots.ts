import { plotlyAxis } from "./axes.ts";
import type { DotFigure } from "./figure.ts";
import { colourOf, errorBars, extentOf, floorOf, placed, symbolOf } from "./marks.ts";

/** Height of a row and of what stands around all, in pixels. */
const [ROW, AROUND] = [30, 160];
/** Share of a row that its dots are spread over. */
const SPREAD = 0.6;
/** Room for a letter of a name, in pixels. */
const LETTER = 7.6;

/** Dots with intervals as plotly's data and layout: the first name on top. */
export const plotlyDots = (figure: DotFigure): { data: object[]; layout: object } => {
  const { names, series, x, reference } = figure;
  const all = extentOf(series);
  const floor = floorOf(all, x.scale);
  const seen = x.scale === "log" ? extentOf(series.map(({ low: _low, ...s }) => s)) : all;
  const height = AROUND + names.length * Math.max(ROW, 11 * series.length);
  return {
    data: series.flatMap((s, i) => {
      const offset = series.length > 1 ? SPREAD * (i / (series.length - 1) - 0.5) : 0;
      const y = names.map((_, k) => k + offset);
      const values = placed(s.values, x.scale);
      const bars = errorBars(values, s, floor);
      const dots = {
        type: "scatter",
        mode: "markers",
        name: s.name,
        x: values,
        y,
        text: names,
        hovertemplate: `%{text}: %{x}<extra>${s.name}</extra>`,
        marker: { size: 8, color: colourOf(i), symbol: symbolOf(i) },
        legendgroup: s.name,
        ...(bars
          ? { error_x: { type: "data", symmetric: false, ...bars, thickness: 1.2, width: 3, color: colourOf(i) } }
          : {}),
      };
      if (!s.below?.some((b) => b !== null)) return [dots];
      return [
        dots,
        {
          type: "scatter",
          mode: "markers",
          name: `${s.name}: none seen, below this`,
          x: s.below,
          y,
          marker: { symbol: "triangle-left-open", size: 9, color: colourOf(i), line: { width: 1.5 } },
          legendgroup: s.name,
          showlegend: false,
        },
      ];
    }),
    layout: {
      margin: { l: 24 + LETTER * Math.max(...names.map((name) => name.length)), r: 24, t: 24, b: 110 },
      height,
      font: { family: "system-ui, sans-serif", size: 14 },
      hovermode: "closest",
      showlegend: series.length > 1,
      legend: { orientation: "h", y: -74 / (height - 134), yanchor: "top" },
      xaxis: plotlyAxis(x, seen),
      yaxis: {
        range: [names.length - 0.5, -0.5],
        tickvals: names.map((_, k) => k),
        ticktext: names,
        showgrid: false,
        zeroline: false,
        showline: true,
        mirror: true,
      },
      shapes: [
        ...(reference === undefined
          ? []
          : [
              {
                type: "line",
                xref: "x",
                yref: "paper",
                x0: reference,
                x1: reference,
                y0: 0,
                y1: 1,
                line: { color: "#555", width: 1, dash: "dash" },
              },
            ]),
        // Rows are told apart by their ground.
        ...names.flatMap((_, k) =>
          k % 2 === 0
            ? []
            : [
                {
                  type: "rect",
                  xref: "paper",
                  yref: "y",
                  x0: 0,
                  x1: 1,
                  y0: k - 0.5,
                  y1: k + 0.5,
                  fillcolor: "rgba(0,0,0,0.035)",
                  line: { width: 0 },
                  layer: "below",
                },
              ],
        ),
      ],
    },
  };
};
