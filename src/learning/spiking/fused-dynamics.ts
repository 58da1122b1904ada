import type { Kernels } from "#src/kernels/kernels";
import { type SpikingKernel, spikingKernelArrays } from "#src/kernels/spiking";
import { fold, type Key, uniform } from "#src/random/index";
import type { NetworkParameters } from "../primitive-function.ts";
import type { HeldSynapses } from "./event-synapses.ts";
import { heldArrays, heldRows, idealRows, placeRows, rowsArrays, wholeVectors } from "./fused-rows.ts";
import { rateChangeFactor, stepFactors } from "./neuron-design.ts";
import type { SpikingDynamics } from "./spiking-dynamics.ts";
import type { SpikingNetwork } from "./spiking-network.ts";
import { moveBiases } from "./synapse-store.ts";

/** Arrays of fused dynamics over ideal weights, or over synapses that are held still. */
export const fusedDynamicsArrays = (network: SpikingNetwork, images: number, synapses: "ideal" | "held") => {
  const { widths, input } = network;
  return {
    rows: rowsArrays(network, images),
    held: synapses === "held" ? heldArrays(network) : null,
    kernel: spikingKernelArrays(widths.slice(1).map(wholeVectors), input.kind === "spikes" ? widths[0] : 0),
  };
};

/** Gives the kernel the inputs that are not 0, at phases drawn, filled up to whole vectors; how many there are. */
const showInputs = (kernel: SpikingKernel, values: Float32Array, mostRate: number, phases: Key): number => {
  let lit = 0;
  for (let j = 0; j < values.length; j++) {
    if (values[j] === 0) continue;
    kernel.inputRates[lit] = values[j] * mostRate;
    kernel.inputPhases[lit] = uniform(phases, j);
    kernel.inputNumbers[lit++] = j;
  }
  for (const list of [kernel.inputRates, kernel.inputPhases, kernel.inputNumbers]) list.fill(0, lit, wholeVectors(lit));
  return lit;
};

/** How often each input has spiked in so many steps: a phase that grew by steps times its rate, less its spikes, is where it is now. */
const inputSpikesSince = (kernel: SpikingKernel, phases: Float32Array, steps: number, inputs: number): Int32Array => {
  const fired = new Int32Array(inputs);
  for (let k = 0; k < phases.length; k++)
    fired[kernel.inputNumbers[k]] = Math.round(steps * kernel.inputRates[k] + phases[k] - kernel.inputPhases[k]);
  return fired;
};

/**
 * Ideal weights, all steps of a phase in one kernel. Each layer's weights lie both ways, a row for whoever spikes; changes are summed
 * as they come, rows by the neurons below and rows by those above, and meet when the weights move. Synapses that are no numbers may
 * stand behind the weights: they are read after each move, and told what spiked through them.
 *
 * @param held Such synapses, one a layer, or null.
 */
export const fusedDynamics = (
  kernels: Kernels,
  network: SpikingNetwork,
  start: NetworkParameters,
  images: number,
  held: readonly HeldSynapses[] | null = null,
): SpikingDynamics => {
  const [inputs, ...own] = network.widths;
  const wide = own.map(wholeVectors);
  const layers = own.length;
  const first = wide.map((_, l) => wide.slice(0, l).reduce((a, b) => a + b, 0));
  const mostRate = network.input.kind === "spikes" ? network.input.mostRate : null;
  const factors = stepFactors(network.neurons);
  const perStep = rateChangeFactor(network.neurons);
  const arrays = placeRows(kernels, network, images);
  const { rows, changes, upper, upperChanges, drives, errors } = arrays;
  const biases = start.biases.map((b) => b.slice());
  const kernel = kernels.spiking({
    widths: wide,
    forward: rows,
    backward: upper,
    forwardChanges: changes,
    backwardChanges: upperChanges,
    factors: { ...factors, inputCurrent: Math.fround(factors.current / (mostRate ?? 1)) },
    input: mostRate === null ? null : { rows: rows[0], changes: changes[0], most: inputs },
  });
  const weights = held ? heldRows(kernels, network, arrays, held) : idealRows(kernels, network, arrays, start);
  const biasErrors = own.map((n) => new Float32Array(images * n));
  const kept = [kernel.state, kernel.outputTrace, kernel.inputPhases].map((now) => ({ now, free: now.slice() }));
  const layer = <A extends Float32Array | Int32Array>(of: A, l: number): A =>
    of.subarray(first[l], first[l] + own[l]) as A;
  const top = layers - 1;
  let [x, targets]: Float32Array[] = [new Float32Array(0), new Float32Array(0)];
  let [lit, inputSpikes, squares] = [0, 0, 0];
  let order: Key | null = null;

  const countsNow = (): Int32Array[] => own.map((_, l) => layer(kernel.counts, l).slice());
  const tellEvents = (
    synapses: readonly HeldSynapses[],
    before: readonly Int32Array[],
    phases: Float32Array,
    steps: number,
  ): void => {
    const fired = countsNow().map((counts, l) => counts.map((count, i) => count - before[l][i]));
    for (let l = 1; l < layers; l++) synapses[l].countEvents(fired[l - 1], fired[l]);
    if (mostRate !== null) synapses[0].countEvents(inputSpikesSince(kernel, phases, steps, inputs), []);
  };
  const setRates = (rates: readonly number[]): void => {
    for (let l = 0; l < layers; l++) {
      // A spiking input delivers 1 / mostRate a spike, which its weights' changes carry too.
      kernel.rates[l] = l === 0 ? rates[0] / (mostRate ?? 1) : rates[l];
      kernel.driveGains[l] = rates[l] * (l === 0 ? squares + 1 : 1);
    }
  };
  return {
    counts: own.map((_, l) => layer(kernel.counts, l)),
    inputSpikes: () => inputSpikes,
    clearCounts: () => {
      kernel.counts.fill(0);
      inputSpikes = 0;
    },
    membranes: layer(kernel.membranes, top),
    present: (images_, targets_, count, key) => {
      [x, targets, order] = [images_, targets_, fold(key, "phases")];
      drives.fill(0);
      if (mostRate === null) weights.driveInto(drives, x, count, fold(key, "input"));
    },
    begin: (b) => {
      kernel.state.fill(0);
      kernel.outputTrace.fill(0);
      kernel.errors.fill(0);
      kernel.targets.set(targets.subarray(b * own[top], (b + 1) * own[top]));
      for (let l = 0; l < layers; l++) layer(kernel.drive, l).set(biases[l]);
      for (let o = 0; o < own[0]; o++) kernel.drive[o] += drives[b * wide[0] + o];
      const shown = x.subarray(b * inputs, (b + 1) * inputs);
      squares = 0;
      if (mostRate === null) for (const value of shown) squares += value * value;
      else if (order) lit = showInputs(kernel, shown, mostRate, fold(order, b));
    },
    run: (steps, nudge, { immediate, rates }) => {
      if (nudge && immediate) setRates(rates);
      const [strength, scale] = nudge ? [nudge.strength, nudge.perChange * perStep] : [0, 0];
      const before = held && { counts: countsNow(), phases: kernel.inputPhases.slice(0, lit) };
      inputSpikes += kernel.run(steps, strength, scale, immediate, wholeVectors(lit));
      if (held && before) tellEvents(held, before.counts, before.phases, steps);
    },
    keepFree: () => {
      for (const { now, free } of kept) free.set(now);
    },
    returnToFree: () => {
      for (const { now, free } of kept) now.set(free);
    },
    finish: (b) => {
      errors.set(kernel.errors.subarray(0, wide[0]), b * wide[0]);
      for (let l = 0; l < layers; l++) biasErrors[l].set(layer(kernel.errors, l), b * own[l]);
    },
    descend: (count, moves, key) => {
      if (!moveBiases(biases, biasErrors, count, moves.rates)) return false;
      weights.descend(x, count, moves, key);
      return true;
    },
    save: () => weights.save(biases),
    restore: (saved) => weights.restore(biases, saved),
  };
};
