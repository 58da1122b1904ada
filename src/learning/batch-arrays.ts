import type { PlacedLayer } from "./primitive-function.ts";

/** Arrays of a batch of images: a `LearnedBatch`. */
export const batchArrays = (layers: readonly PlacedLayer[], images: number) => ({
  x: images * layers[0].inputs,
  targets: images * layers[layers.length - 1].outputs,
});

/** Whether all of these are numbers. */
export const allFinite = (arrays: readonly (Float32Array | Float64Array)[]): boolean =>
  arrays.every((values) => values.every(Number.isFinite));
