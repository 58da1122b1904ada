import { arraysIn, words } from "#src/kernels/declared-arrays";
import type { Kernels, PatchShape } from "#src/kernels/kernels";
import { wordsFor } from "#src/kernels/pack";
import {
  type PackedInput,
  packedDotInto,
  packedInputArrays,
  packedWeightsArrays,
  packWeights,
  placePacked,
  planesOf,
  sumsArrays,
  type WeightMatrix,
} from "./bit-planes.ts";
import type { NetworkArray } from "./integer-form.ts";
import { productsInto } from "./multiplied-convolution.ts";
import { placesOf, sizeOf } from "./shapes.ts";
import type { Synapses } from "./synapses.ts";

/** Weights in the order of packed patches: window first, channels last. */
const channelsLast = ({ inputs, outputs, values }: WeightMatrix, area: number): WeightMatrix => {
  const channels = inputs / area;
  const turned = new Int8Array(values.length);
  for (let o = 0; o < outputs; o++)
    for (let c = 0; c < channels; c++)
      for (let p = 0; p < area; p++) turned[o * inputs + p * channels + c] = values[o * inputs + c * area + p];
  return { inputs, outputs, values: turned };
};

const patchShapeOf = ({ at, geometry }: NetworkArray): PatchShape => {
  const { from } = at;
  const { size, stride, padding } = geometry.window;
  const channels = from.channels / geometry.groups;
  return {
    channels,
    height: from.height,
    width: from.width,
    size,
    stride,
    padding,
    places: placesOf(from, geometry.window),
  };
};

/** What is packed of one image: pixels of one bit, patches of all, sums. */
const imageArrays = ({ at, levels, geometry }: NetworkArray) => {
  const { channels, height, width, places } = patchShapeOf({ at, levels, geometry } as NetworkArray);
  const rows = places[0] * places[1];
  return {
    image: channels * height * width,
    pixels: words(height * width * wordsFor(channels)),
    ...sumsArrays(rows, geometry.outputs),
    turnedSums: rows * geometry.outputs,
  };
};

/** Arrays of a packed convolution, those of one image's patches among them. */
export const packedConvolutionArrays = (array: NetworkArray) => {
  const [down, right] = placesOf(array.at.from, array.geometry.window);
  return {
    weights: packedWeightsArrays(array.weights),
    image: imageArrays(array),
    patches: packedInputArrays(array.levels, down * right, array.geometry.inputs),
  };
};

/** Places whose window reaches beyond the image, and what signs of +1 there would add to each output: places x outputs. */
const borderOf = ({ geometry }: NetworkArray, { values, inputs, outputs }: WeightMatrix, shape: PatchShape) => {
  const { size, stride, padding, height, width, places } = shape;
  const channels = inputs / (size[0] * size[1]);
  const found: { readonly place: number; readonly added: Int32Array }[] = [];
  if (geometry.window.padding.every((n) => n === 0)) return found;
  for (let v = 0; v < places[0]; v++)
    for (let u = 0; u < places[1]; u++) {
      const added = new Int32Array(outputs);
      let isBorder = false;
      for (let i = 0; i < size[0]; i++)
        for (let j = 0; j < size[1]; j++) {
          const [y, x] = [v * stride[0] + i - padding[0], u * stride[1] + j - padding[1]];
          if (y >= 0 && y < height && x >= 0 && x < width) continue;
          isBorder = true;
          for (let o = 0; o < outputs; o++)
            for (let c = 0; c < channels; c++) added[o] += values[o * inputs + (i * size[1] + j) * channels + c];
        }
      if (isBorder) found.push({ place: v * places[1] + u, added });
    }
  return found;
};

/**
 * A group of a convolution in packed form, an image at a time: patches of bits, and the dot products of the dense kernels. A patch holds no
 * bit beyond the image; where signs alone are held, in which no bit is +1, what that adds is taken off again.
 *
 * @param weights What the array holds, where that is not what it should.
 */
export const packedConvolution = (
  kernels: Kernels,
  array: NetworkArray,
  weights: WeightMatrix = array.weights,
): Synapses => {
  const { geometry, at, group, levels } = array;
  const { inputs, outputs, groups, window } = geometry;
  const turned = channelsLast(weights, window.size[0] * window.size[1]);
  const packed = packWeights(kernels, turned);
  const shape = patchShapeOf(array);
  const { channels, height, width, places } = shape;
  const [rows, plane] = [places[0] * places[1], height * width];
  const kind = planesOf(levels);
  const border = kind.kind === "signs" ? borderOf(array, turned, shape) : [];
  const rowWords = wordsFor(inputs);

  const packPatches = (to: PackedInput, image: Float32Array, pixels: BigUint64Array): void => {
    const pack = (bits: BigUint64Array, offset: number, stride: number, bit: "sign" | "mask" | number): void => {
      kernels.packPixels(pixels, image, channels, plane, bit);
      kernels.bitPatches(bits, offset, stride, pixels, shape);
    };
    if (to.kind === "unsigned")
      for (let p = 0; p < to.planes; p++) pack(to.rows.bits, p * rowWords, to.planes * rowWords, p);
    else pack(to.signs.bits, 0, rowWords, "sign");
    if (to.kind === "masked")
      to.masks.forEach(({ bits }, p) => {
        pack(bits, 0, rowWords, to.masks.length === 1 ? "mask" : p);
      });
  };
  return {
    inputs,
    outputs,
    forwardInto: (y, x) => productsInto(y, x, weights),
    convolveInto: (y, map) =>
      kernels.scoped(() => {
        const { image, pixels, sums, part, turnedSums } = arraysIn(kernels, imageArrays(array));
        const patches = placePacked(kernels, levels, rows, inputs);
        const size = sizeOf(at.from);
        for (let b = 0; b < map.batch; b++) {
          const from = b * size + group * image.length;
          image.set(map.values.subarray(from, from + image.length));
          packPatches(patches, image, pixels);
          packedDotInto(kernels, { sums, part }, patches, packed, rows);
          for (const { place, added } of border)
            for (let o = 0; o < outputs; o++) sums[place * outputs + o] -= added[o];
          kernels.turnSums(turnedSums, sums, rows, outputs);
          y.set(turnedSums, (b * groups + group) * outputs * rows);
        }
      }),
  };
};
