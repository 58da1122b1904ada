import type { Axis } from "./figure.ts";

type Values = readonly (number | null)[];

/** "supply (V)" */
export const axisTitle = ({ label, unit }: Axis): string => (unit ? `${label} (${unit})` : label);

/** What every axis looks like. No line at 0: where 0 is an origin that means something, a figure draws it. */
export const plainAxis = {
  showline: true,
  mirror: true,
  ticks: "outside",
  zeroline: false,
  exponentformat: "power",
} as const;

/** More of a range than this is told by decades. */
const DECADE = 10;

/** Range of a logarithmic axis that holds these values: whole decades, or what is there of one with some room. */
export const logRange = (values: readonly number[]): [number, number] => {
  const positive = values.filter((v) => v > 0 && Number.isFinite(v));
  if (positive.length === 0) return [0.1, 1];
  const [least, most] = [Math.min(...positive), Math.max(...positive)];
  if (most / least < DECADE) return [least / 1.3, most * 1.3];
  const power = (e: number): number => Number(`1e${e}`);
  return [power(Math.floor(Math.log10(least) + 1e-9)), power(Math.ceil(Math.log10(most) - 1e-9)) * 1.2];
};

/** Values of a logarithmic x axis that are few and short are its ticks, written in full. */
const [MOST_TICKS, MOST_LETTERS] = [8, 6];

/** Ticks of a logarithmic axis: its few places, or every decade with marks between, or 1, 2 and 5 of what is less than two. */
export const logTicks = ([low, high]: readonly [number, number], places: readonly number[] = []): object => {
  const texts = places.map((v) => String(Number(v.toPrecision(3))));
  if (places.length > 0 && places.length <= MOST_TICKS && texts.every((text) => text.length <= MOST_LETTERS))
    return { tickvals: places, ticktext: texts };
  return high / low < 40 ? { dtick: "D2" } : { dtick: 1, minor: { dtick: "D1", ticks: "outside", ticklen: 3 } };
};

/** The axis of these values: linear, or logarithmic over decades that hold them all. */
export const plotlyAxis = (axis: Axis, values: Values, places: readonly number[] = []): object => {
  const title = { text: axisTitle(axis) };
  if (axis.scale === "linear") return { ...plainAxis, title, type: "linear" };
  const range = logRange(values.filter((v): v is number => v !== null));
  return { ...plainAxis, title, type: "log", range: range.map(Math.log10), ...logTicks(range, places) };
};
