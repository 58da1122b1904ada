import { BATCH_NORM_EPSILON } from "./batch-norm.ts";
import type { Layer, WeightLevels } from "./layers.ts";
import type { Network } from "./network.ts";
import type { ImageShape } from "./shapes.ts";
import { PIXEL_MIDDLE, PIXEL_SCALE } from "./vgg.ts";

/** What of a network has few levels: nothing, its dense layers alone, all but the depthwise convolutions, or all of it. */
export const MOBILE_NETWORKS = ["float", "binary classifier", "binary but depthwise", "binary", "ternary"] as const;
export type MobileNetwork = (typeof MOBILE_NETWORKS)[number];

/** Channels (times `filters`) and stride of the blocks: the first seven of MobileNet V1's widths, for images of 32 rows. */
const BLOCKS = [
  [2, 1],
  [4, 2],
  [4, 1],
  [8, 2],
  [8, 1],
  [16, 2],
  [16, 1],
] as const;

interface MobileDesign {
  readonly input: ImageShape;
  readonly filters: number;
  readonly kind: MobileNetwork;
  /** Depthwise 3 x 3 and then 1 x 1 windows, as MobileNet's; or windows of 3 x 3 that see all channels. */
  readonly convolutions: "depthwise" | "whole";
  readonly classes: number;
}

/**
 * A MobileNet V1 (A. G. Howard et al., arXiv:1704.04861) for small images: a convolution, seven blocks of a depthwise convolution of 3 x 3 and one
 * of 1 x 1 (each normalised), the mean over all places, and a classifier of two dense layers.
 */
export const mobileNet = ({
  input,
  filters,
  kind,
  convolutions,
  classes,
}: MobileDesign): Pick<Network, "input" | "layers"> => {
  const levels = (part: "classifier" | "depthwise" | "other"): WeightLevels => {
    const isFloat =
      kind === "float" ||
      (kind === "binary classifier" && part !== "classifier") ||
      (kind === "binary but depthwise" && part === "depthwise");
    return { kind: isFloat ? "float" : kind === "ternary" ? "ternary" : "binary" };
  };
  const layers: Layer[] = [];
  let number = 0;
  const normalised = (): void => {
    layers.push({ name: `norm${++number}`, kind: "batchNorm", epsilon: BATCH_NORM_EPSILON });
  };
  const activated = (isClassifier = false): void => {
    normalised();
    const isSmooth = kind === "float" || (kind === "binary classifier" && !isClassifier);
    layers.push({ name: `activation${number}`, kind: isSmooth ? "relu" : "sign" });
  };
  const convolved = (name: string, channels: number, size: 1 | 3, stride: number, groups: number): void => {
    layers.push({
      name,
      kind: "conv2d",
      channels,
      size: [size, size],
      stride: [stride, stride],
      padding: size === 3 ? [1, 1] : [0, 0],
      groups,
      weights: levels(groups > 1 ? "depthwise" : "other"),
      scale: "none",
    });
    activated();
  };
  convolved("conv", filters, 3, 1, 1);
  let channels = filters;
  BLOCKS.forEach(([times, stride], b) => {
    if (convolutions === "depthwise") {
      convolved(`depth${b + 1}`, channels, 3, stride, channels);
      convolved(`point${b + 1}`, times * filters, 1, 1, 1);
    } else convolved(`conv${b + 1}`, times * filters, 3, stride, 1);
    channels = times * filters;
  });
  layers.push({ name: "mean", kind: "globalAveragePool" });
  // The means of signs are many-valued; signs of them are what a binary classifier can take.
  if (kind !== "float") activated(true);
  layers.push({ name: "flatten", kind: "flatten" });
  layers.push({ name: "dense1", kind: "dense", outputs: 16 * filters, weights: levels("classifier"), scale: "none" });
  activated(true);
  layers.push({ name: "dense2", kind: "dense", outputs: classes, weights: levels("classifier"), scale: "none" });
  normalised();
  return { input: { shape: input, scale: PIXEL_SCALE, offset: -PIXEL_MIDDLE * PIXEL_SCALE, quantizer: null }, layers };
};
