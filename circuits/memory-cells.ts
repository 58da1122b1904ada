import { type RramParams, resistanceTemperatureFactor, sampleResistancesInto, totalLogSigma } from "#devices/index";
import { normalTail } from "#src/numerics/normal-tail";
import { fold, type Key } from "#src/random/index";

/** Mean and standard deviation of ln R of both states at a temperature. */
const logStatistics = (params: RramParams, temperature: number) => {
  const mean = (state: "lrs" | "hrs"): number =>
    Math.log(params[state].medianResistance * resistanceTemperatureFactor(params[state].activationEnergy, temperature));
  return {
    low: { mean: mean("lrs"), sigma: totalLogSigma(params, "lrs") },
    high: { mean: mean("hrs"), sigma: totalLogSigma(params, "hrs") },
  };
};

/**
 * The reference resistance [ohm] at which a 1T1R cell is misread least: where the densities of ln R of the two states
 * cross, between their medians. With equal spreads, their geometric mean.
 */
export const bestReference = (params: RramParams, temperature: number): number => {
  const { low, high } = logStatistics(params, temperature);
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

/**
 * Closed forms for lognormal states and an amplifier without offset: a 1T1R bit against a reference, and a 2T2R bit,
 * whose two resistances are compared, Q((mu_H - mu_L) / sqrt(sigma_L^2 + sigma_H^2)). With equal spreads Q(z) and
 * Q(sqrt(2) z), z = (mu_H - mu_L) / (2 sigma).
 */
export const idealErrorRates = (
  params: RramParams,
  temperature: number,
): { readonly single: number; readonly differential: number } => {
  const { low, high } = logStatistics(params, temperature);
  const reference = Math.log(bestReference(params, temperature));
  return {
    single: (normalTail((reference - low.mean) / low.sigma) + normalTail((high.mean - reference) / high.sigma)) / 2,
    differential: normalTail((high.mean - low.mean) / Math.hypot(low.sigma, high.sigma)),
  };
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
  sampleResistancesInto(low, params, "lrs", temperature, fold(key, "low"));
  sampleResistancesInto(high, params, "hrs", temperature, fold(key, "high"));
  const reference = bestReference(params, temperature);
  return {
    // The bit alternates: the same cells serve both ways of storing it.
    single: Uint8Array.from({ length: bits }, (_, i) =>
      (i % 2 === 0 ? low[i] >= reference : high[i] < reference) ? 1 : 0,
    ),
    differential: Uint8Array.from({ length: bits }, (_, i) => (low[i] >= high[i] ? 1 : 0)),
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
