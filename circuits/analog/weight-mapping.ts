import { power } from "#src/numerics/power";
import { fold, type Key, normal } from "#src/random/index";
import type { AnalogDesign } from "./analog-design.ts";

/** Weights inputs x outputs as devices: planes of inputs x outputs, positive and negative sides, a slice each. */
interface MappedWeights {
  /** A weight of 1 is this weight of the network. */
  readonly scale: number;
  readonly slices: readonly MappedSlice[];
}

export interface MappedSlice {
  /** What a full-range device of this slice carries of a weight of 1. */
  readonly share: number;
  /** Conductance of the devices on the positive side, inputs x outputs [S]. */
  readonly positive: Float64Array;
  /** Of the negative side; the reference column, one device an input, for an offset column; null for single devices. */
  readonly negative: Float64Array | null;
}

const largestOf = (values: Float32Array): number => values.reduce((most, w) => Math.max(most, Math.abs(w)), 0);

/** Shares of full range by slice for a magnitude in 0 .. 1: digits of base `levels`, most significant first. */
const digitsOf = (magnitude: number, levels: number, slices: number): number[] => {
  const most = power(levels, slices) - 1;
  let rest = Math.round(magnitude * most);
  const digits: number[] = [];
  for (let s = 0; s < slices; s++) {
    digits.unshift((rest % levels) / (levels - 1));
    rest = Math.floor(rest / levels);
  }
  return digits;
};

/** What the most significant slice's full range is of a weight of 1, and so on down: (L - 1) L^(S - 1 - s) / (L^S - 1). */
const shareOf = (slice: number, levels: number, slices: number): number =>
  slices === 1 ? 1 : ((levels - 1) * power(levels, slices - 1 - slice)) / (power(levels, slices) - 1);

/**
 * Devices for a layer's weights, each programmed with its own error (key: the chip's).
 * @throws RangeError for negative weights on single devices.
 */
export const mapWeights = (design: AnalogDesign, weights: Float32Array, outputs: number, key: Key): MappedWeights => {
  const [least, most] = design.conductances;
  const { levels, slices: count, mapping } = design;
  const wrong = weights.findIndex((w) => !Number.isFinite(w));
  if (wrong >= 0)
    throw new RangeError(
      `analog multiply: weight of input ${Math.floor(wrong / outputs)}, output ${wrong % outputs} is ${weights[wrong]}.`,
    );
  const scale = largestOf(weights) || 1;
  if (mapping === "single") {
    const at = weights.findIndex((w) => w < 0);
    if (at >= 0)
      throw new RangeError(
        `analog multiply: weight ${weights[at]} of input ${Math.floor(at / outputs)}, output ${at % outputs} is negative; single devices hold weights from 0 up. Map differential pairs or an offset column.`,
      );
  }
  /** The conductance nearest to a share of the range. */
  const nearest = (share: number): number =>
    least + (most - least) * (levels === null ? share : Math.round(share * (levels - 1)) / (levels - 1));
  const programmed = (plane: Float64Array, of: Key): Float64Array =>
    design.programmingError === 0
      ? plane
      : plane.map((g, k) => Math.max(0, g * (1 + design.programmingError * normal(of, k))));

  if (mapping === "offset column") {
    const inputs = weights.length / outputs;
    const positive = Float64Array.from(weights, (w) => nearest((w / scale + 1) / 2));
    // Between two states where levels are even: a reference is made of the outermost two, halved.
    const negative = new Float64Array(inputs).fill((least + most) / 2);
    // A device at the end of the range is half a range away from the reference.
    const slice = {
      share: 2,
      positive: programmed(positive, fold(key, "positive")),
      negative: programmed(negative, fold(key, "reference")),
    };
    return { scale, slices: [slice] };
  }
  const planes = Array.from({ length: count }, () => ({
    positive: new Float64Array(weights.length),
    negative: mapping === "differential pair" ? new Float64Array(weights.length) : null,
  }));
  weights.forEach((w, k) => {
    const magnitude = Math.abs(w) / scale;
    const digits = count === 1 || levels === null ? [magnitude] : digitsOf(magnitude, levels, count);
    planes.forEach(({ positive, negative }, s) => {
      positive[k] = nearest(w >= 0 ? digits[s] : 0);
      if (negative) negative[k] = nearest(w < 0 ? digits[s] : 0);
    });
  });
  return {
    scale,
    slices: planes.map(({ positive, negative }, s) => {
      const of = fold(key, s);
      return {
        share: shareOf(s, levels ?? 2, count),
        positive: programmed(positive, fold(of, "positive")),
        negative: negative && programmed(negative, fold(of, "negative")),
      };
    }),
  };
};
