import { type Key, uniform } from "#src/random/index";
import { fireInputsInPlace } from "./neuron-step.ts";

/** Inputs that spike, each by the phase its value drives: those of value 0 are left out. */
export interface SpikingInput {
  /** Who fired in the last step: the first of them, as many as `fire` said. */
  readonly list: Int32Array;
  /** Shows values; `phases` draws where each input stands in its first period. */
  show(values: Float32Array, phases: Key): void;
  /** One step; returns the spikes. */
  fire(): number;
  /** Remembers the phases, and goes back to them. */
  keep(): void;
  goBack(): void;
}

/** @param mostRate Spikes a step of an input of 1. */
export const spikingInput = (inputs: number, mostRate: number): SpikingInput => {
  const list = new Int32Array(inputs);
  let numbers = new Int32Array(0);
  let [rates, phases, kept] = [new Float32Array(0), new Float32Array(0), new Float32Array(0)];
  return {
    list,
    show: (values, key) => {
      numbers = Int32Array.from(values.keys()).filter((j) => values[j] !== 0);
      rates = Float32Array.from(numbers, (j) => values[j] * mostRate);
      phases = Float32Array.from(numbers, (j) => uniform(key, j));
    },
    fire: () => fireInputsInPlace(phases, rates, numbers, list),
    keep: () => {
      kept = phases.slice();
    },
    goBack: () => {
      phases = kept.slice();
    },
  };
};
