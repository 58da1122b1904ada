import type { LabelledImages } from "#src/datasets/labelled-images";
import type { Network, StoredArrays } from "#src/networks/index";
import { showShape, sizeOf } from "#src/networks/shapes";
import { fold, type Key, permutation } from "#src/random/index";
import { Diverged } from "../train-learner.ts";
import { alone, type Exchange, SLICES, shareOf } from "./exchange.ts";
import { networkTrainer } from "./network-trainer.ts";
import { initialiseTrained, parametersOf, trainedNetwork } from "./parameters.ts";
import { checkRecipe, isLost, type Recipe, scheduledAt } from "./recipe.ts";
import { showInto } from "./show-batch.ts";
import { type NetworkDesign, trainingSteps } from "./training-steps.ts";
import { checkReading, type WeightReading } from "./weight-reading.ts";

/** What an epoch was like. */
export interface TrainedEpoch {
  /** From 1. */
  readonly epoch: number;
  /** Mean cross-entropy of its training images [nats]. */
  readonly loss: number;
  /** Share of the test images classified right after it. */
  readonly accuracy: number;
}

/** Where a training stands between two epochs. */
export interface NetworkTrainingState {
  readonly epochs: readonly TrainedEpoch[];
  /** Loss of the first batch of all [nats]: what later ones are lost against. */
  readonly firstLoss: number;
  /** Steps of the optimiser since it last began anew. */
  readonly step: number;
  readonly arrays: StoredArrays;
}

export interface NetworkTraining {
  readonly design: NetworkDesign;
  readonly recipe: Recipe;
  readonly train: LabelledImages;
  /** Told about after each epoch, and otherwise not used: no epoch is chosen by it. */
  readonly test: LabelledImages;
  readonly key: Key;
  /** How weights are read, in training and in the test after each epoch; left out: as they are. */
  readonly reading?: WeightReading;
  /** A network of this design that the training goes on from; left out: from latent weights that are drawn. */
  readonly start?: Network;
}

export interface TrainingWatch {
  /** Told by the first rank after each epoch, with all that is needed to go on. */
  readonly onEpoch?: (state: NetworkTrainingState) => void;
  /** Told by the first rank after each batch: batches done and in all. */
  readonly onBatch?: (done: number, whole: number) => void;
}

export interface TrainedNetwork {
  readonly network: Network;
  readonly epochs: readonly TrainedEpoch[];
  /** Bytes of memory of a rank's arrays. */
  readonly bytes: number;
}

/** @throws RangeError where images and network, or the recipe's numbers, do not fit. */
export const checkTraining = ({ design, recipe, train, test, reading, start }: Omit<NetworkTraining, "key">): void => {
  const { shape } = design.input;
  const steps = trainingSteps(design);
  const refuse = (what: string): never => {
    throw new RangeError(`training: ${what}`);
  };
  const most = steps.classes === 1 ? 2 : steps.classes;
  for (const [called, { pixels, sides, labels, count }] of [
    ["training", train],
    ["test", test],
  ] as const) {
    if (count === 0) refuse(`no ${called} images; expected one or more.`);
    if (pixels !== sizeOf(shape))
      refuse(
        `${called} images of ${(sides ?? [pixels]).join(" x ")} for a network that takes ${showShape(shape)}; expected ${sizeOf(shape)} values an image.`,
      );
    const wrong = labels.findIndex((label) => label >= most);
    if (wrong >= 0)
      refuse(
        `${called} image ${wrong + 1} has label ${labels[wrong]}; expected 0 .. ${most - 1}, as many classes as the network has.`,
      );
  }
  checkRecipe(recipe, train.count);
  if (reading) checkReading(design, reading);
  if (start && JSON.stringify([start.input, start.layers]) !== JSON.stringify([design.input, design.layers]))
    refuse("the network to go on from has other layers than the one that is trained; expected the same.");
  if (recipe.augmentation.kind !== "none" && shape.height !== shape.width)
    refuse(`images of ${showShape(shape)} are not square; they cannot be flipped and moved.`);
};

/**
 * Trains a network by straight-through estimators. Its bytes are a function of design, recipe, training images and key alone: the order
 * of images and every draw depend on (key, epoch, batch), sums on no number of ranks, so that a training continued from a stored state,
 * or by other ranks, ends as one that was never interrupted. The last epoch counts.
 *
 * @param exchange What ranks that train together share: each calls this with the same arguments but its own exchange.
 * @param from Where to go on; null: from the start.
 * @throws RangeError where network, images and recipe do not fit; Diverged, with epoch and batch, where the loss is lost.
 */
export const trainNetwork = (
  { design, recipe, train, test, key, reading, start }: NetworkTraining,
  { onEpoch = () => undefined, onBatch = () => undefined }: TrainingWatch = {},
  from: NetworkTrainingState | null = null,
  exchange: Exchange = alone(trainingSteps(design)),
): TrainedNetwork => {
  checkTraining({ design, recipe, train, test, ...(reading ? { reading } : {}), ...(start ? { start } : {}) });
  const steps = trainingSteps(design);
  const { rank, ranks, parameters, first, second, tallies } = exchange;
  const trainer = networkTrainer(design, recipe, recipe.batch, exchange, steps, reading ?? null);
  const { running, input, labels, block } = trainer;
  const stored = (): Record<string, Float32Array> => ({
    parameters,
    first,
    second,
    ...Object.fromEntries(
      Object.entries(running).flatMap(([name, { mean, variance }]) => [
        [`${name}.mean`, mean],
        [`${name}.variance`, variance],
      ]),
    ),
  });
  const epochs: TrainedEpoch[] = [...(from?.epochs ?? [])];
  let step = from?.step ?? 0;
  let firstLoss = from?.firstLoss ?? null;
  if (rank === 0) {
    if (from) for (const name of ["parameters", "first", "second"]) stored()[name].set(from.arrays[name]);
    else if (start) parametersOf(parameters, steps, recipe, start);
    else initialiseTrained(parameters, design, steps, recipe, key);
  }
  if (start && !from)
    for (const [name, { mean, variance }] of Object.entries(running)) {
      mean.set(start.tensors[`${name}.mean`]);
      variance.set(start.tensors[`${name}.variance`]);
    }
  if (from)
    for (const [name, values] of Object.entries(stored()))
      if (name.endsWith(".mean") || name.endsWith(".variance")) values.set(from.arrays[name]);
  exchange.meet();
  trainer.load();

  const show = showInto(input, labels, design.input, train, recipe.augmentation);
  const showTest = showInto(input, labels, design.input, test, { kind: "none" });
  const batches = Math.ceil(train.count / recipe.batch);
  /** Whole blocks of test images, each the work of one rank: what a block gives depends on no other. */
  const accuracy = (): number => {
    const blocks = Math.ceil(test.count / block);
    const [start, end] = shareOf(blocks, rank, ranks);
    const together = Math.floor(labels.length / block);
    let right = 0;
    for (let b = start; b < end; b += together) {
      const counts: number[] = [];
      for (let k = b; k < Math.min(end, b + together); k++) counts.push(Math.min(block, test.count - k * block));
      const count = counts.reduce((sum, n) => sum + n, 0);
      for (let i = 0; i < count; i++) showTest(i, b * block + i, null);
      trainer.classify(counts).forEach((c, i) => {
        if (c === labels[i]) right++;
      });
    }
    tallies[2 * SLICES + rank] = right;
    exchange.meet();
    let whole = 0;
    for (let r = 0; r < ranks; r++) whole += tallies[2 * SLICES + r];
    return whole / test.count;
  };

  for (let epoch = epochs.length; epoch < recipe.epochs; epoch++) {
    const epochKey = fold(fold(key, "epoch"), epoch);
    const order = permutation(fold(epochKey, "order"), train.count);
    let [losses, shown] = [0, 0];
    for (let b = 0; b < batches; b++) {
      const at = b * recipe.batch;
      const count = Math.min(recipe.batch, train.count - at);
      // One image has no variance to normalise by.
      if (count < 2) continue;
      const vary = fold(fold(epochKey, "augmentation"), b);
      for (const { start, first: to, count: some } of trainer.own(count))
        for (let i = 0; i < some; i++) show(to + i, order[at + start + i], { key: vary, b: start + i });
      const { factor, since } = scheduledAt(recipe, epoch, b, batches);
      if (epoch === since && b === 0 && epoch > 0) {
        step = 0;
        const [low, high] = shareOf(parameters.length, rank, ranks);
        for (const moments of [first, second]) moments.fill(0, low, high);
      }
      trainer.read(fold(fold(epochKey, "reads"), b));
      const loss = trainer.gradients(count);
      const where = `epoch ${epoch + 1}, batch ${b + 1} of ${batches}`;
      firstLoss ??= loss;
      if (isLost(loss, firstLoss))
        throw new Diverged(
          `${where}: the loss is ${loss.toPrecision(3)}; lower the learning rate (${recipe.learningRate}), or begin with one of the defaults.`,
        );
      if (!trainer.descend({ rate: recipe.learningRate * factor, step: ++step }))
        throw new Diverged(`${where}: a gradient is no number; lower the learning rate (${recipe.learningRate}).`);
      losses += loss * count;
      shown += count;
      if (rank === 0) onBatch(epoch * batches + b + 1, recipe.epochs * batches);
    }
    trainer.read(fold(epochKey, "test reads"));
    epochs.push({ epoch: epoch + 1, loss: losses / shown, accuracy: accuracy() });
    if (rank === 0) {
      const arrays = Object.fromEntries(Object.entries(stored()).map(([name, values]) => [name, values.slice()]));
      onEpoch({ epochs: [...epochs], firstLoss: firstLoss ?? 0, step, arrays });
    }
  }
  return {
    network: trainedNetwork(design, steps, recipe, parameters, running),
    epochs,
    bytes: trainer.bytes,
  };
};
