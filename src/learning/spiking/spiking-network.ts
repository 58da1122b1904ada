import type { Key } from "#src/random/index";
import { denseNetwork, initialParameters, type NetworkParameters } from "../primitive-function.ts";
import { checkNeurons, type SpikingNeurons } from "./neuron-design.ts";

/** How images enter: as constant currents, or as spikes at regular intervals, up to `mostRate` a step for a pixel of 1. */
export type SpikingInput = { readonly kind: "currents" } | { readonly kind: "spikes"; readonly mostRate: number };

/** Layers of spiking neurons, the same weights both ways between them; from the input only forwards. */
export interface SpikingNetwork {
  /** Inputs first, then neurons a layer. */
  readonly widths: readonly number[];
  readonly neurons: SpikingNeurons;
  readonly input: SpikingInput;
}

/** @throws RangeError for widths, neurons or an input that cannot be. */
export const checkSpikingNetwork = ({ widths, neurons, input }: SpikingNetwork): void => {
  const refuse = (what: string): never => {
    throw new RangeError(`spiking network: ${what}`);
  };
  if (!(widths.length >= 2 && widths.every((w) => Number.isInteger(w) && w >= 1)))
    refuse(`layers of ${widths.join("-")} neurons; expected inputs and one layer or more, e.g. 784-100-10.`);
  if (input.kind !== "currents" && input.kind !== "spikes")
    refuse(`input ${JSON.stringify(input)}; expected { kind: "currents" } or { kind: "spikes", mostRate }.`);
  if (input.kind === "spikes" && !(input.mostRate > 0 && input.mostRate <= 1))
    refuse(`inputs of up to ${input.mostRate} spikes a step; expected more than 0, at most 1.`);
  checkNeurons(neurons);
};

/** Bias that every neuron starts with [thresholds a step]: without one most stay silent. 0.1, measured: docs/eqspike.md. */
const INITIAL_BIAS = 0.1;

/** Weights uniform in ±1 / sqrt(fan-in), all biases 0.1. */
export const initialSpikingParameters = ({ widths }: SpikingNetwork, key: Key): NetworkParameters => {
  const { weights, biases } = initialParameters(
    denseNetwork(widths, "hard sigmoid", { kind: "squared error", nudge: "inside" }),
    key,
  );
  return { weights, biases: biases.map((b) => b.fill(INITIAL_BIAS)) };
};
