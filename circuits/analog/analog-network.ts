import { normaliseInPlace } from "#src/networks/batch-norm";
import type { TrainedNetwork } from "#src/networks/index";
import { activateInto } from "#src/networks/quantizers";
import { fold, type Key } from "#src/random/index";
import { type AnalogArray, programAnalogArray } from "./analog-array.ts";
import type { AnalogDesign } from "./analog-design.ts";

/** A trained perceptron on analog arrays: products in the arrays, normalisation and activations digital. */
export interface AnalogNetwork {
  readonly arrays: readonly AnalogArray[];
  /** The class of each image (pixels 0 .. 255, batch x inputs); `key` is the reads' noise. */
  classify(images: Uint8Array, key: Key): Uint8Array;
}

/** Layers after the array: normalisation, and the activation but for the last. */
const digital = (network: TrainedNetwork, layer: number, z: Float32Array, batch: number): Float32Array => {
  normaliseInPlace(z, network.layers[layer], batch);
  if (layer < network.layers.length - 1) activateInto(z, z.slice(), network.design.activation, z.length);
  return z;
};

/**
 * Programs a network layer by layer. What a layer's largest voltage stands for is the largest input that the calibration
 * images give it with the layers before it as programmed and without read noise.
 *
 * @param calibration Training images, pixels 0 .. 255; at most 256 are used.
 */
export const programAnalogNetwork = (
  design: AnalogDesign,
  network: TrainedNetwork,
  calibration: Uint8Array,
  chip: Key,
): AnalogNetwork => {
  const pixels = network.layers[0].inputs;
  const batch = Math.min(256, Math.floor(calibration.length / pixels));
  if (batch < 1) throw new RangeError(`analog network: no calibration image of ${pixels} pixels.`);
  let x: Float32Array = Float32Array.from(calibration.subarray(0, batch * pixels), (pixel) => pixel / 255);
  const arrays = network.layers.map(({ inputs, outputs, weights }, l) => {
    const largestInput = l === 0 ? 1 : x.reduce((most, v) => Math.max(most, Math.abs(v)), 0) || 1;
    const layer = { inputs, outputs, weights, largestInput };
    const array = programAnalogArray(design, layer, fold(chip, l), x);
    const z = new Float32Array(batch * outputs);
    array.multiplyInto(z, x, batch, null);
    x = digital(network, l, z, batch);
    return array;
  });
  return {
    arrays,
    classify: (images, key) => {
      const count = images.length / pixels;
      let a: Float32Array = Float32Array.from(images, (pixel) => pixel / 255);
      arrays.forEach((array, l) => {
        const z = new Float32Array(count * array.outputs);
        array.multiplyInto(z, a, count, fold(key, l));
        a = digital(network, l, z, count);
      });
      const width = a.length / count;
      return Uint8Array.from({ length: count }, (_, b) => {
        let best = 0;
        for (let o = 1; o < width; o++) if (a[b * width + o] > a[b * width + best]) best = o;
        return best;
      });
    },
  };
};
