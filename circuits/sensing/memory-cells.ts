import {
  logSharesOf,
  type RramParams,
  type RramState,
  resistanceTemperatureFactor,
  sampleResistancesInto,
  shapedDeviation,
  totalLogSigma,
} from "#devices/index";
import type { LimitState } from "#src/montecarlo/index";
import { normalTail } from "#src/numerics/normal-tail";
import { bernoulli, fold, forEachChosen, type Key } from "#src/random/index";

/** Least spread [ln R] that the closed forms are formed with: a state without spread is a step, which has no density. */
const LEAST_SIGMA = 1e-9;
/** Steps of a grid that is searched. */
const GRID = 200;
/** Reach and spacing of the quadrature, in standard deviations. */
const REACH = 38;
const SPACING = 0.01;

/** @throws RangeError for devices with noise that goes on from read to read, which only sampled reads have. */
export const refuseOngoingNoise = ({ name, lrs, hrs }: RramParams, what: string): void => {
  if ([lrs, hrs].some(({ telegraph, fluctuators }) => telegraph || fluctuators))
    throw new RangeError(
      `${what}: the device set "${name}" has noise that goes on from read to read (telegraph noise or fluctuators), which only sampled reads know.`,
    );
};

/** Median (of ln R) and standard deviation of both states at a temperature, and ln of the shares below and above a ln R. */
const logStatistics = (params: RramParams, temperature: number) => {
  refuseOngoingNoise(params, "closed forms of memory cells");
  const state = (name: "lrs" | "hrs") => {
    const { medianResistance, activationEnergy } = params[name];
    const mean = Math.log(medianResistance * resistanceTemperatureFactor(activationEnergy, temperature));
    return {
      mean,
      sigma: Math.max(LEAST_SIGMA, totalLogSigma(params, name)),
      shares: (x: number) => logSharesOf(params[name], x - mean),
    };
  };
  return {
    low: state("lrs"),
    high: state("hrs"),
    shaped: (params.lrs.shape ?? params.hrs.shape) !== undefined,
  };
};

type LogStatistics = ReturnType<typeof logStatistics>;

/**
 * The reference resistance [ohm] at which a 1T1R cell is misread least. Lognormal states: where the densities of ln R
 * cross between the medians; with equal spreads, their geometric mean. Others: the least of low read high plus high read
 * low, searched for on a grid that reaches beyond both medians, since densities may cross more than once.
 */
export const bestReference = (params: RramParams, temperature: number): number => {
  const statistics = logStatistics(params, temperature);
  const { low, high } = statistics;
  if (statistics.shaped) return leastMisread(statistics);
  // Bisection on the difference of the log-densities, which falls from one median to the other.
  const logDensity = (x: number, s: { mean: number; sigma: number }): number =>
    -(((x - s.mean) / s.sigma) ** 2) / 2 - Math.log(s.sigma);
  let from = low.mean;
  let to = high.mean;
  for (let k = 0; k < 100; k++) {
    const middle = (from + to) / 2;
    if (logDensity(middle, low) > logDensity(middle, high)) from = middle;
    else to = middle;
  }
  return Math.exp((from + to) / 2);
};

const leastMisread = ({ low, high }: LogStatistics): number => {
  // In logarithms: between well separated states both errors are below the smallest numbers.
  const misread = (x: number): number => {
    const [a, b] = [low.shares(x)[1], high.shares(x)[0]];
    return Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)));
  };
  const reach = 3 * (low.sigma + high.sigma);
  let from = low.mean - reach;
  let to = high.mean + reach;
  // Ever finer grids about the best place of the one before.
  for (let k = 0; k < 12; k++) {
    const step = (to - from) / GRID;
    let best = from;
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i <= GRID; i++) {
      const error = misread(from + i * step);
      if (error < least) {
        least = error;
        best = from + i * step;
      }
    }
    from = best - 2 * step;
    to = best + 2 * step;
  }
  return Math.exp((from + to) / 2);
};

/**
 * For an amplifier without offset, in closed form for lognormal states and by quadrature for others: a 1T1R bit against a reference, and a 2T2R bit,
 * whose two resistances are compared, Q((mu_H - mu_L) / sqrt(sigma_L^2 + sigma_H^2)). With equal spreads Q(z) and
 * Q(sqrt(2) z), z = (mu_H - mu_L) / (2 sigma). A stuck cell has the other state's distribution: a pair of equal states is
 * read wrong half of the time.
 */
export const idealErrorRates = (
  params: RramParams,
  temperature: number,
): { readonly single: number; readonly differential: number } => {
  const { low, high, shaped } = logStatistics(params, temperature);
  const { stuck } = params;
  const reference = Math.log(bestReference(params, temperature));
  const lowReadHigh = shaped ? Math.exp(low.shares(reference)[1]) : normalTail((reference - low.mean) / low.sigma);
  const highReadLow = shaped ? Math.exp(high.shares(reference)[0]) : normalTail((high.mean - reference) / high.sigma);
  const storedLow = (1 - stuck.hrs) * lowReadHigh + stuck.hrs * (1 - highReadLow);
  const storedHigh = (1 - stuck.lrs) * highReadLow + stuck.lrs * (1 - lowReadHigh);
  const exchanged = shaped
    ? exchangedByQuadrature(params, low.mean, high)
    : normalTail((high.mean - low.mean) / Math.hypot(low.sigma, high.sigma));
  return {
    single: (storedLow + storedHigh) / 2,
    differential:
      (1 - stuck.hrs) * (1 - stuck.lrs) * exchanged +
      ((1 - stuck.hrs) * stuck.lrs + stuck.hrs * (1 - stuck.lrs)) / 2 +
      stuck.hrs * stuck.lrs * (1 - exchanged),
  };
};

/**
 * Probability that the low resistance exceeds the high one, for states of any shape: the integral over the low one's
 * standing z of phi(z) P(ln R_high < ln R_low(z)), by the trapezoidal rule, which converges exponentially for such
 * integrands.
 */
const exchangedByQuadrature = (params: RramParams, lowMedian: number, high: LogStatistics["high"]): number => {
  const sigma = totalLogSigma(params, "lrs");
  let sum = 0;
  for (let z = -REACH; z <= REACH; z += SPACING) {
    const x = lowMedian + shapedDeviation(params.lrs, sigma * z);
    sum += Math.exp((-z * z) / 2 + high.shares(x)[0]);
  }
  return (sum * SPACING) / Math.sqrt(2 * Math.PI);
};

/** Resistances of cells programmed to `state`, those stuck in the other state with that one's statistics. */
const programmedInto = (
  out: Float64Array,
  params: RramParams,
  state: RramState,
  temperature: number,
  key: Key,
): void => {
  const other = state === "lrs" ? "hrs" : "lrs";
  sampleResistancesInto(out, params, state, temperature, fold(key, "programmed"));
  if (params.stuck[other] === 0) return;
  const stuck = new Float64Array(out.length);
  sampleResistancesInto(stuck, params, other, temperature, fold(key, "stuck resistance"));
  forEachChosen(fold(key, "stuck"), out.length, params.stuck[other], (i) => {
    out[i] = stuck[i];
  });
};

/** Which of `bits` stored bits an amplifier without offset reads wrong, 1 each: 1T1R half of each state, and 2T2R. */
export const sampleIdealErrors = (
  params: RramParams,
  temperature: number,
  bits: number,
  key: Key,
): { readonly single: Uint8Array; readonly differential: Uint8Array } => {
  const low = new Float64Array(bits);
  const high = new Float64Array(bits);
  programmedInto(low, params, "lrs", temperature, fold(key, "low"));
  programmedInto(high, params, "hrs", temperature, fold(key, "high"));
  const reference = bestReference(params, temperature);
  const coin = fold(key, "equal");
  return {
    // The bit alternates: the same cells serve both ways of storing it.
    single: Uint8Array.from({ length: bits }, (_, i) =>
      (i % 2 === 0 ? low[i] >= reference : high[i] < reference) ? 1 : 0,
    ),
    differential: Uint8Array.from({ length: bits }, (_, i) =>
      low[i] > high[i] || (low[i] === high[i] && bernoulli(coin, 0.5, i)) ? 1 : 0,
    ),
  };
};

/**
 * Bit errors left by a code that corrects one error a word: words of `length` consecutive bits with two or more keep all
 * of theirs (a double error is detected, not mended; miscorrections of three and more are not modelled).
 */
export const errorsAfterCorrection = (errors: Uint8Array, length: number): number => {
  let left = 0;
  for (let from = 0; from + length <= errors.length; from += length) {
    let inWord = 0;
    for (let i = from; i < from + length; i++) inWord += errors[i];
    if (inWord > 1) left += inWord;
  }
  return left;
};

/**
 * The 2T2R bit under an amplifier without offset as a limit state: a stored +1 is read wrong where the left resistance
 * exceeds the right one. The space is that of the six normals that are drawn, three terms of the spread a cell; stuck
 * cells are left out. Its probability is `idealErrorRates(...).differential`.
 */
export const idealLimitState = (params: RramParams, temperature: number): LimitState => {
  const { low, high } = logStatistics(params, temperature);
  const terms = (name: "lrs" | "hrs"): readonly number[] => {
    const { deviceToDevice, cycleToCycle, readToRead } = params[name].spread;
    return [deviceToDevice, cycleToCycle, readToRead];
  };
  const [ofLow, ofHigh] = [terms("lrs"), terms("hrs")];
  const dimensions = ofLow.length + ofHigh.length;
  return {
    dimensions,
    margins: (points, count) =>
      Float64Array.from({ length: count }, (_, i) => {
        const at = i * dimensions;
        const sum = (sigmas: readonly number[], from: number): number =>
          sigmas.reduce((total, sigma, j) => total + sigma * points[at + from + j], 0);
        const [lower, upper] = [sum(ofLow, 0), sum(ofHigh, ofLow.length)];
        return high.mean + shapedDeviation(params.hrs, upper) - (low.mean + shapedDeviation(params.lrs, lower));
      }),
  };
};
