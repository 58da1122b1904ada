import { describe, expect, test } from "@jest/globals";
import {
  pairingChange,
  poissonTimes,
  TRIPLET_RULES,
  type TripletRule,
  tripletChange,
  tripletDrift,
  tripletThreshold,
} from "#src/learning/index";
import { fold, rootKey } from "#src/random/index";

const KEY = rootKey("triplet");

// 60 pairings, the neuron after the synapse 10 ms later or earlier; an independent event-driven program's values.
const VECTORS: [keyof typeof TRIPLET_RULES, [frequency: number, later: number, earlier: number][]][] = [
  [
    "visual cortex (minimal)",
    [
      [0.1, 0, -0.3166],
      [10, 0.1186, -0.3322],
      [20, 0.2278, -0.3417],
      [40, 0.5321, 0.1737],
      [50, 0.7627, 0.7492],
    ],
  ],
  [
    "visual cortex",
    [
      [0.1, 0, -0.3122],
      [10, 0.1321, -0.3336],
      [20, 0.247, -0.3516],
      [40, 0.5337, 0.1548],
      [50, 0.7409, 0.7272],
    ],
  ],
  [
    "hippocampus",
    [
      [0.1, 0.2018, -0.0714],
      [10, 0.1551, -0.5658],
      [20, -0.2031, -1.0758],
      [40, -1.5564, -1.9973],
      [50, -2.3688, -2.3799],
    ],
  ],
];

describe("triplet STDP", () => {
  for (const [name, rows] of VECTORS)
    test.each(rows)(`${name}: pairings at %d Hz`, (frequency, later, earlier) => {
      expect(pairingChange(TRIPLET_RULES[name], frequency, 0.01)).toBeCloseTo(later, 4);
      expect(pairingChange(TRIPLET_RULES[name], frequency, -0.01)).toBeCloseTo(earlier, 4);
    });

  test("a single pair is pair STDP: exponentials of the lag", () => {
    const r = TRIPLET_RULES["hippocampus (minimal)"];
    expect(tripletChange(r, [0], [0.01])).toBeCloseTo(5.3e-3 * Math.exp(-0.01 / 16.8e-3), 12);
    expect(tripletChange(r, [0.01], [0])).toBeCloseTo(-3.5e-3 * Math.exp(-0.01 / 33.7e-3), 12);
    expect(tripletChange(r, [1], [])).toBe(0);
  });

  test("nearest spikes forget all before the last, all-to-all add up", () => {
    const r: TripletRule = { ...TRIPLET_RULES["hippocampus (minimal)"], tripletPotentiation: 0 };
    const nearest: TripletRule = { ...r, interactions: "nearest" };
    const of = (t: number): number => 5.3e-3 * Math.exp(-t / 16.8e-3);
    expect(tripletChange(r, [0, 0.01], [0.02])).toBeCloseTo(of(0.01) + of(0.02), 12);
    expect(tripletChange(nearest, [0, 0.01], [0.02])).toBeCloseTo(of(0.01), 12);
  });

  test("when all began does not matter", () => {
    const r = TRIPLET_RULES["visual cortex"];
    const shift = (times: readonly number[]): number[] => times.map((t) => t + 7.3);
    const [a, b] = [
      [0, 0.03, 0.05],
      [0.01, 0.06],
    ];
    expect(tripletChange(r, shift(a), shift(b))).toBeCloseTo(tripletChange(r, a, b), 12);
  });

  test("under Poisson spikes the mean change is the closed form", () => {
    const duration = 10_000;
    for (const name of ["visual cortex (minimal)", "hippocampus"] as const)
      for (const after of [5, 40]) {
        const r = TRIPLET_RULES[name];
        const own = fold(fold(KEY, name), after);
        const seen = tripletChange(
          r,
          poissonTimes(fold(own, "before"), 10, duration),
          poissonTimes(fold(own, "after"), after, duration),
        );
        const expected = tripletDrift(r, 10, after);
        // Single events of opposite sign: some thousandths of their sum of absolute values remain.
        const scale =
          10 *
          after *
          (r.fastBefore * (r.pairPotentiation + r.tripletPotentiation * after * r.slowAfter) +
            r.fastAfter * r.pairDepression);
        expect(Math.abs(seen / duration - expected) / scale).toBeLessThan(0.02);
      }
  });

  test("the threshold of the minimal fit to visual cortex is 19.22 Hz, and Poisson spikes find it within 2 %", () => {
    const r = TRIPLET_RULES["visual cortex (minimal)"];
    expect(tripletThreshold(r, 10)).toBeCloseTo(19.22, 2);
    expect(tripletDrift(r, 10, tripletThreshold(r, 10))).toBeCloseTo(0, 12);
    // The change over the rate is a line of the rate: its zero from the two ends, over long trains.
    const duration = 40_000;
    const slopeAt = (after: number): number => {
      const own = fold(KEY, after);
      const before = poissonTimes(fold(own, "before"), 10, duration);
      return tripletChange(r, before, poissonTimes(fold(own, "after"), after, duration)) / (duration * after);
    };
    const [low, high] = [10, 30];
    const [a, b] = [slopeAt(low), slopeAt(high)];
    const zero = low - (a * (high - low)) / (b - a);
    expect(Math.abs(zero / 19.22 - 1)).toBeLessThan(0.02);
  });

  test("rules that cannot be are refused", () => {
    const r = TRIPLET_RULES.hippocampus;
    expect(() => tripletChange({ ...r, slowAfter: 0 }, [0], [1])).toThrow(/slowAfter 0 s/);
    expect(() => tripletChange({ ...r, pairDepression: -1 }, [0], [1])).toThrow(/pairDepression -1/);
  });
});
