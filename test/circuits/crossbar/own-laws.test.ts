import { describe, expect, test } from "@jest/globals";
import { createCrossbarSolver } from "#circuits/crossbar/crossbar-solver";
import { rootKey, uniform } from "#src/random/index";
import { plainDesign } from "./arrays.ts";

const V0 = 0.43;
const [ROWS, COLUMNS] = [6, 5];
const key = rootKey("own laws");
const design = plainDesign(ROWS, COLUMNS, 5, 3);
const conductances = Float64Array.from({ length: ROWS * COLUMNS }, (_, k) => 1e-5 + 1e-4 * uniform(key, k));
const input = {
  wordLines: { voltages: Float64Array.from({ length: ROWS }, (_, i) => 0.3 * i - 0.6) },
  bitLines: { voltages: new Float64Array(COLUMNS) },
};
const cells = [0, 7, 8, 13, 29];
const solver = () => createCrossbarSolver(design, { conduction: { kind: "sinh", fieldVoltage: V0 } });
/** The sinh law of cell number n; the slope is given `share` of its own. */
const laws = (share: number) => ({
  cells,
  currentInto: (out: Float64Array, n: number, volts: number): void => {
    const g = conductances[cells[n]];
    out[0] = g * V0 * Math.sinh(volts / V0);
    out[1] = share * g * Math.cosh(volts / V0);
  },
});

describe("cells with laws of their own", () => {
  const kernel = solver();
  kernel.program(conductances);
  const expected = kernel.solve(input);
  if (!expected.ok) throw new Error(expected.reason);

  test.each([1, 0.6])(
    "of the law that the others have carry the very currents, with a slope of %d of its own",
    (share) => {
      const own = solver();
      // What they are programmed with is not used.
      const programmed = conductances.map((g, k) => (cells.includes(k) ? 1e-3 : g));
      own.program(programmed);
      const found = own.solve(input, { laws: laws(share) });
      if (!found.ok) throw new Error(found.reason);
      found.currents.forEach((i, j) => {
        expect(Math.abs(i / expected.currents[j] - 1)).toBeLessThan(1e-9);
      });
      // Solved again from there, warm, and then without laws.
      const warm = own.solve(input, { laws: laws(share), warm: true });
      if (!warm.ok) throw new Error(warm.reason);
      expect(Math.abs(warm.currents[0] / expected.currents[0] - 1)).toBeLessThan(1e-9);
      const without = own.solve(input);
      if (!without.ok) throw new Error(without.reason);
      expect(Math.abs(without.currents[0] / expected.currents[0] - 1)).toBeGreaterThan(0.01);
    },
  );

  test("that have no current are a failure, and among ohmic cells a refusal", () => {
    const own = solver();
    own.program(conductances);
    const none = { cells, currentInto: (out: Float64Array): void => void out.fill(Number.NaN) };
    expect(own.solve(input, { laws: none })).toMatchObject({ ok: false, reason: "newton" });
    const ohmic = createCrossbarSolver(design);
    ohmic.program(conductances);
    expect(() => ohmic.solve(input, { laws: laws(1) })).toThrow("cells that bend");
  });
});
