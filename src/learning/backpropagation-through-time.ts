import { softmaxInto } from "./cost.ts";
import { type ExactNetwork, type ExactStep, exactStep, largestMove, readoutOf, restStates } from "./exact-dynamics.ts";
import { addExactGradient, exactChosen, exactForward, exactTransposed } from "./exact-layer.ts";
import { STATE_ACTIVATIONS } from "./state-activation.ts";

/** An image and its target, one element a class. */
export interface ExactExample {
  readonly x: ArrayLike<number>;
  readonly target: ArrayLike<number>;
}

/** A step, and the states it began from. */
interface TracedStep extends ExactStep {
  readonly before: readonly Float64Array[];
}

/** Error signals of backpropagation through time at one step: of each layer's drive, and the states that the step began from. */
interface BackwardStep {
  readonly byDrive: readonly Float64Array[];
  readonly before: readonly Float64Array[];
  readonly choices: readonly (Int32Array | null)[];
}

/** The last steps of a free phase, oldest first, with the states each began from; how far states still moved in the first of them. */
export const freeTail = (
  network: ExactNetwork,
  drive: Float64Array,
  target: ArrayLike<number>,
  steps: number,
  kept: number,
): { readonly tail: readonly TracedStep[]; readonly moved: number } => {
  const tail: TracedStep[] = [];
  let states: readonly Float64Array[] = restStates(network);
  let moved = 0;
  for (let t = 0; t < steps; t++) {
    const step = exactStep(network, states, drive, target, 0);
    if (t >= steps - kept) tail.push({ ...step, before: states });
    if (t === steps - kept) moved = largestMove(step.states, states);
    states = step.states;
  }
  return { tail, moved };
};

/**
 * Backpropagation through time of the free dynamics: error signals of the last `tail.length` steps, the last step first.
 *
 * The loss is the one whose gradient the nudge stands for (see `Cost`): for a nudge outside the activation, dL/du = s - y.
 */
export const backwardSteps = (
  network: ExactNetwork,
  target: ArrayLike<number>,
  tail: readonly TracedStep[],
): readonly BackwardStep[] => {
  const { phi, layers, weights } = network;
  const { slope } = STATE_ACTIVATIONS[phi.activation];
  const { cost } = phi;
  const last = tail[tail.length - 1].states;
  const top = last.length - 1;
  let byState: Float64Array[] = last.map((s) => new Float64Array(s.length));
  const output = last[top];
  if (cost.kind === "softmax readout") {
    const error = readoutOf(network, output).map((p, k) => p - target[k]);
    byState[top] = exactTransposed(layers[top + 1], weights[top + 1], error, null);
  } else if (cost.kind === "cross-entropy") {
    const p = new Float64Array(output.length);
    softmaxInto(p, output, 1, output.length);
    byState[top] = p.map((share, k) => share - target[k]);
  } else byState[top] = output.map((s, k) => s - target[k]);
  const steps: BackwardStep[] = [];
  for (let t = tail.length - 1; t >= 0; t--) {
    const { drives, before, choices } = tail[t];
    const matching = t === tail.length - 1 && cost.kind === "squared error" && cost.nudge === "outside";
    const byDrive = byState.map((lambda, l) =>
      l === top && (matching || cost.kind === "cross-entropy")
        ? lambda
        : lambda.map((value, k) => value * slope(drives[l][k])),
    );
    steps.push({ byDrive, before, choices });
    const earlier = before.map((s) => new Float64Array(s.length));
    const add = (into: Float64Array, values: Float64Array): void =>
      values.forEach((v, k) => {
        into[k] += v;
      });
    for (let l = 1; l <= top; l++) {
      add(earlier[l - 1], exactTransposed(layers[l], weights[l], byDrive[l], choices[l]));
      add(earlier[l], exactChosen(layers[l], weights[l], byDrive[l - 1], choices[l]));
    }
    byState = earlier;
  }
  return steps;
};

/** gradient += scale * dL / d weights of layer l at one step: the weights act there twice, on the way up and on the way back. */
export const addBackwardGradient = (
  gradient: Float64Array,
  { layers, weights }: ExactNetwork,
  x: ArrayLike<number>,
  { byDrive, before, choices }: BackwardStep,
  l: number,
  scale: number,
): void => {
  const layer = layers[l];
  if (l === 0) {
    const chosen = layer.kind === "dense" ? null : exactForward(layer, weights[0], x).choices;
    addExactGradient(gradient, layer, x, byDrive[0], chosen, scale);
    return;
  }
  addExactGradient(gradient, layer, before[l - 1], byDrive[l], choices[l], scale);
  addExactGradient(gradient, layer, byDrive[l - 1], before[l], choices[l], scale);
};
