/** What `mosfetCoefficientsInto` writes, in its order. */
export const MOSFET_COEFFICIENT_NAMES = [
  "polarity",
  "threshold",
  "nb",
  "slope",
  "gain",
  "sigma",
  "theta",
  "velocity",
  "lambda",
  "perN",
] as const;

export const MOSFET_COEFFICIENTS = MOSFET_COEFFICIENT_NAMES.length;

/** +1 n, -1 p. */
export const POLARITY = 0;
/** At vanishing drain voltage, less the DIBL term there [V]. */
export const THRESHOLD = 1;
export const NB = 2;
/** 1 / (2 n Ut) [1/V]. */
export const SLOPE = 3;
/** Ispec [A]. */
export const GAIN = 4;
export const SIGMA = 5;
/** theta Ut. */
export const THETA = 6;
/** 2 Ut / vc. */
export const VELOCITY = 7;
export const LAMBDA = 8;
/** 1 / n. */
export const PER_N = 9;
