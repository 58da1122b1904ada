import type { PlasticSynapses } from "#src/networks/index";
import type { Key } from "#src/random/index";

/** Synapses that meet spikes one by one, whatever they are made of. A list holds the numbers of the neurons that fired in a step. */
export interface EventSynapses extends PlasticSynapses {
  /** sums[o] += sum over the first `count` inputs i of `list` of w[i, o]. `key` is this access's noise. */
  deliverInto(sums: Float32Array, list: Int32Array, count: number, key: Key): void;
  /** sums[i] += sum over the first `count` outputs o of `list` of w[i, o], through the same synapses. */
  deliverBackInto(sums: Float32Array, list: Int32Array, count: number, key: Key): void;
  /** At once, for each listed input i: asks for w[i, o] += by signal[o]. `key` is this update's noise. */
  moveOnInputs(list: Int32Array, count: number, signal: Float32Array, by: number, key: Key): void;
  /** At once, for each listed output o: asks for w[i, o] += by signal[i]. */
  moveOnOutputs(list: Int32Array, count: number, signal: Float32Array, by: number, key: Key): void;
}

/** Synapses without noise of their own between two moves, so that a kernel may hold their weights still for a batch. */
export interface HeldSynapses extends PlasticSynapses {
  /** The weights as spikes meet them now, inputs x outputs. */
  readonly seen: Float32Array;
  /** Told how often each input and each output has spiked through them since they last moved. */
  countEvents(ofInputs: ArrayLike<number>, ofOutputs: ArrayLike<number>): void;
}

/** Weights that are numbers, inputs x outputs: the reference for every other kind. */
export const idealEventSynapses = (inputs: number, outputs: number, start: Float32Array): EventSynapses => {
  if (start.length !== inputs * outputs)
    throw new RangeError(`event synapses: ${start.length} weights for ${inputs} inputs and ${outputs} outputs.`);
  const round = Math.fround;
  const w = start.slice();
  const product = (out: Float32Array, values: Float32Array, batch: number, backwards: boolean): void => {
    const [here, there] = backwards ? [outputs, inputs] : [inputs, outputs];
    for (let b = 0; b < batch; b++)
      for (let t = 0; t < there; t++) {
        let sum = 0;
        for (let h = 0; h < here; h++)
          sum = round(sum + round(values[b * here + h] * (backwards ? w[t * outputs + h] : w[h * outputs + t])));
        out[b * there + t] = sum;
      }
  };
  return {
    inputs,
    outputs,
    forwardInto: (y, { values, batch }) => product(y, values, batch, false),
    transposedInto: (x, { values, batch }) => product(x, values, batch, true),
    moveInPlace: (change) => {
      for (let k = 0; k < w.length; k++) w[k] += change[k];
    },
    deliverInto: (sums, list, count) => {
      for (let s = 0; s < count; s++) for (let o = 0; o < outputs; o++) sums[o] += w[list[s] * outputs + o];
    },
    deliverBackInto: (sums, list, count) => {
      for (let s = 0; s < count; s++) for (let i = 0; i < inputs; i++) sums[i] += w[i * outputs + list[s]];
    },
    moveOnInputs: (list, count, signal, by) => {
      for (let s = 0; s < count; s++)
        for (let o = 0; o < outputs; o++) w[list[s] * outputs + o] += round(round(by) * signal[o]);
    },
    moveOnOutputs: (list, count, signal, by) => {
      for (let s = 0; s < count; s++)
        for (let i = 0; i < inputs; i++) w[i * outputs + list[s]] += round(round(by) * signal[i]);
    },
    save: () => ({ weights: w.slice() }),
    restore: (saved) => {
      w.set(saved["weights"]);
    },
  };
};
