import { describe, expect, test } from "@jest/globals";
import {
  bernoullisInto,
  binomial,
  fold,
  forEachChosen,
  inverseNormal,
  type Key,
  keyText,
  logNormalsInto,
  normal,
  normalFromWords,
  normalsInto,
  permutation,
  rootKey,
  uniform,
  uniformsInto,
} from "#src/random/index";

const SAMPLES = 200_000;

/** Largest distance between the empirical and the given distribution function. */
const kolmogorovSmirnov = (values: Float64Array, cdf: (x: number) => number): number => {
  const sorted = values.slice().sort();
  let largest = 0;
  sorted.forEach((x, i) => {
    const f = cdf(x);
    largest = Math.max(largest, f - i / sorted.length, (i + 1) / sorted.length - f);
  });
  return largest;
};

// P(sqrt(n) D > 1.949) = 0.001 (Kolmogorov's limit distribution).
const KS_LIMIT = 1.949 / Math.sqrt(SAMPLES);

const correlation = (a: Float64Array, b: Float64Array): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum / a.length;
};

const filled = (key: Key, count = SAMPLES): Float64Array => {
  const out = new Float64Array(count);
  normalsInto(out, key);
  return out;
};

describe("inverse normal distribution function", () => {
  /*
   * Words (high, low) and Phi^-1((word + 1/2) / 2^64), from Newton's method on the continued fraction and the power
   * series of the normal tail in 60 decimal digits (Python's decimal):
   *   x <- x + (Q(x) - p) / phi(x);  Q(x) = phi(x) / (x + 1/(x + 2/(x + ...)))  for x > 3
   */
  const WORDS: [number, number, number][] = [
    [0x7fffffff, 0xffffffff, -6.794229552421306e-20],
    [0x40000000, 0x0, -0.6744897501960817],
    [0x10000000, 0x0, -1.5341205443525463],
    [0x1000000, 0x3039, -2.660067468617402],
    [0x10000, 0x7, -4.1695693233491],
    [0x100, 0x63, -5.29470408483806],
    [0x0, 0xffffffff, -6.230260138007281],
    [0x0, 0x100000, -7.423939748863402],
    [0x0, 0x10, -8.769856986853187],
    [0x0, 0xf, -8.77689394534406],
  ];
  test.each(WORDS)("the word %i %i stands for its quantile within 1e-12", (high, low, expected) => {
    expect(Math.abs(normalFromWords(high, low) / expected - 1)).toBeLessThan(1e-12);
  });
  test.each(WORDS)("the complement of the word %i %i stands for the mirrored quantile, exactly", (high, low) => {
    expect(normalFromWords(~high >>> 0, ~low >>> 0)).toBe(-normalFromWords(high, low));
  });
  test("is odd about one half and reaches 1.959963984540054 at 97.5 %", () => {
    expect(inverseNormal(0.975)).toBeCloseTo(1.959963984540054, 14);
    expect(inverseNormal(0.25)).toBe(-inverseNormal(0.75));
    expect(inverseNormal(0.5)).toBeCloseTo(0, 15);
  });
});

describe("keys", () => {
  const key = rootKey("keys");
  test("the root key of a text is seedrandom's, pinned here (a labelled snapshot)", () => {
    expect(rootKey("rramlab")).toEqual(rootKey("rramlab"));
    expect(rootKey("rramlab")).not.toEqual(rootKey("rramlab2"));
    expect(rootKey("rramlab")).toMatchInlineSnapshot(`
{
  "high": 1907205725,
  "low": 1926636138,
}
`);
    expect([uniform(rootKey("rramlab")), normal(fold(rootKey("rramlab"), "cell"), 7)]).toMatchInlineSnapshot(`
[
  0.6595300085767094,
  0.8493846754455112,
]
`);
  });
  test("no two of ten thousand short texts share a key", () => {
    const characters = [
      "1",
      "a",
      "0",
      " ",
      "\0",
      "\u0001",
      '"',
      "\\",
      "\u0101",
      "\u3042",
      "\ud83d\ude00",
      "\ud800",
      "\ud801",
    ];
    const repeated = ["", "1", "a", "ab", "\0", "12"].flatMap((text) =>
      Array.from({ length: 300 }, (_, count) => text.repeat(count)),
    );
    const words = (length: number): string[] =>
      length === 0 ? [""] : words(length - 1).flatMap((word) => characters.map((c) => word + c));
    const texts = new Set([
      ...repeated,
      ...[0, 1, 2, 3].flatMap(words),
      ...Array.from({ length: 6400 }, (_, i) => `${i}`),
    ]);
    expect(texts.size).toBeGreaterThan(10_000);
    expect(new Set([...texts].map((text) => keyText(rootKey(text)))).size).toBe(texts.size);
  });
  test("a uniform and a normal of one place are independent", () => {
    const [u, z] = [new Float64Array(SAMPLES), filled(key)];
    uniformsInto(u, key);
    const quantiles = u.map((x) => inverseNormal(x));
    expect(Math.abs(correlation(quantiles, z))).toBeLessThan(4 / Math.sqrt(SAMPLES));
    expect(quantiles.some((x, i) => Math.abs(x - z[i]) < 1e-9)).toBe(false);
  });
  test("names, indices and names that look like indices are different children", () => {
    const children = [fold(key, 1), fold(key, "1"), fold(key, 0), fold(key, "0"), fold(key, ""), fold(key, "\0")];
    const words = new Set(children.map((k) => `${k.high}:${k.low}`));
    expect(words.size).toBe(children.length);
  });
  test("a million children by index are all different", () => {
    const seen = new Set<number>();
    for (let i = 0; i < 1_000_000; i++) {
      const child = fold(key, i);
      seen.add(child.high * 2 ** 21 + (child.low >>> 11));
    }
    expect(seen.size).toBe(1_000_000);
  });
  test("a child is not made of its parent's draws", () => {
    for (let i = 0; i < 100; i++) {
      const child = fold(key, i);
      expect(normalFromWords(child.high, child.low)).not.toBe(normal(key, i));
    }
  });
  test("a fractional or negative index is refused", () => {
    expect(() => fold(key, 0.5)).toThrow("index 0.5 is not an integer");
    expect(() => fold(key, -1)).toThrow("index -1");
  });
});

describe("draws", () => {
  const key = rootKey("draws");
  test("element i of a fill depends on the key and i alone, whatever the length", () => {
    const long = filled(key, 1000);
    expect([...filled(key, 10)]).toEqual([...long.slice(0, 10)]);
    expect(normal(key, 999)).toBe(long[999]);
  });
  test("uniforms pass Kolmogorov-Smirnov on a fixed key", () => {
    const u = new Float64Array(SAMPLES);
    uniformsInto(u, key);
    expect(kolmogorovSmirnov(u, (x) => x)).toBeLessThan(KS_LIMIT);
    expect(Math.min(...u.slice(0, 1000))).toBeGreaterThan(0);
  });
  test("normals, mapped back by an independent distribution function, pass Kolmogorov-Smirnov", () => {
    // Abramowitz and Stegun 7.1.26, absolute error below 1.5e-7: far inside the limit of 4.4e-3.
    const cdf = (x: number): number => {
      const t = 1 / (1 + (0.3275911 * Math.abs(x)) / Math.SQRT2);
      const poly = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
      const tail = 0.5 * poly * Math.exp((-x * x) / 2);
      return x > 0 ? 1 - tail : tail;
    };
    expect(kolmogorovSmirnov(filled(key), cdf)).toBeLessThan(KS_LIMIT);
  });
  test("the log of lognormals has the stated mean and standard deviation within four standard errors", () => {
    const x = new Float64Array(SAMPLES);
    logNormalsInto(x, key, 10_000, 0.25);
    const logs = x.map((r) => Math.log(r / 10_000));
    const mean = logs.reduce((a, b) => a + b, 0) / SAMPLES;
    const variance = logs.reduce((a, b) => a + (b - mean) ** 2, 0) / SAMPLES;
    expect(Math.abs(mean)).toBeLessThan((4 * 0.25) / Math.sqrt(SAMPLES));
    expect(Math.abs(Math.sqrt(variance) / 0.25 - 1)).toBeLessThan(4 / Math.sqrt(2 * SAMPLES));
  });
  test("neighbouring keys, parent and child, and successive draws are uncorrelated within four standard errors", () => {
    const limit = 4 / Math.sqrt(SAMPLES);
    const parent = filled(key);
    expect(Math.abs(correlation(parent, filled(fold(key, 0))))).toBeLessThan(limit);
    expect(Math.abs(correlation(filled(fold(key, 0)), filled(fold(key, 1))))).toBeLessThan(limit);
    expect(Math.abs(correlation(filled(fold(key, "a")), filled(fold(key, "b"))))).toBeLessThan(limit);
    expect(Math.abs(correlation(parent.slice(0, -1), parent.slice(1)))).toBeLessThan(limit);
  });
});

describe("counts and orders", () => {
  const key = rootKey("counts");
  test("Bernoulli fills hit their probability within four standard errors", () => {
    const out = new Uint8Array(SAMPLES);
    bernoullisInto(out, key, 0.03);
    const hits = out.reduce((a, b) => a + b, 0);
    expect(Math.abs(hits - 0.03 * SAMPLES)).toBeLessThan(4 * Math.sqrt(0.03 * 0.97 * SAMPLES));
  });
  test("chosen places are ascending, in range, and everything or nothing at the ends", () => {
    const chosen: number[] = [];
    expect(forEachChosen(key, 10_000, 0.1, (i) => chosen.push(i))).toBe(chosen.length);
    expect(chosen.every((place, i) => place >= 0 && place < 10_000 && (i === 0 || place > chosen[i - 1]))).toBe(true);
    expect(forEachChosen(key, 5, 1, () => {})).toBe(5);
    expect(forEachChosen(key, 5, 0, () => {})).toBe(0);
    expect(() => forEachChosen(key, 5, 1.5, () => {})).toThrow("probability 1.5");
  });
  test.each([0.02, 0.5, 0.9])("binomial counts at p = %d have the exact distribution (chi-squared)", (p) => {
    const n = 12;
    const draws = 20_000;
    const observed = new Float64Array(n + 1);
    for (let i = 0; i < draws; i++) observed[binomial(fold(key, i), n, p)]++;
    let chiSquared = 0;
    let bins = 0;
    let expected = (1 - p) ** n * draws;
    for (let k = 0; k <= n; k++) {
      if (expected > 5) {
        chiSquared += (observed[k] - expected) ** 2 / expected;
        bins++;
      }
      expected *= ((n - k) / (k + 1)) * (p / (1 - p));
    }
    // Mean bins - 1, standard deviation sqrt(2 (bins - 1)).
    expect(chiSquared).toBeLessThan(bins + 4 * Math.sqrt(2 * bins));
  });
  test("a permutation holds every index once and every first element is equally likely", () => {
    expect([...permutation(key, 100)].sort((a, b) => a - b)).toEqual([...Array(100).keys()]);
    const first = new Float64Array(5);
    for (let i = 0; i < 20_000; i++) first[permutation(fold(key, i), 5)[0]]++;
    for (const count of first) expect(Math.abs(count - 4000)).toBeLessThan(4 * Math.sqrt(4000 * 0.8));
  });
});
