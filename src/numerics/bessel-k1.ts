/** Above it the asymptotic series serves, below it a table. */
const LARGE = 30;
/** The table: ln z from LEAST up, so many points a unit. */
const [LEAST, POINTS_A_UNIT] = [-18, 32];
const STEP = 1 / POINTS_A_UNIT;
const COUNT = Math.ceil((Math.log(LARGE) - LEAST) * POINTS_A_UNIT) + 2;

/** exp(z) K0(z) and exp(z) K1(z) by the trapezoidal rule on K_n(z) = integral of exp(-z cosh t) cosh(n t) over t > 0. */
const scaledByIntegral = (z: number): readonly [k0: number, k1: number] => {
  const step = 0.05;
  let [k0, k1] = [0.5, 0.5];
  for (let n = 1; ; n++) {
    const cosh = (Math.exp(n * step) + Math.exp(-n * step)) / 2;
    const term = Math.exp(-z * (cosh - 1));
    k0 += term;
    k1 += term * cosh;
    if (term * cosh < 1e-18 * k1) return [step * k0, step * k1];
  }
};

let table: { readonly values: Float64Array; readonly slopes: Float64Array } | undefined;

/** g(y) = ln(exp(z) K1(z)) at z = exp(y), and dg/dy = -z K0(z) / K1(z) - 1 + z. */
const tabulated = () => {
  if (!table) {
    const [values, slopes] = [new Float64Array(COUNT), new Float64Array(COUNT)];
    for (let i = 0; i < COUNT; i++) {
      const z = Math.exp(LEAST + i * STEP);
      const [k0, k1] = scaledByIntegral(z);
      values[i] = Math.log(k1);
      slopes[i] = z - (z * k0) / k1 - 1;
    }
    table = { values, slopes };
  }
  return table;
};

/**
 * ln(exp(z) K1(z)) and its derivative to ln z, into `out`; K1 the modified Bessel function of the second kind. Within 1e-8 (between points of
 * a table of integrals, cubic), and 1e-13 above z = 30, where the series in 1 / z of its expansion serves.
 *
 * @param z Above 0.
 */
export const logScaledK1Into = (out: Float64Array, z: number): void => {
  const y = Math.log(z);
  if (z > LARGE) {
    // Terms of order n: the product of (4 - (2 k - 1)^2) / (8 k z).
    let [term, sum, slope] = [1, 1, 0];
    for (let k = 1; k <= 12; k++) {
      term *= (4 - (2 * k - 1) * (2 * k - 1)) / (8 * k * z);
      sum += term;
      slope -= k * term;
    }
    out[0] = (Math.log(Math.PI / 2) - y) / 2 + Math.log(sum);
    out[1] = -0.5 + slope / sum;
    return;
  }
  const { values, slopes } = tabulated();
  const at = (y - LEAST) / STEP;
  if (!(at > 0)) {
    out[0] = -y;
    out[1] = -1;
    return;
  }
  const i = Math.floor(at);
  const u = at - i;
  const v = 1 - u;
  const [a, b, p, q] = [values[i], values[i + 1], slopes[i] * STEP, slopes[i + 1] * STEP];
  out[0] = v * v * ((1 + 2 * u) * a + u * p) + u * u * ((3 - 2 * u) * b - v * q);
  out[1] = (6 * u * v * (b - a) + v * (v - 2 * u) * p + u * (u - 2 * v) * q) / STEP;
};
