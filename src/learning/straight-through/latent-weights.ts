import { type WeightedLayer, type WeightLevels, weightRange } from "#src/networks/layers";

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

/** levels = quantized latent weights: the sign, the sign beyond a threshold, or the nearest of several levels. */
export const quantizeInto = (
  levels: Float32Array,
  latent: Float32Array,
  { weights, ternaryThreshold }: Quantizer,
): void => {
  switch (weights.kind) {
    case "float":
      levels.set(latent);
      return;
    case "binary":
      for (let i = 0; i < latent.length; i++) levels[i] = latent[i] >= 0 ? 1 : -1;
      return;
    case "ternary":
      for (let i = 0; i < latent.length; i++)
        levels[i] = latent[i] > ternaryThreshold ? 1 : latent[i] < -ternaryThreshold ? -1 : 0;
      return;
    default: {
      const [low, high] = weightRange(weights) ?? [-1, 1];
      for (let i = 0; i < latent.length; i++)
        levels[i] = Math.min(high, Math.max(low, Math.floor(latent[i] * high + 0.5)));
    }
  }
};
