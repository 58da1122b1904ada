import { describe, expect, test } from "@jest/globals";
import {
  filamentCurrentInto,
  filamentRateInto,
  filamentResistance,
  sampleFilament,
  sky130Reram,
  steadyTemperature,
} from "#devices/index";
import { fold, rootKey } from "#src/random/index";

const NANO = 1e-9;
const p = sky130Reram;
const lengthAt = (gap: number): number => p.oxideThickness - gap * NANO;
const current = (voltage: number, gap: number): number => {
  const out = new Float64Array(3);
  filamentCurrentInto(out, p, voltage, lengthAt(gap));
  return out[0];
};
const rate = (voltage: number, gap: number, temperature: number): number => {
  const out = new Float64Array(4);
  filamentRateInto(out, p, voltage, lengthAt(gap), temperature);
  return out[0];
};
/** Rate at the temperature that the current keeps up. */
const heatedRate = (voltage: number, gap: number): { readonly rate: number; readonly kelvin: number } => {
  const kelvin = steadyTemperature(p, 300, voltage * current(voltage, gap));
  return { rate: rate(voltage, gap, kelvin), kelvin };
};

describe("the sky130 ReRAM cell: figures worked out from its published equations and parameters, to their digits", () => {
  test.each([
    [0.1, 0.1, 9.98e3, 0.005e3],
    [0.1, 0.3, 9.3e3, 0.005e3],
    [0.1, 0.6, 7.42e3, 0.005e3],
    [0.5, 0.1, 42.7e3, 0.05e3],
    [1.0, 0.1, 263e3, 0.5e3],
    [1.7, 0.1, 3.35e6, 5e3],
    [1.7, 0.6, 2.49e6, 5e3],
  ])("resistance at a gap of %d nm and %d V", (gap, volt, ohm, digit) => {
    expect(Math.abs(volt / current(volt, gap) - ohm)).toBeLessThan(digit);
  });

  test.each([
    [0.6, 1.5e-18],
    [1.2, 2.5e-13],
    [1.6, 7.6e-10],
    [2.0, 2.3e-6],
    [2.4, 7.0e-3],
  ])("SET from a gap of 1.7 nm starts at %d V with %d m/s, driven by the field", (volt, metresPerSecond) => {
    // The least length is the bound towards which nothing falls: growth from it is unhindered.
    expect(rate(volt, 1.7, 300) / metresPerSecond).toBeGreaterThan(0.95);
    expect(rate(volt, 1.7, 300) / metresPerSecond).toBeLessThan(1.05);
  });

  test.each([
    [-0.6, -1.2e-13, 335],
    [-0.8, -9e-10, 377],
    [-1.0, -5e-6, 456],
    [-1.2, -7.9e-3, 601],
  ])("RESET from a gap of 0.1 nm at %d V: %d m/s, driven by its own heat", (volt, metresPerSecond, kelvin) => {
    const found = heatedRate(volt, 0.1);
    expect(Math.abs(found.kelvin - kelvin)).toBeLessThan(0.6);
    expect(found.rate / metresPerSecond).toBeGreaterThan(0.93);
    expect(found.rate / metresPerSecond).toBeLessThan(1.07);
    expect(Math.abs(rate(volt, 0.1, 300))).toBeLessThan(Math.abs(found.rate) / 5);
  });

  test("a read of 0.6 V for 100 ns moves neither state by a picometre", () => {
    for (const gap of [0.1, 1.7])
      for (const volt of [0.6, -0.6]) expect(Math.abs(heatedRate(volt, gap).rate) * 100e-9).toBeLessThan(1e-12);
  });
});

describe("derivatives", () => {
  test("of current and rate are those of finite differences, also where the rate falls to its bounds", () => {
    const out = new Float64Array(4);
    const [a, b] = [new Float64Array(4), new Float64Array(4)];
    for (const gap of [0.103, 0.106, 0.5, 1.2, 1.695])
      for (const volt of [-1.3, -0.4, 0.7, 1.9])
        for (const kelvin of [300, 700]) {
          const length = lengthAt(gap);
          const central = (
            into: (o: Float64Array, v: number, l: number, t: number) => void,
            step: readonly number[],
          ): number => {
            const [dv, dl, dt] = step;
            into(a, volt + dv, length + dl, kelvin + dt);
            into(b, volt - dv, length - dl, kelvin - dt);
            return (a[0] - b[0]) / (2 * (dv || dl || dt));
          };
          const close = (found: number, right: number, step: number): void => {
            // What rounding of the values leaves of a difference over its step.
            const rounding = (4e-16 * Math.abs(a[0])) / step;
            expect(Math.abs(found - right)).toBeLessThanOrEqual(2e-4 * Math.abs(right) + rounding);
          };
          const flow = (o: Float64Array, v: number, l: number): void => filamentCurrentInto(o, p, v, l);
          filamentCurrentInto(out, p, volt, length);
          const [, byVoltage, byLength] = out;
          close(central(flow, [1e-5, 0, 0]), byVoltage, 1e-5);
          close(central(flow, [0, 1e-14, 0]), byLength, 1e-14);
          const move = (o: Float64Array, v: number, l: number, t: number): void => filamentRateInto(o, p, v, l, t);
          filamentRateInto(out, p, volt, length, kelvin);
          const [, rateByVoltage, rateByLength, rateByTemperature] = out;
          close(central(move, [1e-5, 0, 0]), rateByVoltage, 1e-5);
          close(central(move, [0, 1e-14, 0]), rateByLength, 1e-14);
          close(central(move, [0, 0, 1e-3]), rateByTemperature, 1e-3);
        }
  });
});

test("spread from device to device: as wide as asked, the same for the same key, none where none is asked", () => {
  const spread = { logCurrent: 0.2, barrier: 0.01 };
  const key = rootKey("filaments");
  const drawn = Array.from({ length: 4000 }, (_, i) => sampleFilament(p, spread, fold(key, i)));
  const sigma = (values: number[]): number => {
    const mean = values.reduce((a, b) => a + b) / values.length;
    return Math.sqrt(values.reduce((s, v) => s + (v - mean) ** 2, 0) / values.length);
  };
  expect(sigma(drawn.map((d) => Math.log(d.currentScale)))).toBeCloseTo(0.2, 2);
  expect(sigma(drawn.map((d) => d.generationBarrier))).toBeCloseTo(0.01, 3);
  expect(sampleFilament(p, spread, fold(key, 7))).toEqual(drawn[7]);
  expect(sampleFilament(p, { logCurrent: 0, barrier: 0 }, key)).toEqual(p);
  const ratio = filamentResistance(p, lengthAt(1.7)) / filamentResistance(p, lengthAt(0.1));
  expect(Math.log(ratio)).toBeCloseTo(1.6 / 0.2751, 9);
});
