import { BATCH_NORM_EPSILON } from "./batch-norm.ts";
import type { Layer, WeightLevels } from "./layers.ts";
import type { Network } from "./network.ts";

/** What of a network for heart beats has few levels: nothing, the dense layers alone, or all, whose weights are then binary or ternary. */
export const BEAT_NETWORKS = ["float", "binary classifier", "binary", "ternary"] as const;
export type BeatNetwork = (typeof BEAT_NETWORKS)[number];

/** Channels (times `filters`), size and stride of the convolutions. */
const CONVOLUTIONS = [
  [16, 9, 2],
  [32, 7, 2],
  [32, 5, 2],
] as const;
/** Neurons of the hidden dense layer. */
const HIDDEN = 64;

interface BeatDesign {
  readonly kind: BeatNetwork;
  /** Times the channels of the convolutions. */
  readonly filters: number;
  /** Samples of a beat. */
  readonly length: number;
  readonly scale: number;
  readonly middle: number;
  readonly classes: number;
}

/**
 * A small network for heart beats: three convolutions along the beat and two dense layers, each normalised. Chosen here, after the ways in
 * which B. Penkovsky et al. (DATE 2020, arXiv:2006.11595) binarize: the whole network, or the dense layers alone, which hold most weights; the
 * last convolution then passes signs to them.
 */
export const beatNetwork = ({
  kind,
  filters,
  length,
  scale,
  middle,
  classes,
}: BeatDesign): Pick<Network, "input" | "layers"> => {
  const levels = (isClassifier: boolean): WeightLevels => {
    if (kind === "float" || (kind === "binary classifier" && !isClassifier)) return { kind: "float" };
    return { kind: kind === "ternary" ? "ternary" : "binary" };
  };
  const layers: Layer[] = [];
  let number = 0;
  const activated = (activation: "relu" | "sign"): void => {
    layers.push({ name: `norm${++number}`, kind: "batchNorm", epsilon: BATCH_NORM_EPSILON });
    layers.push({ name: `activation${number}`, kind: activation });
  };
  CONVOLUTIONS.forEach(([channels, size, stride], c) => {
    layers.push({
      name: `conv${c + 1}`,
      kind: "conv1d",
      channels: filters * channels,
      size,
      stride,
      padding: (size - 1) / 2,
      groups: 1,
      weights: levels(false),
      scale: "none",
    });
    const isLast = c === CONVOLUTIONS.length - 1;
    activated(kind === "float" || (kind === "binary classifier" && !isLast) ? "relu" : "sign");
  });
  layers.push({ name: "flatten", kind: "flatten" });
  layers.push({ name: "dense1", kind: "dense", outputs: HIDDEN, weights: levels(true), scale: "none" });
  activated(kind === "float" ? "relu" : "sign");
  layers.push({ name: "dense2", kind: "dense", outputs: classes, weights: levels(true), scale: "none" });
  layers.push({ name: `norm${++number}`, kind: "batchNorm", epsilon: BATCH_NORM_EPSILON });
  return {
    input: { shape: { channels: 1, height: 1, width: length }, scale, offset: -middle * scale, quantizer: null },
    layers,
  };
};
