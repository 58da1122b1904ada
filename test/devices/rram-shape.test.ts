import { describe, expect, test } from "@jest/globals";
import { bestReference, idealErrorRates, sampleIdealErrors } from "#circuits/index";
import {
  programPopulation,
  programRram,
  type RramParams,
  type RramShape,
  type RramStateParams,
  readPopulation,
  readRram,
  samplePopulation,
  sampleResistancesInto,
  sampleRram,
  shapedDeviation,
  standingOf,
} from "#devices/index";
import { normalTail } from "#src/numerics/normal-tail";
import { fold, rootKey } from "#src/random/index";

const key = rootKey("shapes");
const spread = { deviceToDevice: 0.3, cycleToCycle: 0.4, readToRead: 0 };
const weibull: RramShape = { kind: "weibull", exponent: 2.5, logSigma: Math.PI / Math.sqrt(6) / 2.5 };
const mixture: RramShape = {
  kind: "two lognormals",
  logSigma: 0.5,
  components: [
    { share: 0.05, logOffset: -1.5, logSigma: 0.4 },
    { share: 0.95, logOffset: 0.03, logSigma: 0.3 },
  ],
};
const state = (shape: RramShape, median = 300e3): RramStateParams => ({
  medianResistance: median,
  spread,
  activationEnergy: 0,
  shape,
});
/** Share below x of ln R over the median, from the definitions. */
const shareBelow = (shape: RramShape, x: number): number =>
  shape.kind === "weibull"
    ? -Math.expm1(-Math.LN2 * Math.exp(shape.exponent * x))
    : shape.components.reduce((sum, c) => sum + c.share * normalTail((c.logOffset - x) / c.logSigma), 0);
const params = (shape: RramShape): RramParams => ({
  name: "shaped",
  standing: "test",
  source: "test",
  valid: "test",
  lrs: {
    medianResistance: 10e3,
    spread: { deviceToDevice: 0.1, cycleToCycle: 0.1, readToRead: 0.1 },
    activationEnergy: 0,
  },
  hrs: state(shape, 60e3),
  conduction: { kind: "ohmic" },
  stuck: { lrs: 0, hrs: 0 },
});

describe("far apart", () => {
  const separated = (sigma: number, ratio: number): RramParams => ({
    ...params(mixture),
    lrs: {
      medianResistance: 1e3,
      spread: { deviceToDevice: sigma, cycleToCycle: 0, readToRead: 0 },
      activationEnergy: 0,
    },
    hrs: {
      medianResistance: 1e3 * ratio,
      spread: { deviceToDevice: 0.2, cycleToCycle: 0, readToRead: 0 },
      activationEnergy: 0,
      // A lognormal in the guise of a mixture.
      shape: {
        kind: "two lognormals",
        logSigma: 0.2,
        components: [
          { share: 0.5, logOffset: 0, logSigma: 0.2 },
          { share: 0.5, logOffset: 0, logSigma: 0.2 },
        ],
      },
    },
  });
  test("errors of shaped states are those of the same lognormal, however small", () => {
    for (const [sigma, ratio] of [
      [0.3, 30],
      [0.2, 100],
      [0.05, 10],
      [0.3, 100],
    ] as const) {
      const shaped = separated(sigma, ratio);
      const { shape: _shape, ...hrs } = shaped.hrs;
      const plain = { ...shaped, hrs };
      const [a, b] = [idealErrorRates(shaped, 300.15), idealErrorRates(plain, 300.15)];
      expect(a.differential / b.differential).toBeCloseTo(1, 6);
      expect(a.single / b.single).toBeCloseTo(1, 3);
      expect(bestReference(shaped, 300.15) / bestReference(plain, 300.15)).toBeCloseTo(1, 3);
    }
  });
  test("the reference is the best one where densities cross more than once", () => {
    const device: RramParams = {
      ...params(mixture),
      lrs: {
        medianResistance: 1e3,
        spread: { deviceToDevice: 1.5, cycleToCycle: 0, readToRead: 0 },
        activationEnergy: 0,
        shape: {
          kind: "two lognormals",
          logSigma: 1.5,
          components: [
            { share: 0.7, logOffset: 0, logSigma: 0.15 },
            { share: 0.3, logOffset: 3.2, logSigma: 0.15 },
          ],
        },
      },
      hrs: {
        medianResistance: 1e3 * Math.exp(4.6),
        spread: { deviceToDevice: 1.2, cycleToCycle: 0, readToRead: 0 },
        activationEnergy: 0,
      },
    };
    expect(bestReference(device, 300.15)).toBeGreaterThan(25e3);
    expect(idealErrorRates(device, 300.15).single).toBeCloseTo(0.0916, 3);
  });
  test("a shaped state without spread is a step", () => {
    const step = params(weibull);
    const none = {
      ...step,
      lrs: { ...step.lrs, spread: { deviceToDevice: 0, cycleToCycle: 0, readToRead: 0 }, shape: weibull },
    };
    const { single, differential } = idealErrorRates(none, 300.15);
    expect(single).toBeGreaterThan(0);
    expect(differential).toBeCloseTo(shareBelow(weibull, Math.log(10 / 60) / (0.5 / weibull.logSigma)), 6);
  });
});

describe.each([weibull, mixture])("a state of shape $kind", (shape) => {
  const own = { spread, shape };
  test("has at standing z the value that a share Phi(z) lies below, to eight standard deviations", () => {
    // The spread is that of the fit, up to this factor.
    const factor = 0.5 / shape.logSigma;
    for (const z of [-8, -5, -1, 0, 0.7, 3, 8]) {
      const x = shapedDeviation(own, 0.5 * z) / factor;
      const below = shareBelow(shape, x);
      if (z <= 3) expect(below / normalTail(-z)).toBeCloseTo(1, z < -3 ? 5 : 7);
      expect(standingOf(own, x * factor)).toBeCloseTo(z, 7);
    }
  });
  test("stretches with its spread", () => {
    const twice = { shape, spread: { deviceToDevice: 0.6, cycleToCycle: 0.8, readToRead: 0 } };
    expect(shapedDeviation(twice, 2 * 0.3)).toBeCloseTo(2 * shapedDeviation(own, 0.3), 12);
    const none = { shape, spread: { deviceToDevice: 0, cycleToCycle: 0, readToRead: 0 } };
    expect(shapedDeviation(none, 0)).toBe(0);
  });
  test("is sampled with its own distribution, cell by cell, in populations and in bulk", () => {
    const count = 20_000;
    const device = params(shape);
    const bulk = new Float64Array(count);
    sampleResistancesInto(bulk, device, "hrs", 300.15, key);
    const one = Float64Array.from({ length: count }, (_, i) => {
      const k = fold(key, i);
      return readRram(device, programRram(device, sampleRram(device, k), "hrs", fold(k, "p")), 300.15, fold(k, "r"));
    });
    const cells = samplePopulation(device, count, key);
    const many = readPopulation(
      device,
      programPopulation(device, cells, new Uint8Array(count), fold(key, 1)),
      300.15,
      key,
    );
    const factor = 0.5 / shape.logSigma;
    for (const values of [bulk, one, many]) {
      // Kolmogorov and Smirnov's distance; beyond 1.95 / sqrt(n) once in a thousand.
      const sorted = values.map((r) => Math.log(r / 60e3) / factor).sort();
      const distance = sorted.reduce(
        (most, x, i) => Math.max(most, Math.abs(shareBelow(shape, x) - (i + 0.5) / count)),
        0,
      );
      expect(distance).toBeLessThan(1.95 / Math.sqrt(count));
    }
  });
  test("is misread by an amplifier without offset as often as samples of it are", () => {
    const device = params(shape);
    const { single, differential } = idealErrorRates(device, 300.15);
    const bits = 200_000;
    const found = sampleIdealErrors(device, 300.15, bits, key);
    const near = (errors: Uint8Array, p: number): void => {
      const events = errors.reduce((a, b) => a + b, 0);
      expect(events).toBeGreaterThan(20);
      expect(Math.abs(events / bits - p)).toBeLessThan(4 * Math.sqrt(p / bits));
    };
    near(found.single, single);
    near(found.differential, differential);
    // No other reference does better.
    const at = bestReference(device, 300.15);
    expect(at).toBeGreaterThan(10e3);
    expect(at).toBeLessThan(60e3);
  });
});
