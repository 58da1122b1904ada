import type { Key } from "#src/random/index";
import type { Activations } from "./activations.ts";
import { foldNetwork, type IntegerNetwork } from "./integer-form.ts";
import type { Network } from "./network.ts";
import { runInteger } from "./run-integer.ts";
import type { Synapses } from "./synapses.ts";

/** Mean and variance of each channel over a batch's images and places; values are image x (channel, place). */
const statisticsOf = (x: Float64Array, batch: number, channels: number) => {
  const plane = x.length / batch / channels;
  const count = batch * plane;
  const [mean, variance] = [new Float32Array(channels), new Float32Array(channels)];
  for (let c = 0; c < channels; c++) {
    let [sum, squares] = [0, 0];
    const each = (visit: (value: number) => void): void => {
      for (let b = 0; b < batch; b++) for (let p = 0; p < plane; p++) visit(x[(b * channels + c) * plane + p]);
    };
    each((value) => {
      sum += value;
    });
    const centre = sum / count;
    each((value) => {
      squares += (value - centre) ** 2;
    });
    mean[c] = centre;
    variance[c] = count > 1 ? squares / (count - 1) : 0;
  }
  return { mean, variance };
};

/**
 * Batch normalisation re-estimated on a chip: mean and variance of every normalised channel are measured on training images
 * read through the chip's own synapses, layer after layer, and folded into new thresholds. Weights stay as they are.
 */
export const recalibrate = (
  network: Network,
  synapses: readonly Synapses[],
  images: Activations,
  key: Key,
): IntegerNetwork => {
  let folded = foldNetwork(network);
  folded.placed.forEach(({ layer, from }, l) => {
    if (layer.kind !== "batchNorm") return;
    let seen: Float64Array | null = null;
    runInteger(folded, synapses, images, key, { layer: l, see: ([x]) => (seen = x) });
    const { mean, variance } = statisticsOf(seen ?? new Float64Array(0), images.batch, from.channels);
    // What never changed on the chip has no spread to divide by.
    if (layer.epsilon === 0) {
      const trained = folded.network.tensors[`${layer.name}.variance`];
      for (let c = 0; c < variance.length; c++) if (variance[c] === 0) variance[c] = trained[c];
    }
    const tensors = { ...folded.network.tensors, [`${layer.name}.mean`]: mean, [`${layer.name}.variance`]: variance };
    folded = foldNetwork({ ...folded.network, tensors });
  });
  return folded;
};
