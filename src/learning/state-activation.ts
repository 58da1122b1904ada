/**
 * What a neuron makes of its drive u:
 *
 *     hard sigmoid       clip(u, 0, 1)
 *     half hard sigmoid  clip(u / 2, 0, 1)
 *     shifted logistic   1 / (1 + exp(-4 (u - 1/2)))
 *     tanh               tanh(u)
 *
 * The four that the public codes of discrete-time Equilibrium Propagation use (github.com/Laborieux-Axel/Equilibrium-Propagation,
 * github.com/ernoult/continualEP).
 */
export type StateActivation = "hard sigmoid" | "half hard sigmoid" | "shifted logistic" | "tanh";

interface Definition {
  /** Its number in the kernels. */
  readonly code: number;
  readonly value: (u: number) => number;
  readonly slope: (u: number) => number;
  /** Where states cannot go further. */
  readonly bounds: readonly [low: number, high: number];
}

const clip = (u: number): number => Math.min(1, Math.max(0, u));
const logistic = (u: number): number => 1 / (1 + Math.exp(-4 * (u - 0.5)));

export const STATE_ACTIVATIONS: Readonly<Record<StateActivation, Definition>> = {
  "hard sigmoid": { code: 0, value: clip, slope: (u) => (u > 0 && u < 1 ? 1 : 0), bounds: [0, 1] },
  "half hard sigmoid": { code: 1, value: (u) => clip(u / 2), slope: (u) => (u > 0 && u < 2 ? 0.5 : 0), bounds: [0, 1] },
  "shifted logistic": { code: 2, value: logistic, slope: (u) => 4 * logistic(u) * (1 - logistic(u)), bounds: [0, 1] },
  tanh: { code: 3, value: Math.tanh, slope: (u) => 1 - Math.tanh(u) ** 2, bounds: [-1, 1] },
};

/** Number of the identity in the kernels: an output layer that is linear. */
export const LINEAR_CODE = 4;
