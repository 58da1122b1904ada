import erfc from "@stdlib/math-base-special-erfc";

/** Q(z), the probability that a standard normal exceeds z, in full relative accuracy in the upper tail. */
export const normalTail = (z: number): number => erfc(z / Math.SQRT2) / 2;

/** Beyond this Q(z) nears the smallest numbers; the asymptotic series is exact to rounding from there. */
const FAR = 30;

/** ln Q(z) for any z: beyond 30 by the asymptotic series of the normal's tail (Abramowitz and Stegun 26.2.12). */
export const logNormalTail = (z: number): number => {
  if (z < FAR) return z < -5 ? Math.log1p(-normalTail(-z)) : Math.log(normalTail(z));
  const w = 1 / (z * z);
  return -(z * z) / 2 - Math.log(z * Math.sqrt(2 * Math.PI)) + Math.log1p(-w * (1 - 3 * w * (1 - 5 * w)));
};

/** The z >= 0 with ln Q(z) = l, for l <= ln 1/2, however small the tail. */
export const inverseLogNormalTail = (l: number): number => {
  // Newton's iteration on ln Q, which is concave, from the tail's leading term.
  let z = Math.sqrt(Math.max(0, -2 * l - Math.log(2 * Math.PI)));
  for (let k = 0; k < 60; k++) {
    const value = logNormalTail(z);
    const slope = -Math.exp(-(z * z) / 2 - Math.log(2 * Math.PI) / 2 - value);
    const next = Math.max(0, z - (value - l) / slope);
    if (Math.abs(next - z) <= 1e-15 * Math.max(1, z)) return next;
    z = next;
  }
  return z;
};
