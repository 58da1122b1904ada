import type { DataSet, LabelledImages } from "#src/datasets/labelled-images";
import {
  type Augmentation,
  Diverged,
  type EpochReport,
  equilibriumLearner,
  type Feedback,
  type ImageScale,
  idealSubstrate,
  initialFeedback,
  initialParameters,
  type Learner,
  type Phases,
  type PrimitiveFunction,
  type Schedule,
  stepwiseLearner,
  type TrainingState,
  trainLearner,
} from "#src/learning/index";
import type { PartProgress } from "#src/montecarlo/index";
import type { Optimiser } from "#src/networks/index";
import { fold, type Key } from "#src/random/index";

/** A network and how it learns, as data: what a paper's table of hyperparameters holds. */
export interface EquilibriumModel {
  readonly phi: PrimitiveFunction;
  readonly phases: Phases;
  readonly update:
    | { readonly kind: "at the end"; readonly optimiser: Optimiser }
    | { readonly kind: "stepwise"; readonly feedback: Feedback; readonly moves: "every step" | "at the end" };
  /** Of each layer, the input's first. */
  readonly learningRates: readonly number[];
  readonly batch: number;
  readonly epochs: number;
  readonly schedule: Schedule;
  readonly scale: ImageScale;
  readonly augmentation: Augmentation;
}

/** What a training gave: an entry an epoch, fewer than asked where it diverged. */
export interface TrainedModel {
  readonly epochs: readonly EpochReport[];
  readonly diverged: string | null;
}

/** The learner of a model, with the start that this key draws. */
export const learnerOf = ({ phi, phases, update, learningRates, batch }: EquilibriumModel, key: Key): Learner => {
  const start = initialParameters(phi, fold(key, "start"));
  if (update.kind === "stepwise") {
    const back = update.feedback === "tied" ? null : initialFeedback(phi, fold(key, "feedback"));
    const { feedback, moves } = update;
    return stepwiseLearner(phi, { phases, feedback, moves, learningRates }, start, back, batch);
  }
  const { optimiser } = update;
  return equilibriumLearner(phi, { phases, optimiser, learningRates }, start, idealSubstrate(optimiser), batch);
};

/** How many are taken of a set where so many are asked for; all for 0. */
export const firstCount = (all: number, asked: number): number => (asked === 0 ? all : Math.min(asked, all));

/** The first images of a set; all for 0. */
export const firstImages = (data: LabelledImages, asked: number): LabelledImages => {
  const count = firstCount(data.count, asked);
  if (count === data.count) return data;
  const { pixels } = data;
  return {
    ...data,
    count,
    images: data.images.subarray(0, count * pixels),
    labels: data.labels.subarray(0, count),
  };
};

/** Trains a model from this key, or goes on from what was kept after the last whole epoch. */
export const trainModel = (model: EquilibriumModel, data: DataSet, key: Key, progress: PartProgress): TrainedModel => {
  const { epochs } = model;
  const from = progress.load() as TrainingState | null;
  let reached: readonly EpochReport[] = from?.epochs ?? [];
  try {
    const learner = learnerOf(model, key);
    trainLearner(learner, data.train, data.test, model, fold(key, "training"), from, (state) => {
      reached = state.epochs;
      if (state.epochs.length < epochs) progress.keep(state, state.epochs.length / epochs);
    });
    return { epochs: reached, diverged: null };
  } catch (error) {
    if (!(error instanceof Diverged)) throw error;
    return { epochs: reached, diverged: error.message };
  }
};
