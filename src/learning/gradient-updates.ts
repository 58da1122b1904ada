import { addBackwardGradient, backwardSteps, type ExactExample, freeTail } from "./backpropagation-through-time.ts";
import { type ExactNetwork, exactStep, inputDrive } from "./exact-dynamics.ts";
import { addExactGradient, exactForward } from "./exact-layer.ts";

/** Steps of the free phase, of the nudged one, and the nudge. */
export interface ComparedPhases {
  readonly freeSteps: number;
  readonly nudgedSteps: number;
  readonly beta: number;
  readonly estimator: "one-sided" | "symmetric";
}

/** How two gradients of a layer's weights agree. */
export interface Agreement {
  /** Of the angle between them; NaN where either is 0. */
  readonly cosine: number;
  /** |EP - BPTT| / |BPTT|. */
  readonly relativeError: number;
  /** Share of weights whose BPTT gradient is not 0 for which both have one sign. */
  readonly signAgreement: number;
  /** |EP| / |BPTT| */
  readonly normRatio: number;
}

/** Agreement of a layer, step by step and summed over the steps. */
interface LayerAgreement {
  readonly steps: readonly Agreement[];
  readonly cumulated: Agreement;
  /** The two of them, summed over the steps: the direction of learning, like the layer's weights. */
  readonly updates: { readonly ep: Float64Array; readonly bptt: Float64Array };
}

export interface GradientComparison {
  readonly layers: readonly LayerAgreement[];
  /** Largest move of a state in the step from which backpropagation looks back, T1 - T2: what "at rest" means in this comparison. */
  readonly moved: number;
}

/** States of a nudged phase, from those of rest on: steps + 1 of them. */
const nudgedStates = (
  network: ExactNetwork,
  rest: readonly Float64Array[],
  drive: Float64Array,
  target: ArrayLike<number>,
  beta: number,
  steps: number,
): readonly (readonly Float64Array[])[] => {
  const all = [rest];
  for (let t = 0; t < steps; t++) all.push(exactStep(network, all[t], drive, target, beta).states);
  return all;
};

export const agreementOf = (ep: ArrayLike<number>, bptt: ArrayLike<number>): Agreement => {
  let [dot, ee, bb, dd, of, same] = [0, 0, 0, 0, 0, 0];
  for (let k = 0; k < ep.length; k++) {
    dot += ep[k] * bptt[k];
    ee += ep[k] ** 2;
    bb += bptt[k] ** 2;
    dd += (ep[k] - bptt[k]) ** 2;
    if (bptt[k] !== 0) {
      of++;
      if (ep[k] * bptt[k] > 0) same++;
    }
  }
  return {
    cosine: dot / Math.sqrt(ee * bb),
    relativeError: Math.sqrt(dd / bb),
    signAgreement: same / of,
    normRatio: Math.sqrt(ee / bb),
  };
};

/** @throws RangeError for a nudge of 0, or more nudged steps than free ones. */
export const checkComparison = ({ freeSteps, nudgedSteps, beta }: ComparedPhases): void => {
  const refuse = (what: string): never => {
    throw new RangeError(`gdu: ${what}`);
  };
  if (!(Math.abs(beta) > 0 && Number.isFinite(beta)))
    refuse(`beta ${beta}; the estimate divides by it. Expected e.g. 0.1.`);
  if (!(Number.isInteger(nudgedSteps) && nudgedSteps >= 1)) refuse(`${nudgedSteps} nudged steps; expected 1 or more.`);
  if (!(Number.isInteger(freeSteps) && freeSteps >= nudgedSteps))
    refuse(
      `${nudgedSteps} nudged steps against ${freeSteps} free ones; backpropagation goes back through the free phase, which must be at least as long.`,
    );
};

/**
 * Gradients of Equilibrium Propagation beside those of backpropagation through time of the same dynamics, step by step: with s* at rest
 * after the free phase and s_t the states t steps into the nudged one,
 *
 *     (1 / beta) [dPhi/dtheta(s_{t+1}) - dPhi/dtheta(s_t)]  ->  -dL/dtheta at the step t before the last     as beta -> 0
 *
 * (Ernoult et al., arXiv:1905.13633, theorem 1). In double precision; summed over the examples; weights of the layers that have states.
 *
 * @throws RangeError for a nudge of 0, more nudged steps than free ones, or feedback with weights of its own.
 */
export const compareGradients = (
  network: ExactNetwork,
  examples: readonly ExactExample[],
  { freeSteps, nudgedSteps, beta, estimator }: ComparedPhases,
): GradientComparison => {
  checkComparison({ freeSteps, nudgedSteps, beta, estimator });
  const refuse = (what: string): never => {
    throw new RangeError(`gdu: ${what}`);
  };
  if (network.backward)
    refuse("feedback has weights of its own; the theorem is about dynamics that derive from a primitive function.");
  if (examples.length === 0) refuse("no examples; expected one or more.");
  const { layers } = network;
  const runs = examples.map(({ x, target }) => {
    const drive = inputDrive(network, x);
    const { tail, moved } = freeTail(network, drive, target, freeSteps, nudgedSteps);
    const rest = tail[tail.length - 1].states;
    const nudged = (of: number) => nudgedStates(network, rest, drive, target, of, nudgedSteps);
    return {
      x,
      moved,
      back: backwardSteps(network, target, tail),
      nudged: estimator === "symmetric" ? [nudged(beta), nudged(-beta)] : [nudged(beta)],
    };
  });
  const stateful = runs[0].nudged[0][0].length;
  // Pooling choices of a connection at what is below it.
  const choicesAt = (l: number, below: ArrayLike<number>): Int32Array | null =>
    layers[l].kind === "dense" ? null : exactForward(layers[l], network.weights[l], below).choices;
  return {
    moved: Math.max(...runs.map((r) => r.moved)),
    layers: layers.slice(0, stateful).map((layer, l): LayerAgreement => {
      const [sumEp, sumBptt] = [new Float64Array(layer.weights), new Float64Array(layer.weights)];
      const steps: Agreement[] = [];
      for (let t = 0; t < nudgedSteps; t++) {
        const [ep, bptt] = [new Float64Array(layer.weights), new Float64Array(layer.weights)];
        for (const { x, back, nudged } of runs) {
          const below = (states: readonly Float64Array[]): ArrayLike<number> => (l === 0 ? x : states[l - 1]);
          nudged.forEach((states, side) => {
            const scale = (side === 0 ? 1 : -1) / (beta * nudged.length);
            const [from, to] = [states[t], states[t + 1]];
            addExactGradient(ep, layer, below(to), to[l], choicesAt(l, below(to)), scale);
            addExactGradient(ep, layer, below(from), from[l], choicesAt(l, below(from)), -scale);
          });
          addBackwardGradient(bptt, network, x, back[t], l, -1);
        }
        for (let k = 0; k < layer.weights; k++) {
          sumEp[k] += ep[k];
          sumBptt[k] += bptt[k];
        }
        steps.push(agreementOf(ep, bptt));
      }
      return { steps, cumulated: agreementOf(sumEp, sumBptt), updates: { ep: sumEp, bptt: sumBptt } };
    }),
  };
};
