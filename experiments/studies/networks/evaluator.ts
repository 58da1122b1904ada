import { synapses2T2R } from "#circuits/index";
import type { LabelledImages } from "#src/datasets/labelled-images";
import { type Kernels, kernelsFor } from "#src/kernels/kernels";
import {
  type Activations,
  accuracyOf,
  blockOf,
  classesOf,
  classify,
  classifyFloat,
  classifySingle,
  describeNetwork,
  foldNetwork,
  type ImageShape,
  type IntegerNetwork,
  idealArray,
  integerImages,
  isWeighted,
  type Network,
  NO_ERRORS,
  type PackedInputs,
  packedArrays,
  packedInputArrays,
  packedSynapses,
  packInput,
  placeNetwork,
  recalibrate,
  redrawnErrors,
  type Synapses,
  showShape,
  sizeOf,
  type WeightErrors,
  type WeightedLayer,
  type WeightMatrix,
} from "#src/networks/index";
import { fold, type Key } from "#src/random/index";

/** How errors come: drawn once a chip, or anew at every read of every image. */
export type ErrorMode = "frozen" | "redrawn";

/** Whether thresholds stay as trained, or are re-estimated on a chip from training images. */
export type Thresholding = "trained" | "re-estimated";

/** What befalls the weights of each layer, by its name. */
export type LayerErrors = (layer: string) => WeightErrors;

/** What becomes of weighted layers that arrays cannot hold: they stop everything, or are computed beside the arrays. */
export type Others = "refused" | "digital";

/** A network with a set of test images packed for it: evaluates chip after chip. */
interface Evaluator {
  readonly clean: number;
  /** What each test image is taken for without errors. */
  readonly cleanClasses: Uint8Array;
  /** What each test image is taken for on one chip. */
  classes(errors: LayerErrors, mode: ErrorMode, thresholds: Thresholding, chip: Key): Uint8Array;
  /** Accuracy on one chip. */
  accuracy(errors: LayerErrors, mode: ErrorMode, thresholds: Thresholding, chip: Key): number;
  /** @throws RangeError for read errors of weights that have none: numbers of several bits. */
  check(errors: LayerErrors): void;
  /** Names of the layers on arrays, an entry an array. */
  readonly layers: readonly string[];
  /** The ideal integer weights, layer by layer. */
  readonly weights: readonly WeightMatrix[];
  /** What each test image is taken for with these weights instead. */
  classesWith(weights: readonly WeightMatrix[]): Uint8Array;
  /** Accuracy with these weights instead; thresholds as trained where it is not said. */
  accuracyWith(weights: readonly WeightMatrix[], thresholds?: Thresholding): number;
}

const RECALIBRATION_IMAGES = 1000;

interface PackedImages {
  readonly kernels: Kernels;
  readonly known: PackedInputs;
  readonly blocks: readonly Activations[];
}

const packedImages = new WeakMap<LabelledImages, Map<string, PackedImages>>();

/** Whether a value is the input's, at most flattened. */
const isInput = ({ placed }: Pick<IntegerNetwork, "placed">, value: number): boolean => {
  if (value === 0) return true;
  const { layer, takes } = placed[value - 1];
  return layer.kind === "flatten" && isInput({ placed }, takes[0]);
};

// Images are packed once for all networks of one shape and all chips of a worker.
const packImages = (images: LabelledImages, integer: IntegerNetwork): PackedImages => {
  const block = blockOf(integer.network);
  const [first] = integer.arrays;
  // A convolution packs its patches image by image, when it reads them.
  const isDense = first?.at.layer.kind === "dense" && isInput(integer, first.at.takes[0]);
  const declared = {
    images: isDense
      ? blocksOf(images.count, block).map(([from, to]) => packedInputArrays(first.levels, to - from, images.pixels))
      : [],
    network: packedArrays(integer),
  };
  const name = `${block} ${JSON.stringify(declared)} ${integer.pixels.join()}`;
  const byNetwork = packedImages.get(images) ?? new Map<string, PackedImages>();
  packedImages.set(images, byNetwork);
  const found = byNetwork.get(name);
  if (found) return found;
  const kernels = kernelsFor(declared);
  const known: PackedInputs = new Map();
  const blocks = blocksOf(images.count, block).map(([from, to]) => {
    const shown = integerImages(integer, images.images.subarray(from * images.pixels, to * images.pixels));
    if (isDense) known.set(shown, packInput(kernels, shown));
    return shown;
  });
  const packed = { kernels, known, blocks };
  byNetwork.set(name, packed);
  return packed;
};

const blocksOf = (count: number, block: number): [number, number][] =>
  Array.from({ length: Math.ceil(count / block) }, (_, b) => [b * block, Math.min(count, (b + 1) * block)]);

/** @throws RangeError naming layers that arrays cannot hold, where they are not to stay digital. */
const checkHeld = ({ digital }: IntegerNetwork, others: Others): void => {
  if (digital.length === 0 || others === "digital") return;
  const named = digital.map(({ layer, why }) => `"${layer}" (${why})`).join(", ");
  throw new RangeError(
    `network: arrays of binary, ternary or whole-number weights cannot hold ${digital.length === 1 ? "layer" : "layers"} ${named}; others=digital computes such layers beside the arrays.`,
  );
};

/** @throws RangeError for read errors of weights that have none: numbers of several bits. */
const checkErrorsOf = ({ arrays }: IntegerNetwork, errors: LayerErrors): void => {
  for (const { at } of arrays) {
    const { weights } = at.layer as WeightedLayer;
    const { type1, type2, type3 } = errors(at.layer.name);
    if (weights.kind === "integer" && type1 + type2 + type3 > 0)
      throw new RangeError(
        `errors: layer "${at.layer.name}" has whole numbers of ${weights.bits} bits; read errors are of binary and ternary weights. Give it rates of 0.`,
      );
  }
};

const checked = new WeakMap<Network, Others[]>();

/** @throws RangeError for a network whose layers arrays of binary and ternary cells cannot hold, and naming them. */
export const checkOnCells = (network: Network, others: Others): void => {
  const found = checked.get(network) ?? [];
  if (found.includes(others)) return;
  const folded = foldNetwork(network);
  checkHeld(folded, others);
  checkErrorsOf(folded, () => ({ ...NO_ERRORS, type1: 1 }));
  if (folded.arrays.length === 0)
    throw new RangeError("network: no layer is on arrays, and nothing can be read wrong; expected one or more.");
  checked.set(network, [...found, others]);
};

const sidesText = (sides: readonly number[]): string => sides.join(" x ");

/** Whether images of these sides are the input's shape, or either is a plain vector: sides of one do not count. */
const isArranged = (shape: ImageShape, sides: readonly number[]): boolean => {
  const several = (list: readonly number[]): readonly number[] => list.filter((n) => n !== 1);
  const [own, theirs] = [several([shape.channels, shape.height, shape.width]), several(sides)];
  return own.length <= 1 || theirs.length <= 1 || own.join() === theirs.join();
};

/**
 * @param reshape Whether images of as many values in another arrangement are taken in their order.
 * @throws RangeError where images or labels do not fit a network.
 */
export const checkData = (
  network: Network,
  images: LabelledImages,
  data: string,
  called: string,
  reshape: boolean,
): void => {
  const { shape } = network.input;
  const outputs = classesOf(placeNetwork(network));
  // One output tells two classes apart, by its sign.
  const classes = outputs === 1 ? 2 : outputs;
  const { sides = [images.pixels] } = images;
  if (sizeOf(shape) !== images.pixels)
    throw new RangeError(
      `${called} takes ${showShape(shape)} (${describeNetwork(network)}); images of ${data} are ${sidesText(sides)}, ${images.pixels} pixels and not ${sizeOf(shape)}. Give images of its shape, as .npz or .npy too.`,
    );
  if (!reshape && !isArranged(shape, sides))
    throw new RangeError(
      `${called} takes ${showShape(shape)}; images of ${data} are ${sidesText(sides)}, as many values in another arrangement. reshape (--reshape, reshape=allowed in studies) takes them in their order.`,
    );
  if (classes < images.classes)
    throw new RangeError(`${called} tells ${classes} classes apart; ${data} has ${images.classes} classes.`);
};

/**
 * An evaluator of a network whose weights are on arrays; `train` serves re-estimated thresholds.
 *
 * @param others What becomes of weighted layers that arrays cannot hold.
 * @throws RangeError for a network with such layers, where they are refused.
 */
export const createEvaluator = (
  network: Network,
  test: LabelledImages,
  train: LabelledImages,
  others: Others = "refused",
): Evaluator => {
  const folded = foldNetwork(network);
  checkHeld(folded, others);
  const { kernels, known, blocks } = packImages(test, folded);
  let calibration: Activations | undefined;

  const classesOn = (integer: IntegerNetwork, synapses: readonly Synapses[], key: Key): Uint8Array => {
    const classes = new Uint8Array(test.count);
    let from = 0;
    blocks.forEach((block, b) => {
      classes.set(classify(integer, synapses, block, fold(key, b)), from);
      from += block.batch;
    });
    return classes;
  };
  const rightOf = (classes: Uint8Array): number => accuracyOf(classes, test.labels);
  /** The network with thresholds as trained, or as these synapses need them. */
  const thresholdsOn = (synapses: readonly Synapses[], thresholds: Thresholding, key: Key): IntegerNetwork => {
    if (thresholds === "trained") return folded;
    const count = Math.min(RECALIBRATION_IMAGES, blockOf(network), train.count);
    calibration ??= integerImages(folded, train.images.subarray(0, count * train.pixels));
    return recalibrate(network, synapses, calibration, key);
  };
  const classes: Evaluator["classes"] = (errors, mode, thresholds, chip) =>
    kernels.scoped(() => {
      const synapses = folded.arrays.map((array, l): Synapses => {
        const { weights } = array;
        const rates = errors(array.at.layer.name);
        const layer = fold(fold(chip, "layer"), l);
        return mode === "frozen"
          ? synapses2T2R(kernels, array, rates, layer, known)
          : redrawnErrors(packedSynapses(kernels, weights, known), weights, rates);
      });
      return classesOn(thresholdsOn(synapses, thresholds, fold(chip, "calibrate")), synapses, fold(chip, "read"));
    });
  const none = { high: 0, low: 0 };
  const cleanClasses = kernels.scoped(() => {
    const synapses = folded.arrays.map((array) => idealArray(kernels, array, array.weights, known));
    return classesOn(folded, synapses, none);
  });
  return {
    cleanClasses,
    clean: rightOf(cleanClasses),
    classes,
    accuracy: (...on) => rightOf(classes(...on)),
    check: (errors) => checkErrorsOf(folded, errors),
    layers: folded.arrays.map(({ at }) => at.layer.name),
    weights: folded.arrays.map(({ weights }) => weights),
    classesWith: (weights) =>
      kernels.scoped(() => {
        const synapses = weights.map((layer, k) => idealArray(kernels, folded.arrays[k], layer, known));
        return classesOn(folded, synapses, none);
      }),
    accuracyWith: (weights, thresholds = "trained") =>
      kernels.scoped(() => {
        const synapses = weights.map((layer, k) => idealArray(kernels, folded.arrays[k], layer, known));
        return rightOf(classesOn(thresholdsOn(synapses, thresholds, none), synapses, none));
      }),
  };
};

/** What each image is taken for without errors; float networks of convolutions in single precision, which is some ten times as fast. */
export const cleanClassesOf = (network: Network, test: LabelledImages, train: LabelledImages): Uint8Array => {
  const layers = network.layers.filter(isWeighted);
  if (layers.some(({ weights }) => weights.kind !== "float"))
    return evaluatorFor(network, test, train, "digital").cleanClasses;
  const isDense = layers.every(({ kind }) => kind === "dense");
  return (isDense ? classifyFloat : classifySingle)(network, test.images);
};

interface Kept {
  readonly test: LabelledImages;
  readonly train: LabelledImages;
  readonly others: Others;
  readonly evaluator: Evaluator;
}

const evaluators = new WeakMap<Network, Kept[]>();

/** The evaluator of a network on these images, made once a worker. */
export const evaluatorFor = (
  network: Network,
  test: LabelledImages,
  train: LabelledImages,
  others: Others = "refused",
): Evaluator => {
  const kept = evaluators.get(network) ?? [];
  evaluators.set(network, kept);
  const found = kept.find((of) => of.test === test && of.train === train && of.others === others);
  if (found) return found.evaluator;
  const evaluator = createEvaluator(network, test, train, others);
  kept.push({ test, train, others, evaluator });
  return evaluator;
};
