import {
  checkTraining,
  Diverged,
  type NetworkTrainingState,
  RECIPE,
  type Recipe,
  type TrainedEpoch,
  trainNetwork,
} from "#src/learning/index";
import { defineExperiment, idleWhere, type PartProgress } from "#src/montecarlo/index";
import { layerRecords, multiplicationsIn, type Network, totalShareOfZeros, weightsIn } from "#src/networks/index";
import { fold, type Key } from "#src/random/index";
import { dataFor } from "../../files/data-sets.ts";
import { OWN_MODULE } from "../../own-module.ts";
import { allowFused } from "../../training/fused.ts";
import { bestReadsAt, type Reads } from "../networks/network-reads.ts";
import { vggFor } from "../networks/vgg-for.ts";
import { checkSense } from "../sensing/sense-design.ts";
import { SENSE_NAMES } from "../sensing/sense-parameters.ts";
import { NUMBERS, PARAMETERS, type Params } from "./laborieux-2020-parameters.ts";
import { concludeVgg, drawVgg, vggNotes } from "./laborieux-2020-report.ts";
import { imagesFor } from "./published-parameters.ts";

/** What a training gave: an entry an epoch; fewer, and no network, where it diverged. */
interface TrainedVgg {
  readonly epochs: readonly TrainedEpoch[];
  readonly network: Network | null;
  readonly diverged: string | null;
}

const designOf = (params: Params) => vggFor(params, dataFor(params.data).train, params.data);

const recipeOf = (params: Params): Recipe => {
  const { epochs, restarts, batch, learningRate, optimiser, weightDecay, weights, arithmetic } = params;
  if (arithmetic === "fused") allowFused();
  return {
    ...RECIPE,
    arithmetic,
    epochs,
    batch,
    learningRate: weights === "float" ? learningRate / 10 : learningRate,
    optimiser: optimiser === "adam" ? { kind: "adam" } : { kind: "adamw", weightDecay },
    schedule: { kind: "cosine", periods: restarts === "" ? [epochs] : restarts.split("+").map(Number) },
    augmentation: { kind: "flip and move", reach: 4 },
  };
};

/** Trains the network of a point, or goes on from what was kept after the last whole epoch. */
const trainVgg = (params: Params, key: Key, progress: PartProgress): TrainedVgg => {
  const { train, test } = imagesFor(params);
  const recipe = recipeOf(params);
  const from = progress.load() as NetworkTrainingState | null;
  let epochs: readonly TrainedEpoch[] = from?.epochs ?? [];
  try {
    const trained = trainNetwork(
      { design: designOf(params), recipe, train, test, key: fold(key, params.seed) },
      {
        onEpoch: (state) => {
          epochs = state.epochs;
          if (epochs.length < recipe.epochs) progress.keep(state, epochs.length / recipe.epochs);
        },
      },
      from,
    );
    return { epochs, network: trained.network, diverged: null };
  } catch (error) {
    if (!(error instanceof Diverged)) throw error;
    return { epochs, network: null, diverged: error.message };
  }
};

/** Low power in-memory implementation of ternary neural networks: its network, trained binary and ternary, in pairs. */
export const laborieux2020 = defineExperiment({
  name: "laborieux-2020",
  summary:
    "The convolutional network of Laborieux et al. 2021 (TCAS-I), binary against ternary: accuracy, cells, energy.",
  module: OWN_MODULE,
  parameters: PARAMETERS,
  axes: [
    "filters",
    "weights",
    "activation",
    "images",
    "batch",
    "learningRate",
    "optimiser",
    "weightDecay",
    "arithmetic",
    "supply",
    "technology",
    "seed",
    "epoch",
  ],
  grid: () => [{ weights: ["binary" as const, "ternary" as const] }],
  replicates: ({ seeds, epochs }) => ({
    seed: Array.from({ length: seeds }, (_, i) => i),
    epoch: Array.from({ length: epochs }, (_, i) => i + 1),
  }),
  quick: { images: 1000, testImages: 500, epochs: 2, seeds: 2, filters: 8, samples: 50 },
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
        "weights",
        "activation",
        "epochs",
        "restarts",
        "batch",
        "learningRate",
        "optimiser",
        "weightDecay",
        "arithmetic",
        "seed",
      ],
      make: trainVgg,
    },
    reads: {
      uses: [...SENSE_NAMES, "samples"],
      make: (params, key): Reads => bestReadsAt(params, key),
    },
  },
  idle: ({ optimiser }) =>
    idleWhere([optimiser === "adam", "with adam, which knows no decay (optimiser)", "weightDecay"]),
  check: (params) => {
    checkSense(params);
    const { train, test } = imagesFor(params);
    if ((params.weights === "float") !== (params.activation === "relu"))
      throw new RangeError(
        `activation: ${params.activation} with ${params.weights} weights; float weights go with relu, binary and ternary ones with binary or ternary activations.`,
      );
    if (params.epoch > params.epochs)
      throw new RangeError(`epoch: ${params.epoch}; networks are trained for ${params.epochs}.`);
    checkTraining({ design: designOf(params), recipe: recipeOf(params), train, test });
  },
  trial: ({ trained, reads }, params) => {
    const { epochs, network, diverged } = trained;
    const own = epochs[params.epoch - 1];
    if (!own) return { failed: diverged ?? "the training ended early" };
    const { accuracy, loss } = own;
    if (!network || params.epoch < params.epochs) return { numbers: { accuracy, loss } };
    const layers = layerRecords(network);
    const sum = (of: (layer: (typeof layers)[number]) => number): number =>
      layers.reduce((total, layer) => total + of(layer), 0);
    const { precharge, ternaryBest, binaryBest } = reads.energies;
    const perRead = precharge + (params.weights === "ternary" ? ternaryBest : binaryBest);
    const count = sum(multiplicationsIn);
    const isFloat = params.weights === "float";
    return {
      numbers: {
        accuracy,
        loss,
        zeros: totalShareOfZeros(network),
        ...(isFloat ? {} : { cells: sum(weightsIn), reads: count, energy: count * perRead }),
      },
    };
  },
  figures: drawVgg,
  conclude: concludeVgg,
  notes: vggNotes,
});
