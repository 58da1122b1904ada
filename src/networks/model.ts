import type { PerceptronDesign } from "./design.ts";

/** One trained layer: weights as the forward pass uses them, inputs x outputs, and its normalisation. */
export interface TrainedLayer {
  readonly inputs: number;
  readonly outputs: number;
  readonly weights: Float32Array;
  readonly gain: Float32Array;
  readonly shift: Float32Array;
  readonly mean: Float32Array;
  readonly variance: Float32Array;
}

/** A trained network, with images entering as pixel / 255. */
export interface TrainedNetwork {
  readonly design: PerceptronDesign;
  readonly layers: readonly TrainedLayer[];
}

/** Share of weights that are exactly zero, layer by layer. */
export const shareOfZeros = (network: TrainedNetwork): number[] =>
  network.layers.map(({ weights }) => weights.reduce((zeros, w) => zeros + (w === 0 ? 1 : 0), 0) / weights.length);

/** Share of all weights of a network that are exactly zero. */
export const totalShareOfZeros = ({ layers }: TrainedNetwork): number => {
  let zeros = 0;
  let count = 0;
  for (const { weights } of layers) {
    count += weights.length;
    for (const w of weights) if (w === 0) zeros++;
  }
  return zeros / count;
};
