import { describe, expect, test } from "@jest/globals";
import { centralWidth, rankCorrelation, sortedQuantile } from "#src/numerics/ranks";
import { fourierInPlace, welchSpectrum } from "#src/numerics/spectrum";
import { normal, rootKey } from "#src/random/index";

const KEY = rootKey("spectrum");

describe("a Fourier transform", () => {
  test("is the sum that it stands for", () => {
    const n = 32;
    const [re, im] = [0, 1].map((part) => Float64Array.from({ length: n }, (_, i) => normal(KEY, 2 * i + part)));
    const wanted = Array.from({ length: n }, (_, k) => {
      let [a, b] = [0, 0];
      for (let i = 0; i < n; i++) {
        const angle = (-2 * Math.PI * i * k) / n;
        a += re[i] * Math.cos(angle) - im[i] * Math.sin(angle);
        b += re[i] * Math.sin(angle) + im[i] * Math.cos(angle);
      }
      return [a, b];
    });
    fourierInPlace(re, im);
    wanted.forEach(([a, b], k) => {
      expect(re[k]).toBeCloseTo(a, 10);
      expect(im[k]).toBeCloseTo(b, 10);
    });
  });
  test("takes powers of two alone", () => {
    expect(() => fourierInPlace(new Float64Array(12), new Float64Array(12))).toThrow(/power of two/);
  });
});

describe("a Welch spectrum", () => {
  test("of white noise of variance 4 at 100 Hz is flat, 4 over 50 Hz", () => {
    const values = Float64Array.from({ length: 40_000 }, (_, i) => 2 * normal(KEY, i));
    const { frequencies, powers, counts } = welchSpectrum(values, 100, 1024);
    expect(frequencies[frequencies.length - 1]).toBeGreaterThan(35);
    powers.forEach((power, k) => {
      expect(Math.abs(power / 0.08 - 1)).toBeLessThan(6 / Math.sqrt(counts[k]));
    });
  });
});

describe("ranks", () => {
  test("quantiles lie between neighbours in proportion", () => {
    expect([0, 0.25, 0.9, 1].map((p) => sortedQuantile([1, 2, 4, 8, 16], p))).toEqual([1, 2, 12.8, 16]);
  });
  test("the central width of normal draws is their standard deviation", () => {
    const draws = Float64Array.from({ length: 20_000 }, (_, i) => 3 * normal(KEY, i)).sort();
    expect(Math.abs(centralWidth(draws) - 3)).toBeLessThan(0.1);
  });
  test("correlation of ranks knows order alone", () => {
    const x = [3, 1, 4, 1.5, 9, 2.6];
    expect(rankCorrelation(x, x.map(Math.exp))).toBeCloseTo(1, 12);
    expect(
      rankCorrelation(
        x,
        x.map((v) => -v),
      ),
    ).toBeCloseTo(-1, 12);
    expect(rankCorrelation([1, 2, 3, 4, 5], [2, 1, 4, 3, 5])).toBeCloseTo(0.8, 12);
    // Equal values tell no order, wherever they stand.
    expect(rankCorrelation([5, 5, 5], [1, 2, 3])).toBe(0);
    expect(rankCorrelation([1, 1, 2, 2], [1, 2, 1, 2])).toBeCloseTo(0, 12);
  });
});
