import type { Key } from "#src/random/index";
import type { ExactExample } from "../backpropagation-through-time.ts";
import { exactNetwork } from "../exact-dynamics.ts";
import { type Agreement, agreementOf, compareGradients } from "../gradient-updates.ts";
import { denseNetwork, type NetworkParameters } from "../primitive-function.ts";
import { spikingLearner } from "./spiking-learner.ts";
import type { SpikingNetwork } from "./spiking-network.ts";
import type { SpikingRule } from "./spiking-rule.ts";

/** How three directions of learning agree in a layer's weights. */
export interface UpdateAgreement {
  readonly spikesWithBackpropagation: Agreement;
  readonly spikesWithRates: Agreement;
  readonly ratesWithBackpropagation: Agreement;
}

export interface UpdateComparison {
  /** By layer, the input's first. */
  readonly layers: readonly UpdateAgreement[];
  /** Largest move of a rate in the step from which backpropagation looks back: what "at rest" means here. */
  readonly moved: number;
}

/**
 * The rate network that a network of these neurons approximates, s = clip(u, 0, 1): a neuron that fires regularly has a membrane
 * between reset and threshold, half of it in the mean, so that the leak takes leak / 2 thresholds a step from its drive.
 */
export const rateNetworkOf = (
  { widths, neurons }: SpikingNetwork,
  { weights, biases }: NetworkParameters,
): ReturnType<typeof exactNetwork> => {
  const { threshold } = neurons;
  const leak = neurons.timeStep / neurons.membraneTime;
  return exactNetwork(denseNetwork(widths, "hard sigmoid", { kind: "squared error", nudge: "inside" }), {
    // The input is a current; between layers a rate is a number of spikes a step.
    weights: weights.map((w) => Float64Array.from(w, (x) => x / threshold)),
    biases: biases.map((b) => Float64Array.from(b, (x) => x / threshold - leak / 2)),
  });
};

/**
 * What spikes teach the weights, summed over these examples, beside what rate-based Equilibrium Propagation (same nudge, symmetric)
 * and backpropagation through time teach those of the rate network with the same weights. Inputs are currents.
 *
 * @param rule Phases, nudge and estimator of the spikes; alternating: as in a batch that is nudged towards its target.
 * @param steps Free and nudged steps of the rate network, whose states are at rest after them.
 */
export const compareUpdates = (
  network: SpikingNetwork,
  rule: SpikingRule,
  parameters: NetworkParameters,
  examples: readonly ExactExample[],
  steps: { readonly free: number; readonly nudged: number },
  key: Key,
): UpdateComparison => {
  if (network.input.kind !== "currents")
    throw new RangeError("compare updates: inputs that spike; the rate network has currents. Set input=currents.");
  const layers = network.widths.length - 1;
  const count = examples.length;
  const once = { ...rule, updates: "at the end", learningRates: Array.from({ length: layers }, () => count) } as const;
  const learner = spikingLearner(network, once, parameters, count);
  const [inputs, classes] = [network.widths[0], network.widths[layers]];
  examples.forEach(({ x, target }, b) => {
    learner.batch.x.set(Float32Array.from(x), b * inputs);
    learner.batch.targets.set(Float32Array.from(target), b * classes);
  });
  const before = learner.save().arrays;
  learner.learn(count, 1, key);
  const after = learner.save().arrays;
  const { layers: rates, moved } = compareGradients(rateNetworkOf(network, parameters), examples, {
    freeSteps: steps.free,
    nudgedSteps: steps.nudged,
    // The drive is in thresholds there.
    beta: rule.beta / network.neurons.threshold,
    estimator: "symmetric",
  });
  const agreements = rates.map(({ updates: { ep, bptt } }, l) => {
    const name = `${l}.weights`;
    const spikes = Float64Array.from(after[name], (w, k) => w - before[name][k]);
    return {
      spikesWithBackpropagation: agreementOf(spikes, bptt),
      spikesWithRates: agreementOf(spikes, ep),
      ratesWithBackpropagation: agreementOf(ep, bptt),
    };
  });
  return { layers: agreements, moved };
};
