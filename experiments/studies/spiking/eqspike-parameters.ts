import {
  AS_THEY_ARE,
  type Augmentation,
  checkSpikingNetwork,
  checkSpikingRule,
  SPIKING_ESTIMATORS,
  SPIKING_NEURONS,
  SPIKING_RULE,
  type SpikingEstimator,
  type SpikingNetwork,
  type SpikingRule,
} from "#src/learning/index";
import { type Idle, idleWhere, type Parameters, type ValuesOf } from "#src/montecarlo/index";
import { checkNetwork, parseWidths } from "../networks/network-parameters.ts";
import { PUBLISHED_PARAMETERS } from "../papers/published-parameters.ts";

const MEASURED = "measured for this project: docs/eqspike.md";

const steps = (value: number, says: string) =>
  ({ kind: "integer", unit: "1", default: value, min: 1, max: 1_000_000, says, source: MEASURED }) as const;
const time = (value: number, says: string, source: string = MEASURED) =>
  ({ kind: "quantity", unit: "s", default: value, min: 0, max: 1000, says, source }) as const;
const number = (value: number, min: number, max: number, says: string, source: string = MEASURED) =>
  ({ kind: "quantity", unit: "1", default: value, min, max, says, source }) as const;

/** A network of spiking neurons and how it learns, as every study of it lets the user set it. */
export const SPIKING_PARAMETERS = {
  data: {
    ...PUBLISHED_PARAMETERS.data,
    says: "data set: mnist-10k, fashion-mnist, or a folder of IDX files (--data)",
    source: "rramlab data list; the recipe was worked out on all of MNIST",
  },
  images: { ...PUBLISHED_PARAMETERS.images, source: "chosen" },
  testImages: { ...PUBLISHED_PARAMETERS.testImages, source: "chosen" },
  widths: {
    kind: "text",
    default: "784-100-10",
    says: "neurons a layer, inputs first",
    source: "the smaller of two networks of docs/eqspike.md",
  },
  input: {
    kind: "choice",
    choices: ["currents", "spikes"],
    default: "currents",
    says: "how images enter: as constant currents, or as spikes at regular intervals",
    source: MEASURED,
  },
  inputRate: number(0.25, 1e-6, 1, "spikes a step of a pixel of 1, where inputs spike"),
  estimator: {
    kind: "choice",
    choices: SPIKING_ESTIMATORS,
    default: SPIKING_RULE.estimator,
    says: "nudges: alternating from batch to batch, both from the same free state, one by chance, or towards the target always",
    source: MEASURED,
  },
  updates: {
    kind: "choice",
    choices: ["at the end", "immediate"],
    default: SPIKING_RULE.updates,
    says: "weights move at the end of a batch, or with every spike: then batch 1 and rates some 75 times smaller (0.002)",
    source: MEASURED,
  },
  beta: number(SPIKING_RULE.beta, 1e-6, 100, "nudge"),
  freeSteps: steps(SPIKING_RULE.freeSteps, "steps of the free phase, T1"),
  nudgedSteps: steps(SPIKING_RULE.nudgedSteps, "steps of a nudged phase, T2"),
  readSteps: steps(SPIKING_RULE.readSteps, "steps of a free phase that is read"),
  countedSteps: steps(SPIKING_RULE.countedSteps, "of them, the last whose output spikes are counted"),
  batch: { kind: "integer", unit: "1", default: 10, min: 1, max: 10_000, says: "images an update", source: MEASURED },
  learningRates: {
    kind: "text",
    default: "0.15",
    says: 'one for all layers, or one a layer, the input\'s first, e.g. "0.2 0.1"',
    source: MEASURED,
  },
  rateDecay: number(0.88, 1e-3, 1, "factor of the learning rates from epoch to epoch"),
  move: {
    kind: "integer",
    unit: "1",
    default: 0,
    min: 0,
    max: 10,
    says: "pixels by which training images are moved at most, either way, anew each time",
    source: "0: images as they are",
  },
  timeStep: time(SPIKING_NEURONS.timeStep, "of the simulation", "a convention: only ratios to it matter"),
  membraneTime: time(SPIKING_NEURONS.membraneTime, "of the membrane's leak"),
  synapticTime: time(SPIKING_NEURONS.synapticTime, "of synaptic currents"),
  fastTraceTime: time(SPIKING_NEURONS.fastTraceTime, "of the faster of the traces whose difference is a rate's change"),
  slowTraceTime: time(SPIKING_NEURONS.slowTraceTime, "of the slower"),
  outputTraceTime: time(SPIKING_NEURONS.outputTraceTime, "of the outputs' trace that the nudge sees"),
  floor: number(SPIKING_NEURONS.floor, -1000, 0, "lowest membrane, in thresholds"),
} as const satisfies Parameters;

/** What nothing reads where images enter as currents. */
export const idleInput = ({ input }: { readonly input: string }): Idle<"inputRate">[] =>
  idleWhere([input === "currents", "where images enter as currents (input)", "inputRate"]);

export type SpikingValues = ValuesOf<typeof SPIKING_PARAMETERS>;

/** A spiking network and its training, as data. */
export interface SpikingModel {
  readonly network: SpikingNetwork;
  readonly rule: SpikingRule;
  readonly batch: number;
  readonly epochs: number;
  readonly rateDecay: number;
  readonly augmentation: Augmentation;
}

/** @throws RangeError for a network, a rule or widths that do not fit one another or the images. */
export const checkSpiking = (p: SpikingValues): void => {
  checkNetwork(p);
  const { network, rule, batch } = spikingModel(p);
  checkSpikingNetwork(network);
  checkSpikingRule(rule, network.widths.length - 1, batch);
};

/** @throws RangeError where widths or rates are no lists of numbers. */
export const spikingModel = (p: SpikingValues, epochs = 0): SpikingModel => {
  const widths = parseWidths(p.widths);
  const listed = p.learningRates.trim().split(/\s+/).map(Number);
  if (p.learningRates.trim() === "" || !listed.every(Number.isFinite))
    throw new RangeError(`learningRates: "${p.learningRates}"; expected numbers apart by spaces, e.g. "0.2 0.1".`);
  const { timeStep, membraneTime, synapticTime, fastTraceTime, slowTraceTime, outputTraceTime, floor } = p;
  const neurons = {
    timeStep,
    membraneTime,
    synapticTime,
    fastTraceTime,
    slowTraceTime,
    outputTraceTime,
    threshold: 1,
    floor,
  };
  const { freeSteps, nudgedSteps, readSteps, countedSteps, beta, batch, rateDecay } = p;
  return {
    network: {
      widths,
      neurons,
      input: p.input === "spikes" ? { kind: "spikes", mostRate: p.inputRate } : { kind: "currents" },
    },
    rule: {
      freeSteps,
      nudgedSteps,
      readSteps,
      countedSteps,
      beta,
      pushes: true,
      estimator: p.estimator as SpikingEstimator,
      updates: p.updates as SpikingRule["updates"],
      learningRates: listed.length === 1 ? widths.slice(1).map(() => listed[0]) : listed,
    },
    batch,
    epochs,
    rateDecay,
    augmentation: p.move > 0 ? { kind: "move", reach: p.move } : AS_THEY_ARE,
  };
};
