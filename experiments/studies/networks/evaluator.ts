import { synapses2T2R } from "#circuits/index";
import type { LabelledImages } from "#src/datasets/labelled-images";
import { createKernels, type Kernels } from "#src/kernels/kernels";
import {
  type Activations,
  accuracyOf,
  classify,
  foldNetwork,
  type IntegerNetwork,
  imageActivations,
  type PackedInputs,
  packedSynapses,
  packInput,
  recalibrate,
  redrawnErrors,
  type Synapses,
  type TrainedNetwork,
  type WeightErrors,
  type WeightMatrix,
} from "#src/networks/index";
import { fold, type Key } from "#src/random/index";

/** How errors come: drawn once a chip, or anew at every read of every image. */
export type ErrorMode = "frozen" | "redrawn";

/** Whether thresholds stay as trained, or are re-estimated on a chip from training images. */
export type Thresholding = "trained" | "re-estimated";

/** A network with a set of test images packed for it: evaluates chip after chip. */
interface Evaluator {
  readonly clean: number;
  /** Accuracy on one chip. */
  accuracy(errors: WeightErrors, mode: ErrorMode, thresholds: Thresholding, chip: Key): number;
  /** The ideal integer weights, layer by layer. */
  readonly weights: readonly WeightMatrix[];
  /** Accuracy with these weights instead, thresholds as trained. */
  accuracyWith(weights: readonly WeightMatrix[]): number;
}

const BLOCK = 1000;
const RECALIBRATION_IMAGES = 1000;

interface PackedImages {
  readonly kernels: Kernels;
  readonly known: PackedInputs;
  readonly blocks: readonly Activations[];
}

const packedImages = new WeakMap<LabelledImages, PackedImages>();

// Images are packed once for all networks and chips of a worker.
const packImages = (images: LabelledImages): PackedImages => {
  const found = packedImages.get(images);
  if (found) return found;
  const bytesPacked = images.count * (Math.ceil(images.pixels / 64) + 1) * 64;
  const kernels = createKernels(bytesPacked + 64 * 2 ** 20);
  const known: PackedInputs = new Map();
  const blocks: Activations[] = [];
  for (let from = 0; from < images.count; from += BLOCK) {
    const to = Math.min(images.count, from + BLOCK);
    const block = imageActivations(images.images.subarray(from * images.pixels, to * images.pixels), images.pixels);
    known.set(block, packInput(kernels, block));
    blocks.push(block);
  }
  const packed = { kernels, known, blocks };
  packedImages.set(images, packed);
  return packed;
};

/** An evaluator of a binary or ternary network; `train` serves re-estimated thresholds. */
export const createEvaluator = (network: TrainedNetwork, test: LabelledImages, train: LabelledImages): Evaluator => {
  const folded = foldNetwork(network);
  const { kernels, known, blocks } = packImages(test);
  let calibration: Activations | undefined;

  const onTest = (integer: IntegerNetwork, synapses: readonly Synapses[], key: Key): number => {
    const classes = new Uint8Array(test.count);
    blocks.forEach((block, b) => {
      classes.set(classify(integer, synapses, block, fold(key, b)), b * BLOCK);
    });
    return accuracyOf(classes, test.labels);
  };
  const accuracy: Evaluator["accuracy"] = (errors, mode, thresholds, chip) =>
    kernels.scoped(() => {
      const synapses = folded.weights.map((weights, l): Synapses => {
        const layer = fold(fold(chip, "layer"), l);
        return mode === "frozen"
          ? synapses2T2R(kernels, weights, errors, layer, known)
          : redrawnErrors(packedSynapses(kernels, weights, known), weights, errors);
      });
      if (thresholds === "trained") return onTest(folded, synapses, fold(chip, "read"));
      const count = Math.min(RECALIBRATION_IMAGES, train.count);
      calibration ??= imageActivations(train.images.subarray(0, count * train.pixels), train.pixels);
      return onTest(recalibrate(network, synapses, calibration, fold(chip, "calibrate")), synapses, fold(chip, "read"));
    });
  const none = { high: 0, low: 0 };
  return {
    clean: accuracy({ type1: 0, type2: 0, type3: 0 }, "frozen", "trained", none),
    accuracy,
    weights: folded.weights,
    accuracyWith: (weights) =>
      kernels.scoped(() => {
        const synapses = weights.map((layer) => packedSynapses(kernels, layer, known));
        return onTest(folded, synapses, none);
      }),
  };
};

const evaluators = new WeakMap<TrainedNetwork, Evaluator>();

/** The evaluator of a network, made once a worker. */
export const evaluatorFor = (network: TrainedNetwork, test: LabelledImages, train: LabelledImages): Evaluator => {
  let found = evaluators.get(network);
  if (!found) {
    found = createEvaluator(network, test, train);
    evaluators.set(network, found);
  }
  return found;
};
