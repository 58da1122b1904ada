import { describe, expect, test } from "@jest/globals";
import { bestReference, errorsAfterCorrection, idealErrorRates, sampleIdealErrors } from "#circuits/index";
import { RRAM_SETS } from "#devices/index";
import { wilson } from "#src/numerics/wilson";
import { fold, rootKey } from "#src/random/index";
import { equalSpread } from "./equal-spread.ts";

const T = 300.15;

describe("an amplifier without offset", () => {
  // Q(z) and Q(sqrt(2) z): Python's math.erfc(z / math.sqrt(2)) / 2 and math.erfc(z) / 2.
  const ORACLE: [number, number, number][] = [
    [2, 0.02275013194817922, 0.0023388674905236327],
    [2.5, 0.006209665325776139, 0.00020347600872247946],
    [3, 0.0013498980316300957, 1.1045248499292719e-5],
  ];
  test.each(ORACLE)("has the closed forms Q(z), Q(sqrt(2) z) at z = %d", (z, single, differential) => {
    const rates = idealErrorRates(equalSpread(z), T);
    expect(rates.single / single).toBeCloseTo(1, 9);
    expect(rates.differential / differential).toBeCloseTo(1, 9);
    expect(bestReference(equalSpread(z), T) / (1e4 * Math.exp(0.5 * z))).toBeCloseTo(1, 9);
  });
  test.each(ORACLE.slice(0, 2))(
    "misreads sampled cells at those rates, z = %d, at least 100 expected errors",
    (z, single, differential) => {
      const bits = Math.ceil(150 / differential / 10_000) * 10_000;
      let one = 0;
      let two = 0;
      for (let block = 0; block < bits / 10_000; block++) {
        const errors = sampleIdealErrors(equalSpread(z), T, 10_000, fold(rootKey("ideal"), block));
        one += errors.single.reduce((a, b) => a + b, 0);
        two += errors.differential.reduce((a, b) => a + b, 0);
      }
      // 99.9 % intervals: one false alarm in 250 runs of other keys.
      for (const [events, p] of [
        [one, single],
        [two, differential],
      ]) {
        const { low, high } = wilson(events, bits, 0.999);
        expect(low).toBeLessThan(p);
        expect(high).toBeGreaterThan(p);
      }
    },
  );
  test("stuck cells are read as what they are stuck in, by samples and closed form alike", () => {
    const params = { ...equalSpread(3), stuck: { lrs: 0.1, hrs: 0.2 } };
    const bits = 40_000;
    const errors = sampleIdealErrors(params, T, bits, rootKey("stuck"));
    const closed = idealErrorRates(params, T);
    for (const kind of ["single", "differential"] as const) {
      const { low, high } = wilson(
        errors[kind].reduce((x, y) => x + y, 0),
        bits,
        0.999,
      );
      expect(low).toBeLessThan(closed[kind]);
      expect(high).toBeGreaterThan(closed[kind]);
    }
    // Of stored lows 20 % are high, of stored highs 10 % low; the tails add Q(3).
    expect(closed.single).toBeCloseTo(0.15, 2);
  });
  test("a state without spread is a step", () => {
    const none = { deviceToDevice: 0, cycleToCycle: 0, readToRead: 0 };
    const sharp = (lrs: boolean, hrs: boolean) => {
      const base = equalSpread(2);
      return {
        ...base,
        lrs: lrs ? { ...base.lrs, spread: none } : base.lrs,
        hrs: hrs ? { ...base.hrs, spread: none } : base.hrs,
      };
    };
    for (const params of [sharp(true, false), sharp(false, true), sharp(true, true)]) {
      const { single, differential } = idealErrorRates(params, T);
      expect(single).toBeGreaterThanOrEqual(0);
      expect(single).toBeLessThan(1e-4);
      expect(differential).toBeLessThan(1e-4);
    }
  });
  test("the best reference of unequal spreads is no worse than its neighbours", () => {
    const at = (reference: number): number => {
      const { lrs, hrs } = RRAM_SETS.weak;
      const q = (z: number): number => 0.5 * (1 - Math.tanh(0.7988 * z * (1 + 0.04417 * z * z)));
      return q(Math.log(reference / lrs.medianResistance) / 0.3) + q(Math.log(hrs.medianResistance / reference) / 0.75);
    };
    const best = bestReference(RRAM_SETS.weak, T);
    expect(at(best)).toBeLessThan(at(best * 1.2));
    expect(at(best)).toBeLessThan(at(best / 1.2));
  });
});

test("single error correction mends lone errors and leaves words of two or more as they are", () => {
  expect(errorsAfterCorrection(Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 1), 8)).toBe(3);
  expect(errorsAfterCorrection(new Uint8Array(72), 72)).toBe(0);
});
