import { inverseNormal } from "#src/random/inverse-normal";
import { momentsOf, standardDeviation } from "./moments.ts";
import { normalTail } from "./normal-tail.ts";

/** A normal component of a distribution of ln x. */
interface LogComponent {
  readonly share: number;
  readonly mean: number;
  readonly sigma: number;
}

/** A distribution of positive numbers x fitted by maximum likelihood, in terms of y = ln x. */
export type LogFit =
  | { readonly kind: "lognormal"; readonly mean: number; readonly sigma: number }
  /** 1 - F = exp(-(x / scale)^exponent). */
  | { readonly kind: "weibull"; readonly logScale: number; readonly exponent: number }
  | { readonly kind: "two lognormals"; readonly components: readonly [LogComponent, LogComponent] };

export type LogFamily = LogFit["kind"];
export const LOG_FAMILIES = ["lognormal", "weibull", "two lognormals"] as const satisfies readonly LogFamily[];

/** Free parameters of a family: what AIC and BIC charge for. */
export const freedomOf = (kind: LogFamily): number => (kind === "two lognormals" ? 5 : 2);

const HALF_LOG_TWO_PI = Math.log(2 * Math.PI) / 2;

const logNormalDensity = (y: number, mean: number, sigma: number): number =>
  -(((y - mean) / sigma) ** 2) / 2 - Math.log(sigma) - HALF_LOG_TWO_PI;

/** ln of the density of y = ln x. */
export const logDensity = (fit: LogFit, y: number): number => {
  if (fit.kind === "lognormal") return logNormalDensity(y, fit.mean, fit.sigma);
  if (fit.kind === "weibull") {
    const t = fit.exponent * (y - fit.logScale);
    return Math.log(fit.exponent) + t - Math.exp(t);
  }
  const terms = fit.components.map((c) => Math.log(c.share) + logNormalDensity(y, c.mean, c.sigma));
  const largest = Math.max(...terms);
  return largest + Math.log(terms.reduce((sum, t) => sum + Math.exp(t - largest), 0));
};

/** Shares below and above y = ln x, each to full relative accuracy. */
export const sharesAt = (fit: LogFit, y: number): readonly [below: number, above: number] => {
  if (fit.kind === "weibull") {
    const hazard = Math.exp(fit.exponent * (y - fit.logScale));
    return [-Math.expm1(-hazard), Math.exp(-hazard)];
  }
  const components: readonly LogComponent[] =
    fit.kind === "lognormal" ? [{ share: 1, mean: fit.mean, sigma: fit.sigma }] : fit.components;
  return [
    components.reduce((sum, c) => sum + c.share * normalTail((c.mean - y) / c.sigma), 0),
    components.reduce((sum, c) => sum + c.share * normalTail((y - c.mean) / c.sigma), 0),
  ];
};

/** The y = ln x that a share u in (0, 1) lies below. */
export const logQuantileOf = (fit: LogFit, u: number): number => {
  if (fit.kind === "lognormal") return fit.mean + fit.sigma * inverseNormal(u);
  if (fit.kind === "weibull") return fit.logScale + Math.log(-Math.log1p(-u)) / fit.exponent;
  const ends = fit.components.map((c) => c.mean + c.sigma * inverseNormal(u));
  let [from, to] = [Math.min(...ends), Math.max(...ends)];
  for (let k = 0; k < 80 && to - from > 1e-13 * Math.max(1, Math.abs(from)); k++) {
    const middle = (from + to) / 2;
    if (sharesAt(fit, middle)[0] < u) from = middle;
    else to = middle;
  }
  return (from + to) / 2;
};

export const logLikelihood = (fit: LogFit, sorted: Float64Array): number =>
  sorted.reduce((sum, y) => sum + logDensity(fit, y), 0);

/** Least sigma of a component over that of the whole: narrower ones fit a few equal values, not a population. */
const NARROWEST = 0.02;
/** From this many values on a start near the best fit is enough. */
const MANY = 1000;

/**
 * The maximum-likelihood fit of one family to sorted values y = ln x: the lognormal in closed form; the Weibull by
 * Newton's iteration for its exponent (N. R. Harter, A. H. Moore, Technometrics 7, 639, 1965); two lognormals by
 * expectation maximisation (A. P. Dempster, N. M. Laird, D. B. Rubin, J. R. Stat. Soc. B 39, 1, 1977) from several
 * places to cut the sorted values, the best of them. `start` is one more place to begin from.
 *
 * @throws RangeError for fewer than five values, or equal ones.
 */
export const fitLog = (kind: LogFamily, sorted: Float64Array, start: LogFit | null = null): LogFit => {
  const m = momentsOf(sorted);
  if (m.count < 5 || !(m.squares > 0))
    throw new RangeError(
      `fitLog: ${m.count} values, ${m.squares > 0 ? "" : "all equal, "}at least 5 different ones are needed.`,
    );
  if (kind === "lognormal") return { kind, mean: m.mean, sigma: Math.sqrt(m.squares / m.count) };
  if (kind === "weibull") return fitWeibull(sorted, m.mean, standardDeviation(m));
  // Many values have one best fit, which a start near it finds.
  const cuts = start?.kind === kind && m.count >= MANY ? [] : [0.03, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97];
  const fits = [
    ...cuts.map((cut) => cutAt(sorted, Math.min(m.count - 2, Math.max(2, Math.round(cut * m.count))))),
    ...(start?.kind === kind ? [start.components] : []),
  ].map((components) => expectationMaximised(sorted, components, NARROWEST * standardDeviation(m)));
  const likelihoods = fits.map((fit) => logLikelihood(fit, sorted));
  return fits[likelihoods.indexOf(Math.max(...likelihoods))];
};

const fitWeibull = (sorted: Float64Array, mean: number, deviation: number): LogFit => {
  // The score for the exponent k: sum y e^(ky) / sum e^(ky) - 1/k - mean y = 0, with y taken from the largest.
  const top = sorted[sorted.length - 1];
  let k = Math.PI / Math.sqrt(6) / deviation;
  for (let step = 0; step < 100; step++) {
    let [s0, s1, s2] = [0, 0, 0];
    for (const y of sorted) {
      const d = y - top;
      const w = Math.exp(k * d);
      s0 += w;
      s1 += w * d;
      s2 += w * d * d;
    }
    const score = s1 / s0 - 1 / k - (mean - top);
    const slope = s2 / s0 - (s1 / s0) ** 2 + 1 / (k * k);
    const next = Math.max(k / 2, k - score / slope);
    const done = Math.abs(next - k) < 1e-12 * k;
    k = next;
    if (done) break;
  }
  let sum = 0;
  for (const y of sorted) sum += Math.exp(k * (y - top));
  return { kind: "weibull", exponent: k, logScale: top + Math.log(sum / sorted.length) / k };
};

/** Each is at most 2, so that their product stays finite. */
const TERMS_OF_PRODUCT = 512;

type Pair = readonly [LogComponent, LogComponent];

const cutAt = (sorted: Float64Array, cut: number): Pair => {
  const part = (from: number, to: number): LogComponent => {
    const m = momentsOf(sorted.subarray(from, to));
    return { share: m.count / sorted.length, mean: m.mean, sigma: Math.sqrt(m.squares / m.count) };
  };
  return [part(0, cut), part(cut, sorted.length)];
};

const expectationMaximised = (sorted: Float64Array, start: Pair, leastSigma: number): LogFit => {
  const widened = (c: LogComponent): LogComponent => ({ ...c, sigma: Math.max(leastSigma, c.sigma) });
  let [a, b] = start.map(widened);
  let before = Number.NEGATIVE_INFINITY;
  for (let step = 0; step < 300; step++) {
    let [weight, sum, squares, likelihood] = [0, 0, 0, 0];
    let [sumB, squaresB] = [0, 0];
    const origin = (a.mean + b.mean) / 2;
    // Logarithms once a step, one exponential a value (the other is 1): the bits of the densities written out.
    const [shareA, shareB] = [Math.log(a.share), Math.log(b.share)];
    const [sigmaA, sigmaB] = [Math.log(a.sigma), Math.log(b.sigma)];
    // ln of the product of many terms in 1 .. 2 instead of many logarithms.
    let product = 1;
    for (let i = 0; i < sorted.length; i++) {
      const y = sorted[i];
      const za = (y - a.mean) / a.sigma;
      const zb = (y - b.mean) / b.sigma;
      const la = shareA + (-(za * za) / 2 - sigmaA - HALF_LOG_TWO_PI);
      const lb = shareB + (-(zb * zb) / 2 - sigmaB - HALF_LOG_TWO_PI);
      const least = Math.exp(-Math.abs(la - lb));
      const r = (la >= lb ? 1 : least) / (1 + least);
      const d = y - origin;
      likelihood += Math.max(la, lb);
      product *= 1 + least;
      if ((i + 1) % TERMS_OF_PRODUCT === 0) {
        likelihood += Math.log(product);
        product = 1;
      }
      weight += r;
      sum += r * d;
      squares += r * d * d;
      sumB += (1 - r) * d;
      squaresB += (1 - r) * d * d;
    }
    likelihood += Math.log(product);
    const component = (n: number, s: number, q: number): LogComponent => ({
      share: n / sorted.length,
      mean: origin + s / n,
      sigma: Math.max(leastSigma, Math.sqrt(Math.max(0, q / n - (s / n) ** 2))),
    });
    const other = sorted.length - weight;
    // A component that has lost its values is no component.
    if (weight < 1 || other < 1) break;
    a = component(weight, sum, squares);
    b = component(other, sumB, squaresB);
    if (likelihood - before < 1e-8 * Math.abs(likelihood)) break;
    before = likelihood;
  }
  return { kind: "two lognormals", components: a.mean <= b.mean ? [a, b] : [b, a] };
};
