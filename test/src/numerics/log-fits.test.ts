import { describe, expect, test } from "@jest/globals";
import { andersonDarling, goodnessOfFit } from "#src/numerics/anderson-darling";
import {
  fitLog,
  LOG_FAMILIES,
  type LogFit,
  logDensity,
  logLikelihood,
  logQuantileOf,
  sharesAt,
} from "#src/numerics/log-fits";
import { fold, rootKey, uniform } from "#src/random/index";

const key = rootKey("log fits");
const drawn = (fit: LogFit, count: number, run = 0): Float64Array =>
  Float64Array.from({ length: count }, (_, i) => logQuantileOf(fit, uniform(fold(key, run), i))).sort();

const LOGNORMAL: LogFit = { kind: "lognormal", mean: 9, sigma: 0.3 };
const WEIBULL: LogFit = { kind: "weibull", logScale: 12, exponent: 2.5 };
const MIXTURE: LogFit = {
  kind: "two lognormals",
  components: [
    { share: 0.1, mean: 10.5, sigma: 0.4 },
    { share: 0.9, mean: 12.5, sigma: 0.25 },
  ],
};
const ALL = [LOGNORMAL, WEIBULL, MIXTURE];

describe.each(ALL)("$kind", (fit) => {
  test("density, shares and quantiles agree with one another, far into both tails", () => {
    for (const u of [1e-12, 1e-6, 0.01, 0.3, 0.5, 0.9, 1 - 1e-6]) {
      const y = logQuantileOf(fit, u);
      const [below, above] = sharesAt(fit, y);
      expect(below / u).toBeCloseTo(1, 6);
      expect(above / (1 - u)).toBeCloseTo(1, 6);
      const h = 1e-5;
      const slope = (sharesAt(fit, y + h)[0] - sharesAt(fit, y - h)[0]) / (2 * h);
      if (u < 0.95) expect(slope / Math.exp(logDensity(fit, y))).toBeCloseTo(1, 3);
    }
  });
  test("is found again from its own values, better than any other family by BIC's measure", () => {
    const values = drawn(fit, 4000);
    const found = fitLog(fit.kind, values);
    for (const u of [0.01, 0.1, 0.5, 0.9, 0.99])
      expect(Math.abs(logQuantileOf(found, u) - logQuantileOf(fit, u))).toBeLessThan(0.12);
    // A maximum of the likelihood: nothing near it is likelier.
    const best = logLikelihood(found, values);
    expect(best).toBeGreaterThanOrEqual(logLikelihood(fit, values) - 1e-6);
    for (const other of LOG_FAMILIES.filter((kind) => kind !== fit.kind && kind !== "two lognormals"))
      expect(best).toBeGreaterThan(logLikelihood(fitLog(other, values), values) + 5);
  });
  test("is accepted on its own values as often as it says", () => {
    let refused = 0;
    const runs = fit.kind === "two lognormals" ? 20 : 60;
    for (let run = 0; run < runs; run++) {
      const values = drawn(fit, 60, 100 + run);
      if (goodnessOfFit(fitLog(fit.kind, values), values, fold(key, run), 39).probability <= 0.1) refused++;
    }
    // Ten percent of them, within four standard deviations.
    expect(Math.abs(refused - 0.1 * runs)).toBeLessThan(4 * Math.sqrt(0.09 * runs));
  });
});

test("a wrong family is refused", () => {
  const values = drawn(MIXTURE, 400);
  for (const kind of ["lognormal", "weibull"] as const)
    expect(goodnessOfFit(fitLog(kind, values), values, key).probability).toBeLessThan(0.02);
});

test("Anderson and Darling's distance is SciPy's, and a fitted Weibull is SciPy's", () => {
  // scipy.stats.anderson(log(x)) with its own sigma; the Weibull score's root by scipy.optimize.brentq; SciPy 1.17.1.
  const x = [8.1, 9.4, 7.7, 10.2, 12.5, 6.9, 8.8, 9.1, 11.3, 10.9];
  const sorted = Float64Array.from(x, Math.log).sort();
  const mean = sorted.reduce((a, b) => a + b, 0) / 10;
  const sigma = Math.sqrt(sorted.reduce((a, b) => a + (b - mean) ** 2, 0) / 9);
  expect(andersonDarling({ kind: "lognormal", mean, sigma }, sorted)).toBeCloseTo(0.10930433192873501, 8);
  const weibull = fitLog("weibull", sorted);
  if (weibull.kind !== "weibull") throw new Error(weibull.kind);
  expect(weibull.exponent).toBeCloseTo(6.260029698288, 9);
  expect(Math.exp(weibull.logScale)).toBeCloseTo(10.194431575071, 9);
});

test("fits refuse too few values, and equal ones", () => {
  expect(() => fitLog("lognormal", Float64Array.of(1, 2, 3))).toThrow("at least 5");
  expect(() => fitLog("weibull", new Float64Array(9).fill(2))).toThrow("all equal");
});
