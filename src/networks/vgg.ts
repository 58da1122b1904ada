import { BATCH_NORM_EPSILON } from "./batch-norm.ts";
import type { Layer, WeightLevels } from "./layers.ts";
import type { Network } from "./network.ts";
import type { ImageShape } from "./shapes.ts";

/**
 * An input has one scale: the mean over the three channels of the authors' deviations (of pixel / 255). The middle is a whole pixel next
 * to the mean of their means, 120.7, so that the 0 of padding is a level and arrays can hold the first layer.
 */
const DEVIATION = (0.2023 + 0.1994 + 0.201) / 3;
export const PIXEL_SCALE = 1 / (255 * DEVIATION);
export const PIXEL_MIDDLE = 121;

interface VggDesign {
  readonly input: ImageShape;
  /** Channels of the first convolution; the second and third pair have two and four times as many. */
  readonly filters: number;
  /** Of all layers, first and last included. */
  readonly weights: WeightLevels;
  /** What hidden layers pass on: the kind of layer, without a name. */
  readonly activation:
    | { readonly kind: "relu" }
    | { readonly kind: "sign" }
    | { readonly kind: "ternary"; readonly threshold: number };
  readonly classes: number;
}

/** Neurons of the hidden dense layer. */
const HIDDEN = 512;

/**
 * The network of Laborieux et al., IEEE TCAS-I 68, 138 (2021): three pairs of 3 x 3 convolutions of F, 2 F and 4 F channels, each pair
 * pooled before its last normalisation, and dense layers of 512 and the classes; no bias. Layers as in the authors' public code
 * (github.com/Laborieux-Axel/Quantized_VGG), F being 128 there.
 */
export const vggNetwork = ({
  input,
  filters,
  weights,
  activation,
  classes,
}: VggDesign): Pick<Network, "input" | "layers"> => {
  const layers: Layer[] = [];
  const normalised = (number: number): void => {
    layers.push({ name: `norm${number}`, kind: "batchNorm", epsilon: BATCH_NORM_EPSILON });
  };
  const activated = (number: number): void => {
    layers.push({ ...activation, name: `activation${number}` });
  };
  let number = 0;
  const convolved = (channels: number): void => {
    number++;
    layers.push({
      name: `conv${number}`,
      kind: "conv2d",
      channels,
      size: [3, 3],
      stride: [1, 1],
      padding: [1, 1],
      groups: 1,
      weights,
      scale: "none",
    });
  };
  for (const channels of [filters, 2 * filters, 4 * filters]) {
    convolved(channels);
    normalised(number);
    activated(number);
    convolved(channels);
    layers.push({ name: `pool${number}`, kind: "maxPool", size: [2, 2], stride: [2, 2] });
    normalised(number);
    activated(number);
  }
  layers.push({ name: "flatten", kind: "flatten" });
  [HIDDEN, classes].forEach((outputs, l) => {
    layers.push({ name: `dense${l + 1}`, kind: "dense", outputs, weights, scale: "none" });
    normalised(++number);
    if (l === 0) activated(number);
  });
  return {
    input: { shape: input, scale: PIXEL_SCALE, offset: -PIXEL_MIDDLE * PIXEL_SCALE, quantizer: null },
    layers,
  };
};
