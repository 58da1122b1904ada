import type { UniformQuantizer } from "#src/networks/layers";
import type { Tensor } from "../../arrays/tensor.ts";
import type { Quantized } from "../operators/quantizers.ts";
import type { Affine } from "./affine.ts";

/** A value that no input changes; `quantized`: the levels that it stands on, with a scale for each element. */
export interface Constant {
  readonly kind: "constant";
  readonly tensor: Tensor;
  readonly quantized: Quantized | null;
}

/** What a layer gives, and what is still to be done to it; of the graph's shape, batch first. */
export interface Activation {
  readonly kind: "activation";
  readonly layer: string;
  readonly shape: readonly number[];
  readonly affine: Affine;
}

/** An activation with zeros around each image, before a window that takes them in: rows and columns at either side. */
export interface Padded {
  readonly kind: "padded";
  readonly of: Activation | Stepped;
  readonly padding: readonly number[];
}

/** An activation whose sides stand in another order, as Keras has images: what flattens it comes next. */
export interface Turned {
  readonly kind: "turned";
  readonly of: Activation;
  /** Which side of the activation each side is. */
  readonly order: readonly number[];
}

/** A vector whose element j is element `elements[j]` of an activation: weights that take it are put in its order. */
export interface Permuted {
  readonly kind: "permuted";
  readonly of: Activation;
  readonly elements: Int32Array;
}

/** A border between two pieces: at `at`, which belongs to the upper piece, or with `above` to the lower one. */
export interface Cut {
  readonly at: number;
  readonly above: boolean;
}

/** A function of an activation that is constant between cuts: one value more than cuts, ascending. */
export interface Stepped {
  readonly kind: "stepped";
  readonly of: Activation;
  readonly cuts: readonly Cut[];
  readonly values: Tensor;
}

/** |x| of an activation, which comparisons make steps of. */
export interface Magnitude {
  readonly kind: "magnitude";
  readonly of: Activation;
}

/** What QuantizeLinear gives: numbers of levels, which DequantizeLinear makes values of. */
export interface Codes {
  readonly kind: "codes";
  readonly of: Activation;
  readonly quantizer: UniformQuantizer;
}

/** What a classifier's last operator gives: it changes no order of the classes, and is left out. */
export interface Ended {
  readonly kind: "ended";
  readonly of: Activation;
  /** The name of the value that enters it. */
  readonly before: string;
  readonly operator: string;
}

export type Value = Constant | Activation | Padded | Turned | Permuted | Stepped | Magnitude | Codes | Ended;

/** A value's shape, batch first. */
export const shapeOf = (value: Value): readonly number[] => {
  if (value.kind === "constant") return value.tensor.shape;
  if (value.kind === "activation") return value.shape;
  if (value.kind === "turned") return value.order.map((axis) => value.of.shape[axis]);
  if (value.kind !== "padded") return value.of.shape;
  return shapeOf(value.of).map((n, k) => (k < 2 ? n : n + 2 * value.padding[k - 2]));
};
