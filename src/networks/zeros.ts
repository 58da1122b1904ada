import { type Network, placeNetwork, weightedLayers } from "./network.ts";

/** How many weights are exactly zero. */
export const zerosOf = (weights: Float32Array): number => weights.reduce((zeros, w) => zeros + (w === 0 ? 1 : 0), 0);

const weightsOf = (network: Network): Float32Array[] =>
  weightedLayers(placeNetwork(network)).map(({ layer }) => network.tensors[`${layer.name}.weight`]);

/** Share of weights that are exactly zero, weighted layer by weighted layer. */
export const shareOfZeros = (network: Network): number[] => weightsOf(network).map((w) => zerosOf(w) / w.length);

/** Share of all weights of a network that are exactly zero. */
export const totalShareOfZeros = (network: Network): number => {
  const weights = weightsOf(network);
  return weights.reduce((sum, w) => sum + zerosOf(w), 0) / weights.reduce((sum, w) => sum + w.length, 0);
};
