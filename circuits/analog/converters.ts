import { fold, type Key, normal } from "#src/random/index";
import type { Converter } from "./analog-design.ts";

/** A converter as fabricated: a current to the current its code stands for, both in [A]. */
export type Conversion = (ampere: number) => number;

/** Currents from `low` to `high` [A]. */
export interface ConverterSpan {
  readonly low: number;
  readonly high: number;
}

const clamp = (x: number, low: number, high: number): number => Math.min(high, Math.max(low, x));

/** Successive approximation: bits are kept, most significant first, while the capacitors' sum does not exceed the input. */
const successive = (weights: Float64Array, input: number): number => {
  let [sum, code] = [0, 0];
  weights.forEach((weight, k) => {
    if (sum + weight <= input) {
      sum += weight;
      code += 2 ** (weights.length - 1 - k);
    }
  });
  return code;
};

/**
 * Draws the converters of a tile's columns: `key` is the tile's chip key. Codes are 0 .. 2^bits - 1; a step is the span over
 * their number, code c stands for low + c steps and is given to currents within half a step of that (so that no current is read
 * as none, in spans about 0 and from 0 up), and currents beyond the span give the end codes.
 */
export const sampleConverters = (
  converter: Converter,
  span: ConverterSpan,
  columns: number,
  key: Key,
): Conversion[] => {
  const codes = 2 ** converter.bits;
  const step = (span.high - span.low) / codes;
  const gains = fold(key, "gain");
  const offsets = fold(key, "offset");
  const plain = converter.gain === 0 && converter.offset === 0;
  const ideal: Conversion = (ampere) =>
    span.low + clamp(Math.floor((ampere - span.low) / step + 0.5), 0, codes - 1) * step;
  return Array.from({ length: columns }, (_, column): Conversion => {
    const gain = 1 + converter.gain * normal(gains, column);
    const offset = converter.offset * normal(offsets, column);
    /** In steps from the low end, half a step up. */
    const seen = (ampere: number): number => (ampere * gain - span.low) / step + offset + 0.5;
    if (converter.kind === "ramp") {
      if (plain && converter.bow === 0) return ideal;
      // The ramp passes `v` steps when the counter stands at code(v): a parabola of height `bow` between exact ends.
      const code = (v: number): number => {
        const u = clamp(v / codes, 0, 1);
        return clamp(Math.floor(v + 4 * converter.bow * u * (1 - u)), 0, codes - 1);
      };
      return (ampere) => span.low + code(seen(ampere)) * step;
    }
    if (plain && converter.mismatch === 0) return ideal;
    const capacitors = fold(fold(key, "capacitors"), column);
    const weights = Float64Array.from({ length: converter.bits }, (_w, k) => {
      const units = 2 ** (converter.bits - 1 - k);
      return units * (1 + (converter.mismatch / Math.sqrt(units)) * normal(capacitors, k));
    });
    // The converter divides its reference by all of its capacitors: their sum, and the one unit that ends the row, is full scale.
    const sum = weights.reduce((total, weight) => total + weight, 1);
    for (let k = 0; k < weights.length; k++) weights[k] *= codes / sum;
    return (ampere) => span.low + successive(weights, seen(ampere)) * step;
  });
};
