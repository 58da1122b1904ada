import type { StoredArrays } from "#src/networks/index";
import type { Key } from "#src/random/index";
import type { NetworkParameters } from "./primitive-function.ts";
import type { Settled } from "./relaxation.ts";

/** Images and what they are: x is images x inputs, targets images x classes (1 for the class, else 0), in the kernels' memory. */
export interface LearnedBatch {
  readonly x: Float32Array;
  readonly targets: Float32Array;
}

/** What a batch tells beside what was learned. */
export interface BatchReport {
  /** The free phase, where there is one. */
  readonly free: Settled | null;
  /** Whether the free phase ended with states that still moved further than its tolerance, or 0.01 where that is less. */
  readonly unsettled: boolean;
  /** Share of states at their bounds after the free phase (within 1e-3); null where this batch was not looked at. */
  readonly saturated: number | null;
  /** Why nothing more can be learned, and what to do; null where all is well. */
  readonly fault: string | null;
}

/** The fault of a state that is no number any more. */
export const NOT_A_NUMBER = "a state is NaN: lower the learning rates or the nudge";

/** Something that learns from batches and classifies. */
export interface Learner {
  readonly inputs: number;
  readonly classes: number;
  /** Most images at once. */
  readonly images: number;
  /** Where a batch is put before `learn` or `classify`. */
  readonly batch: LearnedBatch;
  /** Learns from the first `count` images of the batch; `schedule` multiplies the learning rates. */
  learn(count: number, schedule: number, key: Key): BatchReport;
  /** Classes of the first `count` images. */
  classify(count: number, key: Key): Uint8Array;
  /** All that it holds, to be stored, and back. */
  save(): LearnerState;
  restore(state: LearnerState): void;
}

export interface LearnerState {
  /** Batches learned. */
  readonly step: number;
  readonly arrays: StoredArrays;
}

/** Weights and biases of a learner whose weights are numbers, as it was saved. */
export const savedParameters = ({ arrays }: LearnerState): NetworkParameters => {
  const of = (name: string): Float32Array[] => {
    const found: Float32Array[] = [];
    for (let l = 0; `${l}.${name}` in arrays; l++) found.push(Float32Array.from(arrays[`${l}.${name}`]));
    return found;
  };
  return { weights: of("weights"), biases: of("biases") };
};
