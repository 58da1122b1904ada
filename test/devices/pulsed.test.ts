import { describe, expect, test } from "@jest/globals";
import {
  afterPulse,
  idealPulsed,
  type PulsedDevice,
  type PulsedParams,
  pulsedConductance,
  samplePulsed,
} from "#devices/index";
import { fold, normal, rootKey, uniform } from "#src/random/index";

const KEY = rootKey("pulsed");
const device = (over: Partial<PulsedParams>): PulsedDevice => samplePulsed({ ...idealPulsed, ...over }, KEY);
const train = (
  d: PulsedDevice,
  from: number,
  direction: 1 | -1,
  pulses: number,
  key = fold(KEY, "train"),
): number[] => {
  const states = [from];
  for (let k = 0; k < pulses; k++)
    states.push(afterPulse(d, states[k], direction, normal(fold(key, "noise"), k), uniform(fold(key, "round"), k)));
  return states;
};

describe("a device under pulses", () => {
  test("an ideal one goes from bound to bound and back in equal steps", () => {
    const d = device({});
    const up = train(d, 0, 1, 100);
    up.forEach((x, k) => {
      expect(x).toBeCloseTo(k / 100, 12);
    });
    expect(train(d, 1, -1, 100)[100]).toBeCloseTo(0, 12);
    expect(pulsedConductance(d, up[50])).toBeCloseTo((1e-4 + 1e-6) / 2, 12);
  });

  test.each([0.5, 2, 5])(
    "nonlinearity %d bends both branches, each towards its bound, and keeps the pulse count",
    (b) => {
      const d = device({ pulses: { set: 2000, reset: 2000 }, nonlinearity: { set: b, reset: b } });
      const up = train(d, 0, 1, 2000);
      const down = train(d, 1, -1, 2000);
      expect(up[2000]).toBeGreaterThan(0.99);
      expect(down[2000]).toBeLessThan(0.01);
      // The curve's closed form: x(n) = ln(1 + (e^b - 1) n / N) / b.
      for (const n of [200, 1000, 1600])
        expect(Math.abs(up[n] - Math.log1p((Math.expm1(b) * n) / 2000) / b)).toBeLessThan(0.02);
      up.forEach((x, k) => {
        expect(down[k]).toBeCloseTo(1 - x, 9);
      });
    },
  );

  test("asymmetry: RESET of a quarter of the pulses steps four times as far", () => {
    const d = device({ pulses: { set: 200, reset: 50 } });
    expect(train(d, 0.5, 1, 1)[1] - 0.5).toBeCloseTo(1 / 200, 12);
    expect(0.5 - train(d, 0.5, -1, 1)[1]).toBeCloseTo(1 / 50, 12);
  });

  test("noise from pulse to pulse has the spread asked for, and bounds hold", () => {
    const d = device({ cycleToCycle: 0.5 });
    const steps = Array.from({ length: 5000 }, (_, k) => afterPulse(d, 0.5, 1, normal(KEY, k), 0) - 0.5);
    const mean = steps.reduce((a, s) => a + s) / steps.length;
    const sigma = Math.sqrt(steps.reduce((a, s) => a + (s - mean) ** 2, 0) / steps.length);
    expect(mean).toBeCloseTo(0.01, 3);
    expect(sigma / 0.005).toBeGreaterThan(0.97);
    expect(sigma / 0.005).toBeLessThan(1.03);
    for (const x of train(device({ cycleToCycle: 50 }), 0.5, 1, 200)) {
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x).toBeLessThanOrEqual(1);
    }
  });

  test("finite states: only those are met, and small steps are kept in the mean", () => {
    const d = device({ states: 5, pulses: { set: 100, reset: 100 } });
    for (const x of train(d, 0, 1, 300)) expect(x * 4).toBe(Math.round(x * 4));
    const ends = Array.from({ length: 3000 }, (_, k) => train(d, 0, 1, 20, fold(KEY, k))[20]);
    expect(ends.reduce((a, x) => a + x) / ends.length).toBeCloseTo(0.2, 1);
  });

  test("device-to-device spread reaches steps, bounds and bends; the same key gives the same device", () => {
    const params = { ...idealPulsed, spread: { logStep: 0.3, bounds: 0.05, nonlinearity: 0.2 } };
    const drawn = Array.from({ length: 4000 }, (_, i) => samplePulsed(params, fold(KEY, i)));
    const sigma = (of: (d: PulsedDevice) => number): number => {
      const values = drawn.map(of);
      const mean = values.reduce((a, v) => a + v) / values.length;
      return Math.sqrt(values.reduce((a, v) => a + (v - mean) ** 2, 0) / values.length);
    };
    expect(sigma((d) => Math.log(d.setStep))).toBeCloseTo(0.3, 1);
    expect(sigma((d) => d.most) / (0.05 * 99e-6)).toBeGreaterThan(0.95);
    expect(sigma((d) => d.most) / (0.05 * 99e-6)).toBeLessThan(1.05);
    expect(sigma((d) => d.resetNonlinearity)).toBeCloseTo(0.2, 1);
    for (const d of drawn) expect(d.most).toBeGreaterThanOrEqual(d.least);
    expect(samplePulsed(params, fold(KEY, 3))).toEqual(drawn[3]);
  });

  test.each<readonly [Partial<PulsedParams>, string]>([
    [{ least: 2e-4 }, "ascending"],
    [{ pulses: { set: 0, reset: 10 } }, "0 set pulses"],
    [{ states: 1 }, "1 states"],
    [{ cycleToCycle: -1 }, "standard deviation -1"],
    [{ nonlinearity: { set: Number.NaN, reset: 0 } }, "set nonlinearity NaN"],
  ])("%j is refused", (over, words) => {
    expect(() => device(over)).toThrow(words);
  });
});
