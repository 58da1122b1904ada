import type { TrainingSteps } from "./training-steps.ts";

/**
 * A batch is cut into so many slices, and what is summed over a batch is summed slice by slice in their order: the same bytes, whoever
 * computes which slice.
 */
export const SLICES = 8;

/** Images start .. start + count of a batch; whoever has them numbers them from `first` on. */
export interface Slice {
  readonly slice: number;
  readonly start: number;
  readonly first: number;
  readonly count: number;
}

/** The part of `whole` that one of `ranks` has, from .. to. */
export const shareOf = (whole: number, rank: number, ranks: number): readonly [number, number] => [
  Math.floor((rank * whole) / ranks),
  Math.floor(((rank + 1) * whole) / ranks),
];

/** The slices of a batch. */
export const slicesOf = (count: number): readonly Slice[] =>
  Array.from({ length: SLICES }, (_, slice) => {
    const [start, end] = shareOf(count, slice, SLICES);
    return { slice, start, first: start, count: end - start };
  });

/** What those who train a network together share: a batch's slices are divided among them. */
export interface Exchange {
  readonly rank: number;
  readonly ranks: number;
  /** Latent weights and all other parameters, and the optimiser's moments. */
  readonly parameters: Float32Array;
  readonly first: Float32Array;
  readonly second: Float32Array;
  /** slices x parameters */
  readonly gradients: Float32Array;
  /** Moments of batches, slices x `statistics` for the way forwards, then as many for the way back. */
  readonly statistics: Float64Array;
  /** Losses of slices; whether gradients of ranks are no numbers; images that ranks classified right. */
  readonly tallies: Float64Array;
  /** Returns when all have come here; what each wrote before, all may read after. */
  meet(): void;
}

type SharedArrays = Omit<Exchange, "rank" | "ranks" | "meet">;

/** The arrays of an exchange, in memory that `allocate` gives (bytes). */
export const sharedArrays = (
  steps: TrainingSteps,
  allocate: (bytes: number) => ArrayBuffer | SharedArrayBuffer = (bytes) => new ArrayBuffer(bytes),
): SharedArrays => {
  const singles = (count: number): Float32Array => new Float32Array(allocate(4 * count) as ArrayBuffer);
  const doubles = (count: number): Float64Array => new Float64Array(allocate(8 * count) as ArrayBuffer);
  return {
    parameters: singles(steps.length),
    first: singles(steps.length),
    second: singles(steps.length),
    gradients: singles(SLICES * steps.length),
    statistics: doubles(2 * SLICES * steps.statistics),
    tallies: doubles(3 * SLICES),
  };
};

/** Training alone. */
export const alone = (steps: TrainingSteps): Exchange => ({
  ...sharedArrays(steps),
  rank: 0,
  ranks: 1,
  meet: () => undefined,
});
