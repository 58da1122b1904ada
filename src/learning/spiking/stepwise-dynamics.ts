import { type Kernels, transposed } from "#src/kernels/kernels";
import { fold, type Key, uniform } from "#src/random/index";
import type { NetworkParameters } from "../primitive-function.ts";
import type { EventSynapses } from "./event-synapses.ts";
import { rateChangeFactor, stepFactors } from "./neuron-design.ts";
import {
  currentsInPlace,
  fireInputsInPlace,
  integrateAndFireInPlace,
  nudgedDriveInto,
  rateChangeInto,
  traceInPlace,
} from "./neuron-step.ts";
import type { SpikingDynamics } from "./spiking-dynamics.ts";
import type { SpikingNetwork } from "./spiking-network.ts";
import { moveBiases, restoreSynapses, saveSynapses } from "./synapse-store.ts";

/** What happened in a step, for those who watch. */
export interface WatchedStep {
  /** Spikes of a layer: the first `count` of `list`. */
  readonly layers: readonly {
    readonly list: Int32Array;
    readonly count: number;
    readonly membranes: Float32Array;
    /** Traces, whose `filteredRate` learning takes for a rate. */
    readonly fast: Float32Array;
    readonly slow: Float32Array;
  }[];
}

/** Bytes of kernel memory that `stepwiseDynamics` takes. */
export const stepwiseDynamicsBytes = ({ widths }: SpikingNetwork, images: number): number =>
  4 * (2 * images * widths[1] + widths[0] * widths[1]) + 256;

interface LayerState {
  readonly membranes: Float32Array;
  readonly currents: Float32Array;
  readonly fast: Float32Array;
  readonly slow: Float32Array;
}

const NAMES = ["membranes", "currents", "fast", "slow"] as const;

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
  const layers = own.length;
  const top = layers - 1;
  const spiking = network.input.kind === "spikes" ? network.input : null;
  const factors = stepFactors(network.neurons);
  const perStep = rateChangeFactor(network.neurons);
  const inputCurrent = Math.fround(factors.current / (spiking?.mostRate ?? 1));
  const biases = start.biases.map((b) => b.slice());
  const blank = (n: number): Float32Array => new Float32Array(n);
  const states = own.map(
    (n): LayerState => ({ membranes: blank(n), currents: blank(n), fast: blank(n), slow: blank(n) }),
  );
  const free = states.map((s) => ({ ...s, ...Object.fromEntries(NAMES.map((name) => [name, s[name].slice()])) }));
  const per = own.map((n) => ({
    drive: blank(n),
    signal: blank(n),
    errors: blank(n),
    fired: blank(n),
    arrivals: blank(n),
    spikes: new Int32Array(n),
    counts: new Int32Array(n),
  }));
  const spikes = new Int32Array(layers);
  const [trace, nudged, target] = [blank(own[top]), blank(own[top]), blank(own[top])];
  let freeTrace = trace.slice();
  const changes = own.map((n, l) => blank(l === 0 ? (spiking ? inputs * n : 0) : n * own[l - 1]));
  const back = own.map((n, l) => blank(l === 0 ? 0 : n * own[l - 1]));
  const drives = kernels.float32(images * own[0]);
  const errors = kernels.float32(images * own[0]);
  const product = kernels.float32(spiking ? 0 : inputs * own[0]);
  const biasErrors = own.map((n) => blank(images * n));
  let [x, targets] = [blank(0), blank(0)];
  let key: Key | null = null;
  let [inputSpikes, squares, step, begun] = [0, 0, 0, 0];
  let [rates, phases, numbers] = [blank(0), blank(0), new Int32Array(0)];
  let freePhases = phases;
  const inputList = new Int32Array(inputs);

  const accumulate = (
    sums: Float32Array,
    list: Int32Array,
    count: number,
    signal: Float32Array,
    width: number,
  ): void => {
    for (let s = 0; s < count; s++) for (let o = 0; o < width; o++) sums[list[s] * width + o] += signal[o];
  };
  const takeStep = (strength: number, scale: number, immediate: boolean, by: readonly number[], noise: Key): void => {
    const teaches = scale !== 0;
    if (teaches) {
      states.forEach(({ fast, slow }, l) => {
        const { signal, errors: sums } = per[l];
        rateChangeInto(signal, fast, slow, scale);
        for (let i = 0; i < sums.length; i++) sums[i] += signal[i];
      });
      nudgedDriveInto(nudged, per[top].drive, target, trace, strength);
    }
    const inputCount = spiking ? fireInputsInPlace(phases, rates, numbers, inputList) : 0;
    inputSpikes += inputCount;
    states.forEach(({ membranes, currents, fast, slow }, l) => {
      const { drive, fired, spikes: list, counts } = per[l];
      const driven = teaches && l === top ? nudged : drive;
      spikes[l] = integrateAndFireInPlace(membranes, fired, list, driven, currents, factors);
      traceInPlace(fast, fired, factors.fast);
      traceInPlace(slow, fired, factors.slow);
      for (let s = 0; s < spikes[l]; s++) counts[list[s]]++;
    });
    traceInPlace(trace, per[top].fired, factors.output);
    for (let l = 0; l < layers; l++) {
      const { arrivals } = per[l];
      const { currents } = states[l];
      let keep = factors.keepCurrent;
      if (l > 0 || spiking) {
        const [list, count] = l > 0 ? [per[l - 1].spikes, spikes[l - 1]] : [inputList, inputCount];
        arrivals.fill(0);
        synapses[l].deliverInto(arrivals, list, count, fold(noise, 2 * l));
        currentsInPlace(currents, arrivals, keep, l > 0 ? factors.current : inputCurrent);
        keep = 1;
      }
      if (l < top) {
        arrivals.fill(0);
        synapses[l + 1].deliverBackInto(arrivals, per[l + 1].spikes, spikes[l + 1], fold(noise, 2 * l + 1));
        currentsInPlace(currents, arrivals, keep, factors.current);
      }
    }
    if (teaches) teach(immediate, by, inputCount, fold(noise, "moves"));
  };
  const teach = (immediate: boolean, by: readonly number[], inputCount: number, noise: Key): void => {
    for (let l = 0; l < layers; l++) {
      const { signal, drive } = per[l];
      if (l === 0) {
        if (spiking && immediate)
          synapses[0].moveOnInputs(inputList, inputCount, signal, by[0] / spiking.mostRate, fold(noise, 0));
        else if (spiking) accumulate(changes[0], inputList, inputCount, signal, own[0]);
      } else {
        const below = per[l - 1];
        if (immediate) {
          synapses[l].moveOnInputs(below.spikes, spikes[l - 1], signal, by[l], fold(noise, 2 * l));
          synapses[l].moveOnOutputs(per[l].spikes, spikes[l], below.signal, by[l], fold(noise, 2 * l + 1));
        } else {
          accumulate(changes[l], below.spikes, spikes[l - 1], signal, own[l]);
          accumulate(back[l], per[l].spikes, spikes[l], below.signal, own[l - 1]);
        }
      }
      // What stands still is a current that was read once: with spikes there is none.
      if (immediate && !(held && l === 0 && !spiking)) {
        const gain = Math.fround(by[l] * (l === 0 ? squares + 1 : 1));
        for (let i = 0; i < drive.length; i++) drive[i] += Math.fround(gain * signal[i]);
      }
    }
  };
  return {
    counts: per.map(({ counts }) => counts),
    inputSpikes: () => inputSpikes,
    clearCounts: () => {
      for (const { counts } of per) counts.fill(0);
      inputSpikes = 0;
    },
    membranes: states[top].membranes,
    present: (images_, targets_, count, batchKey) => {
      [x, targets, key] = [images_, targets_, batchKey];
      if (spiking) return;
      const shown = { batch: count, width: inputs, levels: "real", values: x } as const;
      synapses[0].forwardInto(drives, shown, fold(batchKey, "input"));
    },
    begin: (b) => {
      for (const state of states) for (const name of NAMES) state[name].fill(0);
      trace.fill(0);
      target.set(targets.subarray(b * own[top], (b + 1) * own[top]));
      per.forEach(({ drive, errors: sums }, l) => {
        drive.set(biases[l]);
        sums.fill(0);
      });
      [step, begun, squares] = [0, b, 0];
      const shown = x.subarray(b * inputs, (b + 1) * inputs);
      if (!spiking) {
        for (let o = 0; o < own[0]; o++) per[0].drive[o] += drives[b * own[0] + o];
        for (const value of shown) squares += value * value;
      } else if (key) {
        const drawn = fold(fold(key, "phases"), b);
        numbers = Int32Array.from(shown.keys()).filter((j) => shown[j] !== 0);
        rates = Float32Array.from(numbers, (j) => shown[j] * spiking.mostRate);
        phases = Float32Array.from(numbers, (j) => uniform(drawn, j));
      }
    },
    run: (steps, nudge, { immediate, rates: by }) => {
      if (!key) throw new Error("spiking dynamics: run before present.");
      const [strength, scale] = nudge ? [nudge.strength, nudge.perChange * perStep] : [0, 0];
      const noise = fold(fold(key, "image"), begun);
      for (let s = 0; s < steps; s++) {
        takeStep(strength, scale, immediate, by, fold(noise, step++));
        watch?.({
          layers: states.map(({ membranes, fast, slow }, l) => ({
            list: per[l].spikes,
            count: spikes[l],
            membranes,
            fast,
            slow,
          })),
        });
      }
    },
    keepFree: () => {
      states.forEach((s, l) => {
        for (const name of NAMES) free[l][name].set(s[name]);
      });
      [freeTrace, freePhases] = [trace.slice(), phases.slice()];
    },
    returnToFree: () => {
      states.forEach((s, l) => {
        for (const name of NAMES) s[name].set(free[l][name]);
      });
      trace.set(freeTrace);
      phases = freePhases.slice();
    },
    finish: (b) => {
      errors.set(per[0].errors, b * own[0]);
      for (let l = 0; l < layers; l++) biasErrors[l].set(per[l].errors, b * own[l]);
    },
    descend: (count, { immediate, rates: by }, noise) => {
      if (!moveBiases(biases, biasErrors, count, by)) return false;
      for (let l = 1; l < layers && !immediate; l++) {
        const rate = Math.fround(by[l] / count);
        const change = changes[l];
        for (let i = 0; i < own[l - 1]; i++)
          for (let o = 0; o < own[l]; o++) {
            const k = i * own[l] + o;
            change[k] = rate * Math.fround(change[k] + back[l][o * own[l - 1] + i]);
          }
        synapses[l].moveInPlace(change, fold(noise, l));
        change.fill(0);
        back[l].fill(0);
      }
      const rate = Math.fround(by[0] / count);
      if (!spiking) {
        for (let k = 0; k < count * own[0]; k++) errors[k] *= rate;
        product.fill(0);
        kernels.addProduct(product, transposed(x, inputs), errors, inputs, own[0], count);
        synapses[0].moveInPlace(product, fold(noise, 0));
      } else if (!immediate) {
        const share = Math.fround(rate / spiking.mostRate);
        for (let k = 0; k < changes[0].length; k++) changes[0][k] *= share;
        synapses[0].moveInPlace(changes[0], fold(noise, 0));
        changes[0].fill(0);
      }
      return true;
    },
    save: () => saveSynapses(synapses, biases),
    restore: (saved) => restoreSynapses(synapses, biases, saved),
  };
};
