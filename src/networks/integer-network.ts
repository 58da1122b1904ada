import type { Levels } from "./activations.ts";
import { EPSILON } from "./batch-norm.ts";
import type { TrainedLayer, TrainedNetwork } from "./model.ts";
import type { WeightMatrix } from "./packed-synapses.ts";

/**
 * Batch normalisation and activation of a hidden neuron folded into integers: with z the integer sum and d = direction,
 * the neuron passes on +1 where d z >= upper, -1 where d z <= lower, else 0. A binary neuron has lower = upper - 1. A
 * neuron of zero gain has direction 0 and a constant output.
 */
export interface Thresholds {
  readonly direction: Int8Array;
  readonly upper: Int32Array;
  readonly lower: Int32Array;
}

/** A binary or ternary network as a chip runs it: integer sums and thresholds, normalised sums only at the output. */
export interface IntegerNetwork {
  readonly widths: readonly number[];
  /** What the hidden layers pass on. */
  readonly levels: Levels;
  readonly weights: readonly WeightMatrix[];
  readonly thresholds: readonly Thresholds[];
  /** Score of output o: scale z + offset, compared in float64. */
  readonly output: { readonly scale: Float64Array; readonly offset: Float64Array };
}

const PIXEL_SCALE = 255;

/** y = slope z + offset of a trained neuron with z the integer sum; the first layer's pixels are 0 .. 255, not / 255. */
const affine = (layer: TrainedLayer, first: boolean): { slope: Float64Array; offset: Float64Array } => {
  const slope = new Float64Array(layer.outputs);
  const offset = new Float64Array(layer.outputs);
  for (let o = 0; o < layer.outputs; o++) {
    const scale = layer.gain[o] / Math.sqrt(layer.variance[o] + EPSILON);
    slope[o] = first ? scale / PIXEL_SCALE : scale;
    offset[o] = layer.shift[o] - scale * layer.mean[o];
  }
  return { slope, offset };
};

/**
 * Thresholds of neurons y = slope z + offset. Binary: +1 for y >= 0. Ternary: +1 for y > t, -1 for y < -t. A negative
 * slope turns the comparison round, a zero slope makes the output constant.
 */
const foldThresholds = (slope: Float64Array, offset: Float64Array, ternaryThreshold: number | null): Thresholds => {
  const count = slope.length;
  const direction = new Int8Array(count);
  const upper = new Int32Array(count);
  const lower = new Int32Array(count);
  for (let o = 0; o < count; o++) {
    const steep = Math.abs(slope[o]);
    direction[o] = Math.sign(slope[o]);
    if (ternaryThreshold === null) {
      if (steep === 0) upper[o] = offset[o] >= 0 ? 0 : 1;
      else upper[o] = clampedInteger(Math.ceil(-offset[o] / steep));
      lower[o] = upper[o] - 1;
    } else if (steep === 0) {
      upper[o] = offset[o] > ternaryThreshold ? 0 : 1;
      lower[o] = offset[o] < -ternaryThreshold ? 0 : -1;
    } else {
      upper[o] = clampedInteger(Math.floor((ternaryThreshold - offset[o]) / steep) + 1);
      lower[o] = clampedInteger(Math.ceil((-ternaryThreshold - offset[o]) / steep) - 1);
    }
  }
  return { direction, upper, lower };
};

// Beyond any sum a layer can make: no neuron crosses it.
const clampedInteger = (x: number): number => Math.max(-(2 ** 30), Math.min(2 ** 30, x));

/** Weights outputs x inputs as integers, from the trained inputs x outputs. */
const integerWeights = (layer: TrainedLayer): WeightMatrix => {
  const { inputs, outputs, weights } = layer;
  const values = new Int8Array(weights.length);
  for (let i = 0; i < inputs; i++) for (let o = 0; o < outputs; o++) values[o * inputs + i] = weights[i * outputs + o];
  return { inputs, outputs, values };
};

/**
 * The integer form of a trained binary or ternary network.
 * @throws RangeError for a float network, which has none.
 */
export const foldNetwork = (network: TrainedNetwork): IntegerNetwork => {
  const { design, layers } = network;
  if (design.weights.kind === "float" || design.activation.kind === "relu")
    throw new RangeError("network: float weights have no integer form; read a float network with classifyFloat.");
  const ternaryThreshold = design.activation.kind === "ternary" ? design.activation.threshold : null;
  const last = layers.length - 1;
  const output = affine(layers[last], last === 0);
  return {
    widths: design.widths,
    levels: design.activation.kind === "ternary" ? "ternary" : "signs",
    weights: layers.map(integerWeights),
    thresholds: layers.slice(0, last).map((layer, l) => {
      const { slope, offset } = affine(layer, l === 0);
      return foldThresholds(slope, offset, ternaryThreshold);
    }),
    output: { scale: output.slope, offset: output.offset },
  };
};
