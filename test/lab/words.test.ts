import { describe, expect, test } from "@jest/globals";
import { withHalf, words } from "../../lab/controls/words.ts";

describe("what the page writes", () => {
  test.each([
    [21.25e-15, 0.021e-15, "J", "21.25 ± 0.02 fJ"],
    [1.1136e-9, 0.0046e-9, "s", "1.114 ± 0.005 ns"],
    [999.96e-15, 2e-15, "J", "1.000 ± 0.002 pJ"],
    [14.4e-15, 3e-15, "J", "14 ± 3 fJ"],
    [6.64123456e-12, 1e-18, "J", "6.6412 pJ"],
    [3e-9, 0, "s", "3 ns"],
  ])("a mean of %d with half an interval of %d %s is %s: of its own digits", (mean, half, unit, text) => {
    expect(withHalf(mean, half, unit)).toBe(text);
  });
  test("a value has its unit, electronvolts no prefix", () => {
    expect([words(3e-9, "s"), words(10e3, "ohm"), words(358.15, "K"), words(0.05, "eV"), words(-0.1, "eV")]).toEqual([
      "3 ns",
      "10 kΩ",
      "85 °C",
      "0.05 eV",
      "-0.1 eV",
    ]);
  });
});
