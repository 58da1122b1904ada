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
 * The normalised sum of a neuron, in double precision and in this order: it decides, also where it ends exactly on a
 * threshold. It never falls as gain z rises, since none of its steps does.
 */
const normalised = ({ gain, shift, mean, variance }: TrainedLayer, o: number, z: number, first: boolean): number =>
  (gain[o] * ((first ? z / PIXEL_SCALE : z) - mean[o])) / Math.sqrt(variance[o] + EPSILON) + shift[o];

/** Beyond any sum a layer can make: no neuron crosses it. */
const FARTHEST = 2 ** 30;

/** The least integer, -FARTHEST .. FARTHEST, from which on a condition holds that never ceases to; FARTHEST where it never holds. */
const leastWith = (holds: (n: number) => boolean): number => {
  let [low, high] = [-FARTHEST, FARTHEST];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
};

/**
 * Thresholds of a layer's neurons. Binary: +1 for y >= 0. Ternary: +1 for y > t, -1 for y < -t. A negative gain turns the
 * comparison round, a zero gain makes the output constant.
 */
const foldThresholds = (layer: TrainedLayer, first: boolean, ternaryThreshold: number | null): Thresholds => {
  const count = layer.outputs;
  const direction = new Int8Array(count);
  const upper = new Int32Array(count);
  const lower = new Int32Array(count);
  for (let o = 0; o < count; o++) {
    const sign = Math.sign(layer.gain[o]);
    direction[o] = sign;
    const passes = (y: number): boolean => (ternaryThreshold === null ? y >= 0 : y > ternaryThreshold);
    const holds = (y: number): boolean => (ternaryThreshold === null ? y >= 0 : y >= -ternaryThreshold);
    if (sign === 0) {
      const y = normalised(layer, o, 0, first);
      upper[o] = passes(y) ? 0 : 1;
      lower[o] = holds(y) ? -1 : 0;
    } else {
      upper[o] = leastWith((n) => passes(normalised(layer, o, sign * n, first)));
      lower[o] = leastWith((n) => holds(normalised(layer, o, sign * n, first))) - 1;
    }
  }
  return { direction, upper, lower };
};

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
    thresholds: layers.slice(0, last).map((layer, l) => foldThresholds(layer, l === 0, ternaryThreshold)),
    output: { scale: output.slope, offset: output.offset },
  };
};
