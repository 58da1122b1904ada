import { describe, expect, test } from "@jest/globals";
import { positionOf, positionsOf, type Scale, valueAt } from "../../lab/state/slider-scale.ts";
import { typedQuantity } from "../../lab/state/typed-quantity.ts";

describe("a typed quantity", () => {
  test.each([
    ["0.85", "V", "0.9 V", 0.85],
    ["850 mV", "V", "0.9 V", 0.85],
    ["4", "s", "3 ns", 4e-9],
    ["4", "s", "300 ps", 4e-12],
    ["4 ns", "s", "300 ps", 4e-9],
    ["2.5n", "s", "3 ns", 2.5e-9],
    ["1 µs", "s", "3 ns", 1e-6],
    ["1us", "s", "3 ns", 1e-6],
    ["20f", "F", "20 fF", 20e-15],
    ["20 fF", "F", "1 pF", 20e-15],
    ["10k", "ohm", "8 kΩ", 10e3],
    ["10 kohm", "ohm", "8 kΩ", 10e3],
    ["10 kΩ", "ohm", "8 kΩ", 10e3],
    ["1.5 MΩ", "ohm", "8 kΩ", 1.5e6],
    ["85", "K", "27 °C", 358.15],
    ["85 °C", "K", "27 °C", 358.15],
    ["-40 degC", "K", "27 °C", 233.15],
    ["358.15 K", "K", "27 °C", 358.15],
    ["50 %", "1", "1", 0.5],
    ["3e-9 s", "s", "3 ns", 3e-9],
    [".5", "1", "1", 0.5],
  ])("%s of %s, where %s was shown, is %d", (text, unit, shown, value) => {
    expect(typedQuantity(text, unit, shown)).toBe(value);
  });
  test.each([
    ["", "V"],
    ["fast", "s"],
    ["3 V", "s"],
    ["1,000", "V"],
    ["0,8", "V"],
    ["3 ns ns", "s"],
    ["5 x", "1"],
    ["1e", "V"],
    ["NaN", "V"],
    ["85 °F", "K"],
  ])("%j is no quantity in %s", (text, unit) => {
    expect(typedQuantity(text, unit, "")).toBeNull();
  });
});

describe("a slider", () => {
  const scales: readonly (readonly [string, Scale, { min: number; max: number }])[] = [
    ["of supplies", { kind: "linear", step: 0.01 }, { min: 0.3, max: 1.5 }],
    ["of strobes", { kind: "log", perDecade: 40 }, { min: 0.1e-9, max: 10e-6 }],
    ["of capacitances, whose decades are not whole", { kind: "log", perDecade: 20 }, { min: 1e-15, max: 2e-12 }],
    ["of temperatures", { kind: "linear", step: 1 }, { min: 233.15, max: 398.15 }],
  ];
  test.each(scales)("%s ends where the model does, climbs, and finds its own positions", (_name, scale, range) => {
    const last = positionsOf(scale, range);
    expect([valueAt(scale, range, 0), valueAt(scale, range, last)]).toEqual([range.min, range.max]);
    let before = Number.NEGATIVE_INFINITY;
    for (let position = 0; position <= last; position++) {
      const value = valueAt(scale, range, position);
      expect(value).toBeGreaterThan(before);
      expect(positionOf(scale, range, value)).toBe(position);
      before = value;
    }
  });
  test("gives values as people write them", () => {
    const [, supplies, volts] = scales[0];
    expect(valueAt(supplies, volts, 60)).toBe(0.9);
    const [, strobes, seconds] = scales[1];
    expect(valueAt(strobes, seconds, 60)).toBe(3.16e-9);
  });
});
