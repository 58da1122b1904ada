import { normalTail } from "#src/numerics/normal-tail";
import { inverseNormal } from "#src/random/inverse-normal";
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
  if (!state.shape) return deviation / sigma;
  const [below, above] = shares(state.shape, (deviation * state.shape.logSigma) / sigma);
  return below < above ? inverseNormal(below) : -inverseNormal(above);
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
