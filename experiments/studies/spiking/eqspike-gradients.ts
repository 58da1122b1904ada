import {
  type Agreement,
  compareUpdates,
  initialSpikingParameters,
  type NetworkParameters,
  savedParameters,
  type UpdateComparison,
} from "#src/learning/index";
import {
  choice,
  defineExperiment,
  integer,
  mean,
  type Parameters,
  type Summary,
  type TableOf,
  type ValuesOf,
} from "#src/montecarlo/index";
import { fold, type Key } from "#src/random/index";
import type { Figure } from "#src/report/figure";
import { keysOf, recordEntries } from "#src/words/named";
import { OWN_MODULE } from "../../own-module.ts";
import { shown } from "../../units/show.ts";
import { firstExamples } from "../learning/first-examples.ts";
import { parseWidths } from "../networks/network-parameters.ts";
import { dataNote, imagesFor, PUBLISHED_PARAMETERS } from "../papers/published-parameters.ts";
import { bare, intervalCurve, type Line, lineOf, linesOf, tableOf, valuesOf } from "../results/index.ts";
import { rememberedFor } from "../results/remembered-for.ts";
import { checkSpiking, SPIKING_PARAMETERS, spikingModel } from "./eqspike-parameters.ts";
import { NO_PROGRESS, spikingLearnerOf, trainSpikes } from "./eqspike-training.ts";

const PARAMETERS = {
  ...SPIKING_PARAMETERS,
  input: { ...SPIKING_PARAMETERS.input, choices: ["currents"], says: "how images enter: as constant currents" },
  compared: choice(
    ["symmetric", "alternating", "one-sided"],
    "symmetric",
    "nudges of the update compared: both; a batch towards the target (alternating and one-sided begin alike)",
    "chosen",
  ),
  comparedBeta: { ...SPIKING_PARAMETERS.beta, says: "nudge of the updates compared", source: "that of the training" },
  epochs: {
    ...PUBLISHED_PARAMETERS.epochs,
    default: 10,
    says: "passes over the training images, 0 .. ",
    source: "chosen",
  },
  epoch: integer(0, [0, 1000], "after which epoch of training the updates are compared (an axis)", "0: at the start"),
  examples: integer(100, [1, 2000], "training images whose updates are summed, the first of the set", "chosen"),
  rateFreeSteps: integer(
    60,
    [1, 10_000],
    "free steps of the rate network",
    "chosen: the report says how far rates still move",
  ),
  rateNudgedSteps: integer(30, [1, 10_000], "its nudged steps", "chosen"),
  layer: integer(1, [1, 10], "layer of weights, the input's first (an axis)", "1 .. layers"),
  seeds: PUBLISHED_PARAMETERS.seeds,
  seed: PUBLISHED_PARAMETERS.seed,
} as const satisfies Parameters;

type Params = ValuesOf<typeof PARAMETERS>;

type NumberName = keyof typeof NUMBERS;
type Table = TableOf<typeof PARAMETERS, typeof NUMBERS>;

/** Epochs after which weights are kept: at the start, 1, 2, 5, 10, 20, ... and the last. */
const keptEpochs = (epochs: number): number[] => {
  const kept = [0, 1, 2, 5];
  for (let e = 10; e < epochs; e += 10) kept.push(e);
  return [...new Set([...kept.filter((e) => e <= epochs), epochs])];
};

type Kept = Readonly<Record<string, NetworkParameters>>;

const train = (params: Params, key: Key): { readonly kept: Kept; readonly diverged: string | null } => {
  const own = fold(key, params.seed);
  const model = spikingModel(params, params.epochs);
  const start = initialSpikingParameters(model.network, fold(own, "start"));
  const kept: Record<string, NetworkParameters> = { 0: start };
  if (params.epochs === 0) return { kept, diverged: null };
  const data = imagesFor(params);
  const untested = { ...data, test: { ...data.test, count: 0 } };
  const wanted = keptEpochs(params.epochs);
  const { diverged } = trainSpikes(
    spikingLearnerOf(model, own),
    model,
    untested,
    own,
    NO_PROGRESS,
    ({ epochs, learner }) => {
      if (!wanted.includes(epochs.length)) return;
      kept[epochs.length] = savedParameters(learner);
    },
  );
  return { kept, diverged };
};

// One comparison has rows for all of its layers: it is made once.
const onceFor = rememberedFor<NetworkParameters, UpdateComparison>();

const comparisonOf = (parameters: NetworkParameters, params: Params, key: Key): UpdateComparison => {
  const { layer: _layer, ...rest } = params;
  return onceFor(parameters, JSON.stringify(rest), () => {
    const { network, rule } = spikingModel(params);
    const classes = network.widths[network.widths.length - 1];
    return compareUpdates(
      network,
      { ...rule, beta: params.comparedBeta, estimator: params.compared },
      parameters,
      firstExamples(imagesFor(params).train, params.examples, classes),
      { free: params.rateFreeSteps, nudged: params.rateNudgedSteps },
      key,
    );
  });
};

const NUMBERS = {
  spikesWithBackpropagation: mean("1", "cosine of the spikes' update and backpropagation through time's"),
  spikesWithRates: mean("1", "cosine of the spikes' update and rate-based EP's, same nudge, symmetric"),
  ratesWithBackpropagation: mean("1", "cosine of rate-based EP's update and backpropagation's"),
  norms: mean("1", "length of the spikes' update over that of backpropagation's"),
  moved: mean("1", "largest move of a rate in the step from which backpropagation looks back"),
  signs: mean("1", "share of weights for which the spikes' update and backpropagation's have one sign"),
} as const;

const COSINES = {
  spikesWithRates: "spikes and rate-based EP",
  spikesWithBackpropagation: "spikes and backpropagation",
  ratesWithBackpropagation: "rate-based EP and backpropagation",
} as const;

type Compared = Line<Params, NumberName>;

const cosine =
  (number: NumberName) =>
  (line: Compared): string => {
    const seen = line.known(number);
    if (seen.rows.length === 0) return "";
    const { estimate, low, high } = seen.over(number);
    return estimate.toFixed(3) + (seen.rows.length > 1 ? ` ±${((high - low) / 2).toFixed(3)}` : "");
  };

const ratio =
  (number: NumberName) =>
  (line: Compared): string =>
    line.known(number).rows.length > 0 ? line.known(number).mean(number).toFixed(2) : "";

const conclude = (table: Table): Summary[] => {
  const moved = Math.max(0, ...lineOf("", table.rows).known("moved").estimates("moved"));
  return [
    tableOf(
      "Cosines between updates of a layer's weights, ± half of the 95 % t interval over seeds",
      linesOf(table, PARAMETERS, ["seed"], { compared: bare, comparedBeta: (value) => `beta ${value}` }),
      [
        ["compared", ({ label }) => label],
        ["spikes, EP", cosine("spikesWithRates")],
        ["spikes, BPTT", cosine("spikesWithBackpropagation")],
        ["EP, BPTT", cosine("ratesWithBackpropagation")],
        ["norms", ratio("norms")],
        ["signs", ratio("signs")],
      ],
      [
        `In the free step from which backpropagation looks back a rate still moved by up to ${moved.toExponential(1)}: take more rateFreeSteps where that is much.`,
        "EP: rate-based, the same nudge, both signs. BPTT: backpropagation through time of the rate network. norms, signs: spikes against BPTT. Empty: BPTT's update is 0 (all outputs at their bounds).",
      ],
    ),
  ];
};

const figures = (table: Table, params: Params): Figure[] =>
  linesOf(table, PARAMETERS, ["seed", "epoch"]).flatMap(({ label, rows }): Figure[] => {
    const epochs = valuesOf(rows, "epoch");
    if (epochs.length < 2) return [];
    return [
      {
        title: `What spikes teach, beside gradients: ${label}`,
        caption: `Cosines of updates summed over ${params.examples} training images${valuesOf(table.rows, "seed").length > 1 ? `; bars are 95 % t intervals over ${valuesOf(table.rows, "seed").length} seeds` : ""}. ${dataNote(params)}.`,
        x: { label: "epochs of training", unit: "", scale: "linear" },
        y: { label: "cosine", unit: "", scale: "linear" },
        series: recordEntries(COSINES).map(([number, name]) => {
          const cells = lineOf("", rows)
            .by("epoch")
            .map((line) => line.known(number).over(number));
          return intervalCurve(name, epochs, cells, 1);
        }),
      },
    ];
  });

/** The direction in which spikes move the weights, beside rate-based EP's and backpropagation's, over a training. */
export const eqspikeGradients = defineExperiment({
  name: "eqspike-gradients",
  summary: "What EqSpike's spikes teach beside rate-based EP's and backpropagation's gradients, over a training.",
  module: OWN_MODULE,
  parameters: PARAMETERS,
  axes: ["compared", "comparedBeta", "freeSteps", "nudgedSteps", "examples", "widths", "epoch", "layer", "seed"],
  replicates: ({ seeds, epochs, widths }) => ({
    layer: Array.from({ length: Math.max(1, widths.split("-").length - 1) }, (_, l) => l + 1),
    epoch: keptEpochs(epochs),
    seed: Array.from({ length: seeds }, (_, i) => i),
  }),
  grid: () => [{ compared: ["symmetric", "one-sided"] }],
  deterministic: true,
  trials: 1,
  block: 1,
  quick: { images: 2000, epochs: 2, examples: 50, seeds: 1 },
  numbers: NUMBERS,
  prepare: {
    trained: {
      uses: [...keysOf(SPIKING_PARAMETERS), "epochs", "seed"],
      make: (params, key) => train(params, key),
    },
  },
  check: (params) => {
    checkSpiking(params);
    const layers = parseWidths(params.widths).length - 1;
    if (params.layer > layers) throw new RangeError(`layer: ${params.layer}; ${params.widths} has ${layers}.`);
    if (!keptEpochs(params.epochs).includes(params.epoch))
      throw new RangeError(`epoch: ${params.epoch}; weights are kept after ${keptEpochs(params.epochs).join(", ")}.`);
    if (params.rateNudgedSteps > params.rateFreeSteps)
      throw new RangeError(
        `rateNudgedSteps: ${params.rateNudgedSteps} of ${params.rateFreeSteps} free ones; backpropagation goes back through the free phase, which must be at least as long.`,
      );
  },
  trial: ({ trained }, params, key) => {
    const parameters = trained.kept[params.epoch];
    if (!parameters) return { failed: trained.diverged ?? "the training ended early" };
    const { layers, moved } = comparisonOf(parameters, params, key);
    const { spikesWithBackpropagation: b, spikesWithRates, ratesWithBackpropagation } = layers[params.layer - 1];
    const numbers: Record<string, number> = { moved };
    const add = (name: NumberName, value: number): void => {
      if (Number.isFinite(value)) numbers[name] = value;
    };
    const cosine = ({ cosine: value }: Agreement): number => value;
    add("spikesWithBackpropagation", cosine(b));
    add("spikesWithRates", cosine(spikesWithRates));
    add("ratesWithBackpropagation", cosine(ratesWithBackpropagation));
    add("norms", b.normRatio);
    add("signs", b.signAgreement);
    return { numbers };
  },
  figures,
  conclude,
  notes: (params) => [
    `${dataNote(params)}; ${params.widths}, trained with ${params.estimator} nudges of ${params.beta}, ${shown(PARAMETERS.freeSteps, params.freeSteps)} free and ${params.nudgedSteps} nudged steps. The rate network has the same weights, s = clip(u, 0, 1) with half the leak taken from every drive; ${params.rateFreeSteps} free and ${params.rateNudgedSteps} nudged steps; its gradients are in double precision.`,
  ],
});
