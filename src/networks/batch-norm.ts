/** Parameters and running statistics of a batch normalisation, one element a neuron. */
export interface BatchNorm {
  readonly gain: Float32Array;
  readonly shift: Float32Array;
  readonly mean: Float32Array;
  readonly variance: Float32Array;
}

/** Added to the variance under the root: 1e-5, as the common frameworks do. */
export const BATCH_NORM_EPSILON = 1e-5;
/** Share of each batch in the running statistics. */
export const MOMENTUM = 0.1;

export const batchNorm = (width: number): BatchNorm => ({
  gain: new Float32Array(width).fill(1),
  shift: new Float32Array(width),
  mean: new Float32Array(width),
  variance: new Float32Array(width).fill(1),
});

/** What the backward pass needs of a batch: normalised values (batch x width) and 1 / sqrt(variance + epsilon). */
export interface Normalised {
  readonly values: Float32Array;
  readonly inverseSpread: Float32Array;
}

const sums = new WeakMap<BatchNorm, { a: Float64Array; b: Float64Array }>();
const accumulators = (bn: BatchNorm): { a: Float64Array; b: Float64Array } => {
  let found = sums.get(bn);
  if (!found) {
    found = { a: new Float64Array(bn.gain.length), b: new Float64Array(bn.gain.length) };
    sums.set(bn, found);
  }
  found.a.fill(0);
  found.b.fill(0);
  return found;
};

/**
 * Normalises z (batch x width) by the batch's own statistics, y = gain (z - mean) / sqrt(variance + epsilon) + shift, and
 * moves the running statistics. Ioffe and Szegedy, ICML 2015.
 */
export const normaliseBatchInto = (
  y: Float32Array,
  keep: Normalised,
  z: Float32Array,
  bn: BatchNorm,
  batch: number,
): void => {
  const width = bn.gain.length;
  const { a: mean, b: variance } = accumulators(bn);
  for (let b = 0; b < batch; b++) for (let o = 0; o < width; o++) mean[o] += z[b * width + o];
  for (let o = 0; o < width; o++) mean[o] /= batch;
  for (let b = 0; b < batch; b++)
    for (let o = 0; o < width; o++) {
      const d = z[b * width + o] - mean[o];
      variance[o] += d * d;
    }
  for (let o = 0; o < width; o++) {
    variance[o] /= batch;
    keep.inverseSpread[o] = 1 / Math.sqrt(variance[o] + BATCH_NORM_EPSILON);
    bn.mean[o] += MOMENTUM * (mean[o] - bn.mean[o]);
    const unbiased = batch > 1 ? (variance[o] * batch) / (batch - 1) : variance[o];
    bn.variance[o] += MOMENTUM * (unbiased - bn.variance[o]);
  }
  for (let b = 0; b < batch; b++)
    for (let o = 0; o < width; o++) {
      const i = b * width + o;
      const value = (z[i] - mean[o]) * keep.inverseSpread[o];
      keep.values[i] = value;
      y[i] = bn.gain[o] * value + bn.shift[o];
    }
};

/** Gradient through the batch normalisation: `gradient` by y becomes by z; sums by gain and shift are written. */
export const normaliseGradientInPlace = (
  gradient: Float32Array,
  byGain: Float32Array,
  byShift: Float32Array,
  keep: Normalised,
  bn: BatchNorm,
  batch: number,
): void => {
  const width = bn.gain.length;
  const { a: gainSum, b: shiftSum } = accumulators(bn);
  for (let b = 0; b < batch; b++)
    for (let o = 0; o < width; o++) {
      const g = gradient[b * width + o];
      gainSum[o] += g * keep.values[b * width + o];
      shiftSum[o] += g;
    }
  byGain.set(gainSum);
  byShift.set(shiftSum);
  for (let b = 0; b < batch; b++)
    for (let o = 0; o < width; o++) {
      const i = b * width + o;
      gradient[i] =
        bn.gain[o] * keep.inverseSpread[o] * (gradient[i] - (shiftSum[o] + keep.values[i] * gainSum[o]) / batch);
    }
};

/** y = gain (z - mean) / sqrt(variance + epsilon) + shift with the running statistics, in place. */
export const normaliseInPlace = (z: Float32Array, bn: BatchNorm, batch: number): void => {
  const width = bn.gain.length;
  for (let o = 0; o < width; o++) {
    const scale = bn.gain[o] / Math.sqrt(bn.variance[o] + BATCH_NORM_EPSILON);
    const offset = bn.shift[o] - scale * bn.mean[o];
    for (let b = 0; b < batch; b++) z[b * width + o] = scale * z[b * width + o] + offset;
  }
};
