import { arraysIn } from "#src/kernels/declared-arrays";
import { type Kernels, transposed } from "#src/kernels/kernels";
import { type Optimiser, optimiserState, optimiserStepInPlace, type PlasticSynapses } from "#src/networks/index";
import type { PlasticConnection } from "./connection.ts";

/** Arrays of a synaptic connection: what a read gives, and a layer's states times a factor. */
export const synapticArrays = (inputs: number, outputs: number, batch: number) => ({
  sums: batch * Math.max(inputs, outputs),
  scaled: batch * outputs,
});

/**
 * Synapses of any substrate as a connection: reads are the substrate's; the gradient is computed from the states in numbers, as what
 * accumulates it beside the array would, and what an optimiser makes of it is asked of the substrate.
 */
export const synapticConnection = (
  kernels: Kernels,
  synapses: PlasticSynapses,
  optimiser: Optimiser,
  batch: number,
): PlasticConnection => {
  const { inputs, outputs } = synapses;
  const { sums, scaled } = arraysIn(kernels, synapticArrays(inputs, outputs, batch));
  const state = optimiserState(inputs * outputs, optimiser);
  const change = new Float32Array(inputs * outputs);
  const add = (u: Float32Array, count: number): void => {
    for (let k = 0; k < count; k++) u[k] += sums[k];
  };
  return {
    matrix: null,
    addForward: (u, s, count, key) => {
      synapses.forwardInto(sums, { batch: count, width: inputs, levels: "real", values: s }, key);
      add(u, count * outputs);
    },
    addTransposed: (u, above, count, key) => {
      synapses.transposedInto(sums, { batch: count, width: outputs, levels: "real", values: above }, key);
      add(u, count * inputs);
    },
    addGradient: (gradient, below, above, count, scale) => {
      for (let k = 0; k < count * outputs; k++) scaled[k] = scale * above[k];
      kernels.addProduct(gradient, transposed(below, inputs), scaled, inputs, outputs, count);
    },
    descend: (gradient, learningRate, step, key) => {
      change.fill(0);
      optimiserStepInPlace(optimiser, change, gradient, state, learningRate, step);
      synapses.moveInPlace(change, key);
    },
    save: () => ({ ...synapses.save(), first: state.first.slice(), second: state.second.slice() }),
    restore: (saved) => {
      synapses.restore(saved);
      state.first.set(saved["first"]);
      state.second.set(saved["second"]);
    },
  };
};
