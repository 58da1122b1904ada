import { arraysIn } from "#src/kernels/declared-arrays";
import { type Kernels, kernelsFor } from "#src/kernels/kernels";
import { largestOfRows, type Optimiser } from "#src/networks/index";
import { fold, type Key } from "#src/random/index";
import { allFinite, batchArrays } from "./batch-arrays.ts";
import type { Substrate } from "./connection.ts";
import { softmaxInto } from "./cost.ts";
import { checkPhases, contrastInto, isUnsettled, type Phases } from "./estimate.ts";
import { canFuse, fusedArrays, fusedRelaxation } from "./fused-relaxation.ts";
import { layeredArrays, layeredRelaxation } from "./layered-relaxation.ts";
import { type Learner, NOT_A_NUMBER } from "./learner.ts";
import { type ParameterStore, parameterStore, storeArrays } from "./parameter-store.ts";
import {
  type NetworkParameters,
  type PlacedLayer,
  type PrimitiveFunction,
  placeLayers,
  statefulLayers,
} from "./primitive-function.ts";
import type { Relaxation } from "./relaxation.ts";
import { SATURATION_EVERY, saturatedShare } from "./saturation.ts";

/** How a network learns by Equilibrium Propagation, updates at the end of the nudged phases. */
export interface EquilibriumRule {
  readonly phases: Phases;
  readonly optimiser: Optimiser;
  /** Of each layer, the input's first; one number: of all. */
  readonly learningRates: readonly number[];
}

/** Arrays of whichever relaxation a network gets: which one, its substrate decides. */
const relaxationArrays = (phi: PrimitiveFunction, images: number) => {
  const layers = placeLayers(phi);
  return {
    fused: canFuse(layers, phi.cost) ? fusedArrays(layers, images) : null,
    layered: layeredArrays(layers, statefulLayers(phi), images),
  };
};

/** The relaxation that fits a network: the fused kernel where it can be, else a layer at a time. */
const relaxationOf = (
  kernels: Kernels,
  phi: PrimitiveFunction,
  { connections, biases }: Pick<ParameterStore, "connections" | "biases">,
  images: number,
): Relaxation => {
  const layers = placeLayers(phi);
  const matrices = connections.map(({ matrix }) => matrix);
  if (canFuse(layers, phi.cost) && matrices.every((m) => m !== null)) {
    const weights = { layers, forward: matrices, backward: matrices, biases };
    return fusedRelaxation(kernels, weights, phi.activation, phi.cost, images);
  }
  return layeredRelaxation(kernels, { layers, connections, biases }, phi.activation, phi.cost, images);
};

/** What a softmax readout makes of the states below it: W s + b, images x classes. */
const readoutScoresInto = (
  scores: Float32Array,
  { connections, biases }: Pick<ParameterStore, "connections" | "biases">,
  below: Float32Array,
  count: number,
  key: Key,
): void => {
  const top = connections.length - 1;
  const classes = biases[top].length;
  scores.fill(0);
  connections[top].addForward(scores, below, count, key);
  for (let b = 0; b < count; b++) for (let o = 0; o < classes; o++) scores[b * classes + o] += biases[top][o];
};

/** Sums of a layer's biases' gradient: scale * sum over images and places of s. */
const addBiasGradient = (
  gradient: Float32Array,
  s: Float32Array,
  { outputs, biases }: PlacedLayer,
  count: number,
  scale: number,
): void => {
  const each = outputs / biases;
  if (each === 1) {
    for (let b = 0, k = 0; b < count; b++) for (let c = 0; c < biases; c++, k++) gradient[c] += scale * s[k];
    return;
  }
  for (let b = 0; b < count; b++)
    for (let c = 0; c < biases; c++) {
      let sum = 0;
      const from = b * outputs + c * each;
      for (let k = from; k < from + each; k++) sum += s[k];
      gradient[c] += scale * sum;
    }
};

/**
 * A network that learns by Equilibrium Propagation: a free phase, one or two nudged phases, and for every weight the difference of
 * dPhi/dtheta over the difference of the nudges, averaged over the batch.
 *
 * @param images Most images at once.
 * @throws RangeError for phases or rates that make no sense.
 */
export const equilibriumLearner = (
  phi: PrimitiveFunction,
  rule: EquilibriumRule,
  start: NetworkParameters,
  substrate: Substrate,
  images: number,
): Learner => {
  checkPhases(rule.phases);
  const layers = placeLayers(phi);
  const stateful = statefulLayers(phi);
  const top = layers.length - 1;
  const [{ inputs }, { outputs: classes }] = [layers[0], layers[top]];
  const states = layers.slice(0, stateful).map(({ outputs }) => images * outputs);
  const own = {
    batch: batchArrays(layers, images),
    first: states,
    second: states,
    scores: images * classes,
    errors: images * classes,
  };
  const kernels = kernelsFor({
    own,
    store: storeArrays(layers, substrate, images),
    relaxation: relaxationArrays(phi, images),
  });
  const store = parameterStore(kernels, layers, start, substrate, rule.optimiser, rule.learningRates, images);
  const relaxation = relaxationOf(kernels, phi, store, images);
  const { batch, first, second, scores, errors } = arraysIn(kernels, own);

  const gradients = (count: number, between: number, key: Key): void => {
    const scale = -1 / (between * count);
    for (const g of [...store.byWeights, ...store.byBiases]) g.fill(0);
    // The input is the same at both ends: one product of the difference.
    layers.slice(0, stateful).forEach((layer, l) => {
      const connection = store.connections[l];
      if (l > 0) {
        connection.addGradient(store.byWeights[l], first[l - 1], first[l], count, scale);
        connection.addGradient(store.byWeights[l], second[l - 1], second[l], count, -scale);
      }
      addBiasGradient(store.byBiases[l], first[l], layer, count, scale);
      addBiasGradient(store.byBiases[l], second[l], layer, count, -scale);
    });
    if (stateful < layers.length) {
      // Phi holds -beta L, whose derivative by the readout is the loss's own at the nudged states, averaged over them.
      const ends = rule.phases.estimator === "symmetric" ? [first, second] : [first];
      ends.forEach((states, end) => {
        const below = states[stateful - 1];
        readoutScoresInto(scores, store, below, count, fold(key, end));
        softmaxInto(errors, scores, count, classes);
        for (let k = 0; k < count * classes; k++) errors[k] -= batch.targets[k];
        const share = 1 / (ends.length * count);
        store.connections[top].addGradient(store.byWeights[top], below, errors, count, share);
        addBiasGradient(store.byBiases[top], errors, layers[top], count, share);
      });
    }
    for (let k = 0; k < count * layers[0].outputs; k++) first[0][k] -= second[0][k];
    store.connections[0].addGradient(store.byWeights[0], batch.x, first[0], count, scale);
  };
  return {
    inputs,
    classes,
    images,
    batch,
    learn: (count, schedule, key) => {
      relaxation.present(batch.x, batch.targets, count, fold(key, "present"));
      let saturated: number | null = null;
      const look = (): void => {
        if (store.steps() % SATURATION_EVERY !== 0) return;
        relaxation.statesInto(first);
        saturated = saturatedShare(first, layers, count, phi);
      };
      const { between, free } = contrastInto(relaxation, rule.phases, first, second, fold(key, "phases"), look);
      gradients(count, between, fold(key, "readout"));
      // Sums of all states at both ends: one that is no number is in them, and must not reach the weights.
      const finite = !Number.isNaN(free.moved) && allFinite(store.byBiases);
      if (finite) store.descend(schedule, fold(key, "update"));
      return { free, unsettled: isUnsettled(free, rule.phases), saturated, fault: finite ? null : NOT_A_NUMBER };
    },
    classify: (count, key) => {
      relaxation.present(batch.x, batch.targets, count, fold(key, "present"));
      relaxation.settle(0, rule.phases.freeSteps, rule.phases.tolerance, fold(key, "free"));
      relaxation.statesInto(second);
      if (stateful === layers.length) return largestOfRows(second[top], count, classes);
      readoutScoresInto(scores, store, second[stateful - 1], count, fold(key, "readout"));
      return largestOfRows(scores, count, classes);
    },
    save: store.save,
    restore: store.restore,
  };
};
