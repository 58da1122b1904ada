/** gain (x - mean) + shift, a channel each; arrays of one number are the same for all channels. */
export interface Affine {
  readonly gain: Float64Array;
  readonly mean: Float64Array;
  readonly shift: Float64Array;
}

const number = (value: number): Float64Array => Float64Array.of(value);

export const SAME: Affine = { gain: number(1), mean: number(0), shift: number(0) };

export const gainOf = (gain: Float64Array): Affine => ({ ...SAME, gain });

const all = (list: Float64Array, value: number): boolean => list.every((x) => x === value);

export const isSame = ({ gain, mean, shift }: Affine): boolean => all(gain, 1) && all(mean, 0) && all(shift, 0);

/** Whether it is a product by one positive number. */
export const isFactor = ({ gain, mean, shift }: Affine): boolean =>
  gain.length === 1 && gain[0] > 0 && all(mean, 0) && all(shift, 0);

/** Whether all channels have one. */
export const isOne = ({ gain, mean, shift }: Affine): boolean =>
  gain.length === 1 && mean.length === 1 && shift.length === 1;

const joined = (a: Float64Array, b: Float64Array, of: (x: number, y: number) => number): Float64Array =>
  Float64Array.from({ length: Math.max(a.length, b.length) }, (_, c) =>
    of(a[a.length === 1 ? 0 : c], b[b.length === 1 ? 0 : c]),
  );

/** It, and then something added: before any product the mean takes it, so that differences of near numbers stay exact. */
export const thenAdd = (affine: Affine, term: Float64Array): Affine => {
  const { gain, mean, shift } = affine;
  if (all(gain, 1) && all(shift, 0)) return { ...affine, mean: joined(mean, term, (m, t) => m - t) };
  return { ...affine, shift: joined(shift, term, (s, t) => s + t) };
};

export const thenMultiply = ({ gain, mean, shift }: Affine, factor: Float64Array): Affine => ({
  gain: joined(gain, factor, (g, f) => g * f),
  mean,
  shift: joined(shift, factor, (s, f) => s * f),
});

/** What it adds, where its gain is 1; else null. */
export const termOf = ({ gain, mean, shift }: Affine): Float64Array | null =>
  all(gain, 1) ? joined(shift, mean, (s, m) => s - m) : null;

/** One of so many numbers. */
export const spread = (list: Float64Array, channels: number): Float32Array =>
  Float32Array.from({ length: channels }, (_, c) => list[list.length === 1 ? 0 : c]);

export const isSameAs = (a: Affine, b: Affine): boolean =>
  (["gain", "mean", "shift"] as const).every((part) => a[part].join() === b[part].join());
