import { type Kernels, rowMajor, transposed } from "#src/kernels/kernels";
import { kernelOptimiserStep, type Optimiser, optimiserState } from "#src/networks/index";
import type { Connection, PlasticConnection, Substrate } from "./connection.ts";
import type { PlacedLayer } from "./primitive-function.ts";

/** A matrix of numbers, inputs x outputs, in the kernels' memory. `batch`: most images at once. */
export const denseConnection = (
  kernels: Kernels,
  weights: Float32Array,
  { inputs, outputs }: Pick<PlacedLayer, "inputs" | "outputs">,
  batch: number,
): Connection => {
  const scaled = kernels.float32(batch * outputs);
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

const placedIn = (kernels: Kernels, values: Float32Array): Float32Array => {
  const array = kernels.float32(values.length);
  array.set(values);
  return array;
};

/** Weights as numbers, moved by an optimiser. */
export const idealSubstrate = (optimiser: Optimiser): Substrate => ({
  bytes: ({ weights, outputs }, batch) => 4 * (3 * weights + batch * outputs) + 2 ** 10,
  connect: (kernels, layer, _index, start, batch): PlasticConnection => {
    const weights = placedIn(kernels, start);
    const state = optimiserState(weights.length, optimiser, kernels.float32);
    return {
      ...denseConnection(kernels, weights, layer, batch),
      matrix: weights,
      descend: (gradient, learningRate, step) =>
        kernelOptimiserStep(kernels, optimiser, weights, gradient, state, learningRate, step),
      save: () => ({ weights: weights.slice(), first: state.first.slice(), second: state.second.slice() }),
      restore: (saved) => {
        weights.set(saved["weights"]);
        state.first.set(saved["first"]);
        state.second.set(saved["second"]);
      },
    };
  },
});
