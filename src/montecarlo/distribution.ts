import { normalTail } from "#src/numerics/normal-tail";
import { power } from "#src/numerics/power";
import { inverseNormal } from "#src/random/inverse-normal";

/**
 * How a parameter varies from trial to trial, SI. `lognormal`: ln X is normal about ln(median) with standard deviation
 * logSigma; `loguniform`: ln X is uniform.
 */
export type Distribution =
  | { readonly kind: "normal"; readonly mean: number; readonly sigma: number }
  | { readonly kind: "lognormal"; readonly median: number; readonly logSigma: number }
  | { readonly kind: "uniform"; readonly low: number; readonly high: number }
  | { readonly kind: "loguniform"; readonly low: number; readonly high: number };

/** Cumulative probability at x. */
export const distributionAt = (d: Distribution, x: number): number => {
  const share = (value: number, low: number, high: number): number =>
    Math.min(1, Math.max(0, (value - low) / (high - low)));
  switch (d.kind) {
    case "normal":
      return normalTail((d.mean - x) / d.sigma);
    case "lognormal":
      return x > 0 ? normalTail(Math.log(d.median / x) / d.logSigma) : 0;
    case "uniform":
      return share(x, d.low, d.high);
    case "loguniform":
      return x > 0 ? share(Math.log(x), Math.log(d.low), Math.log(d.high)) : 0;
  }
};

/** The value below which a share u in (0, 1) lies. */
export const quantileOf = (d: Distribution, u: number): number => {
  switch (d.kind) {
    case "normal":
      return d.mean + d.sigma * inverseNormal(u);
    case "lognormal":
      return d.median * Math.exp(d.logSigma * inverseNormal(u));
    case "uniform":
      return d.low + (d.high - d.low) * u;
    case "loguniform":
      return d.low * power(d.high / d.low, u);
  }
};

/** The distribution cut to low .. high and made whole again, at share u; rounding never leaves the range. */
export const truncatedQuantile = (d: Distribution, low: number, high: number, u: number): number => {
  const from = distributionAt(d, low);
  const to = distributionAt(d, high);
  return Math.min(high, Math.max(low, quantileOf(d, from + (to - from) * u)));
};

/** The share of the distribution outside low .. high. */
export const shareOutsideRange = (d: Distribution, low: number, high: number): number =>
  distributionAt(d, low) + 1 - distributionAt(d, high);

/** What is wrong with a distribution's own numbers, or null. */
export const distributionFault = (d: Distribution): string | null => {
  const numbers = Object.values(d).filter((v) => typeof v === "number");
  if (!numbers.every(Number.isFinite)) return "its numbers are finite";
  if (d.kind === "normal") return d.sigma > 0 ? null : "sigma is above 0";
  if (d.kind === "lognormal") return d.median > 0 && d.logSigma > 0 ? null : "median and sigma of ln are above 0";
  if (!(d.low < d.high)) return "low is below high";
  return d.kind === "loguniform" && !(d.low > 0) ? "low is above 0" : null;
};
