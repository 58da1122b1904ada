/**
 * State of Adam (Kingma and Ba, ICLR 2015; beta1 0.9, beta2 0.999, epsilon 1e-8) for one array of parameters.
 */
export interface AdamState {
  readonly first: Float32Array;
  readonly second: Float32Array;
}

export const adamState = (length: number): AdamState => ({
  first: new Float32Array(length),
  second: new Float32Array(length),
});

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

/** One step on `w`, step number `step` from 1, then a clip to [-limit, limit]. */
export const adamStepInPlace = (
  w: Float32Array,
  gradient: Float32Array,
  state: AdamState,
  learningRate: number,
  step: number,
  limit: number,
): void => {
  const { first, second } = state;
  const rate = (learningRate * Math.sqrt(1 - BETA2 ** step)) / (1 - BETA1 ** step);
  const epsilon = EPSILON * Math.sqrt(1 - BETA2 ** step);
  for (let i = 0; i < w.length; i++) {
    const g = gradient[i];
    const m = BETA1 * first[i] + (1 - BETA1) * g;
    const v = BETA2 * second[i] + (1 - BETA2) * g * g;
    first[i] = m;
    second[i] = v;
    const moved = w[i] - (rate * m) / (Math.sqrt(v) + epsilon);
    w[i] = Math.min(limit, Math.max(-limit, moved));
  }
};
