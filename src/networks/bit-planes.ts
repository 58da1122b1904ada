import { arraysIn, integers, words } from "#src/kernels/declared-arrays";
import type { Kernels, Packed } from "#src/kernels/kernels";
import { byFours, packMaskInto, packPlanesInto, packSignsInto, wordsFor } from "#src/kernels/pack";
import { type Activations, type Levels, rangeOf } from "./activations.ts";

/** Weights of an array, outputs x inputs: whole numbers. */
export interface WeightMatrix {
  readonly inputs: number;
  readonly outputs: number;
  readonly values: Int8Array;
}

/** Bits that the magnitudes of these numbers need. */
const bitsOf = (low: number, high: number): number => Math.max(1, Math.ceil(Math.log2(1 + Math.max(-low, high))));

/** How inputs of some levels are packed: planes of unsigned numbers, signs alone, or signs with a mask for each bit of the magnitude. */
export type PlaneKind =
  | { readonly kind: "unsigned"; readonly planes: number }
  | { readonly kind: "signs" }
  | { readonly kind: "masked"; readonly planes: number };

export const planesOf = (levels: Levels): PlaneKind => {
  if (levels === "real")
    throw new RangeError("packed synapses: inputs are any numbers; bit planes hold whole numbers.");
  if (levels === "signs") return { kind: "signs" };
  if (levels === "ternary") return { kind: "masked", planes: 1 };
  const { low, high } = rangeOf(levels);
  return { kind: low >= 0 ? "unsigned" : "masked", planes: bitsOf(low, high) };
};

/** The bit planes of an input: all planes of a row together, or a sign plane and one mask plane a bit, none where all are 1. */
export type PackedInput =
  | { readonly kind: "unsigned"; readonly planes: number; readonly rows: Packed }
  | { readonly kind: "signs"; readonly signs: Packed }
  | { readonly kind: "masked"; readonly signs: Packed; readonly masks: readonly Packed[] };

/** Arrays of so many packed rows. */
export const packedInputArrays = (levels: Levels, rows: number, length: number) => {
  const kind = planesOf(levels);
  const plane = words(rows * wordsFor(length));
  return {
    signs: kind.kind === "unsigned" ? words(kind.planes * rows * wordsFor(length)) : plane,
    masks: Array.from({ length: kind.kind === "masked" ? kind.planes : 0 }, () => plane),
  };
};

/** Places for packed rows, empty as yet. */
export const placePacked = (kernels: Kernels, levels: Levels, rows: number, length: number): PackedInput => {
  const kind = planesOf(levels);
  const { signs, masks } = arraysIn(kernels, packedInputArrays(levels, rows, length));
  const own = { bits: signs, words: wordsFor(length) };
  if (kind.kind === "unsigned") return { ...kind, rows: own };
  if (kind.kind === "signs") return { kind: "signs", signs: own };
  return { kind: "masked", signs: own, masks: masks.map((bits) => ({ bits, words: own.words })) };
};

/** Packs an input; inputs packed outside `kernels.scoped` may be kept and passed to `packedSynapses`. */
export const packInput = (kernels: Kernels, x: Activations): PackedInput => {
  const { values, batch, width, levels } = x;
  const input = placePacked(kernels, levels, batch, width);
  if (input.kind === "unsigned") packPlanesInto(input.rows.bits, values, batch, width, input.planes);
  else packSignsInto(input.signs.bits, values, batch, width);
  if (input.kind === "masked")
    input.masks.forEach(({ bits }, plane) => {
      packMaskInto(bits, values, batch, width, input.masks.length === 1 ? null : plane);
    });
  return input;
};

/** Weights as a sign plane and a mask for each bit of their magnitudes. */
export interface PackedWeights {
  readonly inputs: number;
  readonly outputs: number;
  readonly signs: Packed;
  readonly masks: readonly { readonly mask: Packed; readonly nonZero: Int32Array }[];
  /** Whether all are -1 or +1. */
  readonly isBinary: boolean;
}

const magnitudeBits = ({ values }: WeightMatrix): number => {
  let most = 1;
  for (const w of values) most = Math.max(most, Math.abs(w));
  return bitsOf(0, most);
};

/** Arrays of packed weights. */
export const packedWeightsArrays = (weights: WeightMatrix) => {
  const { inputs, outputs } = weights;
  const plane = words(outputs * wordsFor(inputs));
  const mask = { bits: plane, nonZero: integers(outputs) };
  return { signs: plane, masks: Array.from({ length: magnitudeBits(weights) }, () => mask) };
};

export const packWeights = (kernels: Kernels, weights: WeightMatrix): PackedWeights => {
  const { inputs, outputs, values } = weights;
  const { signs, masks } = arraysIn(kernels, packedWeightsArrays(weights));
  const count = wordsFor(inputs);
  packSignsInto(signs, values, outputs, inputs);
  signs.set(byFours(signs, outputs));
  const packed = masks.map(({ bits, nonZero }, plane) => {
    packMaskInto(bits, values, outputs, inputs, masks.length === 1 ? null : plane);
    bits.set(byFours(bits, outputs));
    for (let o = 0; o < outputs; o++) {
      nonZero[o] = 0;
      for (let i = 0; i < inputs; i++) nonZero[o] += (Math.abs(values[o * inputs + i]) >> plane) & 1;
    }
    return { mask: { bits, words: count }, nonZero };
  });
  const isBinary = packed.length === 1 && packed[0].nonZero.every((n) => n === inputs);
  return { inputs, outputs, signs: { bits: signs, words: count }, masks: packed, isBinary };
};

/** Rows of an input that a read takes at once. */
export const MOST_ROWS = 1000;

/** Arrays of sums of so many rows, and of one plane's where there are several. */
export const sumsArrays = (rows: number, outputs: number) => ({
  sums: integers(rows * outputs),
  part: integers(rows * outputs),
});

/** sums (rows x outputs) = x w, plane by plane; `part`: as large, for the planes but the first. */
export const packedDotInto = (
  kernels: Kernels,
  { sums, part }: { readonly sums: Int32Array; readonly part: Int32Array },
  x: PackedInput,
  weights: PackedWeights,
  rows: number,
): void => {
  const { inputs, outputs, signs, masks, isBinary } = weights;
  let isFirst = true;
  const add = (shift: number, dotInto: (to: Int32Array) => void): void => {
    dotInto(isFirst ? sums : part);
    if (!isFirst) for (let k = 0; k < rows * outputs; k++) sums[k] += part[k] << shift;
    isFirst = false;
  };
  masks.forEach(({ mask, nonZero }, q) => {
    if (x.kind === "unsigned") add(q, (to) => kernels.planesDot(to, x.rows, x.planes, signs, mask, rows, outputs));
    else if (x.kind === "masked")
      x.masks.forEach((xMask, p) => {
        add(p + q, (to) => kernels.gatedDot(to, x.signs, xMask, signs, mask, rows, outputs));
      });
    else if (isBinary) add(q, (to) => kernels.binaryDot(to, x.signs, signs, rows, outputs, inputs));
    else add(q, (to) => kernels.weightGatedDot(to, x.signs, signs, mask, nonZero, rows));
  });
};
