import { type WeightedLayer, type WeightLevels, weightRange } from "#src/networks/layers";
import { quantizeWeightsInto } from "#src/networks/quantizers";

/** How latent weights become levels. */
export interface Quantizer {
  readonly weights: WeightLevels;
  readonly ternaryThreshold: number;
}

/** Latent weights of levels stay within -1 .. 1, so that a weight of the wrong sign is never far from a flip; float ones are free. */
export const limitOf = ({ weights }: Pick<WeightedLayer, "weights">): number =>
  weights.kind === "float" ? Number.POSITIVE_INFINITY : 1;

/** What the gradient by a level is multiplied by to be one by its latent weight: the levels that -1 .. 1 stretch over. */
export const slopeOf = (weights: WeightLevels): number =>
  weights.kind === "integer" ? (weightRange(weights)?.[1] ?? 1) : 1;

/**
 * A latent weight that is quantized to this level: +-1 of binary and ternary ones at twice the threshold, as far from it as zeros are, so
 * that a training that goes on moves weights of either kind.
 */
export const latentOf = (level: number, { weights, ternaryThreshold }: Quantizer): number => {
  if (weights.kind === "float") return level;
  if (weights.kind === "integer") return level / slopeOf(weights);
  return 2 * level * ternaryThreshold;
};

/** levels = quantized latent weights: the sign, the sign beyond a threshold, or the nearest of several levels. */
export const quantizeInto = (
  levels: Float32Array,
  latent: Float32Array,
  { weights, ternaryThreshold }: Quantizer,
): void => {
  if (weights.kind !== "integer") {
    quantizeWeightsInto(
      levels,
      latent,
      weights.kind === "ternary" ? { kind: "ternary", threshold: ternaryThreshold } : { kind: weights.kind },
    );
    return;
  }
  const [low, high] = weightRange(weights) ?? [-1, 1];
  for (let i = 0; i < latent.length; i++) levels[i] = Math.min(high, Math.max(low, Math.floor(latent[i] * high + 0.5)));
};
