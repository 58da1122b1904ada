import { describe, expect, test } from "@jest/globals";
import { idealErrorRates } from "#circuits/sensing/memory-cells";
import {
  programPopulation,
  RRAM_SETS,
  type RramParams,
  readPopulation,
  samplePopulation,
  sampleResistancesInto,
  type TelegraphNoise,
  telegraphStates,
  trappedAfter,
  trappedShare,
} from "#devices/index";
import { fold, rootKey } from "#src/random/index";

const noise: TelegraphNoise = { logAmplitude: 0.4, captureTime: 3e-4, emissionTime: 1e-4 };
const KEY = rootKey("telegraph");
const quiet = { deviceToDevice: 0, cycleToCycle: 0, readToRead: 0 };
const device: RramParams = {
  ...RRAM_SETS.reference,
  lrs: { ...RRAM_SETS.reference.lrs, spread: quiet, telegraph: noise },
};

describe("random telegraph noise", () => {
  test("a trap is full for the share of time that its dwell times say", () => {
    expect(trappedShare(noise)).toBeCloseTo(0.25, 12);
    const states = telegraphStates(noise, 5e-5, 200_000, KEY);
    expect(states.reduce((a, b) => a + b) / states.length).toBeCloseTo(0.25, 2);
  });

  test("reads forget each other as exp(-t (1 / capture + 1 / emission)), whatever the interval they are taken at", () => {
    for (const interval of [2e-5, 1e-4, 1e-3]) {
      const states = telegraphStates(noise, interval, 200_000, fold(KEY, String(interval)));
      const mean = states.reduce((a, b) => a + b) / states.length;
      let [now, next] = [0, 0];
      for (let i = 1; i < states.length; i++) {
        now += (states[i] - mean) ** 2;
        next += (states[i] - mean) * (states[i - 1] - mean);
      }
      expect(Math.abs(next / now - Math.exp(-interval * (1 / 3e-4 + 1 / 1e-4)))).toBeLessThan(0.01);
    }
    // Two short intervals are one long one.
    const half = trappedAfter(noise, true, 1e-4);
    const twice = half * trappedAfter(noise, true, 1e-4) + (1 - half) * trappedAfter(noise, false, 1e-4);
    expect(twice).toBeCloseTo(trappedAfter(noise, true, 2e-4), 12);
  });

  test("reads of a cell show its two levels, anew each read, one cell apart from the next", () => {
    const values = new Float64Array(20_000);
    sampleResistancesInto(values, device, "lrs", 300.15, KEY);
    const levels = new Set(Array.from(values, (ohm) => ohm.toPrecision(9)));
    expect([...levels].map(Number).sort((a, b) => a - b)).toEqual([
      10e3,
      Number((10e3 * Math.exp(0.4)).toPrecision(9)),
    ]);
    expect(values.filter((ohm) => ohm > 11e3).length / values.length).toBeCloseTo(0.25, 1);
    const cells = programPopulation(device, samplePopulation(device, 2000, KEY), new Uint8Array(2000).fill(1), KEY);
    const [first, second] = [1, 2].map((read) => readPopulation(device, cells, 300.15, fold(KEY, read)));
    const changed = first.filter((ohm, i) => ohm !== second[i]).length / 2000;
    expect(changed).toBeGreaterThan(2 * 0.25 * 0.75 - 0.04);
    expect(changed).toBeLessThan(2 * 0.25 * 0.75 + 0.04);
  });

  test("a device without it draws what it drew, and closed forms refuse one with it", () => {
    const [plain, also] = [new Float64Array(50), new Float64Array(50)];
    sampleResistancesInto(plain, RRAM_SETS.reference, "hrs", 300.15, KEY);
    sampleResistancesInto(also, device, "hrs", 300.15, KEY);
    expect(also).toEqual(plain);
    expect(() => idealErrorRates(device, 300.15)).toThrow("telegraph noise");
  });
});
