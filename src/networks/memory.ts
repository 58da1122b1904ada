import type { Network } from "./network.ts";

/** Bits that weights of a kind take in a memory; ternary ones two. */
const BITS = { float: 32, binary: 1, ternary: 2 } as const;

/** Bytes of a network's memory: weights, and two numbers of 32 bits for each channel that is normalised. */
export const memoryOf = (network: Pick<Network, "layers" | "tensors">): number => {
  let bits = 0;
  for (const layer of network.layers) {
    if (layer.kind === "batchNorm") bits += 2 * 32 * network.tensors[`${layer.name}.gain`].length;
    if (!("weights" in layer)) continue;
    const { weights } = layer;
    const own = weights.kind === "integer" ? weights.bits : BITS[weights.kind];
    bits += own * network.tensors[`${layer.name}.weight`].length;
  }
  return bits / 8;
};
