import {
  type LatentPairs,
  latentPairs,
  latentPairsArrays,
  type PlasticPairs,
  plasticPairs,
  plasticPairsArrays,
} from "#circuits/index";
import {
  AS_THEY_ARE,
  backpropagationLearner,
  CONSTANT,
  Diverged,
  equilibriumLearner,
  idealSubstrate,
  initialParameters,
  type Learner,
  learnerAccuracy,
  type PlacedLayer,
  placeLayers,
  type Substrate,
  synapticArrays,
  synapticConnection,
  trainLearner,
  UNIT_SCALE,
} from "#src/learning/index";
import type { ValuesOf } from "#src/montecarlo/index";
import { PLAIN_DESCENT } from "#src/networks/index";
import { fold, type Key } from "#src/random/index";
import { dataFor } from "../../files/data-sets.ts";
import { equilibriumNetwork } from "./equilibrium-parameters.ts";
import type { LEARNING_PARAMETERS } from "./learning-parameters.ts";
import { energiesOf, pairsOf, totalUse } from "./study-pairs.ts";

type LearningValues = Omit<ValuesOf<typeof LEARNING_PARAMETERS>, "seeds">;

/** What a training on cells gave; NaN where the cells have no such number. */
interface TrainedChip {
  readonly accuracy: number;
  /** Pulses a device, in the mean and at most. */
  readonly pulsesPerDevice: number;
  readonly mostPulses: number;
  /** Energies an image [J]. */
  readonly readEnergy: number;
  readonly pulseEnergy: number;
  readonly inferenceEnergy: number;
  /** Free phases that had not come to rest, as a share. */
  readonly unsettled: number;
  readonly diverged: string | null;
}

type Cells = PlasticPairs | LatentPairs;

/** Cells for every layer, and a list of those made. */
const substrateOf = (p: LearningValues, chip: Key): { readonly substrate: Substrate; readonly cells: Cells[] } => {
  const cells: Cells[] = [];
  if (p.cells === "numbers") return { substrate: idealSubstrate(PLAIN_DESCENT), cells };
  const make = (
    kernels: Parameters<Substrate["connect"]>[0],
    { inputs, outputs }: PlacedLayer,
    index: number,
    start: Float32Array,
    batch: number,
  ): Cells => {
    const key = fold(chip, index);
    if (p.cells === "conductance pairs")
      return plasticPairs(kernels, pairsOf(p, index, inputs, outputs, { kind: "stochastic" }), start, batch, key);
    const scale = p.latentScale / Math.sqrt(inputs);
    return latentPairs(
      kernels,
      {
        inputs,
        outputs,
        kind: p.cells === "ternary 2T2R" ? "ternary" : "binary",
        scale,
        threshold: p.latentThreshold * scale,
        limit: LATENT_LIMIT * scale,
        // A ternary cell is misread as a neighbouring state, a binary one as the other.
        errors:
          p.cells === "ternary 2T2R"
            ? { type1: 0, type2: p.readErrors, type3: p.readErrors }
            : { type1: p.readErrors, type2: 0, type3: 0 },
        readEnergy: p.cellReadEnergy,
        writeEnergy: p.cellWriteEnergy,
      },
      start,
      batch,
      key,
    );
  };
  const substrate: Substrate = {
    arrays: ({ inputs, outputs }, batch) => ({
      cells:
        p.cells === "conductance pairs"
          ? plasticPairsArrays({ inputs, outputs, readNoise: p.readNoise }, batch)
          : latentPairsArrays(inputs, outputs),
      connection: synapticArrays(inputs, outputs, batch),
    }),
    connect: (kernels, layer, index, start, batch) => {
      const made = make(kernels, layer, index, start, batch);
      cells.push(made);
      return synapticConnection(kernels, made, PLAIN_DESCENT, batch);
    },
  };
  return { substrate, cells };
};

/** Accumulators stop at this many times a cell's weight: one that is never asked back is a few updates from turning. */
const LATENT_LIMIT = 4;

const countsOf = (c: Cells): Float32Array => ("pulseCounts" in c ? c.pulseCounts : c.writeCounts);

/** Trains the network of these parameters on its cells, tests it, and counts what it took. */
export const trainOnChip = (p: LearningValues, key: Key): TrainedChip => {
  const phi = equilibriumNetwork(p);
  const { train, test } = dataFor(p.data);
  const { substrate, cells } = substrateOf(p, fold(key, "chip"));
  const rates = placeLayers(phi).map((_, l) => p.learningRate * (l === 0 ? 1 : p.outputRate));
  const start = initialParameters(phi, fold(key, "start"));
  const { beta, freeSteps, nudgedSteps } = p;
  const phases = { estimator: p.estimator, beta, freeSteps, nudgedSteps, tolerance: 0 };
  const rule = { phases, optimiser: PLAIN_DESCENT, learningRates: rates };
  const learner: Learner =
    p.method === "backpropagation"
      ? backpropagationLearner(phi, rule, start, substrate, p.batch)
      : equilibriumLearner(phi, rule, start, substrate, p.batch);
  const none = {
    pulsesPerDevice: Number.NaN,
    mostPulses: Number.NaN,
    readEnergy: 0,
    pulseEnergy: 0,
    inferenceEnergy: 0,
  };
  try {
    const plan = { epochs: p.epochs, schedule: CONSTANT, scale: UNIT_SCALE, augmentation: AS_THEY_ARE };
    // Tested once, at the end: what testing reads is told apart from what learning does.
    const untested = { ...test, count: 0 };
    const epochs = trainLearner(learner, train, untested, plan, fold(key, "training"));
    const learned = totalUse(cells);
    const accuracy = learnerAccuracy(learner, test, UNIT_SCALE, fold(key, "test"));
    const tested = totalUse(cells);
    const devices = cells.reduce((sum, c) => sum + countsOf(c).length, 0);
    const images = p.epochs * train.count;
    const unsettled = epochs.reduce((sum, e) => sum + e.unsettled / e.batches, 0) / epochs.length;
    const counted =
      cells.length === 0
        ? none
        : {
            pulsesPerDevice: cells.reduce((sum, c) => sum + countsOf(c).reduce((a, b) => a + b, 0), 0) / devices,
            mostPulses: cells.reduce((most, c) => countsOf(c).reduce((a, b) => Math.max(a, b), most), 0),
            ...energiesOf(learned, tested, images, test.count),
          };
    return { accuracy, unsettled, diverged: null, ...counted };
  } catch (error) {
    if (!(error instanceof Diverged)) throw error;
    return { accuracy: 0, unsettled: 0, ...none, pulsesPerDevice: 0, mostPulses: 0, diverged: error.message };
  }
};
