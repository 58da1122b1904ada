import { roundHalfEven } from "#src/numerics/round-half-even";
import type { Pair } from "./shapes.ts";

/**
 * What weights can be. Tensors of a network hold them as the forward pass uses them, in levels: -1 and +1, or -1, 0 and +1, or whole
 * numbers; what a threshold or a clip made of them is done.
 */
export type WeightLevels =
  | { readonly kind: "float" }
  | { readonly kind: "binary" }
  | { readonly kind: "ternary" }
  /** Whole numbers of `bits` bits with a sign; narrow: without the lowest, -2^(bits - 1). */
  | { readonly kind: "integer"; readonly bits: number; readonly narrow: boolean };

/** What is multiplied by its inputs: a weight is its level times the scale, one of the layer or one a channel, or 1. */
interface Weighted {
  readonly weights: WeightLevels;
  readonly scale: "none" | "tensor" | "channel";
}

/** levels = round half to even(x / scale + zeroPoint) within the bits; value = (level - zeroPoint) scale. QONNX's Quant. */
export interface UniformQuantizer {
  readonly bits: number;
  readonly signed: boolean;
  /** Without the lowest level of signed ones. */
  readonly narrow: boolean;
  readonly scale: number;
  readonly zeroPoint: number;
  /** What is rounded: x / scale + zeroPoint, or, as ONNX's QuantizeLinear has it, x / scale before a whole zero point is added: they differ halfway between levels where it is odd. */
  readonly rounds?: "level" | "value";
}

/**
 * values[k], k the number of borders that x has passed: those below it, and one that it is exactly on but where that is `above`.
 */
export interface Steps {
  /** Ascending. */
  readonly at: readonly number[];
  readonly above: readonly boolean[];
  /** One more, ascending. */
  readonly values: readonly number[];
}

export type LayerKind =
  | ({ readonly kind: "dense"; readonly outputs: number } & Weighted)
  /** Groups: channels are divided, each group sees its own share of the channels below; depthwise: as many groups as those. */
  | ({
      readonly kind: "conv2d";
      readonly channels: number;
      readonly size: Pair;
      readonly stride: Pair;
      readonly padding: Pair;
      readonly groups: number;
    } & Weighted)
  /** Along the columns of an image of one row. */
  | ({
      readonly kind: "conv1d";
      readonly channels: number;
      readonly size: number;
      readonly stride: number;
      readonly padding: number;
      readonly groups: number;
    } & Weighted)
  /** Padding (none where left out) is passed over by the largest, and counts as 0 in a mean. */
  | {
      readonly kind: "maxPool" | "averagePool";
      readonly size: Pair;
      readonly stride: Pair;
      readonly padding?: Pair;
    }
  | { readonly kind: "globalAveragePool" }
  /** gain (x - mean) / sqrt(variance + epsilon) + shift, a channel each. */
  | { readonly kind: "batchNorm"; readonly epsilon: number }
  | { readonly kind: "bias" }
  | { readonly kind: "flatten" }
  /** The sum of two values of one shape. */
  | { readonly kind: "add" }
  /** +1 for x >= 0, else -1. */
  | { readonly kind: "sign" }
  /** The sign of x where |x| > threshold, else 0. */
  | { readonly kind: "ternary"; readonly threshold: number }
  | { readonly kind: "relu" }
  /** x within -1 .. 1. */
  | { readonly kind: "hardTanh" }
  /** x within low .. high. */
  | { readonly kind: "clip"; readonly low: number; readonly high: number }
  | ({ readonly kind: "steps" } & Steps)
  | ({ readonly kind: "uniform" } & UniformQuantizer);

/** A layer, the name of its value, and whose values it takes: those of the layer before it where nothing is said. */
export type Layer = LayerKind & { readonly name: string; readonly from?: readonly string[] };

/** Layers that multiply by weights. */
export type WeightedLayer = Extract<Layer, { readonly kind: "dense" | "conv2d" | "conv1d" }>;

/** The name of the network's own input. */
export const INPUT = "input";

export const isWeighted = (layer: Layer): layer is WeightedLayer =>
  layer.kind === "dense" || layer.kind === "conv2d" || layer.kind === "conv1d";

/** Lowest and highest level of weights; null where they are any numbers. */
export const weightRange = (weights: WeightLevels): Pair | null => {
  if (weights.kind === "float") return null;
  if (weights.kind !== "integer") return [-1, 1];
  return levelRange({ ...weights, signed: true });
};

/** Lowest and highest level of so many bits. */
export const levelRange = ({ bits, signed, narrow }: Pick<UniformQuantizer, "bits" | "signed" | "narrow">): Pair =>
  signed ? [-(2 ** (bits - 1)) + (narrow ? 1 : 0), 2 ** (bits - 1) - 1] : [0, 2 ** bits - 1];

/** The level of a value. */
export const uniformLevel = (x: number, quantizer: UniformQuantizer): number => {
  const [low, high] = levelRange(quantizer);
  const { scale, zeroPoint, rounds } = quantizer;
  const level = rounds === "value" ? roundHalfEven(x / scale) + zeroPoint : roundHalfEven(x / scale + zeroPoint);
  return Math.min(high, Math.max(low, level));
};

export const uniformValue = (level: number, { scale, zeroPoint }: UniformQuantizer): number =>
  (level - zeroPoint) * scale;

/** How many borders a value has passed. */
export const stepOf = (x: number, { at, above }: Pick<Steps, "at" | "above">): number => {
  let passed = 0;
  while (passed < at.length && (x > at[passed] || (x === at[passed] && !above[passed]))) passed++;
  return passed;
};
