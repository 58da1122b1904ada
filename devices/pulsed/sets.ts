import type { PulsedParams } from "./params.ts";

/** A device without any of the imperfections: the reference that each of them is measured against. */
export const idealPulsed: PulsedParams = {
  name: "ideal",
  source: "none: linear, symmetric, noiseless; the range is that of the default read set's resistances, illustrative",
  least: 1e-6,
  most: 1e-4,
  pulses: { set: 100, reset: 100 },
  nonlinearity: { set: 0, reset: 0 },
  cycleToCycle: 0,
  states: null,
  spread: { logStep: 0, bounds: 0, nonlinearity: 0 },
};
