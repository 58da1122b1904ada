import erfc from "@stdlib/math-base-special-erfc";

/** Q(z), the probability that a standard normal exceeds z, in full relative accuracy in the upper tail. */
export const normalTail = (z: number): number => erfc(z / Math.SQRT2) / 2;
