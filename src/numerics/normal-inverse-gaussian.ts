import { logScaledK1Into } from "./bessel-k1.ts";

const bessel = new Float64Array(2);

/**
 * ln of the density at x of drift c + skew (V - c) + sqrt(V) N, V inverse Gaussian with mean c (the clock) and shape `shape` c^2, N a
 * standard normal: the normal-inverse-Gaussian distribution
 *
 *     f(x) = a d K1(a q) / (pi q) exp(d g + skew u),   q = sqrt(d^2 + u^2),   u = x - (drift - skew) c,
 *     d = c sqrt(shape),   g = sqrt(shape),   a = sqrt(shape + skew^2)
 *
 * (O. E. Barndorff-Nielsen, Scand. J. Statist. 24, 1 (1997), recalled; in a test against SciPy's).
 *
 * @param gradient Derivatives to x, clock, drift, skew and shape.
 */
export const logDensityOfNig = (
  x: number,
  clock: number,
  drift: number,
  skew: number,
  shape: number,
  gradient: Float64Array,
): number => {
  const g = Math.sqrt(shape);
  const d = clock * g;
  const a = Math.sqrt(shape + skew * skew);
  const u = x - (drift - skew) * clock;
  const q = Math.sqrt(d * d + u * u);
  const z = a * q;
  logScaledK1Into(bessel, z);
  const [k, slope] = bessel;
  // ln K1(z) = k - z; its derivative to z.
  const ofZ = slope / z - 1;
  const ofU = -u / (q * q) + (ofZ * a * u) / q + skew;
  const ofD = 1 / d - d / (q * q) + (ofZ * a * d) / q + g;
  const ofA = 1 / a + ofZ * q;
  gradient[0] = ofU;
  gradient[1] = -(drift - skew) * ofU + g * ofD;
  gradient[2] = -clock * ofU;
  gradient[3] = clock * ofU + u + (skew / a) * ofA;
  gradient[4] = (clock / (2 * g)) * ofD + d / (2 * g) + ofA / (2 * a);
  return Math.log((a * d) / (Math.PI * q)) + k - z + d * g + skew * u;
};
