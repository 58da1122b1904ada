import type { Images, ImageWindow } from "#src/kernels/images";
import { imagesLength, packedLength } from "#src/kernels/images";
import { rowMajor, transposed } from "#src/kernels/kernels";
import type { Key } from "#src/random/index";
import { type Quantizer, quantizeInto } from "./latent-weights.ts";
import { forEachRow, type RunningStep, type StepContext } from "./step-context.ts";
import type { TrainingStep } from "./training-steps.ts";
import type { LayerReader } from "./weight-reading.ts";

export type WeightedStep = Extract<TrainingStep, { readonly kind: "weighted" }>;

/** The window of the way back: what a window gives is seen, turned about, from what it saw. */
const backWindow = ({ size, padding, channels, fromChannel, outputs, toChannel }: ImageWindow): ImageWindow => ({
  size,
  stride: [1, 1],
  padding: [size[0] - 1 - padding[0], size[1] - 1 - padding[1]],
  channels: outputs,
  fromChannel: toChannel,
  outputs: channels,
  toChannel: fromChannel,
});

const hasUnitStride = ({ stride }: ImageWindow): boolean => stride[0] === 1 && stride[1] === 1;

/**
 * Gradients of places that a window of larger steps left out, zeros between and beyond them: with these the way back is that of a
 * window of step 1.
 */
const spreadShape = (
  { size, padding }: ImageWindow,
  x: Omit<Images, "data">,
  outputs: number,
): Omit<Images, "data"> => ({
  rows: x.rows + 2 * padding[0] - size[0] + 1,
  columns: x.columns + 2 * padding[1] - size[1] + 1,
  channels: outputs,
  border: [size[0] - 1 - padding[0], size[1] - 1 - padding[1]],
});

/** Whether each channel has a window of its own and gives one channel. */
const isDepthwise = (windows: readonly ImageWindow[]): boolean =>
  windows.length > 1 && windows.every(({ channels, outputs }) => channels === 1 && outputs === 1);

/** Lengths of the arrays of a step, images at most. */
export const weightedArrays = (
  step: WeightedStep,
  values: readonly Omit<Images, "data">[],
  images: number,
  isReadWrong: boolean,
) => {
  const { windows, weights, outputs } = step;
  const [window] = windows ?? [];
  const isDepth = windows !== null && isDepthwise(windows);
  return {
    levels: weights.length,
    read: isReadWrong ? weights.length : 0,
    gradient: windows && !isDepth ? weights.length / windows.length : weights.length,
    packed: isDepth ? [weights.length] : (windows?.map((own) => packedLength(own, "forwards")) ?? []),
    turned: window && step.input > 0 ? (isDepth ? weights.length : packedLength(window, "turned")) : 0,
    spread:
      window && step.input > 0 && !hasUnitStride(window)
        ? imagesLength(spreadShape(window, values[step.input], outputs), images)
        : 0,
  };
};

interface WeightedMemory {
  readonly levels: Float32Array;
  readonly read: Float32Array;
  readonly gradient: Float32Array;
  readonly packed: readonly Float32Array[];
  readonly turned: Float32Array;
  readonly spread: Float32Array;
}

/** A dense layer: products of matrices, a slice at a time. */
const denseStep = (
  { input, output, inputs, outputs, weights }: WeightedStep,
  { levels, gradient }: WeightedMemory,
  { kernels, values, gradients, exchange, into }: StepContext,
  used: Float32Array,
): Omit<RunningStep, "load" | "read"> => {
  const rows = (images: Images, width: number, first: number, count: number): Float32Array =>
    images.data.subarray(first * width, (first + count) * width);
  return {
    forward: ({ slices }) => {
      for (const { first, count } of slices) {
        if (count === 0) continue;
        const x = rowMajor(rows(values[input], inputs, first, count), inputs);
        const z = rows(values[output], outputs, first, count);
        kernels.gemm(z, x, rowMajor(used, outputs), count, outputs, inputs);
      }
    },
    backward: ({ slices }) => {
      const below = into(input);
      for (const { slice, first, count } of slices) {
        const at = slice * exchange.parameters.length + weights.from;
        if (count === 0) {
          exchange.gradients.fill(0, at, at + weights.length);
          continue;
        }
        const x = rows(values[input], inputs, first, count);
        const above = rowMajor(rows(gradients[output], outputs, first, count), outputs);
        kernels.gemm(gradient, transposed(x, inputs), above, inputs, outputs, count);
        exchange.gradients.set(gradient, at);
        if (!below) continue;
        const to = rows(below.images, inputs, first, count);
        kernels.gemm(to, above, transposed(levels, outputs), count, inputs, outputs);
      }
      below?.done();
    },
  };
};

/**
 * A layer of weights in training: forwards by their levels as they are read, the gradient by which moves the latent ones; back to its
 * inputs by the levels as they are, which are what the program knows of a chip.
 */
export const weightedStep = (
  step: WeightedStep,
  quantizer: Quantizer,
  reader: LayerReader | null,
  memory: WeightedMemory,
  context: StepContext,
): RunningStep => {
  const { input, output, outputs, weights, windows } = step;
  const { kernels, values, gradients, exchange, into } = context;
  const { levels, gradient, packed, turned } = memory;
  const latent = exchange.parameters.subarray(weights.from, weights.from + weights.length);
  const used = reader ? memory.read : levels;
  const quantize = (): void => quantizeInto(levels, latent, quantizer);
  const ofGroup = (all: Float32Array, g: number): Float32Array => {
    const size = all.length / (windows?.length ?? 1);
    return all.subarray(g * size, (g + 1) * size);
  };
  const isDepth = windows !== null && isDepthwise(windows);
  /** Weights of channels, one window after the other, as places of the window that have all channels; turned: the last place first. */
  const packDepth = (to: Float32Array, from: Float32Array, isTurned: boolean): void => {
    const area = weights.length / outputs;
    for (let c = 0; c < outputs; c++)
      for (let k = 0; k < area; k++) to[(isTurned ? area - 1 - k : k) * outputs + c] = from[c * area + k];
  };
  const pack = (): void => {
    if (isDepth) packDepth(packed[0], used, false);
    else
      windows?.forEach((window, g) => {
        kernels.images.pack(packed[g], ofGroup(used, g), window, "forwards");
      });
  };
  const loading = reader
    ? {
        load: quantize,
        read: (key: Key): void => {
          reader(used, levels, key);
          pack();
        },
      }
    : {
        load: (): void => {
          quantize();
          pack();
        },
      };
  if (!windows) return { ...loading, ...denseStep(step, memory, context, used) };
  const [first] = windows;
  const size = weights.length / windows.length;
  const isDirect = hasUnitStride(first);
  const spread: Images = { ...spreadShape(first, values[input], outputs), data: memory.spread };
  const spreadOut = (of: { readonly first: number; readonly count: number }): void => {
    const above = gradients[output];
    const width = (spread.columns + 2 * spread.border[1]) * outputs;
    const height = spread.rows + 2 * spread.border[0];
    forEachRow(above, of, (at, _length, image, row) => {
      const y = row * first.stride[0] + spread.border[0];
      const to = ((of.first + image) * height + y) * width + spread.border[1] * outputs;
      for (let x = 0; x < above.columns; x++)
        spread.data.set(
          above.data.subarray(at + x * outputs, at + (x + 1) * outputs),
          to + x * first.stride[1] * outputs,
        );
    });
  };
  return {
    ...loading,
    forward: ({ all }) => {
      if (isDepth) kernels.images.depthwise(values[output], values[input], packed[0], first, all);
      else
        windows.forEach((window, g) => {
          kernels.images.convolve(values[output], values[input], packed[g], window, all);
        });
    },
    backward: ({ all, slices }) => {
      if (isDepth)
        for (const slice of slices) {
          gradient.fill(0);
          kernels.images.depthwiseGradient(gradient, gradients[output], values[input], first, slice);
          const at = slice.slice * exchange.parameters.length + weights.from;
          for (let c = 0; c < outputs; c++)
            for (let k = 0; k < size; k++) exchange.gradients[at + c * size + k] = gradient[k * outputs + c];
        }
      else
        windows.forEach((window, g) => {
          for (const slice of slices) {
            gradient.fill(0);
            kernels.images.gradient(gradient, gradients[output], values[input], window, slice);
            exchange.gradients.set(gradient, slice.slice * exchange.parameters.length + weights.from + g * size);
          }
        });
      const below = into(input);
      if (!below) return;
      if (!isDirect) spreadOut(all);
      const above = isDirect ? gradients[output] : spread;
      if (isDepth) {
        packDepth(turned, levels, true);
        kernels.images.depthwise(below.images, above, turned, backWindow(first), all);
      } else
        windows.forEach((window, g) => {
          kernels.images.pack(turned, ofGroup(levels, g), window, "turned");
          kernels.images.convolve(below.images, above, turned, backWindow(window), all);
        });
      below.done();
    },
  };
};
