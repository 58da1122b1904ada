import {
  defineExperiment,
  mean,
  type Parameters,
  type Summary,
  type TableOf,
  type TrialResult,
  type ValuesOf,
} from "#src/montecarlo/index";
import { fold } from "#src/random/index";
import type { Figure } from "#src/report/figure";
import { keysOf } from "#src/words/named";
import { OWN_MODULE } from "../../own-module.ts";
import { parseWidths } from "../networks/network-parameters.ts";
import { accuracyCurves, accuracyTable } from "../papers/equilibrium-report.ts";
import { dataNote, imagesFor, PUBLISHED_PARAMETERS, seedsAndEpochs } from "../papers/published-parameters.ts";
import { type Column, type Line, lineOf, linesOf, valuesOf } from "../results/index.ts";
import { ENERGY_PARAMETERS, energySummary, eventEnergy, type ImageEvents } from "./eqspike-energy.ts";
import { checkSpiking, idleInput, SPIKING_PARAMETERS, spikingModel } from "./eqspike-parameters.ts";
import { spikingLearnerOf, type TrainedSpikes, trainSpikes } from "./eqspike-training.ts";

const PARAMETERS = {
  ...SPIKING_PARAMETERS,
  ...ENERGY_PARAMETERS,
  epochs: {
    ...PUBLISHED_PARAMETERS.epochs,
    default: 30,
    min: 1,
    says: "passes over the training images",
    source: "docs/eqspike.md",
  },
  epoch: PUBLISHED_PARAMETERS.epoch,
  seeds: PUBLISHED_PARAMETERS.seeds,
  seed: PUBLISHED_PARAMETERS.seed,
} as const satisfies Parameters;

type Params = ValuesOf<typeof PARAMETERS>;

type NumberName = keyof typeof NUMBERS;
type Table = TableOf<typeof PARAMETERS, typeof NUMBERS>;

const TRAINED = [...keysOf(SPIKING_PARAMETERS), "epochs", "seed"] as const;

const NUMBERS = {
  accuracy: mean("1", "share of test images classified right after the epoch"),
  learningSpikes: mean("1", "spikes of all neurons (and inputs that spike) while an image is learned"),
  learningDeliveries: mean("1", "deliveries of a spike to a neuron between layers, an image learned"),
  inputDeliveries: mean(
    "1",
    "of the input: its spikes times the neurons they reach; lit pixels times neurons for currents",
  ),
  weightUpdates: mean("1", "weights between layers moved by spikes, an image learned"),
  inputWeightUpdates: mean("1", "weights of the input moved, an image learned"),
  readingSpikes: mean("1", "spikes while an image is classified"),
  readingDeliveries: mean("1", "deliveries between layers, an image classified"),
  inputReadingDeliveries: mean("1", "of the input, an image classified"),
  learningEnergy: mean("J", "of these events, an image learned"),
  readingEnergy: mean("J", "of these events, an image classified"),
  largestRate: mean("1", "mean rate of the layer that fires most while learning, spikes a step"),
  silent: mean("1", "share of neurons that fired in no step of the epoch"),
  unceasing: mean("1", "share of neurons that fired in 95 % of its steps or more"),
} as const;

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** Pixels that are not 0, an image. */
const litPixels = ({ images, count }: { readonly images: Uint8Array; readonly count: number }): number => {
  let lit = 0;
  for (const value of images) if (value > 0) lit++;
  return lit / count;
};

interface EventsOfEpoch {
  readonly learning: ImageEvents;
  readonly reading: ImageEvents;
}

/** Deliveries and moves of the input stand apart from those between layers. */
const eventsOf = (
  { activity }: TrainedSpikes,
  epoch: number,
  params: Params,
  lit: { readonly train: number; readonly test: number },
): EventsOfEpoch => {
  const a = activity[epoch - 1];
  const first = parseWidths(params.widths)[1];
  const spiking = params.input === "spikes";
  const learned = first * (spiking ? a.learningSpikes[0] : lit.train);
  const read = first * (spiking ? a.readingSpikes[0] : lit.test);
  const nudged = spiking ? first * a.nudgedSpikes[0] : 0;
  return {
    learning: {
      deliveries: a.learningDeliveries - (spiking ? learned : 0),
      inputDeliveries: learned,
      updates: a.updates - nudged,
      inputUpdates: spiking ? nudged : learned,
    },
    reading: {
      deliveries: a.readingDeliveries - (spiking ? read : 0),
      inputDeliveries: read,
      updates: 0,
      inputUpdates: 0,
    },
  };
};

const trial = (
  trained: TrainedSpikes,
  lit: { readonly train: number; readonly test: number },
  params: Params,
): TrialResult<keyof typeof NUMBERS> => {
  const { epochs, activity, diverged } = trained;
  if (params.epoch > epochs.length) return { failed: diverged ?? "the training ended early" };
  const a = activity[params.epoch - 1];
  const { learning, reading } = eventsOf(trained, params.epoch, params, lit);
  return {
    numbers: {
      accuracy: epochs[params.epoch - 1].accuracy,
      learningSpikes: sum(a.learningSpikes),
      learningDeliveries: learning.deliveries,
      inputDeliveries: learning.inputDeliveries,
      weightUpdates: learning.updates,
      inputWeightUpdates: learning.inputUpdates,
      readingSpikes: sum(a.readingSpikes),
      readingDeliveries: reading.deliveries,
      inputReadingDeliveries: reading.inputDeliveries,
      learningEnergy: eventEnergy(learning, params),
      readingEnergy: eventEnergy(reading, params),
      largestRate: a.largestRate,
      silent: a.silent,
      unceasing: a.unceasing,
    },
  };
};

const energies = (table: Table): Summary[] => {
  const last = Math.max(...valuesOf(table.rows, "epoch"));
  const rows = table.rows.filter((r) => r.at.epoch === last);
  return linesOf({ ...table, rows }, PARAMETERS, ["seed", "epoch"]).flatMap((line) => {
    const done = line.known("accuracy");
    if (done.rows.length === 0) return [];
    const inference = {
      deliveries: done.mean("readingDeliveries"),
      inputDeliveries: done.mean("inputReadingDeliveries"),
      updates: 0,
      inputUpdates: 0,
    };
    const training = {
      deliveries: done.mean("learningDeliveries"),
      inputDeliveries: done.mean("inputDeliveries"),
      updates: done.mean("weightUpdates"),
      inputUpdates: done.mean("inputWeightUpdates"),
    };
    return [energySummary(line.label, inference, training, done.at)];
  });
};

const LEGEND =
  "spikes, deliveries (of a spike to a neuron between layers): an image learned. silent, unceasing: shares of neurons that fired in no step of the epoch, or in 95 % of them and more.";

/** Share of silent or unceasing neurons from which there is something to say. */
const WORTH_SAYING = 0.1;

const remarks = (table: Table): string[] => {
  const done = lineOf("", table.rows).known("accuracy");
  const worst = (name: NumberName): number => Math.max(0, ...done.estimates(name));
  const share = (x: number): string => `${(100 * x).toFixed(0)} %`;
  return [
    ...(worst("silent") > WORTH_SAYING
      ? [
          `Up to ${share(worst("silent"))} of the neurons fired in no step of an epoch and learned nothing: raise the drive or lower learningRates.`,
        ]
      : []),
    ...(worst("unceasing") > WORTH_SAYING
      ? [
          `Up to ${share(worst("unceasing"))} of the neurons fired in nearly every step, where they pass on no error: lower learningRates.`,
        ]
      : []),
  ];
};

const figures = (table: Table, params: Params): Figure[] => {
  const spread = valuesOf(table.rows, "seed").length > 1;
  const groups = linesOf(table, PARAMETERS, ["seed", "epoch"]);
  return [
    accuracyCurves(table, PARAMETERS, "EqSpike: test accuracy against epochs", `${dataNote(params)}; ${params.widths}`),
    {
      title: "EqSpike: deliveries of spikes while an image is learned",
      caption: `Between layers, both ways, ${params.freeSteps} free and ${params.nudgedSteps} nudged steps${spread ? "; means over the seeds" : ""}.`,
      x: { label: "epochs", unit: "", scale: "linear" },
      y: { label: "deliveries an image", unit: "thousands", scale: "linear" },
      series: groups.map((line) => {
        const points = line.known("accuracy").by("epoch");
        return {
          name: line.label || params.widths,
          x: points.map(({ value }) => value),
          y: points.map((at) => at.mean("learningDeliveries") / 1e3),
          marks: true,
        };
      }),
    },
  ];
};

const BESIDE: readonly Column<Line<Params, NumberName>>[] = [
  ["spikes", (line) => line.mean("learningSpikes").toFixed(0)],
  ["deliveries", (line) => line.mean("learningDeliveries").toFixed(0)],
  ["silent", (line) => line.mean("silent").toFixed(3)],
  ["unceasing", (line) => line.mean("unceasing").toFixed(3)],
];

/** Equilibrium Propagation by spikes on ideal weights: accuracy, events and energy, epoch by epoch. */
export const eqspike = defineExperiment({
  name: "eqspike",
  summary:
    "Spiking neurons that learn by Equilibrium Propagation, every spike moving weights: accuracy, events, energy.",
  module: OWN_MODULE,
  parameters: PARAMETERS,
  axes: [
    "widths",
    "input",
    "inputRate",
    "estimator",
    "updates",
    "beta",
    "freeSteps",
    "nudgedSteps",
    "readSteps",
    "countedSteps",
    "batch",
    "learningRates",
    "rateDecay",
    "move",
    "membraneTime",
    "synapticTime",
    "fastTraceTime",
    "slowTraceTime",
    "outputTraceTime",
    "floor",
    "images",
    "seed",
    "epoch",
  ],
  replicates: (params) => seedsAndEpochs(params.seeds, params.epochs),
  deterministic: true,
  trials: 1,
  block: 1,
  quick: { images: 2000, testImages: 1000, epochs: 4, seeds: 1 },
  numbers: NUMBERS,
  prepare: {
    trained: {
      uses: TRAINED,
      make: (params, key, progress) => {
        const own = fold(key, params.seed);
        const model = spikingModel(params, params.epochs);
        return trainSpikes(spikingLearnerOf(model, own), model, imagesFor(params), own, progress);
      },
    },
    lit: {
      uses: ["data", "images", "testImages"],
      make: (params) => {
        const { train, test } = imagesFor(params);
        return { train: litPixels(train), test: litPixels(test) };
      },
    },
  },
  idle: idleInput,
  check: (params) => {
    if (params.epoch > params.epochs) throw new RangeError(`epoch: ${params.epoch}; ${params.epochs} are trained.`);
    checkSpiking(params);
  },
  trial: ({ trained, lit }, params) => trial(trained, lit, params),
  figures,
  conclude: (table, params) => [
    accuracyTable(table, PARAMETERS, params.widths, BESIDE, [LEGEND, ...remarks(table)]),
    ...energies(table),
  ],
  notes: (params) => [
    `${dataNote(params)}; the last epoch is read, none is picked. ${params.widths}, inputs as ${params.input}; ${params.estimator} nudges of ${params.beta}, ${params.freeSteps} free and ${params.nudgedSteps} nudged steps, weights moved ${params.updates === "immediate" ? "with every spike" : `after every ${params.batch} images`}, rates ${params.learningRates} times ${params.rateDecay} an epoch; read over ${params.readSteps} steps, the last ${params.countedSteps} counted.`,
    "The principle is that of EqSpike (arXiv:2010.07859, abstract); neurons, constants and recipe are this project's own, the published ones were not available.",
  ],
});
