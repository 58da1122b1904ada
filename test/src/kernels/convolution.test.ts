import { describe, expect, test } from "@jest/globals";
import { type ConvolutionShape, createKernels } from "#src/kernels/kernels";
import { forEachConvolved } from "#src/kernels/reference";
import { fold, normalsInto, rootKey } from "#src/random/index";

const key = rootKey("convolution");
const BATCH = 3;

const SHAPES: [string, ConvolutionShape][] = [
  ["one of each", { channels: 1, height: 5, width: 5, outChannels: 1, kernel: 3, padding: 0 }],
  ["padded, odd sides", { channels: 3, height: 7, width: 9, outChannels: 5, kernel: 3, padding: 1 }],
  ["wide enough for whole vectors", { channels: 2, height: 12, width: 20, outChannels: 6, kernel: 5, padding: 2 }],
  [
    "more channels than a panel has rows",
    { channels: 9, height: 4, width: 6, outChannels: 101, kernel: 2, padding: 1 },
  ],
  [
    "more patch elements than a panel is deep",
    { channels: 40, height: 5, width: 5, outChannels: 4, kernel: 3, padding: 1 },
  ],
  [
    "more places than are gathered at once",
    { channels: 2, height: 30, width: 31, outChannels: 3, kernel: 3, padding: 0 },
  ],
  [
    "a last strip that ends a row later, 28 bytes on",
    { channels: 2, height: 4, width: 3, outChannels: 5, kernel: 3, padding: 2 },
  ],
  ["a kernel of one", { channels: 3, height: 4, width: 4, outChannels: 2, kernel: 1, padding: 0 }],
];

const placesOf = ({ height, width, kernel, padding }: ConvolutionShape): number =>
  (height + 2 * padding - kernel + 1) * (width + 2 * padding - kernel + 1);

const worst = (a: Float32Array, b: Float64Array): number => a.reduce((m, v, k) => Math.max(m, Math.abs(v - b[k])), 0);

describe.each(SHAPES)("a convolution agrees with its naive twin: %s", (_, shape) => {
  const kernels = createKernels(2 ** 23);
  const { channels, height, width, outChannels, kernel } = shape;
  const [size, outSize] = [channels * height * width, outChannels * placesOf(shape)];
  const filled = (length: number, name: string): Float32Array => {
    const array = kernels.float32(length);
    normalsInto(array, fold(key, name));
    return array;
  };
  const images = filled(BATCH * size, "images");
  const weights = filled(outChannels * channels * kernel * kernel, "weights");
  const above = filled(BATCH * outSize, "above");
  /** What stands in the result before: every kernel adds. */
  const twin = (
    start: Float32Array,
    visit: (sum: Float64Array, b: number, w: number, from: number, to: number) => void,
  ) => {
    const sum = Float64Array.from(start);
    for (let b = 0; b < BATCH; b++) forEachConvolved(shape, (w, from, to) => visit(sum, b, w, from, to));
    return sum;
  };
  test("forwards", () => {
    const out = filled(BATCH * outSize, "start");
    const expected = twin(out, (sum, b, w, from, to) => {
      sum[b * outSize + to] += weights[w] * images[b * size + from];
    });
    kernels.convolve(out, images, weights, BATCH, shape);
    expect(worst(out, expected)).toBeLessThan(1e-4);
  });
  test("back, by the turned weights", () => {
    const back = filled(BATCH * size, "start");
    const expected = twin(back, (sum, b, w, from, to) => {
      sum[b * size + from] += weights[w] * above[b * outSize + to];
    });
    const turned = kernels.float32(weights.length);
    kernels.turnWeights(turned, weights, shape);
    kernels.convolveBack(back, above, turned, BATCH, shape);
    expect(worst(back, expected)).toBeLessThan(1e-4);
  });
  test("back from pooled places, zeros left out", () => {
    const places = placesOf(shape);
    const pooledArea = 3;
    const [pooled, choices] = [
      filled(BATCH * outChannels * pooledArea, "pooled"),
      kernels.int32(BATCH * outChannels * pooledArea),
    ];
    choices.forEach((_c, k) => {
      choices[k] = (7 * k + (k % pooledArea)) % places;
      if (k % 4 === 1) pooled[k] = 0;
    });
    const before = kernels.float32(BATCH * outSize);
    pooled.forEach((v, k) => {
      before[Math.floor(k / pooledArea) * places + choices[k]] += v;
    });
    const [dense, scattered] = [filled(BATCH * size, "start"), filled(BATCH * size, "start")];
    const [turned, spread] = [
      kernels.float32(weights.length),
      kernels.float32(outChannels * kernel * kernel * (channels + 3)),
    ];
    kernels.turnWeights(turned, weights, shape);
    kernels.convolveBack(dense, before, turned, BATCH, shape);
    kernels.spreadWeights(spread, weights, shape);
    expect(kernels.takesPooled(shape)).toBe(true);
    kernels.convolveBackPooled(scattered, pooled, choices, spread, BATCH, pooledArea, shape);
    expect(worst(scattered, Float64Array.from(dense))).toBeLessThan(1e-4);
  });
  test("the gradient by the weights", () => {
    const gradient = filled(weights.length, "start");
    const expected = twin(gradient, (sum, b, w, from, to) => {
      sum[w] += images[b * size + from] * above[b * outSize + to];
    });
    kernels.convolutionGradient(gradient, above, images, BATCH, shape);
    expect(worst(gradient, expected)).toBeLessThan(2e-3 * Math.sqrt(placesOf(shape) / 100 + 1));
  });
});

describe("pooling", () => {
  test("takes the largest of each 2 x 2, the first where several are, and puts it back in its place", () => {
    const kernels = createKernels(2 ** 16);
    const images = kernels.float32(2 * 3 * 5);
    images.set([1, 2, 0, 0, 9, 4, 3, 0, 0, 9, 9, 9, 9, 9, 9, -1, -2, -5, -4, 0, -3, -4, -4, -7, 0, 0, 0, 0, 0, 0]);
    const [pooled, choices] = [kernels.float32(4), kernels.int32(4)];
    kernels.maxPool(pooled, choices, images, 2, 3, 5);
    expect(Array.from(pooled)).toEqual([4, 0, -1, -4]);
    expect(Array.from(choices)).toEqual([5, 2, 0, 3]);
    const back = kernels.float32(30);
    back.fill(7);
    kernels.unpool(back, pooled, choices, 2);
    expect(Array.from(back.filter((v) => v !== 0))).toEqual([4, -1, -4]);
    expect([back[5], back[15], back[18]]).toEqual([4, -1, -4]);
  });
});
