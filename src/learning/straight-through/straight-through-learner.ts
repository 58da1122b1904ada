import { arraysIn } from "#src/kernels/declared-arrays";
import { kernelsFor, rowMajor, transposed } from "#src/kernels/kernels";
import {
  type BatchNorm,
  batchNorm,
  type Normalised,
  normaliseBatchInto,
  normaliseGradientInPlace,
  normaliseInPlace,
} from "#src/networks/batch-norm";
import { checkDesign, INITIAL_SIGMA, type PerceptronDesign } from "#src/networks/design";
import {
  ADAM,
  largestOfRows,
  momentLengths,
  type Network,
  type OptimiserState,
  optimiserState,
  perceptron,
} from "#src/networks/index";
import { adamKernelStep, adamStepInPlace } from "#src/networks/optimiser";
import { activateInto, activationGradientInPlace, quantizeWeightsInto } from "#src/networks/quantizers";
import { fold, type Key, normalsInto } from "#src/random/index";
import { allFinite } from "../batch-arrays.ts";
import { type Learner, NOT_A_NUMBER } from "../learner.ts";

/** Latent binary and ternary weights stay in [-1, 1], so that a weight of the wrong sign is never far from a flip. */
const CLIP = 1;

interface TrainedLayer {
  readonly inputs: number;
  readonly outputs: number;
  readonly latent: Float32Array;
  readonly weights: Float32Array;
  readonly byWeights: Float32Array;
  readonly bn: BatchNorm;
  readonly byGain: Float32Array;
  readonly byShift: Float32Array;
  readonly adam: { readonly weights: OptimiserState; readonly gain: OptimiserState; readonly shift: OptimiserState };
  /** batch x inputs */
  readonly x: Float32Array;
  /** batch x outputs, before and after normalisation, and the gradient by either. */
  readonly z: Float32Array;
  readonly y: Float32Array;
  readonly gradient: Float32Array;
  readonly kept: Normalised;
}

/** A learner that also says what a perceptron it is, and how large its loss was. */
export interface StraightThroughLearner extends Learner {
  /** The network as it is now, weights quantized. */
  network(): Network;
  /** Sum over images of the cross-entropy since the last call. */
  takeLoss(): number;
}

const layerArrays = (inputs: number, outputs: number, batch: number) => ({
  latent: inputs * outputs,
  weights: inputs * outputs,
  byWeights: inputs * outputs,
  moments: momentLengths(inputs * outputs, ADAM),
  x: batch * inputs,
  z: batch * outputs,
  gradient: batch * outputs,
});

/** All that a layer learns, by name. */
const learnedArrays = ({ latent, bn, adam }: TrainedLayer): Readonly<Record<string, Float32Array>> => ({
  latent,
  ...bn,
  "latent.first": adam.weights.first,
  "latent.second": adam.weights.second,
  "gain.first": adam.gain.first,
  "gain.second": adam.gain.second,
  "shift.first": adam.shift.first,
  "shift.second": adam.shift.second,
});

/** Writes d(mean cross-entropy)/dy = (softmax(y) - target) / count and returns the sum of the losses. */
const crossEntropyGradientInto = (
  { y, gradient, outputs }: TrainedLayer,
  targets: Float32Array,
  count: number,
): number => {
  let loss = 0;
  for (let b = 0; b < count; b++) {
    const row = b * outputs;
    let largest = Number.NEGATIVE_INFINITY;
    for (let o = 0; o < outputs; o++) largest = Math.max(largest, y[row + o]);
    let sum = 0;
    for (let o = 0; o < outputs; o++) sum += Math.exp(y[row + o] - largest);
    for (let o = 0; o < outputs; o++) {
      const target = targets[row + o];
      if (target === 1) loss += largest + Math.log(sum) - y[row + o];
      gradient[row + o] = (Math.exp(y[row + o] - largest) / sum - target) / count;
    }
  }
  return loss;
};

/**
 * A perceptron that learns by backpropagation with the straight-through estimator: the forward pass uses quantized weights,
 * their gradient moves the latent ones (Courbariaux et al., arXiv:1602.02830). Softmax cross-entropy, mean over the
 * batch, Adam; a batch of one image has no variance to normalise by, and is passed over.
 *
 * @param images Most images at once.
 * @throws RangeError for a design that is none.
 */
export const straightThroughLearner = (
  design: PerceptronDesign,
  learningRate: number,
  images: number,
  key: Key,
): StraightThroughLearner => {
  checkDesign(design);
  const { widths } = design;
  const [inputs, classes] = [widths[0], widths[widths.length - 1]];
  const shapes = widths.slice(1).map((outputs, l) => ({ inputs: widths[l], outputs }));
  const own = { layers: shapes.map((s) => layerArrays(s.inputs, s.outputs, images)), targets: images * classes };
  const kernels = kernelsFor(own);
  const placed = arraysIn(kernels, own);
  const { targets } = placed;
  const layers = placed.layers.map((arrays, l): TrainedLayer => {
    const { inputs: below, outputs } = shapes[l];
    const { moments, ...kept } = arrays;
    const sigma = design.weights.kind === "float" ? Math.sqrt(2 / below) : INITIAL_SIGMA;
    normalsInto(kept.latent, fold(fold(key, "weights"), l + 1), 0, sigma);
    return {
      inputs: below,
      outputs,
      ...kept,
      bn: batchNorm(outputs),
      byGain: new Float32Array(outputs),
      byShift: new Float32Array(outputs),
      adam: { weights: moments, gain: optimiserState(outputs), shift: optimiserState(outputs) },
      y: new Float32Array(images * outputs),
      kept: { values: new Float32Array(images * outputs), inverseSpread: new Float32Array(outputs) },
    };
  });
  const top = layers[layers.length - 1];
  const clip = design.weights.kind === "float" ? Number.POSITIVE_INFINITY : CLIP;
  let [step, losses] = [0, 0];

  const quantize = (): void => {
    for (const { weights, latent } of layers) quantizeWeightsInto(weights, latent, design.weights);
  };
  const forward = (count: number, normalise: (layer: TrainedLayer) => void): void => {
    quantize();
    layers.forEach((layer, l) => {
      const { x, z, y, weights, inputs: below, outputs } = layer;
      kernels.gemm(z, rowMajor(x, below), rowMajor(weights, outputs), count, outputs, below);
      normalise(layer);
      if (l + 1 < layers.length) activateInto(layers[l + 1].x, y, design.activation, count * outputs);
    });
  };
  const backward = (count: number): void => {
    for (let l = layers.length - 1; l >= 0; l--) {
      const layer = layers[l];
      const { gradient, weights, byWeights, x, inputs: below, outputs } = layer;
      if (l + 1 < layers.length) activationGradientInPlace(gradient, layer.y, design.activation, count * outputs);
      normaliseGradientInPlace(gradient, layer.byGain, layer.byShift, layer.kept, layer.bn, count);
      kernels.gemm(byWeights, transposed(x, below), rowMajor(gradient, outputs), below, outputs, count);
      if (l === 0) continue;
      const to = layers[l - 1].gradient;
      kernels.gemm(to, rowMajor(gradient, outputs), transposed(weights, outputs), count, below, outputs);
    }
  };
  const descend = (rate: number): void => {
    for (const { latent, byWeights, bn, byGain, byShift, adam } of layers) {
      adamKernelStep(kernels, latent, byWeights, adam.weights, rate, step, clip);
      adamStepInPlace(bn.gain, byGain, adam.gain, rate, step, Number.POSITIVE_INFINITY);
      adamStepInPlace(bn.shift, byShift, adam.shift, rate, step, Number.POSITIVE_INFINITY);
    }
  };
  return {
    inputs,
    classes,
    images,
    batch: { x: layers[0].x, targets },
    learn: (count, schedule) => {
      step++;
      const report = { free: null, unsettled: false, saturated: null };
      if (count < 2) return { ...report, fault: null };
      forward(count, ({ y, kept, z, bn }) => normaliseBatchInto(y, kept, z, bn, count));
      losses += crossEntropyGradientInto(top, targets, count);
      backward(count);
      const finite = allFinite(layers.map(({ byShift }) => byShift));
      if (finite) descend(learningRate * schedule);
      return { ...report, fault: finite ? null : NOT_A_NUMBER };
    },
    classify: (count) => {
      forward(count, ({ y, z, bn, outputs }) => {
        const whole = z.subarray(0, count * outputs);
        normaliseInPlace(whole, bn, count);
        y.set(whole);
      });
      return largestOfRows(top.y, count, classes);
    },
    network: () => {
      quantize();
      return perceptron(
        design,
        layers.map(({ inputs: below, outputs, weights, bn }) => ({
          inputs: below,
          outputs,
          weights,
          gain: bn.gain.slice(),
          shift: bn.shift.slice(),
          mean: bn.mean.slice(),
          variance: bn.variance.slice(),
        })),
      );
    },
    takeLoss: () => {
      const taken = losses;
      losses = 0;
      return taken;
    },
    save: () => {
      const arrays: Record<string, Float32Array> = {};
      layers.forEach((layer, l) => {
        for (const [name, values] of Object.entries(learnedArrays(layer))) arrays[`${l}.${name}`] = values.slice();
      });
      return { step, arrays };
    },
    restore: (saved) => {
      step = saved.step;
      layers.forEach((layer, l) => {
        for (const [name, values] of Object.entries(learnedArrays(layer))) values.set(saved.arrays[`${l}.${name}`]);
      });
    },
  };
};
