import type { LabelledImages } from "#src/datasets/labelled-images";
import { power } from "#src/numerics/power";
import { fold, type Key, permutation } from "#src/random/index";
import { AS_THEY_ARE, type Augmentation, variedPlace } from "./augmentation.ts";
import type { Learner, LearnerState } from "./learner.ts";

/** How an image enters: pixel / 255, or that less a mean over a deviation, a channel each. */
export interface ImageScale {
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

export const UNIT_SCALE: ImageScale = { mean: [0], deviation: [1] };

export interface TrainingPlan {
  readonly epochs: number;
  /** Learning rates: constant; or (1 + cos(pi e / period)) / 2, or factor^e, of them in epoch e, counted from 0. */
  readonly schedule: Schedule;
  readonly scale: ImageScale;
  /** How training images are varied. */
  readonly augmentation: Augmentation;
}

export type Schedule =
  | { readonly kind: "constant" }
  | { readonly kind: "cosine"; readonly period: number }
  | { readonly kind: "geometric"; readonly factor: number };

const scheduled = (schedule: Schedule, epoch: number): number => {
  if (schedule.kind === "cosine") return (1 + Math.cos((Math.PI * epoch) / schedule.period)) / 2;
  return schedule.kind === "geometric" ? power(schedule.factor, epoch) : 1;
};

export const CONSTANT: Schedule = { kind: "constant" };

/** What an epoch was like. */
export interface EpochReport {
  /** From 1. */
  readonly epoch: number;
  /** Share of the test images classified right afterwards. */
  readonly accuracy: number;
  readonly batches: number;
  /** Mean steps of a free phase. */
  readonly freeSteps: number;
  /** Free phases (batches) that had not come to rest when their steps were done, and the largest move of a last step. */
  readonly unsettled: number;
  readonly moved: number;
  /** Largest share of saturated states of a batch. */
  readonly saturated: number;
}

/** Where a training stands between two epochs. */
export interface TrainingState {
  readonly epochs: readonly EpochReport[];
  readonly learner: LearnerState;
}

/** Puts these images where the learner reads them; `key` varies them, where `augmentation` does. */
export const showImages = (
  learner: Learner,
  data: LabelledImages,
  places: ArrayLike<number>,
  { mean, deviation }: ImageScale,
  augmentation: Augmentation = AS_THEY_ARE,
  key: Key | null = null,
): void => {
  const { x, targets } = learner.batch;
  const { pixels } = data;
  const plane = pixels / mean.length;
  targets.fill(0);
  for (let b = 0; b < places.length; b++) {
    const from = places[b] * pixels;
    for (let c = 0; c < mean.length; c++) {
      const factor = 1 / (255 * deviation[c]);
      const shift = mean[c] / deviation[c];
      const at = c * plane;
      if (augmentation.kind === "none" || key === null)
        for (let p = at; p < at + plane; p++) x[b * pixels + p] = data.images[from + p] * factor - shift;
      else {
        const source = variedPlace(Math.sqrt(plane), key, b, augmentation);
        for (let p = 0; p < plane; p++) x[b * pixels + at + p] = data.images[from + at + source(p)] * factor - shift;
      }
    }
    targets[b * learner.classes + data.labels[places[b]]] = 1;
  }
};

/** Share of these images that the learner classifies right. */
export const learnerAccuracy = (learner: Learner, data: LabelledImages, scale: ImageScale, key: Key): number => {
  let right = 0;
  for (let from = 0; from < data.count; from += learner.images) {
    const count = Math.min(learner.images, data.count - from);
    const places = Uint32Array.from({ length: count }, (_, b) => from + b);
    showImages(learner, data, places, scale);
    learner.classify(count, fold(key, from)).forEach((c, b) => {
      if (c === data.labels[from + b]) right++;
    });
  }
  return right / data.count;
};

/** @throws RangeError where images, classes or numbers do not fit the learner. */
const checkTraining = (
  learner: Learner,
  train: LabelledImages,
  test: LabelledImages,
  { epochs, scale, augmentation, schedule }: TrainingPlan,
): void => {
  const refuse = (what: string): never => {
    throw new RangeError(`learning: ${what}`);
  };
  for (const [name, { pixels, classes, labels }] of [
    ["training", train],
    ["test", test],
  ] as const) {
    if (pixels !== learner.inputs)
      refuse(`${name} images of ${pixels} pixels for a network of ${learner.inputs} inputs.`);
    if (classes > learner.classes) refuse(`${classes} ${name} classes for ${learner.classes} outputs.`);
    const wrong = labels.findIndex((label) => label >= learner.classes);
    if (wrong >= 0)
      refuse(`${name} image ${wrong + 1} has label ${labels[wrong]}; expected 0 .. ${learner.classes - 1}.`);
  }
  if (train.count === 0) refuse("no training images; expected one or more.");
  if (!(Number.isInteger(epochs) && epochs >= 1)) refuse(`${epochs} epochs; expected 1 or more.`);
  const { mean, deviation } = scale;
  if (mean.length !== deviation.length || train.pixels % mean.length !== 0)
    refuse(`a scale of ${mean.length} means and ${deviation.length} deviations for ${train.pixels} pixels.`);
  if (!deviation.every((d) => d > 0)) refuse(`deviations ${deviation.join(", ")} of the scale; expected more than 0.`);
  if (schedule?.kind !== "constant" && schedule?.kind !== "cosine" && schedule?.kind !== "geometric")
    refuse(
      `schedule ${JSON.stringify(schedule)}; expected { kind: "constant" }, { kind: "cosine", period } or { kind: "geometric", factor }.`,
    );
  if (schedule.kind === "geometric" && !(schedule.factor > 0 && schedule.factor <= 1))
    refuse(`a schedule of factor ${schedule.factor} an epoch; expected more than 0, at most 1.`);
  if (schedule.kind === "cosine" && !(schedule.period > 0))
    refuse(`a schedule of period ${schedule.period}; expected epochs, more than 0.`);
  if (augmentation.kind === "none") return;
  if (!(Number.isInteger(augmentation.reach) && augmentation.reach >= 0))
    refuse(`images moved by up to ${augmentation.reach} pixels; expected a whole number from 0.`);
  if (!Number.isInteger(Math.sqrt(train.pixels / mean.length)))
    refuse(
      `images of ${train.pixels / mean.length} pixels a channel are not square; they cannot be flipped and moved.`,
    );
};

/** A state or weight that is no number any more. */
export class Diverged extends Error {
  override readonly name = "Diverged";
}

/**
 * Trains a learner, an epoch after the other, and tests it after each. The order of images and every draw depend on (key, epoch,
 * batch) alone, so that a training continued from a stored state ends as one that was never interrupted.
 *
 * @param from Where to go on; null: from the start.
 * @param onEpoch Told after each epoch, with all that is needed to continue.
 * @throws Diverged where a state became NaN.
 */
export const trainLearner = (
  learner: Learner,
  train: LabelledImages,
  test: LabelledImages,
  plan: TrainingPlan,
  key: Key,
  from: TrainingState | null = null,
  onEpoch: (state: TrainingState) => void = () => {},
): readonly EpochReport[] => {
  checkTraining(learner, train, test, plan);
  const epochs: EpochReport[] = [...(from?.epochs ?? [])];
  if (from) learner.restore(from.learner);
  const { images } = learner;
  const batches = Math.ceil(train.count / images);
  for (let epoch = epochs.length; epoch < plan.epochs; epoch++) {
    const epochKey = fold(fold(key, "epoch"), epoch);
    const order = permutation(fold(epochKey, "order"), train.count);
    const schedule = scheduled(plan.schedule, epoch);
    let [steps, moved, unsettled, saturated] = [0, 0, 0, 0];
    for (let b = 0; b < batches; b++) {
      const places = order.subarray(b * images, Math.min((b + 1) * images, train.count));
      showImages(learner, train, places, plan.scale, plan.augmentation, fold(fold(epochKey, "augmentation"), b));
      const report = learner.learn(places.length, schedule, fold(epochKey, b));
      if (report.fault !== null) throw new Diverged(`epoch ${epoch + 1}, batch ${b + 1}: ${report.fault}.`);
      if (report.free) {
        steps += report.free.steps;
        moved = Math.max(moved, report.free.moved);
        if (report.unsettled) unsettled++;
      }
      saturated = Math.max(saturated, report.saturated ?? 0);
    }
    const saved = learner.save();
    if (!Object.values(saved.arrays).every((values) => values.every(Number.isFinite)))
      throw new Diverged(`a weight is no number after epoch ${epoch + 1}; lower the learning rates or the nudge.`);
    const accuracy = learnerAccuracy(learner, test, plan.scale, fold(epochKey, "test"));
    epochs.push({ epoch: epoch + 1, accuracy, batches, freeSteps: steps / batches, unsettled, moved, saturated });
    onEpoch({ epochs: [...epochs], learner: saved });
  }
  return epochs;
};
