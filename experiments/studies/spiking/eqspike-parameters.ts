import {
  AS_THEY_ARE,
  type Augmentation,
  checkSpikingNetwork,
  checkSpikingRule,
  SPIKING_ESTIMATORS,
  SPIKING_NEURONS,
  SPIKING_RULE,
  type SpikingNetwork,
  type SpikingRule,
} from "#src/learning/index";
import {
  choice,
  type Idle,
  idleWhere,
  integer,
  type Parameters,
  quantity,
  text,
  type ValuesOf,
} from "#src/montecarlo/index";
import { checkNetwork, parseWidths } from "../networks/network-parameters.ts";
import { PUBLISHED_PARAMETERS } from "../papers/published-parameters.ts";

const MEASURED = "measured for this project: docs/eqspike.md";

/** A network of spiking neurons and how it learns, as every study of it lets the user set it. */
export const SPIKING_PARAMETERS = {
  data: {
    ...PUBLISHED_PARAMETERS.data,
    says: "data set: mnist-10k, fashion-mnist, or a folder of IDX files (--data)",
    source: "rramlab data list; the recipe was worked out on all of MNIST",
  },
  images: { ...PUBLISHED_PARAMETERS.images, source: "chosen" },
  testImages: { ...PUBLISHED_PARAMETERS.testImages, source: "chosen" },
  widths: text("784-100-10", "neurons a layer, inputs first", "the smaller of two networks of docs/eqspike.md"),
  input: choice(
    ["currents", "spikes"],
    "currents",
    "how images enter: as constant currents, or as spikes at regular intervals",
    MEASURED,
  ),
  inputRate: quantity("1", 0.25, [1e-6, 1], "spikes a step of a pixel of 1, where inputs spike", MEASURED),
  estimator: choice(
    SPIKING_ESTIMATORS,
    SPIKING_RULE.estimator,
    "nudges: alternating from batch to batch, both from the same free state, one by chance, or towards the target always",
    MEASURED,
  ),
  updates: choice(
    ["at the end", "immediate"],
    SPIKING_RULE.updates,
    "weights move at the end of a batch, or with every spike: then batch 1 and rates some 75 times smaller (0.002)",
    MEASURED,
  ),
  beta: quantity("1", SPIKING_RULE.beta, [1e-6, 100], "nudge", MEASURED),
  freeSteps: integer(SPIKING_RULE.freeSteps, [1, 1_000_000], "steps of the free phase, T1", MEASURED),
  nudgedSteps: integer(SPIKING_RULE.nudgedSteps, [1, 1_000_000], "steps of a nudged phase, T2", MEASURED),
  readSteps: integer(SPIKING_RULE.readSteps, [1, 1_000_000], "steps of a free phase that is read", MEASURED),
  countedSteps: integer(
    SPIKING_RULE.countedSteps,
    [1, 1_000_000],
    "of them, the last whose output spikes are counted",
    MEASURED,
  ),
  batch: integer(10, [1, 10_000], "images an update", MEASURED),
  learningRates: text("0.15", 'one for all layers, or one a layer, the input\'s first, e.g. "0.2 0.1"', MEASURED),
  rateDecay: quantity("1", 0.88, [1e-3, 1], "factor of the learning rates from epoch to epoch", MEASURED),
  move: integer(
    0,
    [0, 10],
    "pixels by which training images are moved at most, either way, anew each time",
    "0: images as they are",
  ),
  timeStep: quantity(
    "s",
    SPIKING_NEURONS.timeStep,
    [0, 1000],
    "of the simulation",
    "a convention: only ratios to it matter",
  ),
  membraneTime: quantity("s", SPIKING_NEURONS.membraneTime, [0, 1000], "of the membrane's leak", MEASURED),
  synapticTime: quantity("s", SPIKING_NEURONS.synapticTime, [0, 1000], "of synaptic currents", MEASURED),
  fastTraceTime: quantity(
    "s",
    SPIKING_NEURONS.fastTraceTime,
    [0, 1000],
    "of the faster of the traces whose difference is a rate's change",
    MEASURED,
  ),
  slowTraceTime: quantity("s", SPIKING_NEURONS.slowTraceTime, [0, 1000], "of the slower", MEASURED),
  outputTraceTime: quantity(
    "s",
    SPIKING_NEURONS.outputTraceTime,
    [0, 1000],
    "of the outputs' trace that the nudge sees",
    MEASURED,
  ),
  floor: quantity("1", SPIKING_NEURONS.floor, [-1000, 0], "lowest membrane, in thresholds", MEASURED),
} as const satisfies Parameters;

/** What nothing reads where images enter as currents. */
export const idleInput = ({ input }: { readonly input: string }): Idle<"inputRate">[] =>
  idleWhere([input === "currents", "where images enter as currents (input)", "inputRate"]);

type SpikingValues = ValuesOf<typeof SPIKING_PARAMETERS>;

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
      estimator: p.estimator,
      updates: p.updates,
      learningRates: listed.length === 1 ? widths.slice(1).map(() => listed[0]) : listed,
    },
    batch,
    epochs,
    rateDecay,
    augmentation: p.move > 0 ? { kind: "move", reach: p.move } : AS_THEY_ARE,
  };
};
