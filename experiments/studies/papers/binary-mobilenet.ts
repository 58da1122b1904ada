import {
  checkTraining,
  Diverged,
  type NetworkTrainingState,
  RECIPE,
  type Recipe,
  trainNetwork,
} from "#src/learning/index";
import {
  choice,
  defineExperiment,
  integer,
  mean,
  type NumberSpec,
  type Parameters,
  type PartProgress,
  quantity,
  type Summary,
  type TableOf,
  type ValuesOf,
} from "#src/montecarlo/index";
import { layerRecords, multiplicationsIn, type Network, weightsIn } from "#src/networks/index";
import { memoryOf } from "#src/networks/memory";
import { MOBILE_NETWORKS, mobileNet } from "#src/networks/mobile-net";
import { type Interval, wilson } from "#src/numerics/wilson";
import { fold, type Key } from "#src/random/index";
import type { Figure } from "#src/report/figure";
import { dataFor } from "../../files/data-sets.ts";
import { OWN_MODULE } from "../../own-module.ts";
import { kilobytes, showQuantity } from "../../units/show.ts";
import { bestReadsAt, type Reads } from "../networks/network-reads.ts";
import {
  bare,
  type Line,
  linesOf,
  percent,
  percentAxis,
  percentBounds,
  percentCurve,
  tableOf,
} from "../results/index.ts";
import { heatRemarks, idleRipple } from "../sensing/idle-parameters.ts";
import { checkSense } from "../sensing/sense-design.ts";
import { senseNotes } from "../sensing/sense-notes.ts";
import { SENSE_NAMES, SENSE_PARAMETERS } from "../sensing/sense-parameters.ts";
import { dataNote, imagesFor, PUBLISHED_PARAMETERS } from "./published-parameters.ts";

const { data, images, testImages, seed } = PUBLISHED_PARAMETERS;
const HOWARD = "Howard et al., arXiv:1704.04861";

const PARAMETERS = {
  data: { ...data, source: "rramlab data list; the paper's is ImageNet, of which nothing is here" },
  images,
  testImages,
  filters: integer(
    8,
    [1, 64],
    "channels of the first convolution; the last has 16 times as many",
    `chosen; ${HOWARD}: 32`,
  ),
  network: choice(
    MOBILE_NETWORKS,
    "binary",
    "what is binary: nothing, the classifier (dense layers), all but depthwise convolutions, all; or all ternary",
    "Penkovsky et al., arXiv:2006.11595, compare the first two and all",
  ),
  convolutions: choice(
    ["depthwise", "whole"],
    "depthwise",
    "depthwise 3 x 3 and then 1 x 1 windows, as MobileNet's, or 3 x 3 windows that see all channels",
    HOWARD,
  ),
  epochs: integer(6, [1, 1000], "passes over the training images; the last counts", "chosen: few"),
  batch: integer(128, [2, 10_000], "images a training step", "chosen"),
  learningRate: quantity(
    "1",
    0.03,
    [1e-6, 1],
    "start of the cosine",
    "chosen of 0.003, 0.01 and 0.03 on training images kept apart, best for float and binary alike: docs/small-mobilenet.md",
  ),
  seeds: integer(1, [1, 100], "trainings, each from its own start and order of images", "chosen: claims take more"),
  seed,
  ...SENSE_PARAMETERS,
  samples: integer(
    200,
    [10, 1_000_000],
    "Monte Carlo samples of each stored state that energies of reads are means of",
    "chosen",
  ),
} as const satisfies Parameters;

type Params = ValuesOf<typeof PARAMETERS>;

const NUMBERS = {
  accuracy: mean("1", "share of test images classified right after the last epoch"),
  trainingLoss: mean("1", "mean cross-entropy of the last epoch's training images [nats]"),
  weights: mean("1", "weights"),
  classifier: mean("1", "share of them in the dense layers"),
  depthwise: mean("1", "share of them in depthwise convolutions"),
  memory: mean("1", "bytes of weights, and of two numbers of 32 bits for each normalised channel"),
  cells: mean("1", "2T2R cells that hold binary and ternary weights"),
  energy: mean(
    "J",
    "an image: every read of a cell from rest, each weight once a place, at the best strobe of its kind; float layers are left out",
  ),
  tested: mean("1", "test images"),
} as const satisfies Readonly<Record<string, NumberSpec>>;

type Table = TableOf<typeof PARAMETERS, typeof NUMBERS>;
type Trained = Line<Params, keyof typeof NUMBERS>;

/** @throws RangeError for images without rows and columns. */
const designOf = ({ filters, network, convolutions, data: asked }: Params) => {
  const { sides = [], classes } = dataFor(asked).train;
  const [channels, height, width] = sides.length === 3 ? sides : [1, ...sides];
  if (width === undefined || Math.min(height, width) < 8)
    throw new RangeError(`data: images of "${asked}" are ${sides.join(" x ")}; expected 8 rows and columns or more.`);
  return mobileNet({ input: { channels, height, width }, filters, kind: network, convolutions, classes });
};

const recipeOf = (params: Params): Recipe => ({
  ...RECIPE,
  epochs: params.epochs,
  batch: params.batch,
  learningRate: params.learningRate,
  schedule: { kind: "cosine", periods: [params.epochs] },
  augmentation: { kind: "flip and move", reach: 4 },
});

interface TrainedMobile {
  readonly network: Network | null;
  readonly accuracy: number;
  readonly loss: number;
  readonly diverged: string | null;
}

const trainMobile = (params: Params, key: Key, progress: PartProgress): TrainedMobile => {
  const { train, test } = imagesFor(params);
  try {
    const { network, epochs } = trainNetwork(
      { design: designOf(params), recipe: recipeOf(params), train, test, key: fold(key, params.seed) },
      {
        onEpoch: (state) => {
          if (state.epochs.length < params.epochs) progress.keep(state, state.epochs.length / params.epochs);
        },
      },
      progress.load() as NetworkTrainingState | null,
    );
    const { accuracy, loss } = epochs[epochs.length - 1];
    return { network, accuracy, loss, diverged: null };
  } catch (error) {
    if (!(error instanceof Diverged)) throw error;
    return { network: null, accuracy: Number.NaN, loss: Number.NaN, diverged: error.message };
  }
};

const lines = (table: Table): Trained[] =>
  linesOf(table, PARAMETERS, ["seed"], {
    network: bare,
    convolutions: (text) => (text === "whole" ? "whole windows" : ""),
  });

/** Over trainings, or of one over its images. */
const accuracyOf = ({ rows, share }: Trained): Interval => {
  if (rows.length > 1) return share("accuracy");
  const { accuracy, tested } = rows[0].numbers;
  return wilson(Math.round(accuracy.estimate * tested.estimate), tested.estimate);
};

const whole = (x: number): string => (x > 0 ? Math.round(x).toLocaleString("en") : "");

const conclude = (table: Table): Summary[] => [
  tableOf(
    "Accuracy and memory of a small MobileNet",
    lines(table),
    [
      ["network", ({ label, at }) => label || at.network],
      ["accuracy, % [95 %]", (line) => percent(accuracyOf(line).estimate) + percentBounds(accuracyOf(line))],
      ["memory", ({ mean: of }) => kilobytes(of("memory"))],
      ["cells", ({ mean: of }) => whole(of("cells"))],
      ["energy", ({ mean: of }) => (of("energy") > 0 ? showQuantity(Number(of("energy").toPrecision(3)), "J") : "")],
    ],
    [
      "Intervals over trainings, or over the test images of one (Wilson). Energy: of an image, reads of cells alone; float layers, digital sums and converters are left out.",
    ],
  ),
  tableOf(
    "Where the weights are",
    lines(table),
    [
      ["network", ({ label, at }) => label || at.network],
      ["weights", ({ mean: of }) => whole(of("weights"))],
      ["classifier", ({ mean: of }) => `${(100 * of("classifier")).toFixed(1)} %`],
      ["depthwise", ({ mean: of }) => `${(100 * of("depthwise")).toFixed(1)} %`],
      ["training loss", ({ mean: of }) => of("trainingLoss").toFixed(3)],
    ],
    [
      "A depthwise window has nine weights: of signs, a sum of nine has ten values, and its layer passes on one bit of it.",
    ],
  ),
];

const draw = (table: Table): Figure[] => {
  const all = lines(table);
  const { y: values, ...rest } = percentCurve("test accuracy", [], all.map(accuracyOf));
  return [
    {
      kind: "dots",
      title: "Accuracy of a small MobileNet",
      caption: `Bars are 95 % intervals. ${dataNote(table.rows[0].at)}.`,
      x: percentAxis("test accuracy"),
      names: all.map(({ label, at, mean: of }) => `${label || at.network}, ${kilobytes(of("memory"))}`),
      series: [{ ...rest, values }],
    },
  ];
};

/** A small MobileNet, binary in part or as a whole: accuracy, memory, cells and energy, and what its depthwise layers do. */
export const binaryMobileNet = defineExperiment({
  name: "binary-mobilenet",
  title: "What may be binary in a small MobileNet?",
  summary: "A small MobileNet of which nothing, the classifier, or all is binary: accuracy, memory, cells, energy.",
  module: OWN_MODULE,
  parameters: PARAMETERS,
  axes: ["network", "convolutions", "filters", "images", "epochs", "learningRate", "supply", "technology", "seed"],
  grid: () => [
    { network: MOBILE_NETWORKS, convolutions: ["depthwise" as const] },
    { network: ["float" as const, "binary" as const], convolutions: ["whole" as const] },
  ],
  replicates: ({ seeds }) => ({ seed: Array.from({ length: seeds }, (_, i) => i) }),
  quick: { images: 2000, testImages: 500, epochs: 4, filters: 4, batch: 32, samples: 50 },
  deterministic: true,
  trials: 1,
  block: 1,
  numbers: NUMBERS,
  prepare: {
    trained: {
      stream: "network",
      uses: [
        "data",
        "images",
        "testImages",
        "filters",
        "network",
        "convolutions",
        "epochs",
        "batch",
        "learningRate",
        "seed",
      ],
      make: (params, key, progress) => trainMobile(params as Params, key, progress),
    },
    reads: {
      uses: [...SENSE_NAMES, "samples"],
      make: (params, key): Reads => bestReadsAt(params, key),
    },
  },
  idle: (params) => idleRipple(params),
  remarks: heatRemarks,
  check: (params) => {
    checkSense(params);
    const { train, test } = imagesFor(params);
    if (params.convolutions === "whole" && params.network === "binary but depthwise")
      throw new RangeError('network: "binary but depthwise" has depthwise convolutions; convolutions is whole.');
    checkTraining({ design: designOf(params), recipe: recipeOf(params), train, test });
  },
  trial: ({ trained, reads }, params) => {
    const { network, accuracy, loss, diverged } = trained;
    if (!network) return { failed: diverged ?? "the training ended early" };
    const layers = layerRecords(network);
    type Layer = (typeof layers)[number];
    const sum = (which: (layer: Layer) => boolean, of: (layer: Layer) => number): number =>
      layers.filter(which).reduce((total, layer) => total + of(layer), 0);
    const { precharge, ternaryBest, binaryBest } = reads.energies;
    const perRead = precharge + (params.network === "ternary" ? ternaryBest : binaryBest);
    const isHeld = ({ weights }: Layer): boolean => weights !== "float";
    const all = sum(() => true, weightsIn);
    return {
      numbers: {
        accuracy,
        trainingLoss: loss,
        weights: all,
        classifier: sum(({ name }) => name.startsWith("dense"), weightsIn) / all,
        depthwise: sum(({ groups }) => groups > 1, weightsIn) / all,
        memory: memoryOf(network),
        tested: imagesFor(params).test.count,
        ...(params.network === "float"
          ? {}
          : { cells: sum(isHeld, weightsIn), energy: perRead * sum(isHeld, multiplicationsIn) }),
      },
    };
  },
  figures: draw,
  answer: (table) =>
    lines(table)
      .map(
        (line) =>
          `${line.label || line.at.network}: ${percent(line.mean("accuracy"))} % in ${kilobytes(line.mean("memory"))}`,
      )
      .join("; ")
      .concat("."),
  conclude,
  notes: (params, points) => [
    `${dataNote(params)}.`,
    `Network: a convolution of ${params.filters} channels and seven blocks up to ${16 * params.filters}, each a depthwise convolution of 3 x 3 and one of 1 x 1; the mean over all places; dense layers of ${16 * params.filters} and the classes; ${params.epochs} epochs, batch ${params.batch}, Adam, images flipped and moved by up to 4 pixels.`,
    "Small, trained briefly, on small images: compare the networks with each other, not with MobileNet on ImageNet.",
    ...senseNotes(params, points),
  ],
});
