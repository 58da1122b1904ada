import type { LabelledImages } from "#src/datasets/labelled-images";
import { arraysIn } from "#src/kernels/declared-arrays";
import { kernelsFor, rowMajor, transposed } from "#src/kernels/kernels";
import { fold, type Key, normalsInto, permutation } from "#src/random/index";
import {
  type BatchNorm,
  batchNorm,
  type Normalised,
  normaliseBatchInto,
  normaliseGradientInPlace,
} from "./batch-norm.ts";
import { checkDesign, INITIAL_SIGMA, type PerceptronDesign } from "./design.ts";
import type { Network } from "./network.ts";
import {
  ADAM,
  adamKernelStep,
  adamStepInPlace,
  momentLengths,
  type OptimiserState,
  optimiserState,
} from "./optimiser.ts";
import { perceptron } from "./perceptron.ts";
import { activateInto, activationGradientInPlace, quantizeWeightsInto } from "./quantizers.ts";

export interface TrainingOptions {
  readonly epochs: number;
  readonly batch: number;
  /** Start of the cosine schedule to zero, stepped every batch. It also sets how many ternary weights stay zero. */
  readonly learningRate: number;
}

/** The recipe of docs/networks.md: Adam at 0.01 for binary and ternary weights, 0.001 for float. */
export const defaultLearningRate = (design: PerceptronDesign): number =>
  design.weights.kind === "float" ? 0.001 : 0.01;

/** Latent binary and ternary weights stay in [-1, 1], so that a weight of the wrong sign is never far from a flip. */
const CLIP = 1;

interface Layer {
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

const layerArrays = (inputs: number, outputs: number, batch: number) => ({
  latent: inputs * outputs,
  weights: inputs * outputs,
  byWeights: inputs * outputs,
  moments: momentLengths(inputs * outputs, ADAM),
  x: batch * inputs,
  z: batch * outputs,
  gradient: batch * outputs,
});

/**
 * Trains a perceptron by backpropagation with the straight-through estimator: the forward pass uses quantized weights,
 * their gradient moves the latent ones (Courbariaux et al., arXiv:1602.02830). Softmax cross-entropy, mean over the
 * batch. Images enter as pixel / 255. The result is a pure function of design, options, data and key.
 *
 * @param onEpoch Told after each epoch: its number from 1 and the mean loss.
 * @throws RangeError where the images do not fit the design's inputs, or the options make no sense.
 */
export const trainPerceptron = (
  design: PerceptronDesign,
  options: TrainingOptions,
  data: LabelledImages,
  key: Key,
  onEpoch: (epoch: number, loss: number) => void = () => {},
): Network => {
  checkDesign(design);
  const { epochs, batch, learningRate } = options;
  const { widths } = design;
  if (data.pixels !== widths[0])
    throw new RangeError(`training: images of ${data.pixels} pixels for a network of ${widths[0]} inputs.`);
  if (data.classes > widths[widths.length - 1])
    throw new RangeError(`training: ${data.classes} classes for a network of ${widths[widths.length - 1]} outputs.`);
  if (!(Number.isInteger(epochs) && epochs >= 1 && Number.isInteger(batch) && batch >= 2 && batch <= data.count))
    throw new RangeError(`training: ${epochs} epochs, batch ${batch}; expected >= 1 and 2 .. ${data.count}.`);

  const shapes = widths.slice(1).map((outputs, l) => ({ inputs: widths[l], outputs }));
  const own = shapes.map(({ inputs, outputs }) => layerArrays(inputs, outputs, batch));
  const kernels = kernelsFor(own);
  const layers = arraysIn(kernels, own).map((arrays, l): Layer => {
    const { inputs, outputs } = shapes[l];
    const { moments, ...kept } = arrays;
    const { latent } = kept;
    const sigma = design.weights.kind === "float" ? Math.sqrt(2 / inputs) : INITIAL_SIGMA;
    normalsInto(latent, fold(fold(key, "weights"), l + 1), 0, sigma);
    return {
      inputs,
      outputs,
      ...kept,
      bn: batchNorm(outputs),
      byGain: new Float32Array(outputs),
      byShift: new Float32Array(outputs),
      adam: {
        weights: moments,
        gain: optimiserState(outputs),
        shift: optimiserState(outputs),
      },
      y: new Float32Array(batch * outputs),
      kept: { values: new Float32Array(batch * outputs), inverseSpread: new Float32Array(outputs) },
    };
  });

  const forward = (count: number): void => {
    layers.forEach((layer, l) => {
      const { x, z, y, weights, inputs, outputs } = layer;
      kernels.gemm(z, rowMajor(x, inputs), rowMajor(weights, outputs), count, outputs, inputs);
      normaliseBatchInto(y, layer.kept, z, layer.bn, count);
      if (l + 1 < layers.length) activateInto(layers[l + 1].x, y, design.activation, count * outputs);
    });
  };
  const backward = (count: number): void => {
    for (let l = layers.length - 1; l >= 0; l--) {
      const layer = layers[l];
      const { gradient, weights, byWeights, x, inputs, outputs } = layer;
      if (l + 1 < layers.length) activationGradientInPlace(gradient, layer.y, design.activation, count * outputs);
      normaliseGradientInPlace(gradient, layer.byGain, layer.byShift, layer.kept, layer.bn, count);
      kernels.gemm(byWeights, transposed(x, inputs), rowMajor(gradient, outputs), inputs, outputs, count);
      if (l > 0)
        kernels.gemm(
          layers[l - 1].gradient,
          rowMajor(gradient, outputs),
          transposed(weights, outputs),
          count,
          inputs,
          outputs,
        );
    }
  };

  const stepsInEpoch = Math.ceil(data.count / batch);
  const totalSteps = epochs * stepsInEpoch;
  const clip = design.weights.kind === "float" ? Number.POSITIVE_INFINITY : CLIP;
  let step = 0;
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = permutation(fold(fold(key, "order"), epoch), data.count);
    let loss = 0;
    for (let from = 0; from < data.count; from += batch) {
      const count = Math.min(batch, data.count - from);
      const rate = (learningRate * (1 + Math.cos((Math.PI * step) / totalSteps))) / 2;
      step++;
      // A batch of one has no variance to normalise by.
      if (count < 2) continue;
      for (let b = 0; b < count; b++) {
        const at = order[from + b] * data.pixels;
        for (let i = 0; i < data.pixels; i++) layers[0].x[b * data.pixels + i] = data.images[at + i] / 255;
      }
      for (const layer of layers) quantizeWeightsInto(layer.weights, layer.latent, design.weights);
      forward(count);
      loss +=
        crossEntropyGradientInto(layers[layers.length - 1], data.labels, order.subarray(from, from + count)) * count;
      backward(count);
      for (const { latent, byWeights, bn, byGain, byShift, adam } of layers) {
        adamKernelStep(kernels, latent, byWeights, adam.weights, rate, step, clip);
        adamStepInPlace(bn.gain, byGain, adam.gain, rate, step, Number.POSITIVE_INFINITY);
        adamStepInPlace(bn.shift, byShift, adam.shift, rate, step, Number.POSITIVE_INFINITY);
      }
    }
    onEpoch(epoch + 1, loss / data.count);
  }
  return perceptron(
    design,
    layers.map(({ inputs, outputs, latent, bn }) => {
      const weights = new Float32Array(latent.length);
      quantizeWeightsInto(weights, latent, design.weights);
      return { inputs, outputs, weights, ...bn };
    }),
  );
};

/** Writes d(mean cross-entropy)/dy = (softmax(y) - target) / count and returns the mean loss. */
const crossEntropyGradientInto = (output: Layer, labels: Uint8Array, chosen: Uint32Array): number => {
  const { y, gradient, outputs } = output;
  const count = chosen.length;
  let loss = 0;
  for (let b = 0; b < count; b++) {
    const row = b * outputs;
    let largest = Number.NEGATIVE_INFINITY;
    for (let o = 0; o < outputs; o++) largest = Math.max(largest, y[row + o]);
    let sum = 0;
    for (let o = 0; o < outputs; o++) sum += Math.exp(y[row + o] - largest);
    const label = labels[chosen[b]];
    loss += largest + Math.log(sum) - y[row + label];
    for (let o = 0; o < outputs; o++)
      gradient[row + o] = (Math.exp(y[row + o] - largest) / sum - (o === label ? 1 : 0)) / count;
  }
  return loss / count;
};
