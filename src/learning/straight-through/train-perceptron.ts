import type { LabelledImages } from "#src/datasets/labelled-images";
import type { PerceptronDesign } from "#src/networks/design";
import type { Network } from "#src/networks/index";
import { fold, type Key, permutation } from "#src/random/index";
import { straightThroughLearner } from "./straight-through-learner.ts";

export interface TrainingOptions {
  readonly epochs: number;
  readonly batch: number;
  /** Start of the cosine schedule to zero, stepped every batch. It also sets how many ternary weights stay zero. */
  readonly learningRate: number;
}

/** The recipe of docs/networks.md: Adam at 0.01 for binary and ternary weights, 0.001 for float. */
export const defaultLearningRate = (design: PerceptronDesign): number =>
  design.weights.kind === "float" ? 0.001 : 0.01;

/**
 * Trains a perceptron by the straight-through estimator, images entering as pixel / 255. The result is a pure function of design,
 * options, data and key.
 *
 * @param onEpoch Told after each epoch: its number from 1 and the mean loss.
 * @throws RangeError where the images do not fit the design's inputs, or the options make no sense.
 */
export const trainPerceptron = (
  design: PerceptronDesign,
  options: TrainingOptions,
  data: LabelledImages,
  key: Key,
  onEpoch: (epoch: number, loss: number) => void = () => {},
): Network => {
  const { epochs, batch, learningRate } = options;
  if (!(Number.isInteger(epochs) && epochs >= 1 && Number.isInteger(batch) && batch >= 2 && batch <= data.count))
    throw new RangeError(`training: ${epochs} epochs, batch ${batch}; expected >= 1 and 2 .. ${data.count}.`);
  const learner = straightThroughLearner(design, learningRate, batch, key);
  const { pixels, labels, images } = data;
  if (pixels !== learner.inputs)
    throw new RangeError(`training: images of ${pixels} pixels for a network of ${learner.inputs} inputs.`);
  if (data.classes > learner.classes)
    throw new RangeError(`training: ${data.classes} classes for a network of ${learner.classes} outputs.`);
  const totalSteps = epochs * Math.ceil(data.count / batch);
  const { x, targets } = learner.batch;
  let step = 0;
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = permutation(fold(fold(key, "order"), epoch), data.count);
    for (let from = 0; from < data.count; from += batch) {
      const count = Math.min(batch, data.count - from);
      const schedule = (1 + Math.cos((Math.PI * step) / totalSteps)) / 2;
      step++;
      targets.fill(0);
      for (let b = 0; b < count; b++) {
        const image = order[from + b];
        for (let i = 0; i < pixels; i++) x[b * pixels + i] = images[image * pixels + i] / 255;
        targets[b * learner.classes + labels[image]] = 1;
      }
      learner.learn(count, schedule, key);
    }
    onEpoch(epoch + 1, learner.takeLoss() / data.count);
  }
  return learner.network();
};
