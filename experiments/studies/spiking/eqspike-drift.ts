import { AS_THEY_ARE, savedParameters, showImages, UNIT_SCALE } from "#src/learning/index";
import {
  choice,
  defineExperiment,
  integer,
  mean,
  type NumberSpec,
  type Parameters,
  type Summary,
  type TableOf,
  type ValuesOf,
} from "#src/montecarlo/index";
import { fold, type Key, permutation } from "#src/random/index";
import type { Figure } from "#src/report/figure";
import { keysOf } from "#src/words/named";
import { dataSetRecord } from "../../files/data-sets.ts";
import { OWN_MODULE } from "../../own-module.ts";
import { imagesFor, PUBLISHED_PARAMETERS } from "../papers/published-parameters.ts";
import { bare, intervalCurve, type Line, linesOf, tableOf, valuesOf } from "../results/index.ts";
import { checkSpiking, idleInput, SPIKING_PARAMETERS, spikingModel } from "./eqspike-parameters.ts";
import { spikingLearnerOf } from "./eqspike-training.ts";

const PARAMETERS = {
  ...SPIKING_PARAMETERS,
  batch: { ...SPIKING_PARAMETERS.batch, default: 20 },
  learningRates: { ...SPIKING_PARAMETERS.learningRates, default: "0.2 0.1" },
  nudge: choice(
    ["left out", "applied"],
    "left out",
    "whether anything pushes the outputs in nudged phases; left out: what is learned is the estimate's own error",
    "chosen",
  ),
  blocks: integer(40, [1, 1000], "thousands of images shown", "chosen"),
  thousand: integer(1, [1, 1000], "after how many thousand images (an axis)", "1 .. blocks"),
  seeds: PUBLISHED_PARAMETERS.seeds,
  seed: PUBLISHED_PARAMETERS.seed,
} as const satisfies Parameters;

type Params = ValuesOf<typeof PARAMETERS>;

/** What a trial reports. */
const NUMBERS = {
  deliveries: mean("1", "deliveries of spikes an image, in this thousand"),
  unceasing: mean("1", "share of neurons that fired in 95 % of its steps or more"),
} as const satisfies Readonly<Record<string, NumberSpec>>;

type NumberName = keyof typeof NUMBERS;
type Table = TableOf<typeof PARAMETERS, typeof NUMBERS>;

const BLOCK = 1000;

interface Drift {
  /** Of each thousand images, as long as weights are numbers: deliveries an image, and share of neurons that fire in nearly every step. */
  readonly deliveries: readonly number[];
  readonly unceasing: readonly number[];
}

/** Learns without looking at the rates: what explodes may do so here. */
const drift = (params: Params, key: Key): Drift => {
  const model = spikingModel(params);
  const learner = spikingLearnerOf({ ...model, rule: { ...model.rule, pushes: params.nudge === "applied" } }, key);
  const { train } = imagesFor(params);
  const order = permutation(fold(key, "order"), train.count);
  const [deliveries, unceasing]: number[][] = [[], []];
  let shown = 0;
  for (let block = 0; block < params.blocks; block++) {
    for (const end = shown + BLOCK; shown < end; ) {
      const count = Math.min(params.batch, end - shown);
      const places = Uint32Array.from({ length: count }, (_, b) => order[(shown + b) % train.count]);
      showImages(learner, train, places, UNIT_SCALE, AS_THEY_ARE);
      learner.learn(count, 1, fold(key, shown));
      shown += count;
    }
    const activity = learner.takeActivity();
    const { weights, biases } = savedParameters(learner.save());
    if (![...weights, ...biases].every((values) => values.every(Number.isFinite))) break;
    // Between layers: what inputs that spike deliver stands still.
    const { free, nudged } = activity.phases;
    const ofInputs = (free.spikes[0] + nudged.spikes[0]) * model.network.widths[1];
    deliveries.push((activity.deliveries.learning - ofInputs) / activity.learned);
    unceasing.push(activity.unceasing);
  }
  return { deliveries, unceasing };
};

/** How lines are named. */
const WORDING = { estimator: bare, freeSteps: (value: string) => `T1 ${value}` };

const figures = (table: Table, params: Params): Figure[] => [
  {
    title:
      params.nudge === "left out"
        ? "Learning with no nudge at all: what the estimate gets wrong"
        : "Rates while learning",
    caption: `Spikes delivered an image; ${params.widths}, rates ${params.learningRates}, batch ${params.batch}, ${dataSetRecord(params.data).name}${valuesOf(table.rows, "seed").length > 1 ? `; bars are 95 % t intervals over ${valuesOf(table.rows, "seed").length} seeds` : ""}. With one sign always, what is left of the free phase's drift and the coincidences of spikes add up; alternating signs cancel them in the mean, both signs from one state exactly.`,
    x: { label: "images shown", unit: "thousands", scale: "linear" },
    y: { label: "deliveries an image", unit: "thousands", scale: "linear" },
    series: linesOf(table, PARAMETERS, ["seed", "thousand"], WORDING).map((line) => {
      const points = line.by("thousand");
      return intervalCurve(
        line.label,
        points.map(({ value }) => value),
        points.map((at) => at.over("deliveries")),
        1e-3,
      );
    }),
  },
];

const deliveriesOf = (line: Line<Params, NumberName>): string =>
  Number.isFinite(line.mean("deliveries")) ? line.mean("deliveries").toFixed(0) : "diverged";

const conclude = (table: Table): Summary[] => [
  tableOf(
    "Deliveries an image: the first thousand images (of those asked for), and the last",
    linesOf(table, PARAMETERS, ["seed", "thousand"], WORDING).map((line) => {
      const points = line.by("thousand");
      return { label: line.label, first: points[0], last: points[points.length - 1] };
    }),
    [
      ["learning", ({ label }) => label],
      ["first", ({ first }) => deliveriesOf(first)],
      ["last", ({ last }) => deliveriesOf(last)],
      [
        "always firing",
        ({ last }) => (Number.isFinite(last.mean("unceasing")) ? `${(100 * last.mean("unceasing")).toFixed(0)} %` : ""),
      ],
    ],
    [
      "always firing: neurons that fire in 95 % of all steps or more, in the last thousand images. diverged: in at least one of the seeds.",
    ],
  ),
];

/** What a network teaches itself when nothing nudges it: why the sign of the nudge has to alternate. */
export const eqspikeDrift = defineExperiment({
  name: "eqspike-drift",
  summary:
    "EqSpike with the nudge left out: what one-sided estimates teach by themselves, and what alternating signs cancel.",
  module: OWN_MODULE,
  parameters: PARAMETERS,
  axes: ["nudge", "estimator", "freeSteps", "nudgedSteps", "learningRates", "batch", "widths", "thousand", "seed"],
  grid: () => [
    { estimator: ["one-sided", "alternating", "symmetric"], freeSteps: [120] },
    { estimator: ["one-sided"], freeSteps: [300] },
  ],
  replicates: ({ seeds, blocks }) => ({
    thousand: Array.from({ length: blocks }, (_, t) => t + 1),
    seed: Array.from({ length: seeds }, (_, i) => i),
  }),
  deterministic: true,
  trials: 1,
  block: 1,
  quick: { blocks: 5, seeds: 1 },
  numbers: NUMBERS,
  prepare: {
    drifted: {
      uses: [...keysOf(SPIKING_PARAMETERS), "nudge", "blocks", "seed"],
      make: (params, key) => drift(params, fold(key, params.seed)),
    },
  },
  idle: idleInput,
  check: (params) => {
    if (params.thousand > params.blocks)
      throw new RangeError(`thousand: ${params.thousand}; ${params.blocks} thousand images are shown.`);
    checkSpiking(params);
  },
  trial: ({ drifted: { deliveries, unceasing } }, params) =>
    params.thousand > deliveries.length
      ? { failed: `weights are no numbers after ${deliveries.length + 1} thousand images; lower learningRates` }
      : { numbers: { deliveries: deliveries[params.thousand - 1], unceasing: unceasing[params.thousand - 1] } },
  figures,
  conclude,
  notes: (params) => [
    `Training images of ${dataSetRecord(params.data).name}, in random order, again and again; the nudge is ${params.nudge}; ${params.nudgedSteps} steps would be nudged by ${params.beta}.`,
  ],
});
