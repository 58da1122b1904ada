import { arraysIn } from "#src/kernels/declared-arrays";
import type { Kernels } from "#src/kernels/kernels";
import type { Activations } from "./activations.ts";
import {
  MOST_ROWS,
  type PackedInput,
  packedDotInto,
  packInput,
  packWeights,
  sumsArrays,
  type WeightMatrix,
} from "./bit-planes.ts";
import type { Synapses } from "./synapses.ts";

/** Bit planes of inputs already packed for these kernels, so that a set of images is packed once for many chips. */
export type PackedInputs = Map<Activations, PackedInput>;

/** Rows of an input, so many at once. */
const rowsOf = (x: Activations, most: number): Activations[] => {
  if (x.batch <= most) return [x];
  const { batch, width, values } = x;
  return Array.from({ length: Math.ceil(batch / most) }, (_, k) => {
    const to = Math.min(batch, (k + 1) * most);
    return { ...x, batch: to - k * most, values: values.subarray(k * most * width, to * width) };
  });
};

/**
 * Ideal digital weights: XNOR and popcount for signs, gated by masks where zeros occur, bit plane by bit plane for numbers of more bits,
 * of inputs and of weights. Equal bit for bit to the integer sum.
 *
 * The weights' planes are allocated from `kernels` where this is called.
 */
export const packedSynapses = (kernels: Kernels, weights: WeightMatrix, known: PackedInputs = new Map()): Synapses => {
  const { inputs, outputs } = weights;
  const packed = packWeights(kernels, weights);
  const read = (y: Float32Array, x: Activations): void =>
    kernels.scoped(() => {
      const input = known.get(x) ?? packInput(kernels, x);
      const room = arraysIn(kernels, sumsArrays(x.batch, outputs));
      packedDotInto(kernels, room, input, packed, x.batch);
      y.set(room.sums);
    });
  return {
    inputs,
    outputs,
    forwardInto: (y, x) =>
      // All rows of known inputs at once, others by as many as there is room for.
      known.has(x)
        ? read(y, x)
        : rowsOf(x, MOST_ROWS).forEach((part, k) => {
            read(y.subarray(k * MOST_ROWS * outputs), part);
          }),
  };
};
