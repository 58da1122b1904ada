/**
 * A quantizer and all that lies between it and an integer sum z, folded: with d z the sum times its channel's direction, the value is
 * `levels[t]`, t the number of the channel's steps that d z reaches. A channel whose value does not depend on z has direction 0.
 */
export interface Thresholds {
  readonly direction: Int8Array;
  /** Channels x (levels - 1), ascending in each. */
  readonly steps: Int32Array;
  readonly levels: Float32Array;
}

/** The least whole number low .. high from which on a condition holds that never ceases to; high + 1 where it never holds. */
const leastWith = (lowest: number, highest: number, holds: (n: number) => boolean): number => {
  let [low, high] = [lowest, highest + 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
};

/**
 * Thresholds of channels whose level is a function of the sum that never falls, or never rises.
 *
 * @param level The number of the level that a sum gives in a channel.
 * @param direction Of each channel: 1 where the level does not fall as the sum rises, -1 where it does not rise, 0 where it is constant.
 * @param reach No sum is larger in magnitude.
 */
export const foldThresholds = (
  level: (z: number, channel: number) => number,
  direction: Int8Array,
  levels: Float32Array,
  reach: number,
): Thresholds => {
  const count = levels.length - 1;
  const steps = new Int32Array(direction.length * count);
  direction.forEach((d, c) => {
    const own = steps.subarray(c * count, (c + 1) * count);
    if (d === 0) {
      own.fill(1).fill(0, 0, level(0, c));
      return;
    }
    const at = (n: number): number => level(d * n, c);
    const [lowest, highest] = [at(-reach), at(reach)];
    own.fill(-reach, 0, lowest).fill(reach + 1, highest);
    for (let k = lowest; k < highest; k++)
      own[k] = leastWith(k === lowest ? -reach : own[k - 1], reach, (n) => at(n) > k);
  });
  return { direction, steps, levels };
};

/** Levels of sums, image x (channel, place), with so many places a channel. */
export const applyThresholdsInto = (
  a: Float32Array,
  z: Float32Array,
  { direction, steps, levels }: Thresholds,
  places = 1,
): void => {
  const channels = direction.length;
  const count = levels.length - 1;
  if (z.length % (channels * places) !== 0)
    throw new RangeError(`thresholds: ${z.length} sums for ${channels} channels of ${places} places.`);
  for (let k = 0, c = 0; k < z.length; c = c + 1 === channels ? 0 : c + 1) {
    const d = direction[c];
    const first = c * count;
    for (const end = k + places; k < end; k++) {
      const directed = d * z[k];
      let low = 0;
      // Few steps are counted, many are searched.
      if (count <= 3) for (let s = 0; s < count; s++) low += directed >= steps[first + s] ? 1 : 0;
      else
        for (let high = count; low < high; ) {
          const middle = (low + high) >> 1;
          if (directed >= steps[first + middle]) low = middle + 1;
          else high = middle;
        }
      a[k] = levels[low];
    }
  }
};
