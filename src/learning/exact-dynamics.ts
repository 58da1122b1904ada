import { softmaxInto } from "./cost.ts";
import { exactForward, exactTransposed } from "./exact-layer.ts";
import { type PlacedLayer, type PrimitiveFunction, placeLayers, statefulLayers } from "./primitive-function.ts";
import { STATE_ACTIVATIONS } from "./state-activation.ts";

/** A network in double precision, for one image at a time. */
export interface ExactNetwork {
  readonly phi: PrimitiveFunction;
  readonly layers: readonly PlacedLayer[];
  readonly weights: readonly ArrayLike<number>[];
  readonly biases: readonly ArrayLike<number>[];
  /**
   * Weights of the way back, where they are others than those of the way up: such a network has no primitive function. The first
   * is not read.
   */
  readonly backward: readonly ArrayLike<number>[] | null;
}

/** States of every layer that has any, and how they came about. */
export interface ExactStep {
  readonly states: readonly Float64Array[];
  /** Drives that the activations saw. */
  readonly drives: readonly Float64Array[];
  /** Pooling choices of each connection at the states before. */
  readonly choices: readonly (Int32Array | null)[];
}

export const exactNetwork = (
  phi: PrimitiveFunction,
  parameters: { readonly weights: readonly ArrayLike<number>[]; readonly biases: readonly ArrayLike<number>[] },
  backward: readonly ArrayLike<number>[] | null = null,
): ExactNetwork => ({ phi, layers: placeLayers(phi), ...parameters, backward });

/** Bias of neuron k of a layer. */
const biasAt = ({ outputs, biases }: PlacedLayer, values: ArrayLike<number>, k: number): number =>
  values[Math.floor(k / (outputs / biases))];

/** The readout's probabilities, softmax(W s + b). */
export const readoutOf = ({ layers, weights, biases }: ExactNetwork, s: ArrayLike<number>): Float64Array => {
  const top = layers.length - 1;
  const scores = exactForward(layers[top], weights[top], s).values.map(
    (u, k) => u + biasAt(layers[top], biases[top], k),
  );
  const p = new Float64Array(scores.length);
  softmaxInto(p, scores, 1, scores.length);
  return p;
};

/** What the input drives the first layer with. */
export const inputDrive = ({ layers, weights }: ExactNetwork, x: ArrayLike<number>): Float64Array =>
  exactForward(layers[0], weights[0], x).values;

/** One synchronous step. `drive`: the input's, which does not change. */
export const exactStep = (
  network: ExactNetwork,
  states: readonly Float64Array[],
  drive: Float64Array,
  target: ArrayLike<number>,
  beta: number,
): ExactStep => {
  const { phi, layers, weights, biases } = network;
  const back = network.backward ?? weights;
  const { cost } = phi;
  const { value } = STATE_ACTIVATIONS[phi.activation];
  const stateful = states.length;
  const top = stateful - 1;
  const ups = states.map((_, l) =>
    l === 0 ? { values: drive, choices: null } : exactForward(layers[l], weights[l], states[l - 1]),
  );
  const drives = ups.map(({ values }, l) => values.map((u, k) => u + biasAt(layers[l], biases[l], k)));
  for (let l = 0; l < top; l++)
    exactTransposed(layers[l + 1], back[l + 1], states[l + 1], ups[l + 1].choices).forEach((u, k) => {
      drives[l][k] += u;
    });
  const s = states[top];
  let outside = 0;
  if (cost.kind === "softmax readout") {
    if (beta !== 0) {
      const p = readoutOf(network, s);
      const error = p.map((share, k) => beta * (target[k] - share));
      exactTransposed(layers[top + 1], weights[top + 1], error, null).forEach((u, k) => {
        drives[top][k] += u;
      });
    }
  } else if (cost.kind === "cross-entropy") {
    const p = new Float64Array(s.length);
    softmaxInto(p, s, 1, s.length);
    p.forEach((share, k) => {
      drives[top][k] += beta * (target[k] - share);
    });
  } else if (cost.nudge === "inside")
    s.forEach((at, k) => {
      drives[top][k] += beta * (target[k] - at);
    });
  else outside = beta;
  const next = drives.map((u, l) => (l === top && cost.kind === "cross-entropy" ? u.slice() : u.map(value)));
  if (outside !== 0)
    next[top].forEach((at, k) => {
      next[top][k] = at + outside * (target[k] - s[k]);
    });
  return { states: next, drives, choices: ups.map(({ choices }) => choices) };
};

/** All states at 0. */
export const restStates = ({ phi, layers }: ExactNetwork): Float64Array[] =>
  layers.slice(0, statefulLayers(phi)).map(({ outputs }) => new Float64Array(outputs));

/** Largest difference of two sets of states. */
export const largestMove = (a: readonly Float64Array[], b: readonly Float64Array[]): number =>
  a.reduce((most, s, l) => s.reduce((m, v, k) => Math.max(m, Math.abs(v - b[l][k])), most), 0);

/**
 * The value of the primitive function of these states,
 *
 *     Phi = sum over layers n of s_n . (A_n(s_{n-1}) + b_n)
 *
 * @throws RangeError for a network whose way back has weights of its own: no function has such dynamics as its gradient.
 */
export const primitiveValue = (
  network: ExactNetwork,
  x: ArrayLike<number>,
  states: readonly Float64Array[],
): number => {
  const { layers, weights, biases, backward } = network;
  if (backward)
    throw new RangeError(
      "primitive function: this network's feedback has weights of its own, and its dynamics are the gradient of no function. Tie them (backward: null), or learn by the vector-field rule.",
    );
  let value = 0;
  states.forEach((s, l) => {
    const below = l === 0 ? x : states[l - 1];
    exactForward(layers[l], weights[l], below).values.forEach((u, k) => {
      value += s[k] * (u + biasAt(layers[l], biases[l], k));
    });
  });
  return value;
};
