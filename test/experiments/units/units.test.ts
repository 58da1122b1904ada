import { describe, expect, test } from "@jest/globals";
import { decodePart, encodePart } from "../../../experiments/files/part-file.ts";
import { parseAxis, parseQuantity } from "../../../experiments/units/parse.ts";
import { measuredTexts, rateTexts, showQuantity, showRate } from "../../../experiments/units/show.ts";

const supply = { kind: "quantity", unit: "V", default: 1, min: 0, max: 2, says: "", source: "" } as const;
const temperature = { ...supply, unit: "K" } as const;

describe("quantities", () => {
  test.each<[string, string, number]>([
    ["0.6 V", "V", 0.6],
    ["600mV", "V", 0.6],
    ["27 degC", "K", 300.15],
    ["-40 degC", "K", 233.15],
    ["10 kohm", "ohm", 1e4],
    ["55 uA", "A", 55e-6],
    ["2 * 5 ns", "s", 1e-8],
    ["20 fF", "F", 2e-14],
    ["0.05eV", "eV", 0.05],
    ["5 %", "1", 0.05],
    ["1e-3", "V", 1e-3],
    ["1/4", "1", 0.25],
  ])("%s is read in %s", async (text, unit, value) => {
    expect((await parseQuantity(text, unit, "x")) / value).toBeCloseTo(1, 12);
  });
  test("degrees Celsius are the very kelvins that ranges begin and end with", async () => {
    for (const [text, kelvin] of [
      ["-40 degC", 233.15],
      ["125 degC", 398.15],
      ["0 degC", 273.15],
    ] as const)
      expect(await parseQuantity(text, "K", "x")).toBe(kelvin);
  });
  test.each([
    ["0.6 A", "V", "wrong unit; expected V"],
    ["3 s", "1", "has a unit"],
    ["volt", "V", "expected e.g."],
    ["", "V", "expected e.g."],
    ["(-1)^0.5 * 1 V", "V", "is no finite number"],
    ["nthRoot(16, 0) * 1 V", "V", "is no finite number"],
    ['evaluate("1")', "V", "disabled"],
    ["1:2", "V", "range is not arithmetic"],
  ])("%p is refused as %s", async (text, unit, words) => {
    await expect(parseQuantity(text, unit, "supply")).rejects.toThrow(words);
  });
  test("are shown with the prefix that fits", () => {
    expect(showQuantity(3e-9, "s")).toBe("3 ns");
    expect(showQuantity(300.15, "K")).toBe("27 °C");
    expect(showQuantity(4e5, "ohm")).toBe("400 kohm");
    expect(showQuantity(0.9, "V")).toBe("0.9 V");
    expect(showQuantity(1e-9, "s")).toBe("1 ns");
    expect(showRate({ estimate: 0.15, low: 0.13, high: 0.18 })).toBe("15 [13, 18]");
    expect(showRate({ estimate: 1e-5, low: 0, high: 2e-5 })).toBe("1e-3 [0, 2e-3]");
  });
});

describe("axes", () => {
  test("span both ends without rounding dust", async () => {
    expect(await parseAxis("0.4V:1.2V:0.1V", supply, "supply")).toEqual([0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.2]);
    expect(await parseAxis("0.8V,1 V", supply, "supply")).toEqual([0.8, 1]);
  });
  test("step temperatures by differences", async () => {
    expect(await parseAxis("-20 degC:20 degC:20 degC", temperature, "t")).toEqual([253.15, 273.15, 293.15]);
  });
  test("that lead nowhere or never end are refused", async () => {
    await expect(parseAxis("1V:0.5V:0.1V", supply, "supply")).rejects.toThrow("10,000");
    await expect(parseAxis("0V:1V:0V", supply, "supply")).rejects.toThrow("10,000");
    await expect(parseAxis("0V:1V", supply, "supply")).rejects.toThrow("start:stop:step");
  });
});

describe("parts", () => {
  test("come back as they were, typed arrays from the middle of a memory too", () => {
    const memory = new Float32Array([0, 1.5, -0, Number.NaN, 4]);
    const value = { a: [1, { b: memory.subarray(1, 4) }], n: new Int8Array([-1, 0, 1]), s: "x", none: null };
    const back = decodePart(encodePart(value)) as typeof value;
    expect(back).toEqual({ ...value, a: [1, { b: Float32Array.from([1.5, -0, Number.NaN]) }] });
    expect(encodePart(back)).toBe(encodePart(value));
  });
  test("with a number that JSON cannot hold are refused", () => {
    expect(() => encodePart({ x: Number.NaN })).toThrow("x is NaN");
    expect(() => encodePart({ y: new Uint16Array(1) })).toThrow("Uint16Array");
  });
});

test("powers and roots of expressions are not the engine's, whose digits differ between its versions", async () => {
  const texts: [string, string][] = [
    ["2^0.3 * 1 V", "V"],
    ["0.7^7.3 V", "V"],
    ["sqrt(3 V^2)", "V"],
    ["(5 mV)^2 / (3 mV)", "V"],
    ["nthRoot(5, 7) * 1 V", "V"],
    ["pow(1.7, 3) * 1 ohm", "ohm"],
  ];
  const values = await Promise.all(texts.map(([text, unit]) => parseQuantity(text, unit, "x")));
  const engine = Math.pow;
  Math.pow = (x, y) => engine(x, y) * 1.003;
  try {
    expect(await Promise.all(texts.map(([text, unit]) => parseQuantity(text, unit, "x")))).toEqual(values);
  } finally {
    Math.pow = engine;
  }
});

test("a rate is told with as many digits as its interval knows", () => {
  const told = (estimate: number, low: number, high: number): string => showRate({ estimate, low, high });
  expect(told(0.19, 0.16, 0.21)).toBe("19 [16, 21]");
  expect(told(0.954, 0.9467, 0.9603)).toBe("95.4 [94.7, 96.0]");
  expect(told(0.998, 0.9971, 0.9987)).toBe("99.80 [99.71, 99.87]");
  expect(told(0.0001009, 0.0000807, 0.0001136)).toBe("0.010 [0.008, 0.011]");
  expect(told(0, 0, 0.0019)).toBe("0 [0, 0.2]");
  expect(told(1, 0.9981, 1)).toBe("100 [99.8, 100]");
  expect(told(Number.NaN, 0, 1)).toBe("-");
});

describe("a column of a table", () => {
  test("has one prefix and the same digits, three of the smallest", () => {
    expect(measuredTexts([31.84e-15, 8.848e-15, 11.8e-15], "J")).toEqual(["31.84 fJ", "8.85 fJ", "11.80 fJ"]);
    expect(measuredTexts([1e-12, 2e-6, Number.NaN], "s")).toEqual(["1 ps", "2 µs", "-"]);
    expect(measuredTexts([1e-200, 3e-200], "m").join(" ")).not.toContain("NaN");
  });
  test("of rates has the digits that its narrowest interval needs, and never claims certainty", () => {
    const rate = (estimate: number, low: number, high: number) => ({ estimate, low, high });
    expect(
      rateTexts([rate(0.188, 0.165, 0.213), rate(0.0035, 0.0017, 0.0072), rate(1, 0.9962, 1), rate(0, 0, 0.0038)]),
    ).toEqual(["18.8 [16.5, 21.3]", "0.4 [0.2, 0.7]", "100 [99.6, 100]", "0 [0, 0.4]"]);
    expect(rateTexts([rate(1e-5, 0, 2e-5), rate(0.5, 0.4, 0.6)])[1]).toBe("50 [40, 60]");
  });
});
