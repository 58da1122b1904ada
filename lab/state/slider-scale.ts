import { power } from "#src/numerics/power";

/** How a slider's whole positions stand for values: evenly, or by so many steps a decade. */
export type Scale =
  | { readonly kind: "linear"; readonly step: number }
  | { readonly kind: "log"; readonly perDecade: number };

interface Range {
  readonly min: number;
  readonly max: number;
}

/** Digits of a value on a logarithmic scale: 3.16 ns, not 3.162277 ns. */
const DIGITS = 3;

export const positionsOf = (scale: Scale, { min, max }: Range): number =>
  Math.round(scale.kind === "linear" ? (max - min) / scale.step : Math.log10(max / min) * scale.perDecade);

/** The value at a position, 0 .. positions; the last one is the range's end. */
export const valueAt = (scale: Scale, range: Range, position: number): number => {
  const { min, max } = range;
  if (position >= positionsOf(scale, range)) return max;
  if (position <= 0) return min;
  const value =
    scale.kind === "linear"
      ? Number((min + position * scale.step).toPrecision(12))
      : Number((min * power(10, position / scale.perDecade)).toPrecision(DIGITS));
  return Math.min(max, Math.max(min, value));
};

/** The position nearest to a value. */
export const positionOf = (scale: Scale, range: Range, value: number): number => {
  const at =
    scale.kind === "linear" ? (value - range.min) / scale.step : Math.log10(value / range.min) * scale.perDecade;
  return Math.min(positionsOf(scale, range), Math.max(0, Math.round(at)));
};
