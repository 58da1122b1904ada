import type { Kernels, Packed } from "#src/kernels/kernels";
import { packMaskInto, packPlanesInto, packSignsInto, wordsFor } from "#src/kernels/pack";
import type { Activations } from "./activations.ts";
import type { Synapses } from "./synapses.ts";

const PIXEL_BITS = 8;

/** Binary or ternary weights of a layer, outputs x inputs, in {-1, 0, +1}. */
export interface WeightMatrix {
  readonly inputs: number;
  readonly outputs: number;
  readonly values: Int8Array;
}

/** The bit planes of one layer's input: signs and mask, or the planes of its pixels. */
interface PackedInput {
  readonly signs: Packed;
  readonly mask: Packed | null;
}

/** Bit planes of inputs already packed for these kernels, so that a set of images is packed once for many chips. */
export type PackedInputs = Map<Activations, PackedInput>;

const packed = (kernels: Kernels, rows: number, length: number, fill: (bits: BigUint64Array) => void): Packed => {
  const words = wordsFor(length);
  const bits = kernels.words(rows * words);
  fill(bits);
  return { bits, words };
};

/** Packs an input; inputs packed outside `kernels.scoped` may be kept and passed to `packedSynapses`. */
export const packInput = (kernels: Kernels, x: Activations): PackedInput => {
  const { values, batch, width, levels } = x;
  if (levels === "real")
    throw new RangeError("packed synapses: inputs are any numbers; bit planes hold bytes, signs or ternary values.");
  if (levels === "bytes") {
    const words = wordsFor(width);
    const bits = kernels.words(batch * PIXEL_BITS * words);
    packPlanesInto(bits, values, batch, width, PIXEL_BITS);
    return { signs: { bits, words }, mask: null };
  }
  return {
    signs: packed(kernels, batch, width, (bits) => packSignsInto(bits, values, batch, width)),
    mask:
      levels === "ternary" ? packed(kernels, batch, width, (bits) => packMaskInto(bits, values, batch, width)) : null,
  };
};

/**
 * Ideal digital weights: XNOR and popcount for signs, gated by masks where zeros occur, bit plane by bit plane for
 * pixels. Equal bit for bit to the integer sum.
 *
 * The weights' planes are allocated from `kernels` where this is called.
 */
export const packedSynapses = (kernels: Kernels, weights: WeightMatrix, known: PackedInputs = new Map()): Synapses => {
  const { inputs, outputs, values } = weights;
  const signs = packed(kernels, outputs, inputs, (bits) => packSignsInto(bits, values, outputs, inputs));
  const mask = packed(kernels, outputs, inputs, (bits) => packMaskInto(bits, values, outputs, inputs));
  const nonZero = kernels.int32(outputs);
  for (let o = 0; o < outputs; o++) {
    nonZero[o] = 0;
    for (let i = 0; i < inputs; i++) if (values[o * inputs + i] !== 0) nonZero[o]++;
  }
  const binary = nonZero.every((n) => n === inputs);
  return {
    inputs,
    outputs,
    forwardInto: (y, x) =>
      kernels.scoped(() => {
        const input = known.get(x) ?? packInput(kernels, x);
        const sums = kernels.int32(x.batch * outputs);
        if (x.levels === "bytes") kernels.planesDot(sums, input.signs, PIXEL_BITS, signs, mask, x.batch, outputs);
        else if (input.mask) kernels.gatedDot(sums, input.signs, input.mask, signs, mask, x.batch, outputs);
        else if (binary) kernels.binaryDot(sums, input.signs, signs, x.batch, outputs, inputs);
        else kernels.weightGatedDot(sums, input.signs, signs, mask, nonZero, x.batch);
        y.set(sums);
      }),
  };
};
