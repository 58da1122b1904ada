import { describe, expect, test } from "@jest/globals";
import {
  type Fluctuators,
  fluctuationAt,
  fluctuatorSpectrum,
  programRram,
  RRAM_SETS,
  readRram,
  sampleRram,
  telegraphAt,
  telegraphSpectrum,
} from "#devices/index";
import { momentsOf, standardDeviation } from "#src/numerics/moments";
import { welchSpectrum } from "#src/numerics/spectrum";
import { fold, type Key, rootKey } from "#src/random/index";

const KEY = rootKey("noise that goes on");
const noise: Fluctuators = { logSigma: 0.05, slope: 1, slowest: 0.1, fastest: 1000, perDecade: 2 };

/** Mean spectrum of some cells' courses, read at a rate. */
const meanSpectrum = (of: (seconds: number, key: Key) => number, rate: number, cells: number) => {
  const all = Array.from({ length: cells }, (_, cell) =>
    welchSpectrum(
      Float64Array.from({ length: 8192 }, (_, i) => of(50 + i / rate, fold(KEY, cell))),
      rate,
      2048,
    ),
  );
  return {
    frequencies: all[0].frequencies,
    powers: all[0].powers.map((_, k) => all.reduce((sum, { powers }) => sum + powers[k] / cells, 0)),
  };
};

describe("fluctuators", () => {
  test("are one course of time: reads in any order agree", () => {
    const times = [1e5, 0, 3, 3.001, 3600, 0.01];
    const alone = [...times].reverse().map((t) => fluctuationAt(noise, t, KEY));
    expect(times.map((t) => fluctuationAt(noise, t, KEY))).toEqual(alone.reverse());
  });
  test("have their standard deviation at any time, and other cells other courses", () => {
    const at = (t: number): number =>
      standardDeviation(
        momentsOf(Float64Array.from({ length: 4000 }, (_, i) => fluctuationAt(noise, t, fold(KEY, i)))),
      );
    for (const t of [0, 17, 1e6]) expect(Math.abs(at(t) / 0.05 - 1)).toBeLessThan(0.05);
  });
  test("have the spectrum that is told of them, one over f between their ends", () => {
    const { frequencies, powers } = meanSpectrum((t, key) => fluctuationAt(noise, t, key), 100, 12);
    frequencies.forEach((f, k) => {
      if (f < 0.3) return;
      expect(powers[k] / fluctuatorSpectrum(noise, f, 100)).toBeGreaterThan(0.5);
      expect(powers[k] / fluctuatorSpectrum(noise, f, 100)).toBeLessThan(1.8);
    });
    const slope = Math.log(fluctuatorSpectrum(noise, 10) / fluctuatorSpectrum(noise, 0.3)) / Math.log(10 / 0.3);
    expect(Math.abs(slope + 1)).toBeLessThan(0.1);
  });
});

describe("telegraph noise as a course of time", () => {
  const trap = { logAmplitude: 0.3, captureTime: 0.4, emissionTime: 0.2 };
  test("has Machlup's spectrum", () => {
    const { frequencies, powers } = meanSpectrum((t, key) => telegraphAt(trap, t, key), 40, 16);
    frequencies.forEach((f, k) => {
      expect(powers[k] / telegraphSpectrum(trap, f, 40)).toBeGreaterThan(0.6);
      expect(powers[k] / telegraphSpectrum(trap, f, 40)).toBeLessThan(1.6);
    });
  });
  test("has exponential dwell times of the means that it was given", () => {
    const dwell: [number[], number[]] = [[], []];
    let [state, since] = [telegraphAt(trap, 0, KEY) > 0 ? 1 : 0, 0];
    for (let i = 1; i < 200_000; i++) {
      const next = telegraphAt(trap, i * 0.005, KEY) > 0 ? 1 : 0;
      if (next === state) continue;
      dwell[state].push((i - since) * 0.005);
      [state, since] = [next, i];
    }
    const [empty, full] = dwell.map((list) => momentsOf(list));
    expect(Math.abs(empty.mean / 0.4 - 1)).toBeLessThan(0.1);
    expect(Math.abs(full.mean / 0.2 - 1)).toBeLessThan(0.1);
    expect(Math.abs(standardDeviation(empty) / empty.mean - 1)).toBeLessThan(0.12);
  });
});

test("reads often enough fold nothing back; reads at any rate keep the variance", () => {
  expect(fluctuatorSpectrum(noise, 3, 1e6) / fluctuatorSpectrum(noise, 3)).toBeCloseTo(1, 3);
  const steps = 4000;
  const total = Array.from({ length: steps }, (_, k) => fluctuatorSpectrum(noise, ((k + 0.5) / steps) * 25, 50)).reduce(
    (sum, s) => sum + (s * 25) / steps,
    0,
  );
  expect(total / 0.05 ** 2).toBeCloseTo(1, 2);
});

test("clocks too fast to be counted are answered, not counted for ever", () => {
  const fast = { logAmplitude: 0.3, captureTime: 1e-15, emissionTime: 1e-15 };
  const values = Array.from({ length: 400 }, (_, i) => telegraphAt(fast, 1e8 + i, KEY));
  expect(values.filter((v) => v > 0).length / 400).toBeGreaterThan(0.4);
  expect(values.filter((v) => v > 0).length / 400).toBeLessThan(0.6);
  expect(telegraphAt(fast, 1e8, KEY)).toBe(values[0]);
});

describe("a device with noise that goes on", () => {
  const device = {
    ...RRAM_SETS.weak,
    lrs: { ...RRAM_SETS.weak.lrs, spread: { ...RRAM_SETS.weak.lrs.spread, readToRead: 0 }, fluctuators: noise },
  };
  const cell = programRram(device, sampleRram(device, KEY), "lrs", fold(KEY, "programmed"));
  const at = (seconds: number, read: string): number =>
    readRram(device, cell, 300.15, fold(KEY, read), { holds: [{ seconds, temperature: 300.15 }] });
  test("reads alike at one time and otherwise later, whatever the read's own key", () => {
    expect(at(5, "a")).toBe(at(5, "b"));
    expect(at(5, "a")).not.toBe(at(500, "a"));
  });
  test("read by itself has another state of them in every read", () => {
    const alone = ["a", "b", "c"].map((read) => readRram(device, cell, 300.15, fold(KEY, read)));
    expect(new Set(alone).size).toBe(3);
  });
});
