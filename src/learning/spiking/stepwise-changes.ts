import { arraysIn } from "#src/kernels/declared-arrays";
import { type Kernels, transposed } from "#src/kernels/kernels";
import { fold, type Key } from "#src/random/index";
import type { EventSynapses } from "./event-synapses.ts";
import type { SpikingNetwork } from "./spiking-network.ts";
import type { StepwiseLayer } from "./stepwise-layers.ts";

/** What steps have taught the synapses and has not moved them yet. */
export interface StepwiseChanges {
  /** A step's events, met by the signals at the other end: rows by who fired below, and rows by who fired above. */
  add(l: number, below: { readonly list: Int32Array; readonly spikes: number }, layers: readonly StepwiseLayer[]): void;
  /** Asks layer l, of spikes below, for rate / mostRate times what was summed, and forgets it. */
  move(l: number, rate: number, noise: Key): void;
  /** Keeps what image b taught the first layer through a constant input. */
  keepConstant(b: number, errors: Float32Array): void;
  /** Asks the first layer for rate times the sum over images of x error. */
  moveConstant(x: Float32Array, count: number, rate: number, noise: Key): void;
}

/** Arrays of the changes by a constant input. */
export const changesArrays = ({ widths: [inputs, first], input }: SpikingNetwork, images: number) => {
  const isConstant = input.kind !== "spikes";
  return { errors: isConstant ? images * first : 0, product: isConstant ? inputs * first : 0 };
};

const addRows = (sums: Float32Array, list: Int32Array, spikes: number, signal: Float32Array): void => {
  const width = signal.length;
  for (let s = 0; s < spikes; s++) for (let o = 0; o < width; o++) sums[list[s] * width + o] += signal[o];
};

export const stepwiseChanges = (
  kernels: Kernels,
  network: SpikingNetwork,
  synapses: readonly EventSynapses[],
  images: number,
): StepwiseChanges => {
  const [inputs, ...own] = network.widths;
  const { errors, product } = arraysIn(kernels, changesArrays(network, images));
  const mostRate = network.input.kind === "spikes" ? network.input.mostRate : null;
  const sums = own.map((n, l) => new Float32Array(l > 0 ? n * own[l - 1] : mostRate === null ? 0 : inputs * n));
  const back = own.map((n, l) => new Float32Array(l > 0 ? n * own[l - 1] : 0));
  return {
    add: (l, below, layers) => {
      addRows(sums[l], below.list, below.spikes, layers[l].signal);
      if (l > 0) addRows(back[l], layers[l].list, layers[l].spikes, layers[l - 1].signal);
    },
    move: (l, rate, noise) => {
      const change = sums[l];
      if (l === 0) {
        const share = Math.fround(rate / (mostRate ?? 1));
        for (let k = 0; k < change.length; k++) change[k] *= share;
      } else {
        const [below, width] = [own[l - 1], own[l]];
        for (let i = 0; i < below; i++)
          for (let o = 0; o < width; o++) {
            const k = i * width + o;
            change[k] = rate * Math.fround(change[k] + back[l][o * below + i]);
          }
      }
      synapses[l].moveInPlace(change, fold(noise, l));
      change.fill(0);
      back[l].fill(0);
    },
    keepConstant: (b, of) => {
      if (mostRate === null) errors.set(of, b * own[0]);
    },
    moveConstant: (x, count, rate, noise) => {
      for (let k = 0; k < count * own[0]; k++) errors[k] *= rate;
      product.fill(0);
      kernels.addProduct(product, transposed(x, inputs), errors, inputs, own[0], count);
      synapses[0].moveInPlace(product, fold(noise, 0));
    },
  };
};
