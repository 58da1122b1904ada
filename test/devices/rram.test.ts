import { describe, expect, test } from "@jest/globals";
import {
  parseRram,
  programRram,
  RRAM_SETS,
  type RramParams,
  readRram,
  resistanceTemperatureFactor,
  rramCurrentInto,
  sampleRram,
  sampleStuckCells,
  totalLogSigma,
} from "#devices/index";
import { momentsOf, standardDeviation } from "#src/numerics/moments";
import { fold, rootKey } from "#src/random/index";

const key = rootKey("rram");
const T = 300.15;
const N = 4000;

const spread = (lrs: RramParams["lrs"]["spread"]): RramParams => ({
  ...RRAM_SETS.reference,
  lrs: { ...RRAM_SETS.reference.lrs, spread: lrs },
});
const only = { deviceToDevice: 0, cycleToCycle: 0, readToRead: 0 };
const logs = (
  params: RramParams,
  device: (i: number) => number,
  cycle: (i: number) => number,
  read: (i: number) => number,
): Float64Array =>
  Float64Array.from({ length: N }, (_, i) => {
    const cell = sampleRram(params, fold(fold(key, "device"), device(i)));
    const programmed = programRram(params, cell, "lrs", fold(fold(key, "cycle"), cycle(i)));
    return Math.log(readRram(params, programmed, T, fold(fold(key, "read"), read(i))) / params.lrs.medianResistance);
  });
const sigma = (x: Float64Array): number => standardDeviation(momentsOf(x));
const each = (i: number): number => i;
const same = (): number => 0;

describe("the three terms of the spread", () => {
  test.each([
    ["device-to-device", { ...only, deviceToDevice: 0.3 }, [each, same, same]],
    ["cycle-to-cycle", { ...only, cycleToCycle: 0.3 }, [same, each, same]],
    ["read-to-read", { ...only, readToRead: 0.3 }, [same, same, each]],
  ] as const)("%s varies with its own key and with no other", (_name, terms, [device, cycle, read]) => {
    const params = spread(terms);
    expect(Math.abs(sigma(logs(params, device, cycle, read)) / 0.3 - 1)).toBeLessThan(4 / Math.sqrt(2 * N));
    const others = [device === each ? same : each, cycle === each ? same : each, read === each ? same : each] as const;
    expect(sigma(logs(params, ...others))).toBeCloseTo(0, 12);
  });
  test("a device's standing in one state says nothing of the other", () => {
    let product = 0;
    for (let i = 0; i < N; i++) {
      const { lrsDeviate, hrsDeviate } = sampleRram(RRAM_SETS.reference, fold(key, i));
      product += lrsDeviate * hrsDeviate;
    }
    expect(Math.abs(product / N)).toBeLessThan(4 / Math.sqrt(N));
  });
  test("they add in variance to the total", () => {
    const params = spread({ deviceToDevice: 0.2, cycleToCycle: 0.15, readToRead: 0.1 });
    expect(totalLogSigma(params, "lrs")).toBeCloseTo(Math.sqrt(0.04 + 0.0225 + 0.01), 15);
    expect(Math.abs(sigma(logs(params, each, each, each)) / totalLogSigma(params, "lrs") - 1)).toBeLessThan(
      4 / Math.sqrt(2 * N),
    );
  });
  test("named sets order as their programming conditions: the stronger, the wider the window and the tighter the states", () => {
    const { strong, reference, weak } = RRAM_SETS;
    const window = (p: RramParams): number => p.hrs.medianResistance / p.lrs.medianResistance;
    expect(window(strong)).toBeGreaterThan(window(reference));
    expect(window(reference)).toBeGreaterThan(window(weak));
    expect(totalLogSigma(strong, "hrs")).toBeLessThan(totalLogSigma(weak, "hrs"));
    expect(totalLogSigma(reference, "lrs")).toBeCloseTo(0.2, 12);
    for (const set of [strong, reference, weak]) expect(set.standing).toMatch(/^illustrative, recalled/);
  });
});

describe("conduction", () => {
  const out = new Float64Array(2);
  const sinh = { kind: "sinh", fieldVoltage: 0.43 } as const;
  test("is passive, odd, zero at zero, with its own derivative", () => {
    for (const conduction of [{ kind: "ohmic" } as const, sinh])
      for (const v of [-1.2, -0.3, 0, 0.05, 0.9]) {
        rramCurrentInto(out, conduction, 1e4, v);
        const [i, g] = out;
        expect(i * v).toBeGreaterThanOrEqual(0);
        rramCurrentInto(out, conduction, 1e4, -v);
        expect(out[0]).toBeCloseTo(-i, 18);
        rramCurrentInto(out, conduction, 1e4, v + 1e-6);
        const above = out[0];
        rramCurrentInto(out, conduction, 1e4, v - 1e-6);
        expect((above - out[0]) / 2e-6 / g).toBeCloseTo(1, 6);
      }
  });
  test("sinh is ohmic at small voltage and sinh(V/V0) V0/V more at large", () => {
    rramCurrentInto(out, sinh, 1e4, 1e-4);
    expect(out[0] * 1e4).toBeCloseTo(1e-4, 10);
    rramCurrentInto(out, sinh, 1e4, 0.86);
    expect(out[0]).toBeCloseTo((0.43 / 1e4) * Math.sinh(2), 15);
  });
  test("an activated resistance falls with temperature by exp(Ea/k (1/T - 1/T0))", () => {
    expect(resistanceTemperatureFactor(0, 400)).toBe(1);
    expect(resistanceTemperatureFactor(0.1, T)).toBe(1);
    expect(Math.log(resistanceTemperatureFactor(0.1, 358.15))).toBeCloseTo(
      (0.1 / 8.617333262e-5) * (1 / 358.15 - 1 / 300.15),
      12,
    );
  });
});

describe("stuck cells", () => {
  const params: RramParams = { ...RRAM_SETS.reference, stuck: { lrs: 0.3, hrs: 0.4 } };
  test("are two disjoint sets whose sizes are binomial", () => {
    const counts = Float64Array.from({ length: 400 }, (_, i) => {
      const { lrs, hrs } = sampleStuckCells(params, 1000, fold(key, i));
      expect(new Set([...lrs, ...hrs]).size).toBe(lrs.length + hrs.length);
      expect(Math.max(...lrs, ...hrs)).toBeLessThan(1000);
      return hrs.length;
    });
    const m = momentsOf(counts);
    expect(Math.abs(m.mean - 400)).toBeLessThan(4 * Math.sqrt((1000 * 0.4 * 0.6) / 400));
    expect(Math.abs(standardDeviation(m) ** 2 / (1000 * 0.4 * 0.6) - 1)).toBeLessThan(4 * Math.sqrt(2 / 400));
  });
  test("stay in their state whatever is programmed", () => {
    const all: RramParams = { ...RRAM_SETS.reference, stuck: { lrs: 1, hrs: 0 } };
    const cell = sampleRram(all, key);
    expect(programRram(all, cell, "hrs", key).state).toBe("lrs");
  });
});

describe("a user's device file", () => {
  const good = {
    name: "mine",
    source: "measured",
    lrs: { medianResistance: 8000, spread: { deviceToDevice: 0.1, cycleToCycle: 0.1, readToRead: 0.01 } },
    hrs: { medianResistance: 2e5, spread: { deviceToDevice: 0.4, cycleToCycle: 0.4, readToRead: 0.05 } },
  };
  test("is taken with defaults for what it leaves out", () => {
    const p = parseRram(good, "mine.json");
    expect(p.conduction).toEqual({ kind: "ohmic" });
    expect(p.stuck).toEqual({ lrs: 0, hrs: 0 });
    expect(p.lrs.activationEnergy).toBe(0);
  });
  test("with a negative resistance, a missing or an unknown entry, or states exchanged is refused by name", () => {
    const negative = { ...good, lrs: { ...good.lrs, medianResistance: -1 } };
    expect(() => parseRram(negative, "mine.json")).toThrow(/mine\.json.*lrs\.medianResistance/);
    expect(() => parseRram({ ...good, hrs: undefined }, "mine.json")).toThrow(/hrs/);
    expect(() => parseRram({ ...good, medain: 1 }, "mine.json")).toThrow(/medain/);
    expect(() => parseRram({ ...good, lrs: good.hrs, hrs: good.lrs }, "mine.json")).toThrow("not below");
  });
});
