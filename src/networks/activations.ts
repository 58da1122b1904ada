/**
 * What the elements of a layer's input can be: pixels 0 .. 255, signs -1 / +1, -1 / 0 / +1, whole numbers of a range, or any numbers.
 */
export type Levels = "bytes" | "signs" | "ternary" | "real" | IntegerRange;

export interface IntegerRange {
  readonly low: number;
  readonly high: number;
}

/** Lowest and highest of whole numbers. */
export const rangeOf = (levels: "bytes" | IntegerRange): IntegerRange =>
  levels === "bytes" ? { low: 0, high: 255 } : levels;

/** The input of a layer for a batch: `values` is batch x width and holds only numbers of `levels`. */
export interface Activations {
  readonly batch: number;
  readonly width: number;
  readonly levels: Levels;
  readonly values: Float32Array;
}

/** Images as the input of a first layer. */
export const imageActivations = (images: Uint8Array, pixels: number): Activations => ({
  batch: images.length / pixels,
  width: pixels,
  levels: "bytes",
  values: Float32Array.from(images),
});
