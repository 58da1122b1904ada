import { describe, expect, test } from "@jest/globals";
import {
  atRest,
  clockAt,
  equivalentTime,
  parseRram,
  programPopulation,
  programRram,
  RELAXATION_C,
  RRAM_SETS,
  type RramRelaxation,
  readPopulation,
  readRram,
  relaxedResistance,
  samplePopulation,
  sampleResistancesInto,
  sampleRram,
} from "#devices/index";
import { normalTail } from "#src/numerics/normal-tail";
import { fold, type Key, normal, rootKey, uniform } from "#src/random/index";
import { inverseGaussian, levyPath } from "../../devices/rram/relaxation/levy-path.ts";
import { monotoneCurve } from "../../devices/rram/relaxation/monotone-curve.ts";

const KEY = rootKey("relaxation");

const sorted = (of: (i: number) => number, count: number): Float64Array =>
  Float64Array.from({ length: count }, (_, i) => of(i)).sort();
const quantile = (list: Float64Array, p: number): number =>
  list[Math.min(list.length - 1, Math.floor(p * list.length))];

/** Kolmogorov's distance of draws from a distribution, and of two sets of draws. */
const distance = (draws: Float64Array, below: (x: number) => number): number =>
  draws.reduce(
    (most, x, i) => Math.max(most, Math.abs(below(x) - i / draws.length), Math.abs(below(x) - (i + 1) / draws.length)),
    0,
  );
const between = (a: Float64Array, b: Float64Array): number => {
  let [most, j] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    while (j < b.length && b[j] <= a[i]) j++;
    most = Math.max(most, Math.abs((i + 1) / a.length - j / b.length));
  }
  return most;
};
/** Distance that one draw in ten thousand exceeds (Kolmogorov's limit, sqrt(ln(2 / alpha) / 2)). */
const bound = (count: number): number => Math.sqrt(Math.log(2e4) / 2 / count);

describe("inverse Gaussian draws", () => {
  test.each([
    [1, 1],
    [3, 0.2],
    [0.05, 2e-4],
    [2, 500],
  ])("of mean %d and shape %d have their distribution", (mean, shape) => {
    const draws = sorted((i) => inverseGaussian(mean, shape, normal(KEY, i), uniform(KEY, i)), 20000);
    const below = (x: number): number => {
      const root = Math.sqrt(shape / x);
      return normalTail(-root * (x / mean - 1)) + Math.exp((2 * shape) / mean) * normalTail(root * (x / mean + 1));
    };
    expect(distance(draws, below)).toBeLessThan(bound(20000));
  });
});

describe("a Levy path", () => {
  const law = { skew: 0.15, shape: 0.1 };
  /** X of a clock by definition, in one draw. */
  const direct = (clock: number, key: Key): number => {
    const v = inverseGaussian(clock, law.shape * clock * clock, normal(key, 0), uniform(key, 0));
    return law.skew * (v - clock) + Math.sqrt(v) * normal(key, 1);
  };
  const COUNT = 8000;
  test.each([1, 5, 8.0625, 16])(
    "has the law of its clock at %d, though it was drawn from the horizon down",
    (clock) => {
      const halved = sorted((i) => levyPath(law, 16, clock, 8, fold(fold(KEY, "halved"), i)), COUNT);
      const drawn = sorted((i) => direct(clock, fold(fold(KEY, "direct"), i)), COUNT);
      expect(between(halved, drawn)).toBeLessThan(bound(COUNT / 2));
    },
  );
  test("has increments of the law of their clock, independent of what was before", () => {
    const paths = Array.from({ length: COUNT }, (_, i) => {
      const key = fold(fold(KEY, "increments"), i);
      const [a, b] = [levyPath(law, 16, 3, 8, key), levyPath(law, 16, 7, 8, key)];
      return [a, b - a] as const;
    });
    const increments = sorted((i) => paths[i][1], COUNT);
    const drawn = sorted((i) => direct(4, fold(fold(KEY, "direct four"), i)), COUNT);
    expect(between(increments, drawn)).toBeLessThan(bound(COUNT / 2));
    const signs = paths.reduce((sum, [a, b]) => sum + Math.sign(a) * Math.sign(b), 0) / COUNT;
    const bias = (part: 0 | 1): number => paths.reduce((sum, path) => sum + Math.sign(path[part]), 0) / COUNT;
    expect(Math.abs(signs - bias(0) * bias(1))).toBeLessThan(4 / Math.sqrt(COUNT));
  });
});

describe("a monotone curve", () => {
  test("goes through its points, rises where they rise, and stays beyond its ends", () => {
    const [x, y] = [
      [0, 1, 1.5, 4, 5],
      [2, 3, 3, 10, 9],
    ];
    const curve = monotoneCurve(x, y);
    for (const [k, at] of x.entries()) expect(curve(at)).toBeCloseTo(y[k], 12);
    expect([curve(-5), curve(50)]).toEqual([2, 9]);
    for (let k = 0; k < 4; k++)
      for (let u = 0; u < 1; u += 0.01) {
        const [from, to] = [x[k] + u * (x[k + 1] - x[k]), x[k] + (u + 0.01) * (x[k + 1] - x[k])];
        expect((curve(to) - curve(from)) * Math.sign(y[k + 1] - y[k])).toBeGreaterThanOrEqual(-1e-12);
        if (y[k + 1] === y[k]) expect(curve(from)).toBeCloseTo(y[k], 12);
      }
  });
});

describe("a cell at rest", () => {
  const at = (seconds: number, key: Key, resistance = 1e5, relaxation: RramRelaxation = RELAXATION_C): number =>
    relaxedResistance(relaxation, resistance, atRest(relaxation, seconds), key);

  test("is one path: what it is at 1e5 s does not know when it was read before", () => {
    const ages = [1e5, 0.01, 3, 0.3, 1e5, 1, 1e5];
    const inOrder = ages.map((seconds) => at(seconds, KEY));
    const alone = [...ages].reverse().map((seconds) => at(seconds, KEY));
    expect(inOrder).toEqual(alone.reverse());
    expect(at(0, KEY)).toBe(1e5);
  });
  test("moves the more alike the nearer two ages are", () => {
    const correlation = (a: number, b: number): number => {
      const moved = Array.from({ length: 1500 }, (_, i) => {
        const key = fold(KEY, i);
        return [Math.sign(at(a, key) - 1e5), Math.sign(at(b, key) - 1e5)] as const;
      });
      return moved.reduce((sum, [x, y]) => sum + x * y, 0) / moved.length;
    };
    // What is lost again within a second differs from second to second.
    const [near, later, further, far] = [1e5 + 1e-3, 1.01e5, 1e3, 0.01].map((other) => correlation(1e5, other));
    expect(near).toBeGreaterThan(0.97);
    expect(later).toBeLessThan(near - 0.1);
    expect(further).toBeLessThan(later - 0.05);
    expect(far).toBeLessThan(further - 0.1);
    expect(far).toBeGreaterThan(0);
  });
  test("spreads by its own clock, in one draw or halved from the horizon down, as late as a thousand years", () => {
    const flat = (value: number) => ({ conductances: [1e-5], values: [value] });
    const simple = {
      ...RELAXATION_C,
      ...{ exponent: 1.5, fading: 0.1, spread: flat(0.02), amplitude: flat(2), drift: flat(0.1), skew: flat(0.2) },
      shape: flat(0.3),
    };
    for (const [seconds, permanent] of [
      [1e-3, 0.6],
      [1e5, 1],
      [3e10, 0.6],
      [1e-6, 0],
    ]) {
      const clock = clockAt(simple, seconds);
      expect(clock / Math.log10(1 + seconds / simple.onset) ** 1.5).toBeCloseTo(1, 9);
      const halved = sorted((i) => {
        const key = fold(fold(KEY, `halved ${seconds}`), i);
        return Math.log(at(seconds, key, 1e5, { ...simple, permanent }) / 1e5);
      }, 4000);
      const direct = sorted((i) => {
        const key = fold(fold(KEY, `direct ${seconds}`), i);
        const v = inverseGaussian(clock, 0.3 * clock * clock, normal(key, 0), uniform(key, 0));
        const moved = 0.1 * clock + 0.2 * (v - clock) + Math.sqrt(v) * normal(key, 1);
        return 0.02 * 2 * Math.exp(-0.1 * Math.log(clock)) * moved;
      }, 4000);
      expect(between(halved, direct)).toBeLessThan(bound(2000));
    }
  });
  test("spreads the same whatever share of its moves is for good, but keeps the less the smaller it is", () => {
    const moved = (permanent: number, seconds: number): Float64Array =>
      sorted(
        (i) =>
          Math.log(at(seconds, fold(fold(KEY, `share ${permanent}`), i), 1e5, { ...RELAXATION_C, permanent }) / 1e5),
        4000,
      );
    const [all, some] = [moved(1, 1e4), moved(0.3, 1e4)];
    expect(between(all, some)).toBeLessThan(bound(750));
    const kept = (permanent: number): number => {
      const relaxation = { ...RELAXATION_C, permanent };
      let alike = 0;
      for (let i = 0; i < 1000; i++) {
        const key = fold(fold(KEY, "kept"), i);
        alike += Math.sign(at(1, key, 1e5, relaxation) - 1e5) * Math.sign(at(1e5, key, 1e5, relaxation) - 1e5);
      }
      return alike / 1000;
    };
    expect(kept(1)).toBeGreaterThan(kept(0.3) + 0.1);
  });
  // Quantiles of ln R(1e5 s) / R(0) of technology C's cells as they were measured, plain statistics of the data.
  test.each([
    [1, [-1.79, -0.97, -0.09, 0.83, 2.11]],
    [8, [-0.72, -0.3, 0.1, 0.76, 1.85]],
    [16, [-0.3, -0.12, 0.07, 0.37, 1.18]],
    [31, [-0.08, -0.03, 0.05, 0.14, 0.37]],
  ])("of level %d changes within 1e5 s as technology C's were measured to", (level, measured) => {
    const changes = sorted((i) => {
      const own = fold(fold(KEY, `level ${level}`), i);
      const resistance = 1 / ((level + uniform(own, 0)) * 1.25e-6);
      return Math.log(at(1e5, fold(own, "path"), resistance) / resistance);
    }, 8000);
    const width = (measured[3] - measured[1]) / 2.563;
    const errors = [0.01, 0.1, 0.5, 0.9, 0.99].map((p, k) => Math.abs(quantile(changes, p) - measured[k]) / width);
    // Of 250 cells; in units of the width, beside what two halves of the data differ by (0.4 within, 2.25 in the tails).
    for (const error of errors.slice(1, 4)) expect(error).toBeLessThan(0.4);
    for (const error of [errors[0], errors[4]]) expect(error).toBeLessThan(2.25);
  });
});

describe("time at other temperatures", () => {
  test("counts by its activation energy, hold after hold", () => {
    const known = { ...RELAXATION_C, activationEnergy: 1 };
    const holds = [
      { seconds: 100, temperature: 300.15 },
      { seconds: 10, temperature: 358.15 },
    ];
    const factor = Math.exp((1 / 8.617333262e-5) * (1 / 300.15 - 1 / 358.15));
    expect(equivalentTime(known, { holds }) / (100 + 10 * factor)).toBeCloseTo(1, 12);
    expect(clockAt(known, known.onset * 9)).toBeCloseTo(1, 12);
  });
  test("counts as nothing where it is next to nothing", () => {
    expect(relaxedResistance(RELAXATION_C, 1e5, atRest(RELAXATION_C, 1e-19), KEY)).toBeCloseTo(1e5, 6);
    const cold = { holds: [{ seconds: 1, temperature: 200 }] };
    expect(relaxedResistance({ ...RELAXATION_C, activationEnergy: 1.5 }, 1e5, cold, KEY) / 1e5).toBeCloseTo(1, 9);
    const early = { ...RELAXATION_C, onset: 1e-8 };
    expect(relaxedResistance(early, 1e5, atRest(early, 3e8), KEY)).toBeGreaterThan(0);
  });
  test("is refused where none is known, and times that are none are", () => {
    expect(() => equivalentTime(RELAXATION_C, { holds: [{ seconds: 1, temperature: 358.15 }] })).toThrow(
      /measured at 300\.15 K alone, and how temperature speeds it up is not known/,
    );
    expect(() => equivalentTime(RELAXATION_C, atRest(RELAXATION_C, -1))).toThrow(/-1 s; expected 0 s or more/);
  });
});

describe("devices with an age", () => {
  const device = { ...RRAM_SETS.weak, relaxation: RELAXATION_C };
  const cell = programRram(device, sampleRram(device, KEY), "hrs", fold(KEY, "programmed"));
  const age = atRest(RELAXATION_C, 1e4);

  test("relax apart from what a read adds: two reads of one age differ by their noise alone", () => {
    const [a, b] = ["a", "b"].map((name) => fold(KEY, name));
    const ratio = (read: Key): number =>
      readRram(device, cell, 300.15, read, age) / readRram(device, cell, 300.15, read);
    expect(ratio(a)).toBeCloseTo(ratio(b), 12);
    expect(ratio(a)).not.toBeCloseTo(1, 3);
    expect(readRram(device, cell, 300.15, a, age)).not.toBe(readRram(device, cell, 300.15, b, age));
  });
  test("are what they were before at age 0, and where nobody asks for one", () => {
    const plain = RRAM_SETS.weak;
    const before = programRram(plain, sampleRram(plain, KEY), "hrs", fold(KEY, "programmed"));
    expect(readRram(device, cell, 300.15, KEY, atRest(RELAXATION_C, 0))).toBe(readRram(plain, before, 300.15, KEY));
    expect(readRram(device, cell, 300.15, KEY)).toBe(readRram(plain, before, 300.15, KEY));
  });
  test("age alike one by one, as populations, and as samples", () => {
    const cells = samplePopulation(device, 50, KEY);
    const programmed = programPopulation(device, cells, new Uint8Array(50), fold(KEY, "all"));
    const [young, old] = [
      readPopulation(device, programmed, 300.15, KEY),
      readPopulation(device, programmed, 300.15, KEY, age),
    ];
    expect(young.some((r, i) => r !== old[i])).toBe(true);
    expect(readPopulation(device, programmed, 300.15, KEY, age)).toEqual(old);
    const [samples, aged] = [new Float64Array(4000), new Float64Array(4000)];
    sampleResistancesInto(samples, device, "hrs", 300.15, KEY);
    sampleResistancesInto(aged, device, "hrs", 300.15, KEY, age);
    const spread = (list: Float64Array): number => {
      const logs = list.map(Math.log).sort();
      return quantile(logs, 0.9) - quantile(logs, 0.1);
    };
    expect(spread(aged)).toBeGreaterThan(spread(samples));
  });
  test("say so where they do not know how they relax", () => {
    expect(() => readRram(RRAM_SETS.weak, cell, 300.15, KEY, age)).toThrow(/device "weak" does not say how it relaxes/);
  });
  test("are read from a user's file, and wrong entries are named", () => {
    const json = JSON.parse(JSON.stringify(device));
    expect(parseRram(json, "it").relaxation).toEqual(RELAXATION_C);
    const wrong = (change: object) => () => parseRram({ ...json, relaxation: { ...RELAXATION_C, ...change } }, "it");
    expect(wrong({ permanent: 2 })).toThrow(/relaxation\.permanent/);
    expect(wrong({ spread: { conductances: [2, 1], values: [1, 1] } })).toThrow(/conductances ascend/);
    expect(wrong({ drift: { conductances: [1], values: [1, 2] } })).toThrow(/as many values as conductances/);
    expect(wrong({ times: [1, 0.5] })).toThrow(/the second is not below the first/);
  });
});
