import { fold, type Key } from "#src/random/index";
import type { Activations } from "./activations.ts";
import { normaliseInPlace } from "./batch-norm.ts";
import type { IntegerNetwork, Thresholds } from "./integer-network.ts";
import type { TrainedNetwork } from "./model.ts";
import { activateInto } from "./quantizers.ts";
import type { Synapses } from "./synapses.ts";

/** What a hidden layer passes on for the sums z (batch x width). */
export const applyThresholdsInto = (a: Float32Array, z: Float32Array, thresholds: Thresholds): void => {
  const { direction, upper, lower } = thresholds;
  const width = direction.length;
  for (let i = 0; i < z.length; i += width)
    for (let o = 0; o < width; o++) {
      const directed = direction[o] * z[i + o];
      a[i + o] = directed >= upper[o] ? 1 : directed <= lower[o] ? -1 : 0;
    }
};

/** The largest of each row; the first where several are. */
export const largestOfRows = (scores: ArrayLike<number>, count: number, width: number): Uint8Array =>
  Uint8Array.from({ length: count }, (_, b) => {
    let best = 0;
    for (let o = 1; o < width; o++) if (scores[b * width + o] > scores[b * width + best]) best = o;
    return best;
  });

/**
 * The class a network of synapses gives each image: thresholds between layers, the largest score at the end (the lowest
 * class where two are equal). Layer l is read under `fold(key, l)`.
 */
export const classify = (
  network: IntegerNetwork,
  synapses: readonly Synapses[],
  images: Activations,
  key: Key,
): Uint8Array => {
  let x = images;
  for (let l = 0; l < synapses.length; l++) {
    const width = synapses[l].outputs;
    const z = new Float32Array(x.batch * width);
    synapses[l].forwardInto(z, x, fold(key, l));
    if (l < synapses.length - 1) {
      const values = new Float32Array(z.length);
      applyThresholdsInto(values, z, network.thresholds[l]);
      x = { batch: x.batch, width, levels: network.levels, values };
    } else {
      const { scale, offset } = network.output;
      const scores = Float64Array.from(z, (sum, i) => scale[i % width] * sum + offset[i % width]);
      return largestOfRows(scores, x.batch, width);
    }
  }
  throw new RangeError("classify: a network needs at least one layer.");
};

/** The class a trained network gives each image in floating point: the float baseline, and the folded form's twin. */
export const classifyFloat = (network: TrainedNetwork, images: Activations): Uint8Array => {
  const { batch } = images;
  let x = Float32Array.from(images.values, (pixel) => pixel / 255);
  network.layers.forEach((layer, l) => {
    const { inputs, outputs, weights } = layer;
    const z = new Float32Array(batch * outputs);
    for (let b = 0; b < batch; b++)
      for (let i = 0; i < inputs; i++) {
        const value = x[b * inputs + i];
        if (value !== 0) for (let o = 0; o < outputs; o++) z[b * outputs + o] += value * weights[i * outputs + o];
      }
    normaliseInPlace(z, layer, batch);
    if (l < network.layers.length - 1) activateInto(z, z.slice(), network.design.activation, z.length);
    x = z;
  });
  return largestOfRows(x, batch, x.length / batch);
};

/** Share of classes that are the label. */
export const accuracyOf = (classes: Uint8Array, labels: Uint8Array): number => {
  let right = 0;
  for (let i = 0; i < classes.length; i++) if (classes[i] === labels[i]) right++;
  return right / classes.length;
};
