import type { Kernels } from "#src/kernels/kernels";
import { power } from "#src/numerics/power";

/** How a gradient moves parameters. */
export type Optimiser =
  /** Kingma and Ba, ICLR 2015: beta1 0.9, beta2 0.999, epsilon 1e-8. */
  | { readonly kind: "adam" }
  /** v <- momentum v + g + weightDecay w, w <- w - rate v, in the manner of the common frameworks. */
  | { readonly kind: "sgd"; readonly momentum: number; readonly weightDecay: number };

export const ADAM: Optimiser = { kind: "adam" };
export const PLAIN_DESCENT: Optimiser = { kind: "sgd", momentum: 0, weightDecay: 0 };

/** What an optimiser remembers of one array of parameters: both moments of Adam; the velocity, where there is momentum. */
export interface OptimiserState {
  readonly first: Float32Array;
  readonly second: Float32Array;
}

/** Lengths of an optimiser's moments, those it has no use for 0. */
export const momentLengths = (length: number, optimiser: Optimiser) => ({
  first: optimiser.kind === "adam" || optimiser.momentum > 0 ? length : 0,
  second: optimiser.kind === "adam" ? length : 0,
});

export const optimiserState = (length: number, optimiser: Optimiser = ADAM): OptimiserState => {
  const { first, second } = momentLengths(length, optimiser);
  return { first: new Float32Array(first), second: new Float32Array(second) };
};

export const BETA1 = 0.9;
export const BETA2 = 0.999;
const EPSILON = 1e-8;

/** Adam's rate and epsilon at step number `step` from 1, with the bias of its moments taken off. */
export const adamScales = (learningRate: number, step: number) => {
  const root = Math.sqrt(1 - power(BETA2, step));
  return { rate: (learningRate * root) / (1 - power(BETA1, step)), epsilon: EPSILON * root };
};

/** One step of Adam on `w`, step number `step` from 1, then a clip to [-limit, limit]. */
export const adamStepInPlace = (
  w: Float32Array,
  gradient: Float32Array,
  { first, second }: OptimiserState,
  learningRate: number,
  step: number,
  limit: number,
): void => {
  const { rate, epsilon } = adamScales(learningRate, step);
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

/** The same in the kernel, bit for bit; all arrays are the kernels'. */
export const adamKernelStep = (
  kernels: Kernels,
  w: Float32Array,
  gradient: Float32Array,
  { first, second }: OptimiserState,
  learningRate: number,
  step: number,
  limit: number,
): void =>
  kernels.adamStep(w, gradient, first, second, {
    ...adamScales(learningRate, step),
    beta1: BETA1,
    beta2: BETA2,
    limit,
  });

/** One step on parameters in the kernels' memory, step number `step` from 1: as `optimiserStepInPlace`, bit for bit. */
export const kernelOptimiserStep = (
  kernels: Kernels,
  optimiser: Optimiser,
  w: Float32Array,
  gradient: Float32Array,
  state: OptimiserState,
  learningRate: number,
  step: number,
): void =>
  optimiser.kind === "adam"
    ? adamKernelStep(kernels, w, gradient, state, learningRate, step, Number.POSITIVE_INFINITY)
    : optimiserStepInPlace(optimiser, w, gradient, state, learningRate, step);

/** One step on parameters outside the kernels, step number `step` from 1. */
export const optimiserStepInPlace = (
  optimiser: Optimiser,
  w: Float32Array,
  gradient: Float32Array,
  state: OptimiserState,
  learningRate: number,
  step: number,
): void => {
  if (optimiser.kind === "adam") {
    adamStepInPlace(w, gradient, state, learningRate, step, Number.POSITIVE_INFINITY);
    return;
  }
  const { momentum, weightDecay } = optimiser;
  const { first } = state;
  for (let i = 0; i < w.length; i++) {
    let g = gradient[i] + weightDecay * w[i];
    if (momentum > 0) {
      g += momentum * first[i];
      first[i] = g;
    }
    w[i] -= learningRate * g;
  }
};
