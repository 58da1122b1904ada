import type { Key } from "#src/random/index";
import type { Activations } from "./activations.ts";

/** What is stored of something that learns, by name. */
export type StoredArrays = Readonly<Record<string, Float32Array | Float64Array>>;

/**
 * What a layer needs from its weights, so that a network neither knows nor cares whether they are ideal numbers or cells
 * of a chip.
 */
export interface Synapses {
  readonly inputs: number;
  readonly outputs: number;
  /**
   * y[b, o] = sum over i of x[b, i] w[i, o] as this substrate reports it; y is batch x outputs. Sums of levels are integers below
   * 2^24 and therefore exact. `key` is this access's noise: the same key reads the same.
   */
  forwardInto(y: Float32Array, x: Activations, key: Key): void;
}

/** Synapses that learn: read backwards as well, and moved. */
export interface PlasticSynapses extends Synapses {
  /** x[b, i] = sum over o of y[b, o] w[i, o], read backwards through the same devices; x is batch x inputs. */
  transposedInto(x: Float32Array, y: Activations, key: Key): void;
  /** Asks for w += change (inputs x outputs); how far it gets is the substrate's own. `key` is this update's noise. */
  moveInPlace(change: Float32Array, key: Key): void;
  /** All that it holds, as arrays to be stored, and back. */
  save(): StoredArrays;
  restore(saved: StoredArrays): void;
}
