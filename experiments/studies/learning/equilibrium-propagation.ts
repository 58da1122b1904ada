import {
  AS_THEY_ARE,
  CONSTANT,
  checkPhases,
  checkStepwise,
  placeLayers,
  ratesOf,
  type Schedule,
  UNIT_SCALE,
} from "#src/learning/index";
import {
  choice,
  defineExperiment,
  integer,
  type Parameters,
  quantity,
  text,
  type ValuesOf,
} from "#src/montecarlo/index";
import { ADAM, PLAIN_DESCENT } from "#src/networks/index";
import { fold } from "#src/random/index";
import { keysOf } from "#src/words/named";
import { OWN_MODULE } from "../../own-module.ts";
import { checkNetwork } from "../networks/network-parameters.ts";
import { type EquilibriumModel, trainModel } from "../papers/equilibrium-model.ts";
import {
  accuracyCurves,
  accuracyTable,
  EPOCH_NUMBERS,
  epochRemarks,
  epochResult,
  FREE_STEPS,
} from "../papers/equilibrium-report.ts";
import {
  dataNote,
  imagesFor,
  PUBLISHED_PARAMETERS,
  seedsAndEpochs,
  TRAINING_USES,
} from "../papers/published-parameters.ts";
import { EQUILIBRIUM_PARAMETERS, equilibriumNetwork } from "./equilibrium-parameters.ts";

const PARAMETERS = {
  ...PUBLISHED_PARAMETERS,
  ...EQUILIBRIUM_PARAMETERS,
  epochs: {
    ...PUBLISHED_PARAMETERS.epochs,
    default: 3,
    min: 1,
    says: "passes over the training images",
    source: "chosen",
  },
  beta: quantity("1", 0.5, [1e-9, 100], "nudge", "0.1 to 1: github.com/Laborieux-Axel/Equilibrium-Propagation"),
  updates: choice(
    ["at the end", "every step"],
    "at the end",
    "when weights move: after the nudged phases, or at every nudged step (continual: needs optimiser descent with rates of its own, say 0.0056 0.0028, a one-sided or random-sign estimator, squared error)",
    "arXiv:2005.04168 for every step",
  ),
  feedback: choice(
    ["tied", "separate (own updates)", "separate (same update)"],
    "tied",
    "weights of the way back: the same, or others with updates of their own or the same ones (separate: needs what updates every step needs)",
    "arXiv:2005.04168, arXiv:2006.03824",
  ),
  optimiser: choice(
    ["adam", "descent", "momentum"],
    "adam",
    "what moves weights at the end; momentum: 0.9, weight decay 3e-4",
    "github.com/Laborieux-Axel/Equilibrium-Propagation",
  ),
  learningRates: text(
    "5e-4",
    'one for all layers, or one a layer, the input\'s first, e.g. "0.08 0.04"',
    "github.com/Laborieux-Axel/Equilibrium-Propagation, MNIST",
  ),
  schedule: choice(["constant", "cosine"], "constant", "of the learning rates over the epochs", "chosen"),
  batch: integer(50, [1, 100_000], "images an update", "github.com/Laborieux-Axel/Equilibrium-Propagation, MNIST"),
} as const satisfies Parameters;

type Params = ValuesOf<typeof PARAMETERS>;
type Trained = Omit<Params, "epoch" | "seeds">;

const OPTIMISERS = {
  adam: ADAM,
  descent: PLAIN_DESCENT,
  momentum: { kind: "sgd", momentum: 0.9, weightDecay: 3e-4 },
} as const;

const stepwise = ({ updates, feedback }: Pick<Params, "updates" | "feedback">): boolean =>
  updates === "every step" || feedback !== "tied";

/** @throws RangeError where the rates are no numbers. */
const modelOf = (p: Trained): EquilibriumModel => {
  const learningRates = p.learningRates.trim().split(/\s+/).map(Number);
  if (p.learningRates.trim() === "" || !learningRates.every(Number.isFinite))
    throw new RangeError(`learningRates: "${p.learningRates}"; expected numbers apart by spaces, e.g. "0.08 0.04".`);
  const { beta, freeSteps, nudgedSteps, tolerance } = p;
  const schedule: Schedule = p.schedule === "cosine" ? { kind: "cosine", period: p.epochs } : CONSTANT;
  return {
    phi: equilibriumNetwork(p),
    phases: { estimator: p.estimator, beta, freeSteps, nudgedSteps, tolerance },
    update: stepwise(p)
      ? { kind: "stepwise", feedback: p.feedback, moves: p.updates }
      : { kind: "at the end", optimiser: OPTIMISERS[p.optimiser] },
    learningRates,
    batch: p.batch,
    epochs: p.epochs,
    schedule,
    scale: UNIT_SCALE,
    augmentation: AS_THEY_ARE,
  };
};

const { epoch: _epoch, seeds: _seeds, ...TRAINED } = PARAMETERS;

/** Equilibrium Propagation of a network of one's own: any widths, costs, estimators, feedback. */
export const equilibriumPropagation = defineExperiment({
  name: "equilibrium-propagation",
  summary:
    "Equilibrium Propagation of a dense network of your own: cost, estimator, continual or not, tied or separate feedback.",
  module: OWN_MODULE,
  parameters: PARAMETERS,
  axes: [
    "estimator",
    "beta",
    "cost",
    "stateActivation",
    "updates",
    "feedback",
    "widths",
    "freeSteps",
    "nudgedSteps",
    "tolerance",
    "optimiser",
    "learningRates",
    "batch",
    "images",
    "seed",
    "epoch",
  ],
  replicates: (params) => seedsAndEpochs(params.seeds, params.epochs),
  deterministic: true,
  trials: 1,
  block: 1,
  quick: { images: 2000, testImages: 1000, epochs: 2, seeds: 2, widths: "784-100-10" },
  numbers: EPOCH_NUMBERS,
  prepare: {
    trained: {
      uses: [...new Set([...TRAINING_USES, ...keysOf(TRAINED)])],
      make: (params, key, progress) => trainModel(modelOf(params), imagesFor(params), fold(key, params.seed), progress),
    },
  },
  check: (params) => {
    if (params.epoch > params.epochs) throw new RangeError(`epoch: ${params.epoch}; ${params.epochs} are trained.`);
    checkNetwork(params);
    const model = modelOf(params);
    const { phases, learningRates, update } = model;
    if (update.kind === "stepwise") {
      if (params.optimiser !== "descent")
        throw new RangeError(
          `optimiser: ${params.optimiser} with updates ${params.updates} and ${params.feedback} feedback, which follow the steps one by one; set optimiser=descent.`,
        );
      checkStepwise(model.phi, { ...update, phases, learningRates });
    } else {
      checkPhases(phases);
      ratesOf(placeLayers(model.phi), learningRates);
    }
  },
  trial: ({ trained }, params) => epochResult(trained, params.epoch),
  figures: (table, params) => [accuracyCurves(table, PARAMETERS, "Test accuracy against epochs", dataNote(params))],
  conclude: (table, params) => [accuracyTable(table, PARAMETERS, params.widths, [FREE_STEPS], epochRemarks(table))],
  notes: (params) => [
    `${dataNote(params)}; the last epoch is read, none is picked. ${params.widths}, ${params.stateActivation}, ${params.cost}; ${params.estimator} estimate, nudge ${params.beta}, ${params.freeSteps} free and ${params.nudgedSteps} nudged steps; batch ${params.batch}, rates ${params.learningRates}.`,
  ],
});
