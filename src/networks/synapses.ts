import type { Key } from "#src/random/index";
import type { Activations, Levels } from "./activations.ts";
import type { WeightedGeometry } from "./network.ts";
import type { ImageShape } from "./shapes.ts";

/** What is stored of something that learns, by name. */
export type StoredArrays = Readonly<Record<string, Float32Array | Float64Array>>;

/** A batch of images that one group of a convolution moves over. */
export interface LevelMap {
  readonly values: Float32Array;
  readonly batch: number;
  readonly levels: Levels;
  readonly shape: ImageShape;
  readonly geometry: WeightedGeometry;
  readonly group: number;
}

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
  /**
   * Where a substrate has a way of its own to read every patch of a map: what `forwardInto` gives for the patches, put where the layer's value
   * (batch x all groups' outputs x places) has them.
   */
  convolveInto?(y: Float32Array, map: LevelMap, key: Key): void;
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
