import { arraysIn } from "#src/kernels/declared-arrays";
import type { Kernels } from "#src/kernels/kernels";
import { fold, type Key } from "#src/random/index";
import type { NetworkParameters } from "../primitive-function.ts";
import type { EventSynapses } from "./event-synapses.ts";
import { rateChangeFactor } from "./neuron-design.ts";
import type { Moves, Nudge, SpikingDynamics } from "./spiking-dynamics.ts";
import { spikingInput } from "./spiking-input.ts";
import type { SpikingNetwork } from "./spiking-network.ts";
import { changesArrays, stepwiseChanges } from "./stepwise-changes.ts";
import { type StepwiseLayer, stepwiseLayers } from "./stepwise-layers.ts";
import { moveBiases, restoreSynapses, saveSynapses } from "./synapse-store.ts";

/** What happened in a step, for those who watch: spikes, membranes and the traces whose `filteredRate` learning takes for a rate. */
export interface WatchedStep {
  readonly layers: readonly Pick<StepwiseLayer, "list" | "spikes" | "membranes" | "fast" | "slow">[];
}

type StepEvents = Pick<StepwiseLayer, "list" | "spikes">;

const driveArrays = ({ widths }: SpikingNetwork, images: number) => ({ drives: images * widths[1] });

/** Arrays of stepwise dynamics. */
export const stepwiseDynamicsArrays = (network: SpikingNetwork, images: number) => ({
  ...driveArrays(network, images),
  changes: changesArrays(network, images),
});

/**
 * The same dynamics over synapses of any kind, step by step: on ideal ones it gives the fused kernel's very bits.
 *
 * Of the immediate form, weights of a constant input and biases move at the image's end; a drive moves with its own signal only where
 * `held` is false, as the current of an array that was read once and held cannot know of it.
 *
 * @param synapses Of each layer, with the layer below it.
 * @param watch Called after each step.
 */
export const stepwiseDynamics = (
  kernels: Kernels,
  network: SpikingNetwork,
  start: Pick<NetworkParameters, "biases">,
  synapses: readonly EventSynapses[],
  images: number,
  held: boolean,
  watch: ((step: WatchedStep) => void) | null = null,
): SpikingDynamics => {
  const [inputs, ...own] = network.widths;
  const top = own.length - 1;
  const mostRate = network.input.kind === "spikes" ? network.input.mostRate : null;
  const input = mostRate === null ? null : spikingInput(inputs, mostRate);
  const perStep = rateChangeFactor(network.neurons);
  const biases = start.biases.map((b) => b.slice());
  const state = stepwiseLayers(network, synapses);
  const { layers } = state;
  const { drives } = arraysIn(kernels, driveArrays(network, images));
  const changes = stepwiseChanges(kernels, network, synapses, images);
  const biasErrors = own.map((n) => new Float32Array(images * n));
  const target = new Float32Array(own[top]);
  let [x, targets]: Float32Array[] = [new Float32Array(0), new Float32Array(0)];
  let key: Key | null = null;
  let [inputSpikes, squares, step, begun] = [0, 0, 0, 0];

  const moveAtOnce = (l: number, below: StepEvents, by: number, noise: Key): void => {
    const { list, spikes, signal } = layers[l];
    const share = l > 0 || mostRate === null ? by : by / mostRate;
    synapses[l].moveOnInputs(below.list, below.spikes, signal, share, fold(noise, 2 * l));
    if (l > 0) synapses[l].moveOnOutputs(list, spikes, layers[l - 1].signal, by, fold(noise, 2 * l + 1));
  };
  const teach = ({ immediate, rates }: Moves, fired: StepEvents | null, noise: Key): void =>
    layers.forEach(({ signal, drive }, l) => {
      const below = l > 0 ? layers[l - 1] : fired;
      if (below && immediate) moveAtOnce(l, below, rates[l], noise);
      else if (below) changes.add(l, below, layers);
      // What stands still is a current that was read once: with spikes there is none.
      if (immediate && !(held && l === 0 && !fired)) {
        const gain = Math.fround(rates[l] * (l === 0 ? squares + 1 : 1));
        for (let i = 0; i < drive.length; i++) drive[i] += Math.fround(gain * signal[i]);
      }
    });
  const takeStep = (nudge: Nudge | null, moves: Moves, noise: Key): void => {
    if (nudge) state.takeSignals(nudge.perChange * perStep);
    const fired = input && { list: input.list, spikes: input.fire() };
    inputSpikes += fired?.spikes ?? 0;
    state.fire(nudge && { target, strength: nudge.strength });
    state.deliver(fired, noise);
    if (nudge) teach(moves, fired, fold(noise, "moves"));
  };
  return {
    counts: layers.map(({ counts }) => counts),
    inputSpikes: () => inputSpikes,
    clearCounts: () => {
      for (const { counts } of layers) counts.fill(0);
      inputSpikes = 0;
    },
    membranes: layers[top].membranes,
    present: (images_, targets_, count, batchKey) => {
      [x, targets, key] = [images_, targets_, batchKey];
      if (input) return;
      const shown = { batch: count, width: inputs, levels: "real", values: x } as const;
      synapses[0].forwardInto(drives, shown, fold(batchKey, "input"));
    },
    begin: (b) => {
      state.rest(biases);
      target.set(targets.subarray(b * own[top], (b + 1) * own[top]));
      [step, begun, squares] = [0, b, 0];
      const shown = x.subarray(b * inputs, (b + 1) * inputs);
      if (input && key) input.show(shown, fold(fold(key, "phases"), b));
      if (input) return;
      for (let o = 0; o < own[0]; o++) layers[0].drive[o] += drives[b * own[0] + o];
      for (const value of shown) squares += value * value;
    },
    run: (steps, nudge, moves) => {
      if (!key) throw new Error("spiking dynamics: run before present.");
      const noise = fold(fold(key, "image"), begun);
      for (let s = 0; s < steps; s++) {
        takeStep(nudge, moves, fold(noise, step++));
        watch?.({ layers });
      }
    },
    keepFree: () => {
      state.keep();
      input?.keep();
    },
    returnToFree: () => {
      state.goBack();
      input?.goBack();
    },
    finish: (b) => {
      changes.keepConstant(b, layers[0].errors);
      layers.forEach(({ errors }, l) => {
        biasErrors[l].set(errors, b * own[l]);
      });
    },
    descend: (count, { immediate, rates }, noise) => {
      if (!moveBiases(biases, biasErrors, count, rates)) return false;
      for (let l = 0; l <= top; l++) {
        const rate = Math.fround(rates[l] / count);
        if (l === 0 && !input) changes.moveConstant(x, count, rate, noise);
        else if (!immediate) changes.move(l, rate, noise);
      }
      return true;
    },
    save: () => saveSynapses(synapses, biases),
    restore: (saved) => restoreSynapses(synapses, biases, saved),
  };
};
