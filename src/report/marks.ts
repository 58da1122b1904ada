import type { Series } from "./figure.ts";

// Okabe and Ito's palette: distinct also to colour-blind readers. Beyond its eight, lines and marks differ.
const COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000", "#999933"];
const SYMBOLS = ["circle", "square", "diamond", "triangle-up", "cross", "x"];

export const colourOf = (i: number): string => COLOURS[i % COLOURS.length];
export const symbolOf = (i: number): string => SYMBOLS[i % SYMBOLS.length];

/** Distances of an interval's ends from its values, as plotly wants them; on a logarithmic axis those that reach 0 end at `floor`. */
export const errorBars = (
  values: Series["y"],
  { low, high }: Pick<Series, "low" | "high">,
  floor: number,
): { readonly array: (number | null)[]; readonly arrayminus: (number | null)[] } | null => {
  if (!low || !high) return null;
  const beyond = (bound: Series["y"], sign: number): (number | null)[] =>
    values.map((y, i) => {
      const b = bound[i];
      return y === null || b === null || !Number.isFinite(b) ? null : Math.max(0, sign * (Math.max(b, floor) - y));
    });
  return { array: beyond(high, 1), arrayminus: beyond(low, -1) };
};

/** A value on a logarithmic axis: what is 0 or less has no place there. */
export const placed = (values: Series["y"], scale: "linear" | "log"): (number | null)[] =>
  values.map((v) => (v === null || (scale === "log" && v <= 0) ? null : v));

/** All that an axis must hold of these series: values, ends of intervals, bounds of what was not seen. */
export const extentOf = (
  series: readonly (Pick<Series, "low" | "high" | "below"> & { readonly values: Series["y"] })[],
): (number | null)[] =>
  series.flatMap(({ values, low, high, below }) => [...values, ...(low ?? []), ...(high ?? []), ...(below ?? [])]);

/** Of a logarithmic axis below which no bar is drawn: ten decades under what is seen. */
const FAR_BELOW = 1e-10;

/** Where bars end that would reach 0 on a logarithmic axis of these values; nowhere on a linear one. */
export const floorOf = (values: Series["y"], scale: "linear" | "log"): number =>
  scale === "log"
    ? FAR_BELOW * Math.min(...values.filter((v): v is number => v !== null && v > 0))
    : Number.NEGATIVE_INFINITY;
