import type { SurfaceFigure } from "./figure.ts";
import { colourTicks, LIGHT_TO_DARK } from "./heat-maps.ts";

/** Surfaces as plotly's data and layout: the first is shown, a list chooses another. A logarithmic scale is that of height and colour. */
export const plotlySurfaces = ({ maps, x, y, colour }: SurfaceFigure): { data: object[]; layout: object } => {
  const log = colour.scale === "log";
  const shown = (value: number): number => (log ? Math.log10(Math.max(value, colour.from)) : value);
  const marks = colourTicks(colour.from, colour.to, log);
  const height = { tickvals: marks.map(shown), ticktext: marks.map((mark) => String(Number(mark.toPrecision(3)))) };
  const title = colour.unit ? `${colour.label} (${colour.unit})` : colour.label;
  const places = (of: readonly string[]): object => ({ tickvals: of.map((_, i) => i), ticktext: of });
  return {
    data: maps.map((map, i) => ({
      type: "surface",
      name: map.title,
      visible: i === 0,
      z: map.values.map((line) => line.map((v) => (v === null ? null : shown(v)))),
      text: map.texts,
      hovertemplate: "%{text}<extra></extra>",
      cmin: shown(colour.from),
      cmax: shown(colour.to),
      colorscale: LIGHT_TO_DARK,
      // The lightest colours would vanish on white without lines.
      contours: { x: { show: true, color: "#999" }, y: { show: true, color: "#999" } },
      colorbar: { title: { text: title, side: "right" }, ...height, thickness: 14 },
    })),
    layout: {
      margin: { l: 10, r: 10, t: 50, b: 10 },
      height: 560,
      font: { family: "system-ui, sans-serif", size: 13 },
      scene: {
        xaxis: { title: { text: x.label }, ...places(x.places) },
        yaxis: { title: { text: y.label }, ...places(y.places) },
        zaxis: { title: { text: title }, range: [shown(colour.from), shown(colour.to)], ...height },
      },
      updatemenus: [
        {
          x: 0,
          xanchor: "left",
          y: 1.02,
          yanchor: "bottom",
          buttons: maps.map((map, i) => ({
            label: map.title,
            method: "update",
            args: [{ visible: maps.map((_, k) => k === i) }],
          })),
        },
      ],
    },
  };
};
