import type { ConvolutionShape, Kernels } from "#src/kernels/kernels";
import { type Activations, rangeOf } from "./activations.ts";
import { planesOf, type WeightMatrix } from "./bit-planes.ts";
import type { NetworkArray } from "./integer-form.ts";
import { placesOf, sizeOf } from "./shapes.ts";
import type { Synapses } from "./synapses.ts";

/** Bits of a number from which it is multiplied. Chosen: a plane a bit, and eight planes count at half the speed of products (npm run bench -- popcount, conv). */
const MANY_PLANES = 3;
/** Whole numbers below this are exact in single precision, in sums of any order. */
const EXACT = 2 ** 24;

const shapeOf = ({ at, geometry }: NetworkArray): ConvolutionShape => ({
  channels: at.from.channels / geometry.groups,
  height: at.from.height,
  width: at.from.width,
  outChannels: geometry.outputs,
  kernel: geometry.window.size[0],
  padding: geometry.window.padding[0],
});

/** Whether a convolution is multiplied instead: inputs of several bits, a square kernel that moves by one, sums that are exact. */
export const isMultiplied = ({ levels, geometry, weights }: NetworkArray): boolean => {
  if (typeof levels === "string" && levels !== "bytes") return false;
  const { size, stride, padding } = geometry.window;
  const isPlain = size[0] === size[1] && padding[0] === padding[1] && stride.every((n) => n === 1);
  const { low, high } = rangeOf(levels);
  const largest = weights.values.reduce((most, w) => Math.max(most, Math.abs(w)), 1);
  const kind = planesOf(levels);
  return (
    isPlain &&
    size[0] <= 16 &&
    kind.kind !== "signs" &&
    kind.planes >= MANY_PLANES &&
    Math.max(-low, high) * largest * geometry.inputs < EXACT
  );
};

/** Arrays of a convolution that is multiplied. */
export const multipliedArrays = ({ at, geometry }: NetworkArray) => {
  const [rows, columns] = placesOf(at.from, geometry.window);
  return {
    values: geometry.inputs * geometry.outputs,
    image: sizeOf(at.from) / geometry.groups,
    sums: rows * columns * geometry.outputs,
  };
};

/** Sums of products of single rows, one after the other. */
export const productsInto = (
  y: Float32Array | Float64Array,
  { batch, values }: Activations,
  { inputs, outputs, values: weights }: WeightMatrix,
): void => {
  for (let b = 0; b < batch; b++)
    for (let o = 0; o < outputs; o++) {
      let sum = 0;
      for (let i = 0; i < inputs; i++) sum += values[b * inputs + i] * weights[o * inputs + i];
      y[b * outputs + o] = sum;
    }
};

/** The sums of a group of a convolution by products in single precision: the same whole numbers as by bits. */
export const multipliedConvolution = (
  kernels: Kernels,
  array: NetworkArray,
  weights: WeightMatrix = array.weights,
): Synapses => {
  const { at, group, geometry } = array;
  const { inputs, outputs, groups } = geometry;
  const shape = shapeOf(array);
  const lengths = multipliedArrays(array);
  const values = kernels.float32(lengths.values);
  values.set(weights.values);
  return {
    inputs,
    outputs,
    forwardInto: (y, x) => productsInto(y, x, weights),
    convolveInto: (y, map) =>
      kernels.scoped(() => {
        const [image, sums] = [kernels.float32(lengths.image), kernels.float32(lengths.sums)];
        const size = sizeOf(at.from);
        for (let b = 0; b < map.batch; b++) {
          const from = b * size + group * lengths.image;
          image.set(map.values.subarray(from, from + lengths.image));
          sums.fill(0);
          kernels.convolve(sums, image, values, 1, shape);
          y.set(sums, (b * groups + group) * lengths.sums);
        }
      }),
  };
};
