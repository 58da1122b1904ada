import type { Kernels } from "#src/kernels/kernels";
import type { LearnedBatch } from "./learner.ts";
import type { PlacedLayer } from "./primitive-function.ts";

/** Arrays of a batch of images. */
export const batchArrays = (kernels: Kernels, layers: readonly PlacedLayer[], images: number): LearnedBatch => ({
  x: kernels.float32(images * layers[0].inputs),
  targets: kernels.float32(images * layers[layers.length - 1].outputs),
});

export const batchBytes = (layers: readonly PlacedLayer[], images: number): number =>
  4 * images * (layers[0].inputs + layers[layers.length - 1].outputs) + 64;

/** Whether all of these are numbers. */
export const allFinite = (arrays: readonly (Float32Array | Float64Array)[]): boolean =>
  arrays.every((values) => values.every(Number.isFinite));
