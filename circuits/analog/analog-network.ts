import { inputValues, runNetwork } from "#src/networks/executor";
import {
  blockOf,
  classesOf,
  type GroupWeights,
  largestOfRows,
  type Network,
  placeNetwork,
  readThrough,
  type Synapses,
  seesPixels,
} from "#src/networks/index";
import { sizeOf } from "#src/networks/shapes";
import { fold, type Key } from "#src/random/index";
import { type AnalogArray, programAnalogArray } from "./analog-array.ts";
import type { AnalogDesign } from "./analog-design.ts";

/** A network on analog arrays: products in the arrays, all else digital. */
export interface AnalogNetwork {
  /** An array a group of each weighted layer, in the order in which they are read. */
  readonly arrays: readonly AnalogArray[];
  /** The class of each image (pixels 0 .. 255, batch x inputs); `key` is the reads' noise. */
  classify(images: Uint8Array, key: Key): Uint8Array;
}

/** An analog array as a layer's synapses. @param noisy Whether reads have noise. */
const analogSynapses = (array: AnalogArray, noisy: boolean): Synapses => ({
  inputs: array.inputs,
  outputs: array.outputs,
  forwardInto: (y, { values, batch }, key) => array.multiplyInto(y, values, batch, noisy ? key : null),
});

/** What the largest voltage stands for: the largest value a pixel can have, or the largest of calibration. */
const largestInputOf = (network: Network, of: GroupWeights, patches: Float32Array): number => {
  const all = Array.from({ length: 256 }, (_, pixel) => pixel);
  const seen = seesPixels(network, of) ? inputValues(all, network.input) : patches;
  let most = 0;
  for (const value of seen) most = Math.max(most, Math.abs(value));
  return most || 1;
};

const turned = (weights: Float32Array, inputs: number, outputs: number): Float32Array => {
  const byInput = new Float32Array(weights.length);
  for (let o = 0; o < outputs; o++) for (let i = 0; i < inputs; i++) byInput[i * outputs + o] = weights[o * inputs + i];
  return byInput;
};

/** Images at most that calibrate. */
const CALIBRATION = 256;

/**
 * Programs a network layer by layer, each group of a layer on an array of its own; a convolution's array is read once a place. What a
 * layer's largest voltage stands for is the largest input that the calibration images give it with the layers before it as programmed and
 * without read noise.
 *
 * @param calibration Training images, pixels 0 .. 255; at most 256 are used.
 * @param kept Whether a layer stays digital, beside the arrays.
 */
export const programAnalogNetwork = (
  design: AnalogDesign,
  network: Network,
  calibration: Uint8Array,
  chip: Key,
  kept: (layer: string) => boolean = () => false,
): AnalogNetwork => {
  const placed = placeNetwork(network);
  const pixels = sizeOf(network.input.shape);
  const block = Math.min(CALIBRATION, blockOf(network));
  const batch = Math.min(block, Math.floor(calibration.length / pixels));
  if (batch < 1) throw new RangeError(`analog network: no calibration image of ${pixels} pixels.`);
  const made: AnalogArray[] = [];
  const programmed = new Map<string, AnalogArray>();
  const nameOf = ({ number, group }: GroupWeights): string => `${number}.${group}`;
  const program = readThrough(network, (of, patches) => {
    if (kept(of.at.layer.name)) return null;
    const { inputs, outputs, groups } = of.geometry;
    const layer = {
      inputs,
      outputs,
      weights: turned(of.weights, inputs, outputs),
      largestInput: largestInputOf(network, of, patches),
    };
    const own = fold(chip, of.number);
    const array = programAnalogArray(design, layer, groups === 1 ? own : fold(own, of.group), patches);
    made.push(array);
    programmed.set(nameOf(of), array);
    return analogSynapses(array, false);
  });
  runNetwork(network, placed, inputValues(calibration.subarray(0, batch * pixels), network.input), batch, program);
  const read = readThrough(network, (of) => {
    const array = programmed.get(nameOf(of));
    return array ? analogSynapses(array, true) : null;
  });
  const classes = classesOf(placed);
  return {
    arrays: made,
    classify: (images, key) => {
      const count = images.length / pixels;
      const found = new Uint8Array(count);
      // Patches of a convolution are many: as many images at once as there is room for, each block with noise of its own.
      const most = network.layers.some(({ kind }) => kind === "conv1d" || kind === "conv2d") ? blockOf(network) : count;
      for (let from = 0; from < count; from += most) {
        const to = Math.min(count, from + most);
        const x = inputValues(images.subarray(from * pixels, to * pixels), network.input);
        const own = count > most ? fold(fold(key, "block"), from) : key;
        found.set(largestOfRows(runNetwork(network, placed, x, to - from, read, own), to - from, classes), from);
      }
      return found;
    },
  };
};
