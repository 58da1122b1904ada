import type { StoredArrays } from "#src/networks/index";
import type { Key } from "#src/random/index";

/** A phase that teaches. */
export interface Nudge {
  /** Factor of (target - trace) in the outputs' drive: sign times beta. */
  readonly strength: number;
  /** Factor of a rate's change in a weight's: 1 / strength, or half of it where two phases make one estimate. */
  readonly perChange: number;
}

/** How weights follow what is learned. */
export interface Moves {
  /** Immediate: with every spike of a nudged phase; else what is learned is kept until `descend`. */
  readonly immediate: boolean;
  /** Of each layer's weights from below, of one image in the immediate form. */
  readonly rates: readonly number[];
}

/** The states of a network of spiking neurons under its dynamics, an image at a time. */
export interface SpikingDynamics {
  /** Takes the images of a batch: x is images x inputs, targets images x outputs. */
  present(x: Float32Array, targets: Float32Array, count: number, key: Key): void;
  /** Image b of the batch, all neurons at rest. */
  begin(b: number): void;
  /** Runs steps, nudged or (null) free. */
  run(steps: number, nudge: Nudge | null, moves: Moves): void;
  /** Remembers the state as the end of the free phase, and goes back to it. */
  keepFree(): void;
  returnToFree(): void;
  /** Keeps what image b taught the biases and the weights of a constant input. */
  finish(b: number): void;
  /**
   * Moves what has not moved: weights and biases by rates / count times what the first `count` images of the batch taught.
   * @returns false where something moved is no number any more
   */
  descend(count: number, moves: Moves, key: Key): boolean;
  /** Spikes of each neuron since `clearCounts`, an array a layer; of all inputs together. */
  readonly counts: readonly Int32Array[];
  inputSpikes(): number;
  clearCounts(): void;
  /** Of the output layer. */
  readonly membranes: Float32Array;
  /** Weights (inputs x outputs) and biases, by layer, and back. */
  save(): StoredArrays;
  restore(saved: StoredArrays): void;
}
