import type { Key } from "#src/random/index";
import type { Activations } from "./activations.ts";

/**
 * What a layer needs from its weights, so that a network neither knows nor cares whether they are ideal numbers or cells
 * of a chip.
 */
export interface Synapses {
  readonly inputs: number;
  readonly outputs: number;
  /**
   * y[b, o] = sum over i of x[b, i] w[i, o] as this substrate reports it; y is batch x outputs. Sums are integers below
   * 2^24 and therefore exact. `key` is this access's noise: the same key reads the same.
   */
  forwardInto(y: Float32Array, x: Activations, key: Key): void;
}
