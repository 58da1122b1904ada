import type { Images } from "#src/kernels/images";
import { forEachRow, type RunningStep, type StepContext } from "./step-context.ts";
import type { TrainingStep } from "./training-steps.ts";

type Of<K extends TrainingStep["kind"]> = Extract<TrainingStep, { readonly kind: K }>;

const nothing = (): void => undefined;

/** Place of a pixel's first channel. */
const pixelAt = ({ rows, columns, channels, border }: Images, image: number, row: number, column: number): number =>
  ((image * (rows + 2 * border[0]) + row + border[0]) * (columns + 2 * border[1]) + column + border[1]) * channels;

const isPairs = ({ window: { size, stride, padding }, isMax }: Of<"pool">): boolean =>
  isMax && [...size, ...stride].every((n) => n === 2) && padding.every((n) => n === 0);

/** The largest or the mean of each window; gradients go to the first of the largest, or in equal parts to all. */
export const poolStep = (step: Of<"pool">, context: StepContext): RunningStep => {
  const { input, output, window, isMax } = step;
  const { kernels, values, gradients, into } = context;
  const [x, y] = [values[input], values[output]];
  if (isPairs(step))
    return {
      load: nothing,
      forward: ({ all }) => kernels.images.pool(y, x, all),
      backward: ({ all }) => {
        const below = into(input);
        if (!below) return;
        kernels.images.unpool(below.images, gradients[output], y, x, all);
        below.done();
      },
    };
  const area = window.size[0] * window.size[1];
  /** Calls `visit` with every place of the result and the places of its window that are on the image. */
  const forEachWindow = (
    { first, count }: { readonly first: number; readonly count: number },
    visit: (image: number, row: number, column: number, seen: readonly (readonly [number, number])[]) => void,
  ): void => {
    for (let b = first; b < first + count; b++)
      for (let v = 0; v < y.rows; v++)
        for (let u = 0; u < y.columns; u++) {
          const seen: [number, number][] = [];
          for (let i = 0; i < window.size[0]; i++)
            for (let j = 0; j < window.size[1]; j++) {
              const row = v * window.stride[0] + i - window.padding[0];
              const column = u * window.stride[1] + j - window.padding[1];
              if (row >= 0 && row < x.rows && column >= 0 && column < x.columns) seen.push([row, column]);
            }
          visit(b, v, u, seen);
        }
  };
  const largest = (image: number, seen: readonly (readonly [number, number])[], c: number): number => {
    let best = pixelAt(x, image, ...seen[0]) + c;
    for (const place of seen) {
      const at = pixelAt(x, image, ...place) + c;
      if (x.data[at] > x.data[best]) best = at;
    }
    return best;
  };
  return {
    load: nothing,
    forward: ({ all }) =>
      forEachWindow(all, (b, v, u, seen) => {
        const to = pixelAt(y, b, v, u);
        for (let c = 0; c < y.channels; c++)
          y.data[to + c] = isMax
            ? x.data[largest(b, seen, c)]
            : seen.reduce((sum, place) => sum + x.data[pixelAt(x, b, ...place) + c], 0) / area;
      }),
    backward: ({ all }) => {
      const below = into(input);
      if (!below) return;
      const { images } = below;
      const above = gradients[output];
      forEachRow(images, all, (at, length) => images.data.fill(0, at, at + length));
      forEachWindow(all, (b, v, u, seen) => {
        const from = pixelAt(above, b, v, u);
        for (let c = 0; c < y.channels; c++) {
          const g = above.data[from + c];
          if (isMax) {
            const offset = largest(b, seen, c);
            // Values and gradients may have borders of their own.
            const place = seen.find((at) => pixelAt(x, b, ...at) + c === offset) as readonly [number, number];
            images.data[pixelAt(images, b, ...place) + c] += g;
          } else for (const place of seen) images.data[pixelAt(images, b, ...place) + c] += g / area;
        }
      });
      below.done();
    },
  };
};

/** Channels last become a vector in the order of networks: channel, row, column. */
export const flattenStep = ({ input, output }: Of<"flatten">, context: StepContext): RunningStep => {
  const { values, gradients, into } = context;
  const { rows, columns, channels } = values[input];
  const size = rows * columns * channels;
  /** Calls `visit` with places in an image and in its vector. */
  const forEachPair = (
    images: Images,
    of: { readonly first: number; readonly count: number },
    visit: (image: number, vector: number) => void,
  ): void =>
    forEachRow(images, of, (at, length, image, row) => {
      const vector = (of.first + image) * size + row * columns;
      for (let k = 0; k < length; k++) {
        const column = Math.floor(k / channels);
        visit(at + k, vector + (k - column * channels) * rows * columns + column);
      }
    });
  return {
    load: nothing,
    forward: ({ all }) =>
      forEachPair(values[input], all, (image, vector) => {
        values[output].data[vector] = values[input].data[image];
      }),
    backward: ({ all }) => {
      const below = into(input);
      if (!below) return;
      forEachPair(below.images, all, (image, vector) => {
        below.images.data[image] = gradients[output].data[vector];
      });
      below.done();
    },
  };
};

/** Places of rows of two sets of images of one shape, whatever their borders. */
const forEachRowOfBoth = (
  a: Images,
  b: Images,
  of: { readonly first: number; readonly count: number },
  visit: (a: number, b: number, length: number) => void,
): void => {
  forEachRow(a, of, (at, length, image, row) => visit(at, pixelAt(b, of.first + image, row, 0), length));
};

export const addStep = ({ input, other, output }: Of<"add">, context: StepContext): RunningStep => {
  const { values, gradients, into } = context;
  return {
    load: nothing,
    forward: ({ all }) => {
      const [y, x, z] = [values[output], values[input], values[other]];
      forEachRowOfBoth(y, x, all, (to, at, length) => y.data.set(x.data.subarray(at, at + length), to));
      forEachRowOfBoth(y, z, all, (to, at, length) => {
        for (let k = 0; k < length; k++) y.data[to + k] += z.data[at + k];
      });
    },
    backward: ({ all }) => {
      for (const from of [input, other]) {
        const below = into(from);
        if (!below) continue;
        const above = gradients[output];
        forEachRowOfBoth(below.images, above, all, (to, at, length) =>
          below.images.data.set(above.data.subarray(at, at + length), to),
        );
        below.done();
      }
    },
  };
};

/** y = x + bias or x factor, a channel each or one for all. */
export const channelStep = (
  { kind, input, output, parameter }: Of<"bias" | "factor">,
  context: StepContext,
): RunningStep => {
  const { values, gradients, exchange, into } = context;
  const { channels } = values[input];
  const own = exchange.parameters.subarray(parameter.from, parameter.from + parameter.length);
  const isOne = parameter.length === 1;
  return {
    load: nothing,
    forward: ({ all }) => {
      const [x, y] = [values[input], values[output]];
      forEachRowOfBoth(y, x, all, (to, at, length) => {
        for (let k = 0; k < length; k++) {
          const by = own[isOne ? 0 : k % channels];
          y.data[to + k] = kind === "bias" ? x.data[at + k] + by : x.data[at + k] * by;
        }
      });
    },
    backward: ({ all, slices }) => {
      const [x, above] = [values[input], gradients[output]];
      for (const slice of slices) {
        const sums = new Float64Array(parameter.length);
        forEachRowOfBoth(above, x, slice, (at, from, length) => {
          for (let k = 0; k < length; k++)
            sums[isOne ? 0 : k % channels] += above.data[at + k] * (kind === "bias" ? 1 : x.data[from + k]);
        });
        exchange.gradients.set(sums, slice.slice * exchange.parameters.length + parameter.from);
      }
      const below = into(input);
      if (!below) return;
      forEachRowOfBoth(below.images, above, all, (to, at, length) => {
        for (let k = 0; k < length; k++)
          below.images.data[to + k] = above.data[at + k] * (kind === "bias" ? 1 : own[isOne ? 0 : k % channels]);
      });
      below.done();
    },
  };
};
