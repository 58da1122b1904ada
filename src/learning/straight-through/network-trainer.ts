import { arraysIn, bytesOf } from "#src/kernels/declared-arrays";
import { type Images, imagesLength } from "#src/kernels/images";
import { createKernels, type Kernels } from "#src/kernels/kernels";
import { largestOfRows } from "#src/networks/index";
import { placeNetwork } from "#src/networks/network";
import type { Key } from "#src/random/index";
import { type Descent, descentOf } from "./descent.ts";
import { type Exchange, SLICES, type Slice, shareOf, slicesOf } from "./exchange.ts";
import { type PointwiseStep, pointwiseArrays, pointwiseStep, type Running } from "./pointwise-step.ts";
import type { Recipe } from "./recipe.ts";
import { addStep, channelStep, flattenStep, poolStep } from "./shape-steps.ts";
import type { Pass, RunningStep, StepContext } from "./step-context.ts";
import { type NetworkDesign, type TrainingSteps, trainingSteps } from "./training-steps.ts";
import { layerReader, type WeightReading } from "./weight-reading.ts";
import { weightedArrays, weightedStep } from "./weighted-step.ts";

/** One of those who train a network together. All call the same functions in the same order. */
export interface NetworkTrainer {
  /** Slices of a batch that are this rank's. */
  readonly own: (count: number) => readonly Slice[];
  /** Most images of a slice: a block of test images has as many. */
  readonly block: number;
  /** Where this rank's images are put: channels last, in the order of its slices; `labels` as many. */
  readonly input: Images;
  readonly labels: Uint8Array;
  /** Running statistics of the normalisations, by layer. */
  readonly running: Readonly<Record<string, Running>>;
  /** Writes the gradients of the loss of a batch of `count` to the exchange; returns the batch's mean loss. Parameters stay. */
  gradients(count: number): number;
  /** Moves the parameters by the gradients of the exchange; false where these are no numbers. */
  descend(by: Descent): boolean;
  /** Loads parameters after they were set from outside. */
  load(): void;
  /** Reads the weights, where the training says how: before `gradients` and `classify`, after parameters have moved. */
  read(key: Key): void;
  /** Classes of blocks of images by the running statistics, `counts` images each, one block after the other. */
  classify(counts: readonly number[]): Uint8Array;
  readonly steps: TrainingSteps;
  /** Bytes of the kernels' memory. */
  readonly bytes: number;
}

/** Sum of cross-entropies of rows, and the gradient of the mean over `whole` of them; a single output is the odds of class 1. */
const crossEntropyInto = (
  gradient: Float32Array,
  y: Float32Array,
  labels: Uint8Array,
  { first, count }: Slice,
  classes: number,
  whole: number,
): number => {
  let loss = 0;
  for (let b = first; b < first + count; b++) {
    const row = b * classes;
    let largest = classes === 1 ? 0 : Number.NEGATIVE_INFINITY;
    for (let o = 0; o < classes; o++) largest = Math.max(largest, y[row + o]);
    let sum = classes === 1 ? Math.exp(-largest) : 0;
    for (let o = 0; o < classes; o++) sum += Math.exp(y[row + o] - largest);
    const own = classes === 1 ? (labels[b] === 1 ? y[row] : 0) : y[row + labels[b]];
    loss += largest + Math.log(sum) - own;
    for (let o = 0; o < classes; o++) {
      const isOwn = classes === 1 ? labels[b] === 1 : labels[b] === o;
      gradient[row + o] = (Math.exp(y[row + o] - largest) / sum - (isOwn ? 1 : 0)) / whole;
    }
  }
  return loss;
};

/**
 * A rank of a network's training by backpropagation with straight-through estimators: forwards with quantized weights, the gradient by
 * which moves the latent ones (Courbariaux et al., arXiv:1602.02830). Softmax cross-entropy, mean over the batch.
 *
 * What is summed over a batch (moments, gradients, losses) is summed by slices in their order, so that the parameters' bytes depend
 * neither on how many train together nor on who has which slice.
 *
 * @param batch Most images of a batch.
 * @param reading How weights are read; null: as they are.
 * @throws RangeError for a network that cannot be trained, or too large for the kernels' memory.
 */
export const networkTrainer = (
  design: NetworkDesign,
  { ternaryThreshold, optimiser, arithmetic }: Pick<Recipe, "ternaryThreshold" | "optimiser" | "arithmetic">,
  batch: number,
  exchange: Exchange,
  known: TrainingSteps = trainingSteps(design),
  reading: WeightReading | null = null,
): NetworkTrainer => {
  const { values, steps, output, classes } = known;
  const { rank, ranks, tallies } = exchange;
  const [fromSlice, toSlice] = shareOf(SLICES, rank, ranks);
  const block = Math.ceil(batch / SLICES);
  const images = Math.max(1, block * (toSlice - fromSlice));
  /** A slice's images are numbered within the rank. */
  const own = (count: number): readonly Slice[] => {
    const mine = slicesOf(count).slice(fromSlice, toSlice);
    return mine.map((slice) => ({ ...slice, first: slice.start - mine[0].start }));
  };

  const placedLayers = reading ? placeNetwork(design) : [];
  const readers = steps.map((step) => {
    const at = step.kind === "weighted" && placedLayers.find(({ layer }) => layer.name === step.of.name);
    return at ? layerReader(reading, at) : null;
  });
  const shapes = values.map(({ shape }) => shape);
  const gradientShapes = values.map(({ shape, gradientBorder }) => ({ ...shape, border: gradientBorder }));
  // The gradient by the input is nobody's; that of a value with several readers is first written beside it.
  const several = values.map(({ readers }, v) => v > 0 && readers > 1);
  const declared = {
    values: shapes.map((shape) => imagesLength(shape, images)),
    gradients: gradientShapes.map((shape, v) => (v === 0 ? 0 : imagesLength(shape, images))),
    beside: gradientShapes.map((shape, v) => (several[v] ? imagesLength(shape, images) : 0)),
    steps: steps.map((step, k) => {
      if (step.kind === "weighted") return weightedArrays(step, shapes, images, readers[k] !== null);
      return step.kind === "pointwise" ? pointwiseArrays(values[step.input].shape.channels) : [];
    }),
  };
  const bytes = bytesOf(declared);
  const kernels: Kernels = createKernels(bytes, arithmetic);
  const placed = arraysIn(kernels, declared);
  const valueImages = shapes.map((shape, v): Images => ({ ...shape, data: placed.values[v] }));
  const gradientImages = gradientShapes.map((shape, v): Images => ({ ...shape, data: placed.gradients[v] }));
  const besideImages = gradientShapes.map((shape, v): Images => ({ ...shape, data: placed.beside[v] }));
  /** Values whose gradient has been written in this pass. */
  const written = new Set<number>();
  const into: StepContext["into"] = (v) => {
    if (v === 0) return null;
    if (!several[v]) return { images: gradientImages[v], done: () => undefined };
    if (!written.has(v)) {
      written.add(v);
      return { images: gradientImages[v], done: () => undefined };
    }
    return {
      images: besideImages[v],
      done: () => {
        const [to, by] = [gradientImages[v].data, besideImages[v].data];
        for (let k = 0; k < to.length; k++) to[k] += by[k];
      },
    };
  };
  const context: StepContext = { kernels, values: valueImages, gradients: gradientImages, exchange, into };
  const running: Record<string, Running> = {};
  const pointwise = (step: PointwiseStep, memory: object): RunningStep => {
    const channels = values[step.input].shape.channels;
    if (step.norm)
      running[step.norm.name] = { mean: new Float32Array(channels), variance: new Float32Array(channels).fill(1) };
    return pointwiseStep(
      step,
      step.norm ? running[step.norm.name] : null,
      memory as Parameters<typeof pointwiseStep>[2],
      context,
    );
  };
  const run = steps.map((step, k): RunningStep => {
    const memory = placed.steps[k];
    switch (step.kind) {
      case "weighted": {
        const quantizer = { weights: step.of.weights, ternaryThreshold };
        return weightedStep(step, quantizer, readers[k], memory as Parameters<typeof weightedStep>[3], context);
      }
      case "pointwise":
        return pointwise(step, memory);
      case "pool":
        return poolStep(step, context);
      case "flatten":
        return flattenStep(step, context);
      case "add":
        return addStep(step, context);
      default:
        return channelStep(step, context);
    }
  });

  const descent = descentOf(known, optimiser, exchange);
  const labels = new Uint8Array(images);
  const load = (): void => {
    for (const step of run) step.load();
  };
  const forward = (pass: Pass, mode: "training" | "test"): void => {
    for (const step of run) step.forward(pass, mode);
  };
  return {
    own,
    block,
    input: valueImages[0],
    labels,
    running,
    steps: known,
    bytes,
    load,
    read: (key) => {
      for (const step of run) step.read?.(key);
    },
    gradients: (count) => {
      const slices = own(count);
      const pass: Pass = {
        slices,
        all: { first: 0, count: slices.reduce((sum, slice) => sum + slice.count, 0) },
        counts: slicesOf(count).map((slice) => slice.count),
      };
      forward(pass, "training");
      const [y, gradient] = [valueImages[output].data, gradientImages[output].data];
      for (const slice of slices) tallies[slice.slice] = crossEntropyInto(gradient, y, labels, slice, classes, count);
      written.clear();
      for (let k = run.length - 1; k >= 0; k--) run[k].backward(pass);
      exchange.meet();
      let loss = 0;
      for (let s = 0; s < SLICES; s++) loss += tallies[s];
      return loss / count;
    },
    descend: (by) => {
      tallies[SLICES + rank] = descent(by) ? 0 : 1;
      exchange.meet();
      load();
      for (let r = 0; r < ranks; r++) if (tallies[SLICES + r] !== 0) return false;
      return true;
    },
    classify: (counts) => {
      let at = 0;
      const slices = counts.map((count, slice) => {
        const first = at;
        at += count;
        return { slice, start: first, first, count };
      });
      forward({ slices, all: { first: 0, count: at }, counts: [] }, "test");
      return largestOfRows(valueImages[output].data, at, classes);
    },
  };
};
