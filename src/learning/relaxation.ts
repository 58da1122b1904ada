import type { Key } from "#src/random/index";

/** How a phase went. */
export interface Settled {
  /** Steps done; where groups of images stop by themselves, the mean over images. */
  readonly steps: number;
  /** Largest move of a state in the last step. */
  readonly moved: number;
}

/**
 * The states of a batch of images under a network's dynamics. Arrays are batch-major: images x neurons, row-major.
 */
export interface Relaxation {
  /** Most images at once. */
  readonly batch: number;
  /**
   * Shows images (count x inputs) and targets (count x outputs), and sets all states to 0. The input is static: its drive is
   * computed here, once.
   */
  present(x: Float32Array, targets: Float32Array, count: number, key: Key): void;
  /**
   * Lets states follow the dynamics under a nudge of this strength (0: free), until `steps` are done or, with a tolerance above
   * 0, no state moves further than that in one: image by image, or by small groups of them.
   */
  settle(beta: number, steps: number, tolerance: number, key: Key): Settled;
  /** Remembers the present states as those of the free phase, or returns to them. */
  keepFree(): void;
  returnToFree(): void;
  /** Copies the states of every layer that has any. */
  statesInto(states: readonly Float32Array[]): void;
  /** Adds to what the input gives the first layer's neurons (count x neurons): weights or biases moved under it. */
  addDrive(change: Float32Array): void;
  /** Takes biases anew after they have moved; the first layer's are part of the drive. */
  refreshBiases(): void;
}
