import { choice, type Parameters, quantity } from "#src/montecarlo/index";
import { LEARNING_PARAMETERS } from "../learning/learning-parameters.ts";
import { PUBLISHED_PARAMETERS } from "../papers/published-parameters.ts";
import { SPIKING_PARAMETERS } from "./eqspike-parameters.ts";

const {
  pulses,
  nonlinearity,
  asymmetry,
  states,
  cycleToCycle,
  deviceToDevice,
  boundSpread,
  readNoise,
  update,
  verifyingPulses,
  wireResistance,
  tile,
  lowResistance,
  highResistance,
  readVoltage,
  readTime,
  pulseVoltage,
  pulseTime,
} = LEARNING_PARAMETERS;

const FOR_THIS = "chosen: 20,000 images, trained some seventy times, docs/learning-on-cells.md";

/** EqSpike on cells: the network, the cells that hold its weights, and what a spike and a pulse cost. */
export const RRAM_PARAMETERS = {
  cells: choice(
    ["conductance pairs", "numbers"],
    "conductance pairs",
    "what holds the weights; numbers: nothing is in the way",
    "chosen",
  ),
  ...SPIKING_PARAMETERS,
  images: { ...SPIKING_PARAMETERS.images, default: 20_000, source: FOR_THIS },
  epochs: {
    ...PUBLISHED_PARAMETERS.epochs,
    default: 6,
    min: 1,
    says: "passes over the training images",
    source: FOR_THIS,
  },
  batch: { ...SPIKING_PARAMETERS.batch, default: 20 },
  learningRates: { ...SPIKING_PARAMETERS.learningRates, default: "0.2" },
  rateDecay: { ...SPIKING_PARAMETERS.rateDecay, default: 0.75 },
  largestWeight: {
    ...LEARNING_PARAMETERS.largestWeight,
    default: 0.5,
    source: "twice what numbers reach in this training",
  },
  largestOutputWeight: {
    ...LEARNING_PARAMETERS.largestOutputWeight,
    default: 1,
    source: "twice what numbers reach in this training",
  },
  rounding: choice(
    ["stochastic", "dropped", "carried"],
    "stochastic",
    "fractions of a pulse: by chance; dropped below the threshold; or carried in a digital register up to it",
    "chosen",
  ),
  threshold: quantity("1", 1, [1e-6, 1000], "pulses: dropped, at most 1; carried, at least 1", "the study varies it"),
  pulses,
  nonlinearity,
  asymmetry,
  states,
  cycleToCycle,
  deviceToDevice,
  boundSpread,
  readNoise: { ...readNoise, says: "standard deviation of a conductance from spike to spike, as a share of it" },
  update,
  verifyingPulses,
  wireResistance,
  tile,
  lowResistance,
  highResistance,
  readVoltage: { ...readVoltage, says: "of a spike's read pulse, and of an input current of 1" },
  readTime,
  pulseVoltage,
  pulseTime,
  seeds: PUBLISHED_PARAMETERS.seeds,
  seed: PUBLISHED_PARAMETERS.seed,
} as const satisfies Parameters;
