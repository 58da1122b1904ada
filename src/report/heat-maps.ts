import type { HeatMapFigure } from "./figure.ts";

/** Height of one row of maps and of what stands around them, in pixels. */
const ROW = 190;
const AROUND = 120;
/** Height of a row of maps of more than FEW places; beyond FINE places no lines are drawn between them. */
const TALL_ROW = 330;
const FEW = 12;
const FINE = 32;
/** Share of a map's room that separates it from the next. */
const GAP = 0.12;
/** Places that are named along a side. */
const MOST_TICKS = 12;

/** Light for little, dark for much. */
export const LIGHT_TO_DARK = [
  [0, "#f7fbff"],
  [0.5, "#fdd49e"],
  [1, "#b30000"],
] as const;

/** Ticks of the colour scale: whole powers of ten, or round steps of 1, 2 or 5, about five. */
export const colourTicks = (from: number, to: number, log: boolean): number[] => {
  if (!log) {
    const power = Number(`1e${Math.floor(Math.log10((to - from) / 5))}`);
    const step = [1, 2, 5, 10].map((k) => k * power).find((s) => (to - from) / s <= 6) as number;
    const begin = Math.ceil(from / step - 1e-9);
    return Array.from({ length: Math.floor(to / step + 1e-9) - begin + 1 }, (_, i) =>
      Number(((begin + i) * step).toPrecision(12)),
    );
  }
  const first = Math.ceil(Math.log10(from));
  return Array.from({ length: Math.floor(Math.log10(to)) - first + 1 }, (_, i) => Number(`1e${first + i}`));
};

/** Heat maps as plotly's data and layout: light for little, dark for much, the values written in. */
export const plotlyHeatMaps = (figure: HeatMapFigure): { data: object[]; layout: object } => {
  const { maps, columns, colour } = figure;
  const rows = Math.ceil(maps.length / columns);
  const log = colour.scale === "log";
  const shown = (value: number): number => (log ? Math.log10(Math.max(value, colour.from)) : value);
  // Lines between places would hide places that are a few pixels wide.
  const gap = figure.x.places.length > FINE || figure.y.places.length > FINE ? 0 : 1;
  const tall = figure.y.places.length > FEW ? TALL_ROW : ROW;
  const marks = colourTicks(colour.from, colour.to, log);
  const suffix = (i: number): string => (i === 0 ? "" : String(i + 1));
  const axes: Record<string, object> = {};
  const place = (i: number) => {
    const [column, row] = [i % columns, Math.floor(i / columns)];
    const [width, height] = [1 / columns, 1 / rows];
    return {
      x: [(column + GAP / 2) * width, (column + 1 - GAP / 2) * width],
      y: [1 - (row + 1 - GAP) * height, 1 - (row + GAP) * height],
      row,
      column,
    };
  };
  const data = maps.map((map, i) => {
    const { x, y, row, column } = place(i);
    axes[`xaxis${suffix(i)}`] = {
      domain: x,
      anchor: `y${suffix(i)}`,
      type: "category",
      ticks: "",
      tickfont: { size: 11 },
      nticks: MOST_TICKS,
      showticklabels: i + columns >= maps.length,
      ...(row === rows - 1 ? { title: { text: figure.x.label } } : {}),
    };
    axes[`yaxis${suffix(i)}`] = {
      domain: y,
      anchor: `x${suffix(i)}`,
      type: "category",
      ticks: "",
      tickfont: { size: 11 },
      nticks: MOST_TICKS,
      showticklabels: column === 0,
      ...(column === 0 ? { title: { text: figure.y.label, standoff: 6 } } : {}),
    };
    return {
      type: "heatmap",
      x: figure.x.places,
      y: figure.y.places,
      z: map.values.map((line) => line.map((v) => (v === null ? null : shown(v)))),
      text: map.shorts ?? map.texts,
      texttemplate: "%{text}",
      textfont: { size: 10 },
      customdata: map.texts,
      hovertemplate: "%{x}, %{y}: %{customdata}<extra></extra>",
      xaxis: `x${suffix(i)}`,
      yaxis: `y${suffix(i)}`,
      zmin: shown(colour.from),
      zmax: shown(colour.to),
      colorscale: LIGHT_TO_DARK,
      showscale: i === 0,
      colorbar: {
        title: { text: colour.unit ? `${colour.label} (${colour.unit})` : colour.label, side: "right" },
        tickvals: marks.map(shown),
        ticktext: marks.map((mark) => String(Number(mark.toPrecision(3)))),
        thickness: 14,
      },
      xgap: gap,
      ygap: gap,
    };
  });
  return {
    data,
    layout: {
      margin: { l: 70, r: 20, t: 20, b: 60 },
      height: rows * tall + AROUND,
      font: { family: "system-ui, sans-serif", size: 13 },
      ...axes,
      annotations: maps.map((map, i) => {
        const { x, y } = place(i);
        return {
          x: (x[0] + x[1]) / 2,
          y: y[1],
          xref: "paper",
          yref: "paper",
          xanchor: "center",
          yanchor: "bottom",
          font: { size: 12 },
          text: map.title,
          showarrow: false,
        };
      }),
    },
  };
};
