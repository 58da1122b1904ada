import {
  AS_THEY_ARE,
  CONSTANT,
  checkLif,
  Diverged,
  denseNetwork,
  initialParameters,
  LIF_NEURONS,
  type LifNeurons,
  learnerAccuracy,
  type NetworkParameters,
  type SoftLifLearner,
  savedParameters,
  showImages,
  softLifLearner,
  type TrainingState,
  trainLearner,
  UNIT_SCALE,
} from "#src/learning/index";
import {
  defineExperiment,
  integer,
  mean,
  type NumberSpec,
  type Parameters,
  type PartProgress,
  quantity,
  type Summary,
  type TableOf,
  text,
  type ValuesOf,
} from "#src/montecarlo/index";
import { fold, type Key } from "#src/random/index";
import type { Figure } from "#src/report/figure";
import { OWN_MODULE } from "../../own-module.ts";
import { showQuantity } from "../../units/show.ts";
import { checkNetwork, parseWidths } from "../networks/network-parameters.ts";
import { dataNote, imagesFor, PUBLISHED_PARAMETERS } from "../papers/published-parameters.ts";
import { linesOf, percentCurve, tableOf, valuesOf } from "../results/index.ts";

const CODE = "github.com/hunse/cuda-convnet2, MNIST (commented out in the version read)";

const PARAMETERS = {
  data: PUBLISHED_PARAMETERS.data,
  images: { ...PUBLISHED_PARAMETERS.images, source: "chosen" },
  testImages: { ...PUBLISHED_PARAMETERS.testImages, source: "chosen" },
  widths: text("784-256-128-10", "neurons a layer, inputs first", "chosen: two layers that spike"),
  epochs: integer(8, [1, 1000], "passes over the training images", "chosen"),
  batch: integer(50, [1, 10_000], "images an update", "chosen"),
  learningRate: quantity("1", 1e-3, [1e-9, 1e6], "of Adam", "its usual value"),
  noise: quantity("Hz", 10, [0, 1000], "standard deviation of a rate in training, neurons above threshold", CODE),
  refractoryTime: quantity("s", LIF_NEURONS.refractoryTime, [1e-9, 1e6], "after a spike", CODE),
  membraneTime: quantity("s", LIF_NEURONS.membraneTime, [1e-9, 1e6], "of the membrane", CODE),
  smoothing: quantity("1", LIF_NEURONS.smoothing, [1e-9, 1e6], "gamma of the softened rate, in thresholds", CODE),
  amplitude: quantity("s", LIF_NEURONS.amplitude, [1e-9, 1e6], "what a rate of 1 / s is worth to the next layer", CODE),
  synapticTime: quantity(
    "s",
    LIF_NEURONS.synapticTime,
    [1e-9, 1e6],
    "of the synaptic filter, exponential",
    "recalled from arXiv:1611.05141, an alpha filter there",
  ),
  timeStep: quantity("s", 1e-3, [1e-9, 1e6], "of the run with spikes", "chosen"),
  duration: quantity("s", 0.2, [1e-9, 1e6], "an image stands; the readout is averaged over its second half", "chosen"),
  seeds: PUBLISHED_PARAMETERS.seeds,
  seed: PUBLISHED_PARAMETERS.seed,
} as const satisfies Parameters;

type Params = ValuesOf<typeof PARAMETERS>;

/** What a trial reports. */
const NUMBERS = {
  softAccuracy: mean("1", "share of test images classified right by the rates of training, without noise"),
  rateAccuracy: mean("1", "by the rates of LIF neurons"),
  spikingAccuracy: mean("1", "by their spikes"),
  loss: mean("1", "from LIF rates to spikes"),
  spikes: mean("1", "spikes of hidden neurons an image"),
} as const satisfies Readonly<Record<string, NumberSpec>>;

type Table = TableOf<typeof PARAMETERS, typeof NUMBERS>;

const TRAINED = [
  ...(["data", "images", "testImages", "widths", "epochs", "batch", "learningRate", "noise"] as const),
  ...(["refractoryTime", "membraneTime", "smoothing", "amplitude", "seed"] as const),
] as const;

const neuronsOf = (
  { refractoryTime, membraneTime, smoothing, amplitude }: Params,
  synapticTime: number,
): LifNeurons => ({
  refractoryTime,
  membraneTime,
  smoothing,
  amplitude,
  synapticTime,
});

const dense = (widths: string) =>
  denseNetwork(parseWidths(widths), "hard sigmoid", { kind: "squared error", nudge: "inside" });

const learnerOf = (params: Params, start: NetworkParameters, synapticTime: number): SoftLifLearner => {
  const { noise, learningRate, batch } = params;
  const rule = { neurons: neuronsOf(params, synapticTime), noise, learningRate };
  return softLifLearner(parseWidths(params.widths), rule, start, batch);
};

interface Trained {
  readonly parameters: NetworkParameters | null;
  /** By hard and by soft rates. */
  readonly rateAccuracy: number;
  readonly softAccuracy: number;
  readonly diverged: string | null;
}

const train = (params: Params, key: Key, progress: PartProgress): Trained => {
  const phi = dense(params.widths);
  const start = initialParameters(phi, fold(key, "start"));
  // Training knows no synapses in time.
  const learner = learnerOf(params, start, LIF_NEURONS.synapticTime);
  const { train: images, test } = imagesFor(params);
  const plan = { epochs: params.epochs, schedule: CONSTANT, scale: UNIT_SCALE, augmentation: AS_THEY_ARE };
  try {
    const from = progress.load() as TrainingState | null;
    trainLearner(learner, images, test, plan, fold(key, "training"), from, (state) =>
      progress.keep(state, state.epochs.length / params.epochs),
    );
  } catch (error) {
    if (!(error instanceof Diverged)) throw error;
    return { parameters: null, rateAccuracy: 0, softAccuracy: 0, diverged: error.message };
  }
  const soft = { ...learner, classify: learner.classifySoft };
  return {
    parameters: savedParameters(learner.save()),
    rateAccuracy: learnerAccuracy(learner, test, UNIT_SCALE, key),
    softAccuracy: learnerAccuracy(soft, test, UNIT_SCALE, key),
    diverged: null,
  };
};

const conclude = (table: Table, params: Params): Summary[] => [
  tableOf(
    "Trained by rates, run by spikes: test accuracy, % ± half of the 95 % t interval over seeds",
    linesOf(table, PARAMETERS, ["seed"]).map((line) => ({ line, done: line.known("spikingAccuracy") })),
    [
      [
        "network",
        ({ line, done }) => {
          const lost = line.rows.length - done.rows.length;
          return `${line.label || params.widths}${lost > 0 ? ` (${lost} of ${line.rows.length} diverged)` : ""}`;
        },
      ],
      ["soft rates", ({ done }) => done.within("softAccuracy")],
      ["LIF rates", ({ done }) => done.within("rateAccuracy")],
      ["spikes", ({ done }) => done.within("spikingAccuracy")],
      ["loss", ({ done }) => done.within("loss")],
      ["fired", ({ done }) => done.mean("spikes").toFixed(0)],
    ],
    [
      "loss: points from the rates of LIF neurons to their spikes, on the same images. fired: spikes of hidden neurons an image; the input is a current, the readout a weighted sum of filtered spikes.",
    ],
  ),
];

const figures = (table: Table, params: Params): Figure[] =>
  table.axes.includes("duration")
    ? [
        {
          title: "Soft LIF: what spiking costs against the time an image stands",
          caption: `Points lost from the rates of LIF neurons to their spikes${valuesOf(table.rows, "seed").length > 1 ? `; bars are 95 % t intervals over ${valuesOf(table.rows, "seed").length} seeds` : ""}. ${params.widths}. ${dataNote(params)}.`,
          x: { label: "an image stands", unit: "ms", scale: "log" },
          y: { label: "loss", unit: "points", scale: "linear" },
          series: linesOf(table, PARAMETERS, ["seed", "duration"]).map((line) => {
            const points = line.by("duration");
            return percentCurve(
              line.label || "spikes",
              points.map(({ value }) => 1e3 * value),
              points.map((at) => at.known("spikingAccuracy").over("loss")),
            );
          }),
        },
      ]
    : [];

/** Networks trained by the softened rates of LIF neurons and run by their spikes: what is lost, and how soon. */
export const softLif = defineExperiment({
  name: "soft-lif",
  summary:
    "Networks trained by softened LIF rates and run by spikes: points lost, against noise and the time an image stands.",
  module: OWN_MODULE,
  parameters: PARAMETERS,
  axes: ["noise", "duration", "timeStep", "synapticTime", "smoothing", "widths", "epochs", "seed"],
  grid: () => [{ noise: [0, 10], duration: [0.02, 0.05, 0.1, 0.2, 0.4] }],
  replicates: ({ seeds }) => ({ seed: Array.from({ length: seeds }, (_, i) => i) }),
  deterministic: true,
  trials: 1,
  block: 1,
  quick: { images: 2000, testImages: 500, epochs: 3, seeds: 1, widths: "784-100-50-10" },
  numbers: NUMBERS,
  prepare: {
    trained: { uses: TRAINED, make: (params, key, progress) => train(params, fold(key, params.seed), progress) },
  },
  check: (params) => {
    checkNetwork(params);
    checkLif(neuronsOf(params, params.synapticTime));
    const shortest = Math.min(params.refractoryTime, params.membraneTime, params.synapticTime);
    if (params.timeStep > shortest)
      throw new RangeError(
        `timeStep: ${showQuantity(params.timeStep, "s")} is longer than the shortest time of a neuron, ${showQuantity(shortest, "s")}; a time is one step or longer.`,
      );
    if (params.duration < 2 * params.timeStep)
      throw new RangeError(
        `duration: ${showQuantity(params.duration, "s")} in steps of ${showQuantity(params.timeStep, "s")}; the second half is averaged, expected two steps or more.`,
      );
  },
  trial: ({ trained }, params) => {
    const { parameters, rateAccuracy, softAccuracy, diverged } = trained;
    if (!parameters) return { failed: diverged ?? "the training ended early" };
    const learner = learnerOf(params, parameters, params.synapticTime);
    const { test } = imagesFor(params);
    const run = { duration: params.duration, timeStep: params.timeStep, averagedFrom: params.duration / 2 };
    let [right, spikes] = [0, 0];
    for (let from = 0; from < test.count; from += params.batch) {
      const count = Math.min(params.batch, test.count - from);
      showImages(
        learner,
        test,
        Uint32Array.from({ length: count }, (_, b) => from + b),
        UNIT_SCALE,
      );
      const result = learner.classifySpiking(count, run);
      for (let b = 0; b < count; b++) if (result.found[b] === test.labels[from + b]) right++;
      spikes += result.spikes;
    }
    const spikingAccuracy = right / test.count;
    return {
      numbers: {
        softAccuracy,
        rateAccuracy,
        spikingAccuracy,
        loss: rateAccuracy - spikingAccuracy,
        spikes: spikes / test.count,
      },
    };
  },
  figures,
  conclude,
  notes: (params) => [
    `${dataNote(params)}, ${params.epochs} epochs, Adam ${params.learningRate}, batch ${params.batch}; the last epoch is read. Neurons as in arXiv:1611.05141's code for MNIST, dense instead of convolutional layers; a synaptic filter of one exponential.`,
  ],
});
