import { describe, expect, test } from "@jest/globals";
import { createKernels, type Packed, rowMajor, transposed } from "#src/kernels/kernels";
import { byFours, packMaskInto, packPlanesInto, packSignsInto, wordsFor } from "#src/kernels/pack";
import { gemmReference, integerDotReference } from "#src/kernels/reference";
import { fold, normalsInto, rootKey, uniform } from "#src/random/index";

const key = rootKey("kernels");

describe("gemm agrees with its naive twin", () => {
  test.each([
    [1, 1, 1],
    [4, 8, 256],
    [5, 9, 257],
    [97, 13, 300],
    [50, 513, 31],
    [3, 600, 520],
  ])("rows %i, columns %i, depth %i, every transpose", (rows, columns, depth) => {
    const k = createKernels(8 * 2 ** 20);
    const a = k.float32(rows * depth);
    const b = k.float32(depth * columns);
    const c = k.float32(rows * columns);
    const expected = new Float32Array(rows * columns);
    normalsInto(a, fold(key, "a"));
    normalsInto(b, fold(key, "b"));
    for (const [left, right] of [
      [rowMajor(a, depth), rowMajor(b, columns)],
      [transposed(a, rows), rowMajor(b, columns)],
      [rowMajor(a, depth), transposed(b, depth)],
    ]) {
      c.fill(Number.NaN);
      k.gemm(c, left, right, rows, columns, depth);
      gemmReference(expected, left, right, rows, columns, depth);
      // Rounding of a sum of `depth` products of unit normals: a few sqrt(depth) units in the last place.
      const tolerance = 4 * Math.sqrt(depth) * 2 ** -23 * Math.sqrt(depth);
      for (let i = 0; i < c.length; i++) expect(Math.abs(c[i] - expected[i])).toBeLessThan(tolerance);
    }
  });
  test.each([
    [5, 70, 33, 0.1],
    [3, 32, 257, 0.3],
    [33, 7, 5, 0.95],
    [4, 40, 9, 0],
  ])(
    "a product that adds, rows %i, columns %i, depth %i, a share %d of elements not 0",
    (rows, columns, depth, share) => {
      const k = createKernels(2 ** 20);
      const [a, b, c] = [k.float32(rows * depth), k.float32(depth * columns), k.float32(rows * columns)];
      normalsInto(a, fold(key, "a"));
      normalsInto(b, fold(key, "b"));
      a.forEach((_, i) => {
        if (uniform(fold(key, "zero"), i) >= share) a[i] = 0;
      });
      const expected = new Float32Array(rows * columns);
      for (const left of [rowMajor(a, depth), transposed(a, rows)]) {
        normalsInto(c, fold(key, "c"));
        const before = c.slice();
        k.addProduct(c, left, b, rows, columns, depth);
        gemmReference(expected, left, rowMajor(b, columns), rows, columns, depth);
        for (let i = 0; i < c.length; i++) expect(Math.abs(c[i] - before[i] - expected[i])).toBeLessThan(2e-5);
      }
    },
  );
  test("an array from elsewhere is refused", () => {
    const k = createKernels(2 ** 16);
    const mine = k.float32(4);
    expect(() => k.gemm(new Float32Array(4), rowMajor(mine, 2), rowMajor(mine, 2), 2, 2, 2)).toThrow("from elsewhere");
    expect(() => k.float32(2 ** 20)).toThrow("do not fit");
  });
});

const ternary = (name: string, count: number, zeros: number): Int8Array =>
  Int8Array.from({ length: count }, (_, i) => {
    const u = uniform(fold(key, name), i);
    return u < zeros ? 0 : u < zeros + (1 - zeros) / 2 ? -1 : 1;
  });

describe.each([
  [1, 1, 1],
  [3, 10, 64],
  [7, 13, 100],
  [2, 5, 784],
])(
  "popcount kernels agree exactly with the integer twin: batch %i, outputs %i, length %i",
  (batch, outputs, length) => {
    const k = createKernels(2 ** 20);
    const words = wordsFor(length);
    const packed = (fill: (bits: BigUint64Array) => void, rows: number): Packed => {
      const bits = k.words(rows * words);
      fill(bits);
      return { bits, words };
    };
    const y = k.int32(batch * outputs);
    const expected = new Int32Array(batch * outputs);
    const x = ternary("x", batch * length, 0);
    const xt = ternary("xt", batch * length, 0.3);
    const w = ternary("w", outputs * length, 0);
    const wt = ternary("wt", outputs * length, 0.4);
    const signs = (v: Int8Array, rows: number): Packed => packed((bits) => packSignsInto(bits, v, rows, length), rows);
    const mask = (v: Int8Array, rows: number): Packed => packed((bits) => packMaskInto(bits, v, rows, length), rows);
    const inFours = ({ bits }: Packed): Packed => {
      bits.set(byFours(bits, outputs));
      return { bits, words };
    };
    const weightSigns = (v: Int8Array): Packed => inFours(signs(v, outputs));
    const weightMask = (v: Int8Array): Packed => inFours(mask(v, outputs));
    const check = (xs: ArrayLike<number>, ws: Int8Array): void => {
      integerDotReference(expected, xs, ws, batch, outputs, length);
      expect([...y]).toEqual([...expected]);
    };
    test("binary by binary", () => {
      k.binaryDot(y, signs(x, batch), weightSigns(w), batch, outputs, length);
      check(x, w);
    });
    test("binary by ternary weights", () => {
      const nonZero = k.int32(outputs);
      for (let i = 0; i < wt.length; i++) if (wt[i] !== 0) nonZero[Math.floor(i / length)]++;
      k.weightGatedDot(y, signs(x, batch), weightSigns(wt), weightMask(wt), nonZero, batch);
      check(x, wt);
    });
    test("ternary by ternary", () => {
      k.gatedDot(y, signs(xt, batch), mask(xt, batch), weightSigns(wt), weightMask(wt), batch, outputs);
      check(xt, wt);
    });
    test("8-bit integers by ternary", () => {
      const pixels = Uint8Array.from({ length: batch * length }, (_, i) =>
        Math.floor(256 * uniform(fold(key, "p"), i)),
      );
      const bits = k.words(batch * 8 * words);
      packPlanesInto(bits, pixels, batch, length, 8);
      k.planesDot(y, { bits, words }, 8, weightSigns(wt), weightMask(wt), batch, outputs);
      check(pixels, wt);
    });
  },
);
