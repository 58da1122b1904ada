import { describe, expect, test } from "@jest/globals";
import { bootstrapInterval } from "#src/numerics/bootstrap";
import { addCoMoments, deltaError, mergeCoMoments, noCoMoments } from "#src/numerics/co-moments";
import { clopperPearson } from "#src/numerics/intervals";
import { meanInterval } from "#src/numerics/mean-interval";
import { momentsOf } from "#src/numerics/moments";
import { nestedInterval } from "#src/numerics/nested-interval";
import { pairedInterval } from "#src/numerics/paired-interval";
import { quantileInterval } from "#src/numerics/quantile-interval";
import {
  emptySketch,
  mergeSketches,
  SKETCH_ERROR,
  sketchCount,
  sketchInto,
  valueAtRank,
} from "#src/numerics/quantile-sketch";
import { addSensitivity, noSensitivity, type SensitivityRow, sobolIndex } from "#src/numerics/sobol-indices";
import { wilson } from "#src/numerics/wilson";
import { binomial, fold, normal, rootKey, sobolUniform, uniform } from "#src/random/index";

const key = rootKey("statistics");

/** Probability of each number of events out of n, by the recursion of the binomial's logarithm. */
const binomialProbabilities = (n: number, p: number): number[] => {
  const logs = [n * Math.log1p(-p)];
  for (let k = 1; k <= n; k++) logs.push(logs[k - 1] + Math.log((n - k + 1) / k) + Math.log(p) - Math.log1p(-p));
  return logs.map(Math.exp);
};

describe("intervals of rates cover", () => {
  const coverage = (interval: typeof wilson, n: number, p: number): number =>
    binomialProbabilities(n, p).reduce((sum, probability, k) => {
      const { low, high } = interval(k, n);
      return sum + (low <= p && p <= high ? probability : 0);
    }, 0);
  test("Clopper and Pearson's at least 95 % at every rate and number of trials", () => {
    for (const n of [10, 50, 200, 1000])
      for (const p of [0.001, 0.01, 0.05, 0.2, 0.5, 0.77, 0.99])
        expect(coverage(clopperPearson, n, p)).toBeGreaterThanOrEqual(0.95);
  });
  test("Wilson's 93 to 97 % averaged over rates", () => {
    for (const n of [10, 50, 200, 1000]) {
      const rates = Array.from({ length: 199 }, (_, i) => (i + 1) / 200);
      const mean = rates.reduce((sum, p) => sum + coverage(wilson, n, p) / rates.length, 0);
      expect(mean).toBeGreaterThan(0.93);
      expect(mean).toBeLessThan(0.97);
    }
  });
  test("a simulation of the same gives the same", () => {
    const [n, p, runs] = [200, 0.05, 20_000];
    let covered = 0;
    for (let i = 0; i < runs; i++) {
      const { low, high } = wilson(binomial(fold(key, i), n, p), n);
      if (low <= p && p <= high) covered++;
    }
    expect(Math.abs(covered / runs - coverage(wilson, n, p))).toBeLessThan(4 * Math.sqrt((0.05 * 0.95) / runs));
  });
});

describe("a quantile sketch", () => {
  const values = Array.from({ length: 20_000 }, (_, i) => normal(key, i) ** 3 * 1e-9);
  const sketchOf = (some: readonly number[]) => {
    const sketch = emptySketch();
    for (const v of some) sketchInto(sketch, v);
    return sketch;
  };
  test("gives every order statistic to its stated error, negative ones and zero too", () => {
    const all = [...values, 0, 0, 0];
    const sketch = sketchOf(all);
    const sorted = [...all].sort((a, b) => a - b);
    expect(sketchCount(sketch)).toBe(all.length);
    for (let rank = 0; rank < all.length; rank += 37)
      expect(Math.abs(valueAtRank(sketch, rank) - sorted[rank])).toBeLessThanOrEqual(
        SKETCH_ERROR * Math.abs(sorted[rank]) * (1 + 1e-9),
      );
    expect(sketch.positive.size + sketch.negative.size).toBeLessThan(8000);
  });
  test("merges to the same bins whatever is merged with what", () => {
    const parts = [values.slice(0, 100), values.slice(100, 5000), values.slice(5000)].map(sketchOf);
    const sorted = (m: ReadonlyMap<number, number>) => [...m].sort((a, b) => a[0] - b[0]);
    const plain = (s: ReturnType<typeof sketchOf>) => [s.zeros, sorted(s.positive), sorted(s.negative)];
    const [a, b, c] = parts;
    expect(plain(mergeSketches(mergeSketches(c, a), b))).toEqual(plain(sketchOf(values)));
  });
  test("its quantile intervals cover the true quantile 95 times in a hundred, or a little more", () => {
    let covered = 0;
    for (let run = 0; run < 2000; run++) {
      const own = fold(key, run);
      const sketch = sketchOf(Array.from({ length: 100 }, (_, i) => uniform(own, i)));
      const { low, high } = quantileInterval(sketch, 0.9);
      if (low <= 0.9 * (1 + SKETCH_ERROR) && high >= 0.9 * (1 - SKETCH_ERROR)) covered++;
    }
    expect(covered / 2000).toBeGreaterThan(0.94);
    expect(quantileInterval(sketchOf([1, 2, 3]), 0.99).high).toBe(Number.POSITIVE_INFINITY);
    expect(quantileInterval(emptySketch(), 0.5).estimate).toBeNaN();
  });
});

test("co-moments merge to those of the whole, and give the standard error of a product of means", () => {
  const rows = Array.from({ length: 5000 }, (_, i) => [5 + normal(key, 2 * i), 3 + 0.5 * normal(key, 2 * i + 1)]);
  const of = (some: readonly number[][]) => some.reduce((m, x) => addCoMoments(m, x), noCoMoments(2));
  const whole = of(rows);
  const merged = mergeCoMoments(of(rows.slice(0, 123)), of(rows.slice(123)));
  merged.products.forEach((p, i) => {
    expect(p).toBeCloseTo(whole.products[i], 8);
  });
  // Its own error is one per cent. Var(xy) to first order: y^2 Var x + x^2 Var y, over n.
  const expected = Math.sqrt((9 * 1 + 25 * 0.25) / 5000);
  const [x, y] = whole.means;
  expect(deltaError(whole, [y, x]) / expected).toBeCloseTo(1, 1);
});

describe("Sobol indices of Ishigami's function", () => {
  // f = sin x1 + 7 sin^2 x2 + 0.1 x3^4 sin x1, x uniform on (-pi, pi). T. Ishigami, T. Homma, ISUMA'90 (1990) 398;
  // variances in closed form.
  const [a, b] = [7, 0.1];
  const f = (u: readonly number[]): number => {
    const [x1, x2, x3] = u.map((v) => Math.PI * (2 * v - 1));
    return Math.sin(x1) + a * Math.sin(x2) ** 2 + b * x3 ** 4 * Math.sin(x1);
  };
  const v1 = (1 + (b * Math.PI ** 4) / 5) ** 2 / 2;
  const v2 = a ** 2 / 8;
  const v13 = b ** 2 * Math.PI ** 8 * (1 / 18 - 1 / 50);
  const variance = v1 + v2 + v13;
  const exact = {
    first: [v1 / variance, v2 / variance, 0],
    total: [(v1 + v13) / variance, v2 / variance, v13 / variance],
  };
  const row = (u: (dimension: number) => number, i: number): SensitivityRow => {
    const x = [u(0), u(1), u(2)];
    const y = [u(3), u(4), u(5)];
    return { a: f(x), b: f(y), mixed: f(x.map((v, d) => (d === i ? y[d] : v))) };
  };
  test("are within 0.02 of their closed forms with 4096 points of Sobol's sequence", () => {
    for (const input of [0, 1, 2]) {
      let m = noSensitivity();
      for (let k = 0; k < 4096; k++)
        m = addSensitivity(
          m,
          row((d) => sobolUniform(key, d, k), input),
        );
      expect(Math.abs(sobolIndex(m, "first").estimate - exact.first[input])).toBeLessThan(0.02);
      expect(Math.abs(sobolIndex(m, "total").estimate - exact.total[input])).toBeLessThan(0.02);
    }
  });
  test("have intervals that cover the closed forms about 95 times in a hundred with random points", () => {
    const covered = { first: 0, total: 0 };
    const runs = 300;
    for (let run = 0; run < runs; run++) {
      const own = fold(fold(key, "ishigami"), run);
      let m = noSensitivity();
      for (let k = 0; k < 256; k++)
        m = addSensitivity(
          m,
          row((d) => uniform(own, 6 * k + d), 0),
        );
      for (const effect of ["first", "total"] as const) {
        const { low, high } = sobolIndex(m, effect);
        if (low <= exact[effect][0] && exact[effect][0] <= high) covered[effect]++;
      }
    }
    for (const effect of ["first", "total"] as const) {
      expect(covered[effect] / runs).toBeGreaterThan(0.9);
      expect(covered[effect] / runs).toBeLessThan(0.99);
    }
  });
  test("of a few rows are what their definitions give", () => {
    const rows = [
      { a: 1, b: 4, mixed: 2 },
      { a: 3, b: 1, mixed: 7 },
      { a: 2, b: 6, mixed: 1 },
    ];
    const m = rows.reduce(addSensitivity, noSensitivity());
    const all = rows.flatMap((r) => [r.a, r.b]);
    const centre = all.reduce((s, y) => s + y, 0) / 6;
    const spread = all.reduce((s, y) => s + (y - centre) ** 2, 0) / 6;
    const first = rows.reduce((s, r) => s + (r.b - centre) * (r.mixed - r.a), 0) / 3;
    const total = rows.reduce((s, r) => s + (r.a - r.mixed) ** 2, 0) / 6;
    expect(sobolIndex(m, "first").estimate).toBeCloseTo(first / spread, 12);
    expect(sobolIndex(m, "total").estimate).toBeCloseTo(total / spread, 12);
  });
  test("do not depend on what is added to the output", () => {
    for (const effect of ["first", "total"] as const) {
      const of = (more: number) => {
        let m = noSensitivity();
        for (let k = 0; k < 256; k++) {
          const { a, b, mixed } = row((d) => uniform(key, 6 * k + d), 0);
          m = addSensitivity(m, { a: a + more, b: b + more, mixed: mixed + more });
        }
        return sobolIndex(m, effect);
      };
      expect(of(1000).estimate).toBeCloseTo(of(0).estimate, 6);
      expect(of(1000).high).toBeCloseTo(of(0).high, 4);
      expect(of(1e8).estimate).toBeCloseTo(of(0).estimate, 4);
    }
  });
  test("are no number where the output does not vary", () => {
    let m = noSensitivity();
    for (let k = 0; k < 10; k++) m = addSensitivity(m, { a: 1, b: 1, mixed: 1 });
    expect(sobolIndex(m, "first").estimate).toBeNaN();
  });
});

describe("the bootstrap interval", () => {
  const mean = (v: readonly number[]): number => v.reduce((a, b) => a + b, 0) / v.length;
  test("covers the mean of skewed values nearly as often as it says", () => {
    let covered = 0;
    const runs = 300;
    for (let run = 0; run < runs; run++) {
      const own = fold(fold(key, "bootstrap"), run);
      const values = Array.from({ length: 30 }, (_, i) => -Math.log(uniform(own, i)));
      const { low, high } = bootstrapInterval(values, mean, fold(own, "resample"), 500);
      if (low <= 1 && 1 <= high) covered++;
    }
    expect(covered / runs).toBeGreaterThan(0.9);
    expect(covered / runs).toBeLessThan(0.98);
  });
  test("is Student's for normal values, nearly", () => {
    const values = Array.from({ length: 200 }, (_, i) => normal(key, i));
    const ours = bootstrapInterval(values, mean, key);
    const t = meanInterval(momentsOf(values));
    expect(ours.estimate).toBeCloseTo(t.estimate, 12);
    expect((ours.high - ours.low) / (t.high - t.low)).toBeCloseTo(1, 1);
  });
  test("of a biased statistic is SciPy's", () => {
    // scipy.stats.bootstrap(np.var, n_resamples=400000, method="BCa", rng=1), SciPy 1.17.1; plain percentiles are 1.8 .. 19.9.
    const x = [8.1, 9.4, 7.7, 10.2, 12.5, 6.9, 8.8, 9.1, 11.3, 10.9, 7.2, 19.4, 8.3, 9.9, 15.1];
    const variance = (v: readonly number[]): number => mean(v.map((y) => (y - mean(v)) ** 2));
    const { low, high } = bootstrapInterval(x, variance, key, 40_000);
    expect(Math.abs(low / 3.3277 - 1)).toBeLessThan(0.03);
    expect(Math.abs(high / 25.8987 - 1)).toBeLessThan(0.03);
  });
  test("of equal values is that value; of one value unbounded", () => {
    expect(bootstrapInterval([2, 2, 2], mean, key)).toEqual({ estimate: 2, low: 2, high: 2 });
    expect(bootstrapInterval([2], mean, key).high).toBe(Number.POSITIVE_INFINITY);
    expect(() => bootstrapInterval([], mean, key)).toThrow("no values");
  });
});

describe("nested intervals", () => {
  const draw = (run: number, seeds: number, chips: number, ofSeeds: number, ofChips: number, images: number) => {
    const own = fold(fold(key, "nested"), run);
    const luck = 0.9 * (1 - 0.9);
    // All networks and chips share the images, and their luck.
    const shared = normal(fold(own, "images")) * Math.sqrt(luck / images);
    return Array.from({ length: seeds }, (_, s) => {
      const seed = 0.9 + shared + ofSeeds * normal(fold(own, "seed"), s);
      return momentsOf(
        Array.from({ length: chips }, (_v, c) => seed + ofChips * normal(fold(fold(own, "chip"), s), c)),
      );
    });
  };
  test("find the spreads between seeds and between chips", () => {
    const { betweenSeeds, betweenChips } = nestedInterval(draw(0, 400, 5, 0.02, 0.01, 1e9), 1e9);
    expect(betweenSeeds).toBeCloseTo(0.02, 2.3);
    expect(betweenChips).toBeCloseTo(0.01, 3);
    expect(nestedInterval(draw(1, 400, 5, 0, 0.01, 1e9), 1e9).betweenSeeds).toBeLessThan(0.002);
  });
  test("across seeds hold for new seeds, within networks for new chips and images, 95 times in a hundred", () => {
    const held = { across: 0, within: 0 };
    // Chips that failed leave seeds with few: the mean over seeds then hangs on them.
    let uneven = 0;
    for (let run = 0; run < 1000; run++) {
      const own = fold(fold(key, "uneven"), run);
      const seeds = [2, 50, 50].map((chips, s) =>
        momentsOf(Array.from({ length: chips }, (_, c) => 0.9 + 0.01 * normal(fold(own, s), c))),
      );
      const { low, high } = nestedInterval(seeds, 1e12).within;
      if (low <= 0.9 && 0.9 <= high) uneven++;
    }
    expect(uneven / 1000).toBeGreaterThan(0.93);
    const perfect = nestedInterval([momentsOf([1, 1]), momentsOf([1, 1])], 100).within;
    expect(perfect.low).toBeLessThan(0.98);
    expect(perfect.high).toBe(1);
    for (let run = 0; run < 1000; run++) {
      const { low, high } = nestedInterval(draw(run, 5, 4, 0.02, 0.01, 1e9), 1e9).across;
      if (low <= 0.9 && 0.9 <= high) held.across++;
      const within = nestedInterval(draw(run, 5, 4, 0, 0.01, 2000), 2000).within;
      if (within.low <= 0.9 && 0.9 <= within.high) held.within++;
    }
    for (const share of Object.values(held)) {
      expect(share / 1000).toBeGreaterThan(0.93);
      expect(share / 1000).toBeLessThan(0.985);
    }
  });
});

test("a paired comparison is as sharp as the pairs are alike", () => {
  const shared = Array.from({ length: 10 }, (_, i) => 10 * normal(key, i));
  const a = shared.map((x, i) => x + 1 + 0.1 * normal(key, 100 + i));
  const { estimate, low, high } = pairedInterval(a, shared);
  expect(estimate).toBeCloseTo(1, 0);
  expect(high - low).toBeLessThan(0.3);
  expect(() => pairedInterval([1], [1, 2])).toThrow("expected pairs");
});
