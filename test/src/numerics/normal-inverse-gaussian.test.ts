import { describe, expect, test } from "@jest/globals";
import { logScaledK1Into } from "#src/numerics/bessel-k1";
import { logDensityOfNig } from "#src/numerics/normal-inverse-gaussian";

describe("the Bessel function K1", () => {
  // SciPy 1.7: numpy.log(scipy.special.k1e(z)).
  test.each([
    [1e-9, 20.72326583794641],
    [1e-6, 13.815511557957057],
    [0.003, 5.812114077024441],
    [0.5, 1.004671397304651],
    [2.7, -0.1518328336297819],
    [29.9, -1.4607999226497277],
    [30.1, -1.4642139398030423],
    [400, -2.769004590228991],
  ])("at %d is SciPy's, and its slope that of its values", (z, value) => {
    const [found, up, down] = [new Float64Array(2), new Float64Array(2), new Float64Array(2)];
    logScaledK1Into(found, z);
    expect(Math.abs(found[0] - value)).toBeLessThan(1e-8);
    logScaledK1Into(up, z * Math.exp(1e-4));
    logScaledK1Into(down, z * Math.exp(-1e-4));
    expect(found[1]).toBeCloseTo((up[0] - down[0]) / 2e-4, 6);
  });
});

describe("the normal-inverse-Gaussian density", () => {
  // SciPy 1.7: scipy.stats.norminvgauss.logpdf with its own parameters from these.
  const cases = [
    [0.3, 5, 0.05, -0.07, 0.07, -1.2242085432611647],
    [4, 10, 0.1, 0.2, 0.2, -2.8190293342206028],
    [-9, 1, 0, 0.1, 0.05, -9.277523540435249],
    [0.001, 0.2, 0, 0, 0.06, 1.882633803363351],
  ] satisfies readonly (readonly number[])[];
  test.each(cases)("at %d of clock %d is SciPy's", (x, clock, drift, skew, shape, value) => {
    expect(logDensityOfNig(x, clock, drift, skew, shape, new Float64Array(5))).toBeCloseTo(value, 8);
  });
  test.each(cases)("at %d of clock %d has the derivatives of its values", (...all) => {
    const at = all.slice(0, 5);
    const gradient = new Float64Array(5);
    const value = (point: readonly number[], out = new Float64Array(5)): number => {
      const [a, b, c, d, e] = point;
      return logDensityOfNig(a, b, c, d, e, out);
    };
    value(at, gradient);
    at.forEach((_, k) => {
      const moved = (by: number): number => value(at.map((v, j) => (j === k ? v + by : v)));
      expect(Math.abs(gradient[k] - (moved(1e-5) - moved(-1e-5)) / 2e-5)).toBeLessThan(
        1e-5 * (1 + Math.abs(gradient[k])),
      );
    });
  });
});
