import { describe, expect, test } from "@jest/globals";
import { clopperPearson, tInterval } from "#src/numerics/intervals";
import { meanInterval } from "#src/numerics/mean-interval";
import { addMoment, mergeMoments, momentsOf, NO_MOMENTS, standardDeviation } from "#src/numerics/moments";
import { wilson } from "#src/numerics/wilson";
import { binomial, fold, normal, rootKey } from "#src/random/index";

describe("intervals for a proportion", () => {
  test("agree with published values", () => {
    // Newcombe, Stat. Med. 17, 857 (1998), table I: 81 of 263 and 15 of 148; Wilson without continuity correction, and
    // Clopper-Pearson.
    const cases: [number, number, [number, number], [number, number]][] = [
      [81, 263, [0.2553, 0.3662], [0.2527, 0.3676]],
      [15, 148, [0.0624, 0.1605], [0.0578, 0.1617]],
      [0, 20, [0, 0.1611], [0, 0.1684]],
      [1, 29, [0.0061, 0.1718], [0.0009, 0.1776]],
    ];
    for (const [events, trials, score, exact] of cases) {
      const w = wilson(events, trials);
      const c = clopperPearson(events, trials);
      [w.low, w.high].forEach((x, i) => {
        expect(Math.abs(x - score[i])).toBeLessThan(6e-5);
      });
      [c.low, c.high].forEach((x, i) => {
        expect(Math.abs(x - exact[i])).toBeLessThan(6e-5);
      });
    }
  });
  test("cover: Clopper-Pearson at least 95 %, Wilson 93 to 97 % on average", () => {
    const key = rootKey("coverage");
    const rounds = 2000;
    let score = 0;
    const probabilities = [0.01, 0.05, 0.2, 0.5];
    for (const p of probabilities) {
      let exact = 0;
      for (let i = 0; i < rounds; i++) {
        const events = binomial(fold(fold(key, `${p}`), i), 200, p);
        const w = wilson(events, 200);
        const c = clopperPearson(events, 200);
        if (w.low <= p && p <= w.high) score++;
        if (c.low <= p && p <= c.high) exact++;
      }
      // Three standard errors of a simulated coverage.
      expect(exact / rounds).toBeGreaterThan(0.95 - 3 * Math.sqrt((0.05 * 0.95) / rounds));
    }
    const mean = score / (rounds * probabilities.length);
    expect(mean).toBeGreaterThan(0.93);
    expect(mean).toBeLessThan(0.97);
  });
  test("have no estimate without a trial", () => {
    expect(wilson(0, 0).estimate).toBeNaN();
    expect(clopperPearson(0, 0).high).toBeNaN();
  });
});

describe("moments", () => {
  const values = Float64Array.from({ length: 1000 }, (_, i) => 1e6 + normal(rootKey("moments"), i));
  test("merged from blocks are those of the whole, without cancellation", () => {
    const whole = momentsOf(values);
    const merged = mergeMoments(momentsOf(values.slice(0, 137)), momentsOf(values.slice(137)));
    expect(merged.mean).toBeCloseTo(whole.mean, 8);
    expect(merged.squares / whole.squares).toBeCloseTo(1, 9);
    const mean = values.reduce((a, b) => a + b, 0) / 1000;
    const direct = Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / 999);
    expect(standardDeviation(whole) / direct).toBeCloseTo(1, 9);
    expect(mergeMoments(NO_MOMENTS, whole)).toEqual(whole);
    expect(addMoment(NO_MOMENTS, 3)).toEqual({ count: 1, mean: 3, squares: 0 });
  });
  test("the t interval of five values uses Student's 2.776", () => {
    const interval = tInterval(10, 2, 5);
    expect((interval.high - 10) / (2 / Math.sqrt(5))).toBeCloseTo(2.7764451, 6);
    expect(meanInterval(momentsOf([4])).high).toBe(Number.POSITIVE_INFINITY);
  });
});
