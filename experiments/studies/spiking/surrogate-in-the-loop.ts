import type { DataSet } from "#src/datasets/labelled-images";
import { shrinkImages } from "#src/datasets/shrink-images";
import {
  AS_THEY_ARE,
  CONSTANT,
  checkSurrogate,
  Diverged,
  initialSurrogate,
  learnerAccuracy,
  type NetworkParameters,
  SURROGATE_DESIGN,
  type SurrogateDesign,
  type SurrogateLearner,
  sampleNeuronChip,
  savedParameters,
  surrogateLearner,
  trainLearner,
  UNIT_SCALE,
} from "#src/learning/index";
import {
  defineExperiment,
  integer,
  mean,
  type NumberSpec,
  type Parameters,
  quantity,
  type Summary,
  type TableOf,
  type ValuesOf,
} from "#src/montecarlo/index";
import { power } from "#src/numerics/power";
import { fold, type Key } from "#src/random/index";
import type { Figure } from "#src/report/figure";
import { keysOf } from "#src/words/named";
import { dataFor, dataSetRecord } from "../../files/data-sets.ts";
import { OWN_MODULE } from "../../own-module.ts";
import { dataNote, imagesFor, PUBLISHED_PARAMETERS } from "../papers/published-parameters.ts";
import { linesOf, percent, percentWithin, sweptCurve, tableOf } from "../results/index.ts";

const CODE = "github.com/fmi-basel/brainscales-2-surrogate-gradients, MNIST";

const PARAMETERS = {
  data: PUBLISHED_PARAMETERS.data,
  images: { ...PUBLISHED_PARAMETERS.images, source: "chosen" },
  testImages: { ...PUBLISHED_PARAMETERS.testImages, source: "chosen" },
  side: integer(16, [1, 1000], "pixels of a side, to which images are shrunk", CODE),
  hidden: integer(246, [1, 10_000], "hidden neurons", CODE),
  mismatch: quantity(
    "1",
    0.2,
    [0, 2],
    "standard deviation of ln(time constants, gain, threshold) from neuron to neuron, each on its own",
    "assumed; the study sweeps it",
  ),
  softwareEpochs: integer(8, [1, 1000], "epochs on the ideal chip, before", "chosen; the authors train 50 in all"),
  loopEpochs: integer(2, [1, 1000], "epochs more: with the chip in the loop, or (blind) in software", "chosen"),
  batch: integer(100, [1, 10_000], "images an update", CODE),
  learningRate: quantity("1", 1.5e-3, [1e-9, 1e6], "of Adam", CODE),
  rateDecay: quantity("1", 0.97, [1e-9, 1], "factor of it from epoch to epoch", CODE),
  steps: integer(SURROGATE_DESIGN.steps, [1, 127], "time steps of an image", CODE),
  timeStep: quantity("s", SURROGATE_DESIGN.timeStep, [1e-9, 1e6], "of the simulation", CODE),
  membraneTime: quantity("s", SURROGATE_DESIGN.membraneTime, [1e-9, 1e6], "of membranes", CODE),
  synapticTime: quantity("s", SURROGATE_DESIGN.synapticTime, [1e-9, 1e6], "of synaptic currents", CODE),
  inputTime: quantity("s", SURROGATE_DESIGN.inputTime, [1e-9, 1e6], "of the latencies of input spikes", CODE),
  inputThreshold: quantity(
    "1",
    SURROGATE_DESIGN.inputThreshold,
    [1e-9, 0.999],
    "pixel below which none comes",
    "chosen",
  ),
  steepness: quantity("1", SURROGATE_DESIGN.steepness, [1e-9, 1e6], "of the surrogate", CODE),
  readoutScale: quantity("1", SURROGATE_DESIGN.readoutScale, [1e-9, 1e6], "of outputs before the softmax", CODE),
  burstPenalty: quantity(
    "1",
    SURROGATE_DESIGN.burstPenalty,
    [0, 1e6],
    "of a hidden neuron's squared number of spikes",
    CODE,
  ),
  levels: integer(63, [0, 1e6], "levels of a weight either side of 0; 0: any", `${CODE}: six bits and a sign`),
  largestWeight: quantity(
    "1",
    0.5,
    [1e-9, 1e6],
    "weight of the largest level",
    "chosen: above what trained weights reach",
  ),
  seeds: { ...PUBLISHED_PARAMETERS.seeds, default: 3 },
  seed: PUBLISHED_PARAMETERS.seed,
} as const satisfies Parameters;

type Params = ValuesOf<typeof PARAMETERS>;

/** What a trial reports. */
const NUMBERS = {
  idealAccuracy: mean("1", "share of test images classified right in software, without mismatch"),
  blind: mean("1", "with its weights on a chip with mismatch"),
  loop: mean("1", "with the last epochs trained on that chip"),
  gained: mean("1", "by training on the chip"),
  hiddenSpikes: mean("1", "spikes of a hidden neuron an image, in software"),
  inputSpikes: mean("1", "spikes of an input an image"),
} as const satisfies Readonly<Record<string, NumberSpec>>;

type Table = TableOf<typeof PARAMETERS, typeof NUMBERS>;

const TRAINED = keysOf(PARAMETERS).filter((n) => n !== "mismatch" && n !== "seeds");

const designOf = (p: Omit<Params, "mismatch" | "seeds">): SurrogateDesign => {
  const { steps, timeStep, membraneTime, synapticTime, inputTime, inputThreshold } = p;
  const { steepness, readoutScale, burstPenalty } = p;
  return {
    widths: [p.side * p.side, p.hidden, dataSetRecord(p.data).classes],
    ...{
      steps,
      timeStep,
      membraneTime,
      synapticTime,
      inputTime,
      inputThreshold,
      steepness,
      readoutScale,
      burstPenalty,
    },
    levels: p.levels === 0 ? null : { count: p.levels, largest: p.largestWeight },
  };
};

// Shrunk once a process.
let shrunk: { readonly name: string; readonly of: DataSet; readonly data: DataSet } | null = null;

const smallImages = (p: Pick<Params, "data" | "images" | "testImages" | "side">): DataSet => {
  const name = `${p.data} ${p.images} ${p.testImages} ${p.side}`;
  const of = dataFor(p.data);
  if (shrunk?.name !== name || shrunk.of !== of) {
    const { train, test, name: set } = imagesFor(p);
    shrunk = { name, of, data: { name: set, train: shrinkImages(train, p.side), test: shrinkImages(test, p.side) } };
  }
  return shrunk.data;
};

const trainOn = (learner: SurrogateLearner, p: Params, epochs: number, from: number, data: DataSet, key: Key): void => {
  // Epochs follow one another, each with a key of its own, whoever trains them.
  for (let epoch = from; epoch < from + epochs; epoch++) {
    const plan = { epochs: 1, schedule: CONSTANT, scale: UNIT_SCALE, augmentation: AS_THEY_ARE };
    const scaled = {
      ...learner,
      learn: (n: number, s: number, k: Key) => learner.learn(n, s * power(p.rateDecay, epoch), k),
    };
    trainLearner(scaled, data.train, { ...data.test, count: 0 }, plan, fold(key, epoch));
  }
};

interface Trained {
  /** After the software epochs, and after as many more as others have in the loop. */
  readonly base: NetworkParameters;
  readonly longer: NetworkParameters;
  /** Of the order of images, the same for all that go on from the base. */
  readonly order: Key;
  readonly idealAccuracy: number;
  readonly hiddenSpikes: number;
  readonly inputSpikes: number;
}

const train = (params: Params, key: Key): Trained => {
  const design = designOf(params);
  const data = smallImages(params);
  const ideal = sampleNeuronChip(design, 0, key);
  const start = initialSurrogate(design, fold(key, "start"));
  const learner = surrogateLearner(design, ideal, start, params.learningRate, params.batch);
  const order = fold(key, "training");
  trainOn(learner, params, params.softwareEpochs, 0, data, order);
  const base = savedParameters(learner.save());
  // Begun anew like those on chips, so that nothing but the chip differs.
  const longer = surrogateLearner(design, ideal, base, params.learningRate, params.batch);
  trainOn(longer, params, params.loopEpochs, params.softwareEpochs, data, order);
  longer.takeSpikes();
  const idealAccuracy = learnerAccuracy(longer, data.test, UNIT_SCALE, key);
  const { hidden, inputs, images } = longer.takeSpikes();
  return {
    base,
    order,
    longer: savedParameters(longer.save()),
    idealAccuracy,
    hiddenSpikes: hidden / (images * design.widths[1]),
    inputSpikes: inputs / (images * design.widths[0]),
  };
};

const conclude = (table: Table, params: Params): Summary[] => [
  tableOf(
    "Accuracy on chips with mismatch, % ± half of the 95 % t interval over chips",
    linesOf(table, PARAMETERS, []).map(({ label, rows: [{ numbers }] }) => ({ label, numbers })),
    [
      ["network", ({ label }) => label || `mismatch ${params.mismatch}`],
      ["ideal", ({ numbers }) => percent(numbers.idealAccuracy.estimate)],
      ["blind", ({ numbers }) => percentWithin(numbers.blind)],
      ["in the loop", ({ numbers }) => percentWithin(numbers.loop)],
      ["gained", ({ numbers }) => percentWithin(numbers.gained)],
      ["fired", ({ numbers }) => numbers.hiddenSpikes.estimate.toFixed(2)],
    ],
    [
      `ideal: trained and run in software, ${params.softwareEpochs} + ${params.loopEpochs} epochs. blind: that network's weights on the chip. in the loop: the last ${params.loopEpochs} epochs on the chip instead, spikes and membranes measured, errors sent back through the ideal neurons. gained: paired, chip by chip. fired: spikes of a hidden neuron an image, ideal.`,
    ],
  ),
];

const figures = (table: Table, params: Params): Figure[] => {
  if (!table.axes.includes("mismatch")) return [];
  return [
    {
      title: "Training with the chip in the loop, and blind transfer",
      caption: `${params.side * params.side}-${params.hidden}-10, a pair of curves a training seed; bars are 95 % t intervals over chips, each drawn anew. ${dataSetRecord(params.data).name}, ${params.softwareEpochs} epochs in software, ${params.loopEpochs} more on the chip or in software.`,
      x: { label: "mismatch, deviation of ln", unit: "", scale: "linear" },
      y: { label: "test accuracy", unit: "%", scale: "linear" },
      series: linesOf(table, PARAMETERS, ["mismatch"]).flatMap((line) =>
        (["loop", "blind"] as const).map((number) =>
          sweptCurve(
            `${number === "loop" ? "in the loop" : "blind"}, ${line.label}`,
            line,
            "mismatch",
            ({ rows: [row] }) => row.numbers[number],
          ),
        ),
      ),
    },
  ];
};

/** Surrogate gradients on mismatched neurons: training with the chip in the loop against blind transfer, on the same chips. */
export const surrogateInTheLoop = defineExperiment({
  name: "surrogate-in-the-loop",
  summary:
    "Spiking networks by surrogate gradients on mismatched neurons: the chip in the loop against blind transfer.",
  module: OWN_MODULE,
  parameters: PARAMETERS,
  axes: ["mismatch", "softwareEpochs", "loopEpochs", "hidden", "levels", "steepness", "learningRate", "seed"],
  grid: () => [{ mismatch: [0.1, 0.2, 0.3] }],
  replicates: ({ seeds }) => ({ seed: Array.from({ length: seeds }, (_, i) => i) }),
  trials: 10,
  block: 1,
  quick: { images: 1000, testImages: 500, softwareEpochs: 4, loopEpochs: 1, seeds: 1 },
  numbers: NUMBERS,
  prepare: { trained: { uses: TRAINED, make: (params, key) => train(params, fold(key, params.seed)) } },
  check: (params) => {
    const { train: images, test } = imagesFor(params);
    for (const data of [images, test]) shrinkImages({ ...data, count: 0, images: new Uint8Array(0) }, params.side);
    checkSurrogate(designOf(params));
  },
  facts: ({ trained: { idealAccuracy, hiddenSpikes, inputSpikes } }) => ({
    numbers: { idealAccuracy, hiddenSpikes, inputSpikes },
  }),
  trial: ({ trained }, params, key) => {
    const design = designOf(params);
    const data = smallImages(params);
    const chip = sampleNeuronChip(design, params.mismatch, fold(key, "chip"));
    const on = (start: NetworkParameters): SurrogateLearner =>
      surrogateLearner(design, chip, start, params.learningRate, params.batch);
    const looped = on(trained.base);
    try {
      trainOn(looped, params, params.loopEpochs, params.softwareEpochs, data, trained.order);
    } catch (error) {
      if (!(error instanceof Diverged)) throw error;
      return { failed: error.message };
    }
    const blind = learnerAccuracy(on(trained.longer), data.test, UNIT_SCALE, key);
    const loop = learnerAccuracy(looped, data.test, UNIT_SCALE, key);
    return { numbers: { blind, loop, gained: loop - blind } };
  },
  figures,
  conclude,
  notes: (params) => [
    `${dataNote(params)}, shrunk to ${params.side} x ${params.side}; Adam ${params.learningRate} times ${params.rateDecay} an epoch, begun anew for the last epochs, on a chip and in software alike. After Cramer et al., PNAS 119 (2022): their hyperparameters as far as they could be read; start, input threshold and largest weight are chosen; no penalty on weights, no noise, mismatch of neurons alone.`,
  ],
});
