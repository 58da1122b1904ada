import { fold, type Key, uniform } from "#src/random/index";
import { lastEvent } from "../poisson-clock.ts";

/**
 * Low-frequency noise of a cell: a sum of independent two-state fluctuators whose rates lie so many a decade between two ends, each its own
 * Lorentzian. Where the variance of one of rate r goes as r^(1 - slope), the spectrum of the sum falls as f^-slope between the ends: 1/f noise for a slope of 1
 * (A. L. McWhorter, 1957; P. Dutta, P. M. Horn, Rev. Mod. Phys. 53, 497 (1981); both recalled).
 */
export interface Fluctuators {
  /** Standard deviation of ln R of the sum. */
  readonly logSigma: number;
  readonly slope: number;
  /** Rates of the slowest and the fastest, 1 / s: a fluctuator of rate r forgets its state as exp(-r t). */
  readonly slowest: number;
  readonly fastest: number;
  readonly perDecade: number;
}

/** How many there are. */
const countOf = ({ slowest, fastest, perDecade }: Fluctuators): number =>
  Math.max(1, Math.round(perDecade * Math.log10(fastest / slowest)));

/** Rate in the middle of the k-th part of the band, or where `u` in 0 .. 1 lies in it. */
const rateAt = (fluctuators: Fluctuators, k: number, u: number): number => {
  const { slowest, fastest } = fluctuators;
  return slowest * Math.exp(((k + u) / countOf(fluctuators)) * Math.log(fastest / slowest));
};

const amplitudes = new WeakMap<Fluctuators, Float64Array>();

/** What each adds to ln R, or takes off it. */
const amplitudesOf = (fluctuators: Fluctuators): Float64Array => {
  const found = amplitudes.get(fluctuators);
  if (found) return found;
  const weights = Float64Array.from({ length: countOf(fluctuators) }, (_, k) =>
    Math.exp((1 - fluctuators.slope) * Math.log(rateAt(fluctuators, k, 0.5))),
  );
  const total = weights.reduce((sum, w) => sum + w, 0);
  const made = weights.map((w) => fluctuators.logSigma * Math.sqrt(w / total));
  amplitudes.set(fluctuators, made);
  return made;
};

/**
 * What a cell's fluctuators add to ln R at a time [s] since it was programmed: the one course of time that its key is, asked for in any order. Each state is drawn
 * anew at the events of a Poisson clock; each cell has rates of its own within their parts of the band.
 */
export const fluctuationAt = (fluctuators: Fluctuators, seconds: number, key: Key): number => {
  const all = amplitudesOf(fluctuators);
  let sum = 0;
  for (let k = 0; k < all.length; k++) {
    const own = fold(key, k);
    const event = lastEvent(rateAt(fluctuators, k, uniform(own, 0)), seconds, fold(own, 0));
    sum += uniform(fold(own, 1), event) < 0.5 ? all[k] : -all[k];
  }
  return sum;
};

/**
 * Spectrum, one-sided [1 / Hz], of a two-state process of variance 1 that forgets its state as exp(-r t): 4 r / (r^2 + (2 pi f)^2); of reads so many a second,
 * what is faster folded back, (2 / rate) (1 - q^2) / (1 - 2 q cos(2 pi f / rate) + q^2), q = exp(-r / rate).
 */
export const forgettingSpectrum = (rate: number, frequency: number, reads = Number.POSITIVE_INFINITY): number => {
  if (reads === Number.POSITIVE_INFINITY) {
    const omega = 2 * Math.PI * frequency;
    return (4 * rate) / (rate * rate + omega * omega);
  }
  const q = Math.exp(-rate / reads);
  return (
    ((2 / reads) * -Math.expm1((-2 * rate) / reads)) / (1 - 2 * q * Math.cos((2 * Math.PI * frequency) / reads) + q * q)
  );
};

/** Mean spectrum over cells, one-sided [1 / Hz], of ln R at frequency f: the sum of its fluctuators'; `reads`: of so many reads a second. */
export const fluctuatorSpectrum = (fluctuators: Fluctuators, frequency: number, reads?: number): number =>
  amplitudesOf(fluctuators).reduce(
    (sum, a, k) => sum + a * a * forgettingSpectrum(rateAt(fluctuators, k, 0.5), frequency, reads),
    0,
  );
