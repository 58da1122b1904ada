import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  CORNERS,
  drainCurrentInto,
  GOLDEN_SETS,
  MOSFET_COEFFICIENTS,
  type MosfetParams,
  mosfetCoefficientsInto,
  ptm130,
  sampleMosfet,
  sky130,
  transistorParams,
} from "#devices/index";
import { momentsOf, standardDeviation } from "#src/numerics/moments";
import { fold, rootKey } from "#src/random/index";

const GATE = { width: 0.84e-6, length: 0.15e-6 };

const current = (p: MosfetParams, t: number, d: number, g: number, s: number, b: number): Float64Array => {
  const coefficients = new Float64Array(MOSFET_COEFFICIENTS);
  mosfetCoefficientsInto(coefficients, 0, p, GATE, t);
  const out = new Float64Array(4);
  drainCurrentInto(out, coefficients, 0, d, g, s, b);
  return out;
};

/** The equations of the reference set, written out once more as they stand in the text. */
const asWritten = (p: MosfetParams, t: number, d: number, g: number, s: number, b: number): number => {
  const sign = p.polarity === "nmos" ? 1 : -1;
  const [vd, vg, vs] = [sign * (d - b), sign * (g - b), sign * (s - b)];
  const ut = 8.617333262e-5 * t;
  const sd = Math.sqrt((vd - vs) ** 2 + 1e-4);
  const vt = p.vt0 - p.kt * (t - 300.15) - p.sigma * (sd - 0.01);
  const uf = Math.log(1 + Math.exp((vg - vt - p.nb * vs) / (2 * p.n * ut)));
  const ur = Math.log(1 + Math.exp((vg - vt - p.nb * vd) / (2 * p.n * ut)));
  const ispec = 2 * p.n * p.kp * (GATE.width / GATE.length) * (t / 300.15) ** -p.bex * ut * ut;
  const below = 1 + p.theta * ut * (uf + ur) + ((2 * ut) / p.vc) * Math.sqrt((uf - ur) ** 2 + 1e-6);
  return (sign * ispec * (uf ** 2 - ur ** 2) * (1 + p.lambda * sd)) / below;
};

const volt = fc.double({ min: 0, max: 1.3, noNaN: true });
const kelvin = fc.double({ min: 233, max: 398, noNaN: true });
const sets: [string, MosfetParams][] = [
  ["golden sky n", GOLDEN_SETS.sky.n],
  ["golden ptm p", GOLDEN_SETS.ptm.p],
  ["plain n", GOLDEN_SETS.plain.n],
  ["sky130 ff latch n", transistorParams(sky130, "ff", "latchN", 0.84e-6)],
  ["ptm130 ss p", transistorParams(ptm130, "ss", "latchP", 0.84e-6)],
];

describe.each(sets)("extended EKV, %s", (_name, p) => {
  test("the current is the written equations'", () => {
    fc.assert(
      fc.property(volt, volt, volt, kelvin, (d, g, s, t) => {
        const b = p.polarity === "nmos" ? 0 : 1.3;
        const expected = asWritten(p, t, d, g, s, b);
        expect(Math.abs(current(p, t, d, g, s, b)[0] - expected)).toBeLessThanOrEqual(
          1e-9 * Math.abs(expected) + 1e-16,
        );
      }),
      { seed: 1, numRuns: 300 },
    );
  });
  test("the derivatives are those of the current (central differences)", () => {
    const h = 1e-6;
    fc.assert(
      fc.property(volt, volt, volt, (d, g, s) => {
        const b = p.polarity === "nmos" ? 0 : 1.3;
        const at = (dd: number, gg: number, ss: number): number => current(p, 300.15, dd, gg, ss, b)[0];
        const exact = current(p, 300.15, d, g, s, b);
        const numeric = [
          (at(d + h, g, s) - at(d - h, g, s)) / (2 * h),
          (at(d, g + h, s) - at(d, g - h, s)) / (2 * h),
          (at(d, g, s + h) - at(d, g, s - h)) / (2 * h),
        ];
        const size = Math.max(...numeric.map(Math.abs));
        numeric.forEach((n, i) => {
          expect(Math.abs(exact[i + 1] - n)).toBeLessThan(1e-4 * size + 1e-15);
        });
      }),
      { seed: 2, numRuns: 200 },
    );
  });
  test("no current flows at equal drain and source, and exchanging them turns it round", () => {
    fc.assert(
      fc.property(volt, volt, volt, (d, g, s) => {
        const b = p.polarity === "nmos" ? 0 : 1.3;
        expect(current(p, 300.15, d, g, d, b)[0]).toBeCloseTo(0, 25);
        const forward = current(p, 300.15, d, g, s, b)[0];
        expect(current(p, 300.15, s, g, d, b)[0]).toBeCloseTo(-forward, 18);
        const vds = p.polarity === "nmos" ? d - s : s - d;
        expect(forward * (p.polarity === "nmos" ? 1 : -1) * vds).toBeGreaterThanOrEqual(0);
      }),
      { seed: 3, numRuns: 200 },
    );
  });
});

describe("technologies", () => {
  test("every corner and role has parameters, and slow corners conduct less than fast ones", () => {
    for (const technology of [sky130, ptm130])
      for (const role of ["latchN", "access", "foot"] as const) {
        const width = role === "foot" ? 2e-6 : role === "access" ? 1e-6 : 0.84e-6;
        const on = Object.fromEntries(
          CORNERS.map((c) => [c, current(transistorParams(technology, c, role, width), 300.15, 0.6, 0.9, 0, 0)[0]]),
        );
        expect(on["ss"]).toBeLessThan(on["tt"]);
        expect(on["tt"]).toBeLessThan(on["ff"]);
      }
  });
  test("mismatch has Pelgrom's standard deviation at two gate areas, within four standard errors", () => {
    const mismatch = sky130.mismatch.nmos;
    for (const gate of [GATE, { width: 4 * GATE.width, length: GATE.length }]) {
      const shifts = Float64Array.from(
        { length: 4000 },
        (_, i) => sampleMosfet(mismatch, gate, fold(rootKey("m"), i)).thresholdShift,
      );
      const expected = 3.356e-9 / Math.sqrt(gate.width * gate.length);
      expect(Math.abs(standardDeviation(momentsOf(shifts)) / expected - 1)).toBeLessThan(4 / Math.sqrt(2 * 4000));
    }
  });
});
