import { type Kernels, rowMajor, transposed } from "#src/kernels/kernels";
import { spikingKernelBytes } from "#src/kernels/spiking";
import { fold, type Key, uniform } from "#src/random/index";
import type { NetworkParameters } from "../primitive-function.ts";
import type { HeldSynapses } from "./event-synapses.ts";
import { rateChangeFactor, stepFactors } from "./neuron-design.ts";
import type { SpikingDynamics } from "./spiking-dynamics.ts";
import type { SpikingNetwork } from "./spiking-network.ts";
import { moveBiases, restoreSynapses, saveSynapses } from "./synapse-store.ts";

/** Neurons of a layer filled up to whole vectors. */
const padded = (width: number): number => 4 * Math.ceil(width / 4);

/** Bytes of kernel memory that `fusedDynamics` takes. */
export const fusedDynamicsBytes = ({ widths, input }: SpikingNetwork, images: number): number => {
  const wide = widths.slice(1).map(padded);
  const weights = wide.reduce((sum, w, l) => sum + (l === 0 ? 2 * widths[0] : 4 * wide[l - 1]) * w, 0);
  const batch = images * 3 * wide[0];
  // What synapses that are no numbers are asked for.
  const asked = widths[0] * widths[1];
  return 4 * (weights + batch + asked) + spikingKernelBytes(wide, input.kind === "spikes" ? widths[0] : 0) + 1024;
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
  const wide = own.map(padded);
  const layers = own.length;
  const first = wide.map((_, l) => wide.slice(0, l).reduce((a, b) => a + b, 0));
  const spiking = network.input.kind === "spikes" ? network.input : null;
  const factors = stepFactors(network.neurons);
  const perStep = rateChangeFactor(network.neurons);
  const below = (l: number): number => (l === 0 ? inputs : own[l - 1]);
  const rows = wide.map((w, l) => kernels.float32((l === 0 ? inputs : wide[l - 1]) * w));
  // A constant input moves its weights by a product at the end, and has no use for sums of its own.
  const changes = rows.map((r, l) => kernels.float32(l === 0 && !spiking ? 0 : r.length));
  const upper = wide.map((w, l) => kernels.float32(l === 0 ? 0 : w * wide[l - 1]));
  const upperChanges = upper.map((r) => kernels.float32(r.length));
  const biases = start.biases.map((b) => b.slice());
  const kernel = kernels.spiking({
    widths: wide,
    forward: rows,
    backward: upper,
    forwardChanges: changes,
    backwardChanges: upperChanges,
    factors: { ...factors, inputCurrent: Math.fround(factors.current / (spiking?.mostRate ?? 1)) },
    input: spiking ? { rows: rows[0], changes: changes[0], most: inputs } : null,
  });
  const drives = kernels.float32(images * wide[0]);
  const errors = kernels.float32(images * wide[0]);
  const asked = held ? kernels.float32(inputs * own[0]) : null;
  const biasErrors = own.map((n) => new Float32Array(images * n));
  const free = { state: new Float32Array(kernel.state.length), trace: new Float32Array(kernel.outputTrace.length) };
  const freePhases = new Float32Array(kernel.inputPhases.length);
  const layer = <A extends Float32Array | Int32Array>(of: A, l: number): A =>
    of.subarray(first[l], first[l] + own[l]) as A;
  const top = layers - 1;
  let [x, targets]: [Float32Array, Float32Array] = [new Float32Array(0), new Float32Array(0)];
  let [lit, inputSpikes, squares] = [0, 0, 0];
  let order: Key | null = null;

  const setWeights = (l: number, weights: Float32Array): void => {
    for (let i = 0; i < below(l); i++)
      for (let o = 0; o < own[l]; o++) {
        rows[l][i * wide[l] + o] = weights[i * own[l] + o];
        if (l > 0) upper[l][o * wide[l - 1] + i] = weights[i * own[l] + o];
      }
  };
  for (let l = 0; l < layers; l++) setWeights(l, held?.[l].seen ?? start.weights[l]);

  const spikeInputs = (b: number): void => {
    if (!spiking || !order) return;
    lit = 0;
    const phases = fold(order, b);
    for (let j = 0; j < inputs; j++) {
      const value = x[b * inputs + j];
      if (value === 0) continue;
      kernel.inputRates[lit] = value * spiking.mostRate;
      kernel.inputPhases[lit] = uniform(phases, j);
      kernel.inputNumbers[lit++] = j;
    }
    const used = padded(lit);
    for (const list of [kernel.inputRates, kernel.inputPhases, kernel.inputNumbers]) list.fill(0, lit, used);
  };
  const tellEvents = (
    synapses: readonly HeldSynapses[],
    before: Int32Array,
    phases: Float32Array,
    steps: number,
  ): void => {
    const fired = own.map((n, l) =>
      Int32Array.from({ length: n }, (_, i) => kernel.counts[first[l] + i] - before[first[l] + i]),
    );
    for (let l = 1; l < layers; l++) synapses[l].countEvents(fired[l - 1], fired[l]);
    if (!spiking) return;
    // A phase that grew by steps times its rate, less its spikes, is where it is now.
    const ofInputs = new Int32Array(inputs);
    for (let k = 0; k < lit; k++)
      ofInputs[kernel.inputNumbers[k]] = Math.round(steps * kernel.inputRates[k] + phases[k] - kernel.inputPhases[k]);
    synapses[0].countEvents(ofInputs, []);
  };
  /** Asks the synapses for what the batch has taught, and reads them again. */
  const askForMoves = (synapses: readonly HeldSynapses[], count: number, rates: readonly number[], key: Key): void => {
    for (let l = 0; l < layers; l++) {
      const by = Math.fround(rates[l] / count);
      const change = l === 0 && asked ? asked : new Float32Array(below(l) * own[l]);
      if (l > 0)
        for (let i = 0; i < own[l - 1]; i++)
          for (let o = 0; o < own[l]; o++)
            change[i * own[l] + o] =
              by * Math.fround(changes[l][i * wide[l] + o] + upperChanges[l][o * wide[l - 1] + i]);
      else if (spiking)
        for (let i = 0; i < inputs; i++)
          for (let o = 0; o < own[0]; o++)
            change[i * own[0] + o] = Math.fround(by / spiking.mostRate) * changes[0][i * wide[0] + o];
      else {
        for (let b = 0; b < count; b++)
          for (let o = 0; o < own[0]; o++) errors[b * own[0] + o] = by * errors[b * wide[0] + o];
        change.fill(0);
        kernels.addProduct(change, transposed(x, inputs), errors, inputs, own[0], count);
      }
      synapses[l].moveInPlace(change, fold(key, l));
      changes[l].fill(0);
      upperChanges[l].fill(0);
      // The kernel has no use for the weights of a constant input.
      if (l > 0 || spiking) setWeights(l, synapses[l].seen);
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
      if (spiking) return;
      if (!held) kernels.addProduct(drives, rowMajor(x, inputs), rows[0], count, wide[0], inputs);
      else {
        held[0].forwardInto(drives, { batch: count, width: inputs, levels: "real", values: x }, fold(key, "input"));
        for (let b = count - 1; b >= 0; b--) drives.copyWithin(b * wide[0], b * own[0], (b + 1) * own[0]);
      }
    },
    begin: (b) => {
      kernel.state.fill(0);
      kernel.outputTrace.fill(0);
      kernel.errors.fill(0);
      kernel.targets.set(targets.subarray(b * own[top], (b + 1) * own[top]));
      for (let l = 0; l < layers; l++) layer(kernel.drive, l).set(biases[l]);
      for (let o = 0; o < own[0]; o++) kernel.drive[o] += drives[b * wide[0] + o];
      spikeInputs(b);
      squares = 0;
      if (!spiking) for (let j = b * inputs; j < (b + 1) * inputs; j++) squares += x[j] * x[j];
    },
    run: (steps, nudge, { immediate, rates }) => {
      if (nudge && immediate)
        for (let l = 0; l < layers; l++) {
          // A spiking input delivers 1 / mostRate a spike, which its weights' changes carry too.
          kernel.rates[l] = l === 0 && spiking ? rates[0] / spiking.mostRate : rates[l];
          kernel.driveGains[l] = rates[l] * (l === 0 ? squares + 1 : 1);
        }
      const [strength, scale] = nudge ? [nudge.strength, nudge.perChange * perStep] : [0, 0];
      const before = held ? kernel.counts.slice() : null;
      const phases = held ? kernel.inputPhases.slice(0, lit) : null;
      inputSpikes += kernel.run(steps, strength, scale, immediate, spiking ? padded(lit) : 0);
      if (held && before && phases) tellEvents(held, before, phases, steps);
    },
    keepFree: () => {
      free.state.set(kernel.state);
      free.trace.set(kernel.outputTrace);
      freePhases.set(kernel.inputPhases);
    },
    returnToFree: () => {
      kernel.state.set(free.state);
      kernel.outputTrace.set(free.trace);
      kernel.inputPhases.set(freePhases);
    },
    finish: (b) => {
      errors.set(kernel.errors.subarray(0, wide[0]), b * wide[0]);
      for (let l = 0; l < layers; l++) biasErrors[l].set(layer(kernel.errors, l), b * own[l]);
    },
    descend: (count, { immediate, rates }, key) => {
      if (!moveBiases(biases, biasErrors, count, rates)) return false;
      if (held) {
        askForMoves(held, count, rates, key);
        return true;
      }
      for (let l = 1; l < layers && !immediate; l++) {
        const by = Math.fround(rates[l] / count);
        const [w, u, change, back] = [rows[l], upper[l], changes[l], upperChanges[l]];
        for (let i = 0; i < own[l - 1]; i++)
          for (let o = 0; o < own[l]; o++) {
            const [at, up] = [i * wide[l] + o, o * wide[l - 1] + i];
            u[up] = w[at] += Math.fround(by * Math.fround(change[at] + back[up]));
          }
        change.fill(0);
        back.fill(0);
      }
      const by = Math.fround(rates[0] / count);
      if (!spiking) {
        for (let k = 0; k < count * wide[0]; k++) errors[k] *= by;
        kernels.addProduct(rows[0], transposed(x, inputs), errors, inputs, wide[0], count);
      } else if (!immediate) {
        const [w, change, own] = [rows[0], changes[0], Math.fround(by / spiking.mostRate)];
        for (let k = 0; k < w.length; k++) w[k] += Math.fround(own * change[k]);
        change.fill(0);
      }
      return true;
    },
    save: () => {
      if (held) return saveSynapses(held, biases);
      const arrays: Record<string, Float32Array> = {};
      for (let l = 0; l < layers; l++) {
        const weights = new Float32Array(below(l) * own[l]);
        for (let i = 0; i < below(l); i++) weights.set(rows[l].subarray(i * wide[l], i * wide[l] + own[l]), i * own[l]);
        arrays[`${l}.weights`] = weights;
        arrays[`${l}.biases`] = biases[l].slice();
      }
      return arrays;
    },
    restore: (saved) => {
      if (held) {
        restoreSynapses(held, biases, saved);
        for (let l = 0; l < layers; l++) setWeights(l, held[l].seen);
        return;
      }
      for (let l = 0; l < layers; l++) {
        setWeights(l, Float32Array.from(saved[`${l}.weights`]));
        biases[l].set(saved[`${l}.biases`]);
      }
    },
  };
};
