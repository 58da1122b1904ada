import { arraysIn } from "#src/kernels/declared-arrays";
import { kernelsFor } from "#src/kernels/kernels";
import { largestOfRows, type Optimiser } from "#src/networks/index";
import { fold, type Key } from "#src/random/index";
import { backpropagateInto } from "./backpropagate.ts";
import { allFinite, batchArrays } from "./batch-arrays.ts";
import type { Substrate } from "./connection.ts";
import { type Learner, NOT_A_NUMBER } from "./learner.ts";
import { parameterStore, storeArrays } from "./parameter-store.ts";
import { type NetworkParameters, type PrimitiveFunction, placeLayers } from "./primitive-function.ts";
import { STATE_ACTIVATIONS } from "./state-activation.ts";

export interface BackpropagationRule {
  readonly optimiser: Optimiser;
  /** Of each layer, the input's first; one number: of all. */
  readonly learningRates: readonly number[];
}

/**
 * The same layers used forwards only and taught by backpropagation: what Equilibrium Propagation is compared with on the same substrate.
 *
 *     s_n = f(A_n(s_{n-1}) + b_n),   d_n = f'(u_n) A_{n+1}^T d_{n+1}
 *
 * with the loss that the network's cost says: |s - y|^2 / 2, or the one with dL/du = s - y.
 *
 * Errors go back through the substrate's transposed read; derivatives are computed beside it, exactly.
 *
 * @throws RangeError for networks that are not dense with squared error.
 */
export const backpropagationLearner = (
  phi: PrimitiveFunction,
  rule: BackpropagationRule,
  start: NetworkParameters,
  substrate: Substrate,
  images: number,
): Learner => {
  const layers = placeLayers(phi);
  if (phi.cost.kind !== "squared error" || layers.some(({ kind }) => kind !== "dense"))
    throw new RangeError("backpropagation: expected a dense network with squared error.");
  const { nudge } = phi.cost;
  const top = layers.length - 1;
  const [{ inputs }, { outputs: classes }] = [layers[0], layers[top]];
  // Activations are taken in whole vectors.
  const every = layers.map(({ outputs }) => 4 * Math.ceil((images * outputs) / 4));
  const own = { batch: batchArrays(layers, images), drives: every, states: every, errors: every };
  const kernels = kernelsFor({ own, store: storeArrays(layers, substrate, images) });
  const store = parameterStore(kernels, layers, start, substrate, rule.optimiser, rule.learningRates, images);
  const { batch, drives, states, errors } = arraysIn(kernels, own);
  const { code, slope } = STATE_ACTIVATIONS[phi.activation];

  const forward = (count: number, key: Key): void =>
    layers.forEach(({ outputs }, l) => {
      const u = drives[l];
      for (let b = 0; b < count; b++) u.set(store.biases[l], b * outputs);
      store.connections[l].addForward(u, l === 0 ? batch.x : states[l - 1], count, fold(key, l));
      kernels.activate(states[l], u, code);
    });
  return {
    inputs,
    classes,
    images,
    batch,
    learn: (count, schedule, key) => {
      forward(count, fold(key, "forward"));
      const backward = fold(key, "backward");
      const slopeInPlace = (error: Float32Array, l: number, size: number): void => {
        for (let k = 0; k < size; k++) error[k] *= slope(drives[l][k]);
      };
      const size = count * classes;
      for (let k = 0; k < size; k++) errors[top][k] = states[top][k] - batch.targets[k];
      // Where the nudge of Equilibrium Propagation stands outside, it descends dL/du = s - y at the output: so is the error here.
      if (nudge === "inside") slopeInPlace(errors[top], top, size);
      backpropagateInto(store, {
        layers,
        below: (l) => (l === 0 ? batch.x : states[l - 1]),
        errors,
        count,
        divisor: count,
        slopeInPlace,
        key: (l) => fold(backward, l),
      });
      const finite = allFinite(store.byBiases);
      if (finite) store.descend(schedule, fold(key, "update"));
      return { free: null, unsettled: false, saturated: null, fault: finite ? null : NOT_A_NUMBER };
    },
    classify: (count, key) => {
      forward(count, key);
      return largestOfRows(states[top], count, classes);
    },
    save: store.save,
    restore: store.restore,
  };
};
