import { kernelsFor } from "#src/kernels/kernels";
import type { Key } from "#src/random/index";
import type { Activations } from "./activations.ts";
import { groupsOf, readThrough } from "./arrays.ts";
import { inputValues, type ReadLayer, runNetwork } from "./executor.ts";
import { floatSynapses, floatSynapsesArrays } from "./float-synapses.ts";
import type { IntegerNetwork } from "./integer-form.ts";
import { isWeighted } from "./layers.ts";
import { classesOf, geometryOf, type Network, placeNetwork } from "./network.ts";
import { patchRows } from "./patches.ts";
import { runInteger } from "./run-integer.ts";
import { sizeOf } from "./shapes.ts";
import type { Synapses } from "./synapses.ts";

/** The largest of each row, the first where several are; of rows of one number, 1 where it is above 0. */
export const largestOfRows = (scores: ArrayLike<number>, count: number, width: number): Uint8Array =>
  Uint8Array.from({ length: count }, (_, b) => {
    if (width === 1) return scores[b] > 0 ? 1 : 0;
    let best = 0;
    for (let o = 1; o < width; o++) if (scores[b * width + o] > scores[b * width + best]) best = o;
    return best;
  });

/**
 * The class a network of synapses gives each image: the largest output, the lowest class where two are equal. Weighted layer n is read
 * under `fold(key, n)`.
 */
export const classify = (
  integer: IntegerNetwork,
  synapses: readonly Synapses[],
  images: Activations,
  key: Key,
): Uint8Array => largestOfRows(runInteger(integer, synapses, images, key), images.batch, classesOf(integer.placed));

/** Numbers of the largest value, or of a layer's patches, that a block of images may have: a few tens of megabytes. */
const MOST_NUMBERS = 2 ** 22;
const MOST_IMAGES = 1000;

/** Images of a network that are run at once, so that no value of its layers outgrows memory. */
export const blockOf = (network: Pick<Network, "input" | "layers">): number => {
  const largest = Math.max(
    ...placeNetwork(network).map(({ layer, from, to }) => {
      const geometry = isWeighted(layer) ? geometryOf(layer, from) : null;
      const patches = geometry ? patchRows(from, geometry, 1) * geometry.inputs : 0;
      return Math.max(sizeOf(from), sizeOf(to), patches);
    }),
  );
  return Math.max(1, Math.min(MOST_IMAGES, Math.floor(MOST_NUMBERS / largest)));
};

/** The outputs of a network for pixels, or whatever it takes, inputs x outputs: weighted layers as `read` has them. */
const outputsBy = (
  network: Network,
  inputs: ArrayLike<number> & { subarray(from: number, to: number): ArrayLike<number> },
  read?: ReadLayer,
): Float64Array => {
  const placed = placeNetwork(network);
  const [size, outputs, block] = [sizeOf(network.input.shape), classesOf(placed), blockOf(network)];
  const count = inputs.length / size;
  const found = new Float64Array(count * outputs);
  for (let from = 0; from < count; from += block) {
    const to = Math.min(count, from + block);
    const x = inputValues(inputs.subarray(from * size, to * size), network.input);
    found.set(runNetwork(network, placed, x, to - from, read), from * outputs);
  }
  return found;
};

/** Weighted layers with sums in single precision, some three times as fast: whole numbers up to 2^24 are exact in it. */
const singleRead = (network: Network): ReadLayer => {
  const groups = groupsOf(network);
  const kernels = kernelsFor(groups.map(floatSynapsesArrays));
  const synapses = new Map(groups.map((group) => [`${group.number}.${group.group}`, floatSynapses(kernels, group)]));
  return readThrough(network, ({ number, group }) => synapses.get(`${number}.${group}`) ?? null);
};

/** The outputs of a network for any inputs (inputs x its input), sums in single precision. */
export const outputsOf = (network: Network, inputs: Float64Array): Float64Array =>
  outputsBy(network, inputs, singleRead(network));

const classesBy = (network: Network, images: Uint8Array, read?: ReadLayer): Uint8Array => {
  const outputs = classesOf(placeNetwork(network));
  const count = images.length / sizeOf(network.input.shape);
  return largestOfRows(outputsBy(network, images, read), count, outputs);
};

/** The class a network gives each image (pixels 0 .. 255) in floating point, by the executor as it stands. */
export const classifyFloat = (network: Network, images: Uint8Array): Uint8Array => classesBy(network, images);

/** The same with sums in single precision: two outputs that are nearer than its rounding may change places. */
export const classifySingle = (network: Network, images: Uint8Array): Uint8Array =>
  classesBy(network, images, singleRead(network));

/** Share of classes that are the label. */
export const accuracyOf = (classes: Uint8Array, labels: Uint8Array): number => {
  let right = 0;
  for (let i = 0; i < classes.length; i++) if (classes[i] === labels[i]) right++;
  return right / classes.length;
};
