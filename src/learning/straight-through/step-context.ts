import type { Images, Range } from "#src/kernels/images";
import type { Kernels } from "#src/kernels/kernels";
import type { Key } from "#src/random/index";
import type { Exchange, Slice } from "./exchange.ts";

/** What the steps of a network in training work on: one rank's images of a batch. */
export interface StepContext {
  readonly kernels: Kernels;
  readonly values: readonly Images[];
  readonly gradients: readonly Images[];
  readonly exchange: Exchange;
  /**
   * Where to write the gradient by a value, and what to call then: gradients of a value that several steps take are added. Null: nobody
   * asks for it, the value is the input.
   */
  into(value: number): { readonly images: Images; readonly done: () => void } | null;
}

/** One pass: images of this rank, all of them and by slices, numbered within the rank. */
export interface Pass {
  readonly all: Range;
  readonly slices: readonly Slice[];
  /** Of the whole batch. */
  readonly counts: readonly number[];
}

/** A layer in training. */
export interface RunningStep {
  /** Takes over the parameters as they are now. */
  load(): void;
  /** Reads its weights, where they are not read as they are; after `load`, before `forward`. */
  read?(key: Key): void;
  /** In training by the batch's own statistics, which move the running ones; else by those. */
  forward(pass: Pass, mode: "training" | "test"): void;
  /** Writes gradients by its parameters to the exchange and by its inputs to theirs. */
  backward(pass: Pass): void;
}

/** Calls `visit` with the place and length of every row of pixels of a range, and its place among the rows. */
export const forEachRow = (
  { rows, columns, channels, border }: Images,
  { first, count }: Range,
  visit: (at: number, length: number, image: number, row: number) => void,
): void => {
  const width = (columns + 2 * border[1]) * channels;
  const height = rows + 2 * border[0];
  for (let b = 0; b < count; b++)
    for (let y = 0; y < rows; y++)
      visit((first + b) * height * width + (y + border[0]) * width + border[1] * channels, columns * channels, b, y);
};
