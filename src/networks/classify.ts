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

/** The largest of each row; the first where several are. */
export const largestOfRows = (scores: ArrayLike<number>, count: number, width: number): Uint8Array =>
  Uint8Array.from({ length: count }, (_, b) => {
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

/** The class a network gives each image (pixels 0 .. 255), weighted layers as `read` has them. */
const classesBy = (network: Network, images: Uint8Array, read?: ReadLayer): Uint8Array => {
  const placed = placeNetwork(network);
  const [pixels, classes, block] = [sizeOf(network.input.shape), classesOf(placed), blockOf(network)];
  const count = images.length / pixels;
  const found = new Uint8Array(count);
  for (let from = 0; from < count; from += block) {
    const to = Math.min(count, from + block);
    const x = inputValues(images.subarray(from * pixels, to * pixels), network.input);
    found.set(largestOfRows(runNetwork(network, placed, x, to - from, read), to - from, classes), from);
  }
  return found;
};

/** The class a network gives each image (pixels 0 .. 255) in floating point, by the executor as it stands. */
export const classifyFloat = (network: Network, images: Uint8Array): Uint8Array => classesBy(network, images);

/** The same with sums in single precision, some three times as fast: two outputs that are nearer than its rounding may change places. */
export const classifySingle = (network: Network, images: Uint8Array): Uint8Array => {
  const groups = groupsOf(network);
  const kernels = kernelsFor(groups.map(floatSynapsesArrays));
  const synapses = new Map(groups.map((group) => [`${group.number}.${group.group}`, floatSynapses(kernels, group)]));
  return classesBy(
    network,
    images,
    readThrough(network, ({ number, group }) => synapses.get(`${number}.${group}`) ?? null),
  );
};

/** Share of classes that are the label. */
export const accuracyOf = (classes: Uint8Array, labels: Uint8Array): number => {
  let right = 0;
  for (let i = 0; i < classes.length; i++) if (classes[i] === labels[i]) right++;
  return right / classes.length;
};
