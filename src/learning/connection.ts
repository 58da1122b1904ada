import type { Declared } from "#src/kernels/declared-arrays";
import type { Kernels } from "#src/kernels/kernels";
import type { StoredArrays } from "#src/networks/index";
import type { Key } from "#src/random/index";
import type { PlacedLayer } from "./primitive-function.ts";

/**
 * What joins a layer to the one below it, in batches: A(s), its transpose at the same place, and the gradient of s_above . A(s_below)
 * by its weights. Batch-major arrays in the kernels' memory.
 */
export interface Connection {
  /** u += A(s). What the transpose needs to know of s (a pooling's choices) is remembered until the next call. */
  addForward(u: Float32Array, s: Float32Array, count: number, key: Key): void;
  /** u += A^T(above), with the choices of the last forward. */
  addTransposed(u: Float32Array, above: Float32Array, count: number, key: Key): void;
  /** gradient += scale * d(sum over images of above . A(below)) / d weights. */
  addGradient(gradient: Float32Array, below: Float32Array, above: Float32Array, count: number, scale: number): void;
}

/** A connection that learns. */
export interface PlasticConnection extends Connection {
  /** Ideal weights where they are a matrix of numbers (inputs x outputs) that a fused kernel may read; else null. */
  readonly matrix: Float32Array | null;
  /** Moves the weights against a gradient, step number `step` from 1. */
  descend(gradient: Float32Array, learningRate: number, step: number, key: Key): void;
  /** All that it holds, as arrays to be stored, and back. */
  save(): StoredArrays;
  restore(saved: StoredArrays): void;
}

/** How the connections of a network are made. */
export interface Substrate {
  /** Arrays that `connect` allocates for a layer. */
  arrays(layer: PlacedLayer, batch: number): Declared;
  /** @param start Weights to begin with. */
  connect(kernels: Kernels, layer: PlacedLayer, index: number, start: Float32Array, batch: number): PlasticConnection;
}
