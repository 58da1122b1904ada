import { inverseLogNormalTail, logNormalTail, normalTail } from "#src/numerics/normal-tail";
import type { RramShape, RramSpread, RramStateParams } from "./params.ts";

/** Total standard deviation of ln R: the three terms in quadrature. */
export const totalSpread = ({ deviceToDevice, cycleToCycle, readToRead }: RramSpread): number =>
  Math.hypot(deviceToDevice, cycleToCycle, readToRead);

/**
 * ln R over the median from the sum of the spread's three normal terms. Without a shape that sum is it: R is lognormal.
 * With one, the sum's standing z = sum / sigma (sigma the total spread) is read on the shape's own scale: the value that
 * the same share Phi(z) of the shape lies below, stretched by sigma over the sigma that the shape was fitted with. What
 * device, cycle and read share of the spread stays what it was.
 */
export const shapedDeviation = (state: Pick<RramStateParams, "spread" | "shape">, sum: number): number => {
  if (!state.shape) return sum;
  const sigma = totalSpread(state.spread);
  return sigma === 0 ? 0 : (logQuantile(state.shape, sum / sigma) * sigma) / state.shape.logSigma;
};

/** The standing z, a standard normal, of a resistance whose ln over the median is `deviation`: the inverse of the above. */
export const standingOf = (state: Pick<RramStateParams, "spread" | "shape">, deviation: number): number => {
  const sigma = totalSpread(state.spread);
  if (!state.shape || sigma === 0) return deviation / sigma;
  const [below, above] = logShares(state.shape, (deviation * state.shape.logSigma) / sigma);
  return below < above ? -inverseLogNormalTail(below) : inverseLogNormalTail(above);
};

/** ln of the shares of a state's resistances below and above one whose ln over the median is `deviation`. */
export const logSharesOf = (
  state: Pick<RramStateParams, "spread" | "shape">,
  deviation: number,
): readonly [below: number, above: number] => {
  const sigma = totalSpread(state.spread);
  if (state.shape && sigma > 0) return logShares(state.shape, (deviation * state.shape.logSigma) / sigma);
  const z = sigma > 0 ? deviation / sigma : deviation * Number.POSITIVE_INFINITY;
  return [logNormalTail(-z), logNormalTail(z)];
};

const logSum = (terms: readonly number[]): number => {
  const largest = Math.max(...terms);
  return largest + Math.log(terms.reduce((sum, t) => sum + Math.exp(t - largest), 0));
};

/** ln of the shares of the shape below and above x, which do not vanish however far out x is. */
const logShares = (shape: RramShape, x: number): readonly [number, number] => {
  if (shape.kind === "weibull") {
    const hazard = Math.LN2 * Math.exp(shape.exponent * x);
    // -expm1(-h) is h where h is too small for it.
    return [hazard < 1e-300 ? Math.log(Math.LN2) + shape.exponent * x : Math.log(-Math.expm1(-hazard)), -hazard];
  }
  const tails = (side: 1 | -1): number =>
    logSum(
      shape.components
        .filter((c) => c.share > 0)
        .map((c) => Math.log(c.share) + logNormalTail((side * (x - c.logOffset)) / c.logSigma)),
    );
  return [tails(-1), tails(1)];
};

/** Shares of the shape below and above x = ln R over the median, each to full relative accuracy. */
const shares = (shape: RramShape, x: number): readonly [number, number] => {
  if (shape.kind === "weibull") {
    const hazard = Math.LN2 * Math.exp(shape.exponent * x);
    return [-Math.expm1(-hazard), Math.exp(-hazard)];
  }
  let below = 0;
  let above = 0;
  for (const { share, logOffset, logSigma } of shape.components) {
    const z = (x - logOffset) / logSigma;
    below += share * normalTail(-z);
    above += share * normalTail(z);
  }
  return [below, above];
};

/** The x that a share Phi(z) of the shape lies below. */
const logQuantile = (shape: RramShape, z: number): number => {
  if (shape.kind === "weibull") {
    // The hazard -ln(1 - Phi(z)), without losing digits on either side.
    const hazard = z < 0 ? -Math.log1p(-normalTail(-z)) : -Math.log(normalTail(z));
    return Math.log(hazard / Math.LN2) / shape.exponent;
  }
  // Between the components' own quantiles; the smaller tail is matched, in logarithms.
  const quantiles = shape.components.map((c) => c.logOffset + c.logSigma * z);
  let [from, to] = [Math.min(...quantiles), Math.max(...quantiles)];
  const side = z < 0 ? 0 : 1;
  const wanted = Math.log(normalTail(Math.abs(z)));
  // Newton's steps on ln of the tail, which is concave; where one leaves the bracket, its middle.
  let x = (from + to) / 2;
  for (let k = 0; k < 100; k++) {
    const tail = shares(shape, x)[side];
    const excess = Math.log(tail) - wanted;
    if (excess < 0 === (side === 1)) to = x;
    else from = x;
    const slope = ((side === 1 ? -1 : 1) * densityOf(shape.components, x)) / tail;
    const step = x - excess / slope;
    const next = step > from && step < to ? step : (from + to) / 2;
    if (Math.abs(next - x) < 1e-13 * Math.max(1, Math.abs(x))) return next;
    x = next;
  }
  return x;
};

type Components = Extract<RramShape, { kind: "two lognormals" }>["components"];

const densityOf = (components: Components, x: number): number =>
  components.reduce((sum, { share, logOffset, logSigma }) => {
    const z = (x - logOffset) / logSigma;
    return sum + (share * Math.exp((-z * z) / 2)) / (logSigma * Math.sqrt(2 * Math.PI));
  }, 0);
