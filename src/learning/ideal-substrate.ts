import { arraysIn, integers } from "#src/kernels/declared-arrays";
import { type Kernels, rowMajor, transposed } from "#src/kernels/kernels";
import { kernelOptimiserStep, momentLengths, type Optimiser, sizeOf } from "#src/networks/index";
import type { Connection, PlasticConnection, Substrate } from "./connection.ts";
import { convolutionShape, type PlacedLayer } from "./primitive-function.ts";

const denseArrays = (outputs: number, batch: number) => ({ scaled: batch * outputs });

/** A matrix of numbers, inputs x outputs, in the kernels' memory. `batch`: most images at once. */
const denseConnection = (
  kernels: Kernels,
  weights: Float32Array,
  { inputs, outputs }: Pick<PlacedLayer, "inputs" | "outputs">,
  batch: number,
): Connection => {
  const { scaled } = arraysIn(kernels, denseArrays(outputs, batch));
  return {
    addForward: (u, s, count) => kernels.addProduct(u, rowMajor(s, inputs), weights, count, outputs, inputs),
    addTransposed: (u, above, count) =>
      kernels.gemm(u, rowMajor(above, outputs), transposed(weights, outputs), count, inputs, outputs, "accumulate"),
    addGradient: (gradient, below, above, count, scale) => {
      for (let k = 0; k < count * outputs; k++) scaled[k] = scale * above[k];
      kernels.addProduct(gradient, transposed(below, inputs), scaled, inputs, outputs, count);
    },
  };
};

type ConvolutionLayer = PlacedLayer & { readonly kind: "convolution" };

const convolutionArrays = (layer: ConvolutionLayer, batch: number) => {
  const { channels } = convolutionShape(layer);
  const deep = 4 * Math.ceil(channels / 4);
  return {
    whole: batch * sizeOf(layer.convolved),
    pooled: batch * layer.outputs,
    choices: integers(batch * layer.outputs),
    // Spread over whole vectors of channels, or turned.
    back: (layer.weights / channels) * (layer.pool ? deep : channels),
  };
};

/** A convolution of ideal weights, outputs x (channels x kernel x kernel), in the kernels' memory, pooled where the layer is. */
export const convolution = (
  kernels: Kernels,
  weights: Float32Array,
  layer: ConvolutionLayer,
  batch: number,
): Connection & { readonly moved: () => void } => {
  const { pool, convolved, outputs } = layer;
  const shape = convolutionShape(layer);
  const area = convolved.height * convolved.width;
  const { whole, pooled, choices, back } = arraysIn(kernels, convolutionArrays(layer, batch));
  const scatters = pool && kernels.takesPooled(shape);
  let stale = true;
  const unpooled = (above: Float32Array, count: number): Float32Array => {
    if (!pool) return above;
    const [images, of, at] = [
      whole.subarray(0, count * convolved.channels * area),
      above.subarray(0, count * outputs),
      choices.subarray(0, count * outputs),
    ];
    kernels.unpool(images, of, at, count * convolved.channels);
    return images;
  };
  const choose = (s: Float32Array, count: number): void => {
    whole.fill(0, 0, count * convolved.channels * area);
    kernels.convolve(whole, s, weights, count, shape);
    kernels.maxPool(pooled, choices, whole, count * convolved.channels, convolved.height, convolved.width);
  };
  return {
    moved: () => {
      stale = true;
    },
    addForward: (u, s, count) => {
      if (!pool) {
        kernels.convolve(u, s, weights, count, shape);
        return;
      }
      choose(s, count);
      for (let k = 0; k < count * outputs; k++) u[k] += pooled[k];
    },
    addTransposed: (u, above, count) => {
      if (stale) {
        if (scatters) kernels.spreadWeights(back, weights, shape);
        else kernels.turnWeights(back, weights, shape);
      }
      stale = false;
      if (scatters) kernels.convolveBackPooled(u, above, choices, back, count, outputs / shape.outChannels, shape);
      else kernels.convolveBack(u, unpooled(above, count), back, count, shape);
    },
    addGradient: (gradient, below, above, count, scale) => {
      // The choices belong to what is below now, which need not be what was last read.
      if (pool) choose(below, count);
      for (let k = 0; k < count * outputs; k++) pooled[k] = scale * above[k];
      kernels.convolutionGradient(gradient, unpooled(pooled, count), below, count, shape);
    },
  };
};

const parameterArrays = ({ weights }: PlacedLayer, optimiser: Optimiser) => ({
  weights,
  ...momentLengths(weights, optimiser),
});

/** Weights as numbers, moved by an optimiser. */
export const idealSubstrate = (optimiser: Optimiser): Substrate => ({
  arrays: (layer, batch) => ({
    parameters: parameterArrays(layer, optimiser),
    reads: layer.kind === "convolution" ? convolutionArrays(layer, batch) : denseArrays(layer.outputs, batch),
  }),
  connect: (kernels, layer, _index, start, batch): PlasticConnection => {
    const { weights, ...state } = arraysIn(kernels, parameterArrays(layer, optimiser));
    weights.set(start);
    const pictures = layer.kind === "convolution" ? convolution(kernels, weights, layer, batch) : null;
    return {
      ...(pictures ?? denseConnection(kernels, weights, layer, batch)),
      matrix: pictures ? null : weights,
      descend: (gradient, learningRate, step) => {
        kernelOptimiserStep(kernels, optimiser, weights, gradient, state, learningRate, step);
        pictures?.moved();
      },
      save: () => ({ weights: weights.slice(), first: state.first.slice(), second: state.second.slice() }),
      restore: (saved) => {
        weights.set(saved["weights"]);
        pictures?.moved();
        state.first.set(saved["first"]);
        state.second.set(saved["second"]);
      },
    };
  },
});
