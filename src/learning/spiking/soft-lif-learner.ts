import { arraysIn } from "#src/kernels/declared-arrays";
import { kernelsFor } from "#src/kernels/kernels";
import { ADAM, largestOfRows } from "#src/networks/index";
import { fold, type Key, normal } from "#src/random/index";
import { backpropagateInto } from "../backpropagate.ts";
import { allFinite, batchArrays } from "../batch-arrays.ts";
import { softmaxInto } from "../cost.ts";
import { idealSubstrate } from "../ideal-substrate.ts";
import { type Learner, NOT_A_NUMBER } from "../learner.ts";
import { parameterStore, storeArrays } from "../parameter-store.ts";
import { denseNetwork, type NetworkParameters, placeLayers } from "../primitive-function.ts";
import {
  checkLif,
  type LifNeurons,
  type LifState,
  lifRate,
  lifStepInPlace,
  restingLif,
  softLifRate,
  softLifSlope,
} from "./soft-lif.ts";

/** How a network of soft LIF neurons is trained. */
export interface SoftLifRule {
  readonly neurons: LifNeurons;
  /** Standard deviation of a rate's noise in training [1/s]: what spikes will make of it. */
  readonly noise: number;
  readonly learningRate: number;
}

/** A run with spikes: how long an image stands, in which steps, and from when on the readout is averaged [s]. */
export interface SpikingRun {
  readonly duration: number;
  readonly timeStep: number;
  readonly averagedFrom: number;
}

export interface SoftLifLearner extends Learner {
  /** Classes by the rates of hard LIF neurons (`classify`), or by those that training uses. */
  classifySoft(count: number): Uint8Array;
  /** Classes by spikes, and the spikes there were. */
  classifySpiking(count: number, run: SpikingRun): { readonly found: Uint8Array; readonly spikes: number };
}

/**
 * Layers of LIF neurons trained by their rates, to be run by their spikes: backpropagation through the soft rate function, with noise
 * on the rates of neurons above threshold, a linear readout, softmax and cross-entropy, Adam.
 *
 * @param images Most images at once.
 */
export const softLifLearner = (
  widths: readonly number[],
  { neurons, noise, learningRate }: SoftLifRule,
  start: NetworkParameters,
  images: number,
): SoftLifLearner => {
  checkLif(neurons);
  if (!(noise >= 0 && noise < Number.POSITIVE_INFINITY))
    throw new RangeError(`soft LIF: noise of ${noise} 1/s; expected 0 or more.`);
  const layers = placeLayers(denseNetwork(widths, "hard sigmoid", { kind: "squared error", nudge: "inside" }));
  const substrate = idealSubstrate(ADAM);
  const top = layers.length - 1;
  const [{ inputs }, { outputs: classes }] = [layers[0], layers[top]];
  const every = layers.map(({ outputs }) => images * outputs);
  const own = { batch: batchArrays(layers, images), drives: every, states: every, errors: every };
  const kernels = kernelsFor({ own, store: storeArrays(layers, substrate, images) });
  const store = parameterStore(kernels, layers, start, substrate, ADAM, [learningRate], images);
  const { batch, drives, states, errors } = arraysIn(kernels, own);
  const { amplitude } = neurons;

  const driveInto = (l: number, below: Float32Array, count: number): Float32Array => {
    const u = drives[l];
    const { outputs } = layers[l];
    for (let b = 0; b < count; b++) u.set(store.biases[l], b * outputs);
    store.connections[l].addForward(u, below, count, NO_KEY);
    return u;
  };
  /** Scores of a network whose neurons have these rates. */
  const forward = (count: number, rate: (j: number, at: number, l: number) => number): Float32Array => {
    for (let l = 0; l < top; l++) {
      const u = driveInto(l, l === 0 ? batch.x : states[l - 1], count);
      const size = count * layers[l].outputs;
      for (let k = 0; k < size; k++) states[l][k] = amplitude * rate(u[k], k, l);
    }
    return driveInto(top, top === 0 ? batch.x : states[top - 1], count);
  };
  return {
    inputs,
    classes,
    images,
    batch,
    learn: (count, schedule, key) => {
      const noisy = (j: number, k: number, l: number): number => {
        const r = softLifRate(neurons, j);
        return j > 0 && noise > 0 ? Math.max(0, r + noise * normal(fold(key, l), k)) : r;
      };
      const scores = forward(count, noisy);
      softmaxInto(errors[top], scores, count, classes);
      for (let k = 0; k < count * classes; k++) errors[top][k] = (errors[top][k] - batch.targets[k]) / count;
      backpropagateInto(store, {
        layers,
        below: (l) => (l === 0 ? batch.x : states[l - 1]),
        errors,
        count,
        // The errors at the top are shares of a mean.
        divisor: 1,
        slopeInPlace: (error, l, size) => {
          for (let k = 0; k < size; k++) error[k] *= amplitude * softLifSlope(neurons, drives[l][k]);
        },
        key: () => NO_KEY,
      });
      const finite = allFinite(store.byBiases);
      if (finite) store.descend(schedule, fold(key, "update"));
      return { free: null, unsettled: false, saturated: null, fault: finite ? null : NOT_A_NUMBER };
    },
    classify: (count) =>
      largestOfRows(
        forward(count, (j) => lifRate(neurons, j)),
        count,
        classes,
      ),
    classifySoft: (count) =>
      largestOfRows(
        forward(count, (j) => softLifRate(neurons, j)),
        count,
        classes,
      ),
    classifySpiking: (count, { duration, timeStep, averagedFrom }) => {
      const steps = Math.round(duration / timeStep);
      const from = Math.round(averagedFrom / timeStep);
      if (!(steps >= 1 && from >= 0 && from < steps && timeStep > 0))
        throw new RangeError(
          `spiking run: ${duration} s in steps of ${timeStep} s, averaged from ${averagedFrom} s; expected a step or more to average.`,
        );
      const keep = Math.exp(-timeStep / neurons.synapticTime);
      const membranes: LifState[] = layers.slice(0, top).map((l) => restingLif(count * l.outputs));
      const fired = layers.slice(0, top).map((l) => new Float32Array(count * l.outputs));
      const averages = layers.slice(0, top).map((l) => new Float64Array(count * l.outputs));
      for (const s of states) s.fill(0);
      // The first layer's drive stands still; those above follow the filtered spikes of the step before.
      if (top > 0) driveInto(0, batch.x, count);
      let spikes = 0;
      for (let step = 0; step < steps; step++)
        for (let l = 0; l < top; l++) {
          if (l > 0) driveInto(l, states[l - 1], count);
          lifStepInPlace(neurons, membranes[l], drives[l], fired[l], timeStep);
          const [s, f] = [states[l], fired[l]];
          const gain = ((1 - keep) * amplitude) / timeStep;
          for (let k = 0; k < f.length; k++) {
            spikes += f[k];
            s[k] = keep * s[k] + gain * f[k];
          }
          if (l === top - 1 && step >= from) for (let k = 0; k < f.length; k++) averages[l][k] += s[k];
        }
      if (top > 0) states[top - 1].set(averages[top - 1].map((a) => a / (steps - from)));
      const scores = driveInto(top, top === 0 ? batch.x : states[top - 1], count);
      return { found: largestOfRows(scores, count, classes), spikes };
    },
    save: store.save,
    restore: store.restore,
  };
};

/** Ideal weights have no noise of their own. */
const NO_KEY: Key = { high: 0, low: 0 };
