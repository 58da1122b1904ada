import { describe, expect, test } from "@jest/globals";
import { majorityErrors, majorityFlips, majorityOf } from "#src/networks/index";

type Outcome = readonly [value: number, probability: number];

/** Chance that the majority of `copies` readings is a value, by going through all combinations. */
const chanceOf = (value: number, outcomes: readonly Outcome[], copies: number): number => {
  const go = (left: number, readings: readonly number[], probability: number): number => {
    if (left === 0) {
      const [said] = majorityOf(readings.map((reading) => Int8Array.of(reading)));
      return said === value ? probability : 0;
    }
    return outcomes.reduce((sum, [reading, p]) => sum + go(left - 1, [...readings, reading], probability * p), 0);
  };
  return go(copies, [], 1);
};

describe("a weight that several cells hold", () => {
  test.each([1, 3, 5])("of %d cells errs as all combinations of their readings do", (copies) => {
    const errors = { type1: 0.12, type2: 0.25, type3: 0.3 };
    const found = majorityErrors(errors, copies);
    const ofOne: Outcome[] = [
      [1, 1 - errors.type1 - errors.type2],
      [-1, errors.type1],
      [0, errors.type2],
    ];
    const ofZero: Outcome[] = [
      [0, 1 - errors.type3],
      [1, errors.type3 / 2],
      [-1, errors.type3 / 2],
    ];
    expect(found.type1).toBeCloseTo(chanceOf(-1, ofOne, copies), 12);
    expect(found.type2).toBeCloseTo(chanceOf(0, ofOne, copies), 12);
    expect(found.type3).toBeCloseTo(1 - chanceOf(0, ofZero, copies), 12);
    expect(majorityFlips(0.2, copies)).toBeCloseTo(
      chanceOf(
        -1,
        [
          [1, 0.8],
          [-1, 0.2],
        ],
        copies,
      ),
      12,
    );
  });
  test("never errs where no cell does, and always where all do", () => {
    expect(majorityErrors({ type1: 0, type2: 0, type3: 0 }, 9)).toEqual({ type1: 0, type2: 0, type3: 0 });
    expect(majorityFlips(1, 9)).toBe(1);
  });
  test("needs an odd number of cells", () => {
    for (const copies of [0, 2, 1.5, -1])
      expect(() => majorityErrors({ type1: 0, type2: 0, type3: 0 }, copies)).toThrow(/expected an odd number from 1/);
  });
});
