import { fold, type Key } from "#src/random/index";
import type { Activations } from "./activations.ts";
import { applyThresholdsInto } from "./classify.ts";
import { foldNetwork, type IntegerNetwork } from "./integer-network.ts";
import type { TrainedNetwork } from "./model.ts";
import type { Synapses } from "./synapses.ts";

/**
 * Batch normalisation re-estimated on a chip: mean and variance of every neuron's sum are measured on training images
 * read through the chip's own synapses, layer after layer, and folded into new thresholds. Weights stay as they are.
 */
export const recalibrate = (
  network: TrainedNetwork,
  synapses: readonly Synapses[],
  images: Activations,
  key: Key,
): IntegerNetwork => {
  let x = images;
  let layers = network.layers;
  let folded = foldNetwork(network);
  for (let l = 0; l < layers.length; l++) {
    const { outputs } = layers[l];
    const z = new Float32Array(x.batch * outputs);
    synapses[l].forwardInto(z, x, fold(key, l));
    const scale = l === 0 ? 1 / 255 : 1;
    const mean = new Float32Array(outputs);
    const variance = new Float32Array(outputs);
    for (let o = 0; o < outputs; o++) {
      let sum = 0;
      let squares = 0;
      for (let b = 0; b < x.batch; b++) sum += z[b * outputs + o];
      const centre = sum / x.batch;
      for (let b = 0; b < x.batch; b++) squares += (z[b * outputs + o] - centre) ** 2;
      mean[o] = centre * scale;
      variance[o] = (squares / (x.batch - 1)) * scale * scale;
    }
    layers = layers.map((layer, k) => (k === l ? { ...layer, mean, variance } : layer));
    folded = foldNetwork({ ...network, layers });
    if (l < layers.length - 1) {
      const values = new Float32Array(z.length);
      applyThresholdsInto(values, z, folded.thresholds[l]);
      x = { batch: x.batch, width: outputs, levels: folded.levels, values };
    }
  }
  return folded;
};
