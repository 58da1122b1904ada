import { describe, expect, test } from "@jest/globals";
import { type Images, type ImageWindow, imagesLength, packedLength } from "#src/kernels/images";
import { createKernels } from "#src/kernels/kernels";
import { fold, normal, rootKey } from "#src/random/index";

const kernels = createKernels(2 ** 22);
const key = rootKey("images");
const COUNT = 3;
const ALL = { first: 0, count: COUNT };

/** Images of random numbers, zeros around them. */
const drawn = (
  name: string,
  rows: number,
  columns: number,
  channels: number,
  border: readonly [number, number] = [0, 0],
): Images => {
  const shape = { rows, columns, channels, border };
  const images = { ...shape, data: kernels.float32(imagesLength(shape, COUNT)).fill(0) };
  for (let b = 0; b < COUNT; b++)
    for (let y = 0; y < rows; y++)
      for (let x = 0; x < columns; x++)
        for (let c = 0; c < channels; c++)
          images.data[place(images, b, y, x, c)] = normal(
            fold(key, name),
            ((b * rows + y) * columns + x) * channels + c,
          );
  return images;
};

const place = ({ rows, columns, channels, border }: Images, b: number, y: number, x: number, c: number): number =>
  ((b * (rows + 2 * border[0]) + y + border[0]) * (columns + 2 * border[1]) + x + border[1]) * channels + c;

/** A number of an image; 0 beyond it. */
const at = (images: Images, b: number, y: number, x: number, c: number): number =>
  y < 0 || x < 0 || y >= images.rows || x >= images.columns ? 0 : images.data[place(images, b, y, x, c)];

const forEachPlace = (images: Images, visit: (b: number, y: number, x: number) => void): void => {
  for (let b = 0; b < COUNT; b++)
    for (let y = 0; y < images.rows; y++) for (let x = 0; x < images.columns; x++) visit(b, y, x);
};

/** Calls `visit` with the place of every weight of a window and of what it is multiplied by. */
const forEachTap = (
  { size, stride, padding, channels, fromChannel, outputs, toChannel }: ImageWindow,
  y: number,
  x: number,
  visit: (weight: number, row: number, column: number, from: number, to: number) => void,
): void => {
  for (let i = 0; i < size[0]; i++)
    for (let j = 0; j < size[1]; j++)
      for (let c = 0; c < channels; c++)
        for (let o = 0; o < outputs; o++)
          visit(
            ((i * size[1] + j) * channels + c) * outputs + o,
            y * stride[0] + i - padding[0],
            x * stride[1] + j - padding[1],
            fromChannel + c,
            toChannel + o,
          );
};

const window = (channels: number, outputs: number, over: Partial<ImageWindow> = {}): ImageWindow => ({
  size: [3, 3],
  stride: [1, 1],
  padding: [1, 1],
  channels,
  fromChannel: 0,
  outputs,
  toChannel: 0,
  ...over,
});

const CASES: readonly (readonly [string, readonly [number, number, number], number, ImageWindow])[] = [
  ["whole tiles", [8, 8, 16], 16, window(16, 16)],
  ["three channels and ragged edges", [7, 9, 3], 5, window(3, 5)],
  ["windows without padding in steps of two", [9, 11, 4], 9, window(4, 9, { padding: [0, 0], stride: [2, 2] })],
  ["a group of channels", [6, 5, 12], 8, window(3, 4, { fromChannel: 6, toChannel: 4 })],
  ["a row", [1, 17, 2], 3, window(2, 3, { size: [1, 5], padding: [0, 2], stride: [1, 3] })],
];

describe("kernels over images with channels last", () => {
  test.each(CASES)(
    "convolve %s as its definition says, forwards and by weights",
    (_name, [rows, columns, channels], to, own) => {
      kernels.scoped(() => {
        const x = drawn("x", rows, columns, channels, own.padding);
        const places = [0, 1].map(
          (k) => Math.floor(([rows, columns][k] + 2 * own.padding[k] - own.size[k]) / own.stride[k]) + 1,
        );
        const out = drawn("out", places[0], places[1], to, [1, 2]);
        const above = drawn("above", places[0], places[1], to, [2, 0]);
        const before = out.data.slice();
        const weights = kernels.float32(own.size[0] * own.size[1] * own.channels * own.outputs);
        weights.forEach((_, k) => {
          weights[k] = normal(fold(key, "w"), k);
        });
        const packed = kernels.float32(packedLength(own, "forwards"));
        kernels.images.pack(packed, weights, own, "forwards");
        kernels.images.convolve(out, x, packed, own, ALL);
        const gradient = kernels.float32(weights.length).fill(1);
        kernels.images.gradient(gradient, above, x, own, ALL);
        const expected = Float64Array.from(before);
        const byWeights = new Float64Array(weights.length).fill(1);
        forEachPlace(out, (b, v, u) => {
          for (let o = 0; o < own.outputs; o++) expected[place(out, b, v, u, own.toChannel + o)] = 0;
          forEachTap(own, v, u, (w, row, column, c, o) => {
            expected[place(out, b, v, u, o)] += at(x, b, row, column, c) * weights[w];
            byWeights[w] += at(x, b, row, column, c) * at(above, b, v, u, o);
          });
        });
        out.data.forEach((value, k) => {
          expect(value).toBeCloseTo(expected[k], 4);
        });
        gradient.forEach((value, k) => {
          expect(value).toBeCloseTo(byWeights[k], 3);
        });
      });
    },
  );
  test.each([
    ["in steps of one, whole vectors", 8, [6, 7], [3, 3], [1, 1], [1, 1]],
    ["in steps of two, six channels", 6, [9, 8], [3, 3], [2, 2], [1, 1]],
    ["of a row, three channels, unpadded", 3, [1, 12], [1, 5], [1, 2], [0, 0]],
  ] as const)(
    "convolve depthwise %s as its definition says, forwards and by weights",
    (_name, channels, sides, size, stride, padding) => {
      kernels.scoped(() => {
        const x = drawn("x", sides[0], sides[1], channels, padding);
        const places = [0, 1].map((k) => Math.floor((sides[k] + 2 * padding[k] - size[k]) / stride[k]) + 1);
        const out = drawn("out", places[0], places[1], channels, [1, 2]);
        const above = drawn("above", places[0], places[1], channels, [2, 0]);
        const expected = Float64Array.from(out.data);
        const weights = kernels.float32(size[0] * size[1] * channels);
        weights.forEach((_, k) => {
          weights[k] = normal(fold(key, "w"), k);
        });
        const byWeights = new Float64Array(weights.length).fill(1);
        const gradient = kernels.float32(weights.length).fill(1);
        const own = { size, stride, padding };
        kernels.images.depthwise(out, x, weights, own, ALL);
        kernels.images.depthwiseGradient(gradient, above, x, own, ALL);
        forEachPlace(out, (b, v, u) => {
          for (let c = 0; c < channels; c++) {
            expected[place(out, b, v, u, c)] = 0;
            for (let k = 0; k < size[0] * size[1]; k++) {
              const row = v * stride[0] + Math.floor(k / size[1]) - padding[0];
              const seen = at(x, b, row, u * stride[1] + (k % size[1]) - padding[1], c);
              expected[place(out, b, v, u, c)] += seen * weights[k * channels + c];
              byWeights[k * channels + c] += seen * at(above, b, v, u, c);
            }
          }
        });
        out.data.forEach((value, k) => {
          expect(value).toBeCloseTo(expected[k], 4);
        });
        gradient.forEach((value, k) => {
          expect(value).toBeCloseTo(byWeights[k], 3);
        });
      });
    },
  );
  test.each([4, 6])("pool %i channels to the largest, and give gradients to the first of them", (channels) => {
    kernels.scoped(() => {
      const x = drawn("x", 5, 7, channels, [1, 0]);
      // Whole numbers have ties, as sums of signs have.
      x.data.forEach((value, k) => {
        x.data[k] = Math.round(value);
      });
      const [pooled, above, to] = [
        drawn("p", 2, 3, channels, [0, 1]),
        drawn("a", 2, 3, channels),
        drawn("t", 5, 7, channels, [1, 1]),
      ];
      to.data.fill(0);
      kernels.images.pool(pooled, x, ALL);
      kernels.images.unpool(to, above, pooled, x, ALL);
      const expected = new Float64Array(to.data.length);
      forEachPlace(pooled, (b, v, u) => {
        for (let c = 0; c < channels; c++) {
          const four = [0, 1, 2, 3].map((k) => [2 * v + (k >> 1), 2 * u + (k & 1)] as const);
          const values = four.map(([row, column]) => at(x, b, row, column, c));
          expect(at(pooled, b, v, u, c)).toBe(Math.max(...values));
          const [row, column] = four[values.indexOf(Math.max(...values))];
          expected[place(to, b, row, column, c)] = at(above, b, v, u, c);
        }
      });
      expect([...to.data]).toEqual([...expected].map((value) => Math.fround(value)));
    });
  });
  test.each([
    [5, 6, 8],
    [4, 4, 7],
    [1, 1, 10],
  ])("know means and squares of %i x %i images of %i channels, far from 0 too", (rows, columns, channels) => {
    kernels.scoped(() => {
      const x = drawn("x", rows, columns, channels);
      x.data.forEach((value, k) => {
        x.data[k] = value + 100 * (k % channels);
      });
      const memory = kernels.float32(4 * channels);
      const moments = new Float64Array(memory.buffer, memory.byteOffset, 2 * channels);
      kernels.images.moments(moments, x, ALL);
      for (let c = 0; c < channels; c++) {
        const own = [...x.data].filter((_, k) => k % channels === c);
        const mean = own.reduce((sum, value) => sum + value, 0) / own.length;
        expect(moments[c]).toBeCloseTo(mean, 3);
        expect(moments[channels + c]).toBeCloseTo(
          own.reduce((sum, value) => sum + (value - mean) ** 2, 0),
          2,
        );
      }
    });
  });
  test("a channel that never changes has no variance", () => {
    kernels.scoped(() => {
      const x = drawn("x", 8, 8, 4);
      x.data.fill(1234.5);
      const memory = kernels.float32(16);
      const moments = new Float64Array(memory.buffer, memory.byteOffset, 8);
      kernels.images.moments(moments, x, ALL);
      expect([...moments]).toEqual([1234.5, 1234.5, 1234.5, 1234.5, 0, 0, 0, 0]);
    });
  });
});
