import { describe, expect, test } from "@jest/globals";
import { normalTail } from "#src/numerics/normal-tail";
import {
  compileSenseAmplifier,
  findFailurePoints,
  fold,
  idealErrorRates,
  idealLimitState,
  normalsInto,
  REFERENCE_SIZING,
  RRAM_SETS,
  rootKey,
  sampleByImportance,
  senseLimitState,
  sky130,
} from "../../../index.ts";
import { equalSpread } from "./equal-spread.ts";

const key = rootKey("rare reads");
const options = { relativeError: 0.03, firstRound: 4000, mostSamples: 400_000 };

describe("two resistances compared without offset", () => {
  // Q(sqrt 2 z): 1e-6 at z = 3.3612, 1e-9 at z = 4.2410.
  test.each([
    [3.3612, 1e-6],
    [4.241, 1e-9],
  ])("z = %d gives Q(sqrt 2 z), %d, within three stated errors", (z, rate) => {
    const limit = idealLimitState(equalSpread(z), 300.15);
    const search = findFailurePoints(limit, key);
    const found = sampleByImportance(limit, search, options, key);
    expect(found.doubts).toEqual([]);
    expect(normalTail(Math.SQRT2 * z) / rate).toBeCloseTo(1, 2);
    expect(idealErrorRates(equalSpread(z), 300.15).differential).toBeCloseTo(normalTail(Math.SQRT2 * z), 14);
    expect(Math.abs(found.probability / normalTail(Math.SQRT2 * z) - 1)).toBeLessThan(3 * found.relativeError);
    expect(search.points[0].distance).toBeCloseTo(Math.SQRT2 * z, 1);
  });
});

describe("a read as a limit state", () => {
  const amplifier = compileSenseAmplifier({
    ...REFERENCE_SIZING,
    technology: sky130,
    corner: "tt",
    supply: 0.9,
    temperature: 300.15,
  });
  test.each([
    ["type3", 2.3e-9],
    ["type2", 1.35e-9],
  ] as const)("importance sampling agrees with plain Monte Carlo: %s", (error, strobe) => {
    const limit = senseLimitState(amplifier, RRAM_SETS.reference, 1, error, strobe, 1e-3);
    const importance = sampleByImportance(
      limit,
      findFailurePoints(limit, key),
      { ...options, relativeError: 0.04 },
      key,
    );
    const count = 30_000;
    const points = new Float64Array(count * limit.dimensions);
    normalsInto(points, fold(key, "plain"));
    const failures = limit.margins(points, count).filter((m) => !(m > 0)).length;
    expect(failures).toBeGreaterThan(30);
    const plain = failures / count;
    const error2 = 1 / failures + importance.relativeError ** 2;
    expect(Math.abs(Math.log(importance.probability / plain))).toBeLessThan(3 * Math.sqrt(error2));
  });
  test("lost zeros have two regions, one a sign; wrong signs one", () => {
    const zeros = findFailurePoints(senseLimitState(amplifier, RRAM_SETS.reference, 1, "type3", 1.5e-9, 1e-3), key);
    expect(zeros.points).toHaveLength(2);
    const [a, b] = zeros.points.map((p) => [...p.point.slice(-2)]);
    expect(a[0] * b[0] + a[1] * b[1]).toBeLessThan(1);
    expect(Math.min(...a)).toBeLessThan(-2);
  });
});
