/**
 * Quantile of the standard normal distribution, for a lower-tail probability p in (0, 1).
 *
 * Source: M. J. Wichura, "Algorithm AS 241: the percentage points of the normal distribution", Applied Statistics 37
 * (1988) 477-484, routine PPND16: rational approximations of about 1e-16 relative accuracy.
 */
export const inverseNormal = (p: number): number => (p > 0.5 ? -lowerHalf(1 - p, p - 0.5) : lowerHalf(p, 0.5 - p));

/**
 * The normal deviate that the 64-bit word (high, low) stands for: Phi^-1((word + 1/2) / 2^64). The upper half is taken
 * by symmetry, so both tails keep full relative accuracy to 2^-65 (9.2 sigma).
 */
export const normalFromWords = (high: number, low: number): number =>
  high >= 0x80000000 ? -fromLowerWords(~high >>> 0, ~low >>> 0) : fromLowerWords(high, low);

// The distance to 1/2 is formed from the words: taken from the rounded probability it would lose every digit near 0.
const fromLowerWords = (high: number, low: number): number =>
  lowerHalf(probability(high, low), (0x80000000 - high) * 2 ** -32 - (low + 0.5) * 2 ** -64);

/** (word + 1/2) / 2^64 for the unsigned words (high, low). */
export const probability = (high: number, low: number): number => high * 2 ** -32 + (low + 0.5) * 2 ** -64;

/** Phi^-1(p) for p = 1/2 - distance, 0 < p <= 1/2. */
const lowerHalf = (p: number, distance: number): number => {
  if (distance <= 0.425) {
    const r = 0.180625 - distance * distance;
    return (-distance * horner(CENTRAL_NUMERATOR, r)) / horner(CENTRAL_DENOMINATOR, r);
  }
  const r = Math.sqrt(-Math.log(p));
  return r <= 5
    ? -horner(TAIL_NUMERATOR, r - 1.6) / horner(TAIL_DENOMINATOR, r - 1.6)
    : -horner(FAR_NUMERATOR, r - 5) / horner(FAR_DENOMINATOR, r - 5);
};

const horner = (c: readonly number[], x: number): number =>
  ((((((c[7] * x + c[6]) * x + c[5]) * x + c[4]) * x + c[3]) * x + c[2]) * x + c[1]) * x + c[0];

const CENTRAL_NUMERATOR = [
  3.387132872796366608, 133.14166789178437745, 1971.5909503065514427, 13731.693765509461125, 45921.953931549871457,
  67265.770927008700853, 33430.575583588128105, 2509.0809287301226727,
];
const CENTRAL_DENOMINATOR = [
  1, 42.313330701600911252, 687.1870074920579083, 5394.1960214247511077, 21213.794301586595867, 39307.89580009271061,
  28729.085735721942674, 5226.495278852545925,
];
const TAIL_NUMERATOR = [
  1.42343711074968357734, 4.6303378461565452959, 5.7694972214606914055, 3.64784832476320460504, 1.27045825245236838258,
  0.24178072517745061177, 0.0227238449892691845833, 7.7454501427834140764e-4,
];
const TAIL_DENOMINATOR = [
  1, 2.05319162663775882187, 1.6763848301838038494, 0.68976733498510000455, 0.14810397642748007459,
  0.0151986665636164571966, 5.475938084995344946e-4, 1.05075007164441684324e-9,
];
const FAR_NUMERATOR = [
  6.6579046435011037772, 5.4637849111641143699, 1.7848265399172913358, 0.29656057182850489123, 0.026532189526576123093,
  0.0012426609473880784386, 2.71155556874348757815e-5, 2.01033439929228813265e-7,
];
const FAR_DENOMINATOR = [
  1, 0.59983220655588793769, 0.13692988092273580531, 0.0148753612908506148525, 7.868691311456132591e-4,
  1.8463183175100546818e-5, 1.4215117583164458887e-7, 2.04426310338993978564e-15,
];
