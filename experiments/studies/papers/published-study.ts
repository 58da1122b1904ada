import { placeLayers } from "#src/learning/index";
import { type AnyExperiment, choice, defineExperiment, type Parameters } from "#src/montecarlo/index";
import { fold } from "#src/random/index";
import { type EquilibriumModel, trainModel } from "./equilibrium-model.ts";
import {
  accuracyCurves,
  accuracyTable,
  EPOCH_NUMBERS,
  epochRemarks,
  epochResult,
  FREE_STEPS,
} from "./equilibrium-report.ts";
import {
  adjusted,
  dataNote,
  imagesFor,
  PUBLISHED_PARAMETERS,
  seedsAndEpochs,
  TRAINING_USES,
} from "./published-parameters.ts";

/** A paper's networks by name, each with its hyperparameters, and where those come from. */
interface PublishedStudy {
  readonly name: string;
  readonly summary: string;
  readonly module: string;
  readonly models: Readonly<Record<string, EquilibriumModel>>;
  /** Models that a run without --set compares. */
  readonly compared: readonly string[];
  /** Where the hyperparameters were read. */
  readonly source: string;
  readonly quick: Readonly<Record<"images" | "testImages" | "epochs" | "seeds" | "tolerance", number>>;
  readonly notes: readonly string[];
}

/** A model's hyperparameters in a line. */
const recipeOf = ({ phases, learningRates, batch, epochs }: EquilibriumModel): string => {
  const { estimator, beta, freeSteps, nudgedSteps, tolerance } = phases;
  const stop = tolerance > 0 ? ` at most, stopped where no state moves by more than ${tolerance}` : "";
  return `${estimator}, beta ${beta}, T1 ${freeSteps}${stop}, T2 ${nudgedSteps}, rates ${learningRates.join(" ")} from the input's layer up, batch ${batch}, ${epochs} epochs`;
};

/** The study that trains a paper's networks and reads their test accuracy after every epoch. */
export const publishedStudy = ({
  name,
  summary,
  module,
  models,
  compared,
  source,
  quick,
  notes,
}: PublishedStudy): AnyExperiment => {
  const parameters = {
    model: choice(Object.keys(models), compared[0], "network and hyperparameters", source),
    ...PUBLISHED_PARAMETERS,
  } as const satisfies Parameters;
  return defineExperiment({
    name,
    summary,
    module,
    parameters,
    axes: ["model", "tolerance", "images", "seed", "epoch"],
    grid: () => [{ model: compared }],
    replicates: (params) => seedsAndEpochs(params.seeds, adjusted(models[params.model], params).epochs),
    deterministic: true,
    trials: 1,
    block: 1,
    numbers: EPOCH_NUMBERS,
    quick,
    prepare: {
      trained: {
        uses: ["model", ...TRAINING_USES],
        make: (params, key, progress) =>
          trainModel(adjusted(models[params.model], params), imagesFor(params), fold(key, params.seed), progress),
      },
    },
    check: (params) => {
      const { epochs } = adjusted(models[params.model], params);
      if (params.epoch > epochs)
        throw new RangeError(`epoch: ${params.epoch}; ${params.model} is trained for ${epochs}.`);
      const { inputs } = placeLayers(models[params.model].phi)[0];
      const { train } = imagesFor(params);
      const { channels, height, width } = models[params.model].phi.input;
      if (train.pixels !== inputs)
        throw new RangeError(
          `model: ${params.model} takes images of ${channels} x ${height} x ${width}, ${inputs} values; those of "${params.data}" have ${train.pixels}. Pass a folder of such images with --data: rramlab data list.`,
        );
    },
    trial: ({ trained }, params) => epochResult(trained, params.epoch),
    figures: (table, params) => [accuracyCurves(table, parameters, "Test accuracy against epochs", dataNote(params))],
    conclude: (table, params) => [accuracyTable(table, parameters, params.model, [FREE_STEPS], epochRemarks(table))],
    notes: (params, points) => [
      ...[...new Set(points.map((p) => p.model))].map((m) => `${m}: ${recipeOf(adjusted(models[m], params))}.`),
      `${dataNote(params)}; the last epoch is read, none is picked. Hyperparameters: ${source}.`,
      ...notes,
    ],
  });
};
