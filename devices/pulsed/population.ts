import { fold, type Key, normal } from "#src/random/index";
import type { PulsedParams } from "./params.ts";
import { checkPulsed, type PulsedDevice } from "./sample.ts";

/** Many devices as fabricated, an element of each array a device; conductances in S, steps as shares of the range. */
export interface PulsedPopulation {
  readonly params: PulsedParams;
  readonly least: Float64Array;
  readonly most: Float64Array;
  readonly setStep: Float64Array;
  readonly resetStep: Float64Array;
  readonly setNonlinearity: Float64Array;
  readonly resetNonlinearity: Float64Array;
}

/**
 * Draws a population: the distributions of `samplePulsed`, element i depending on (key, i) alone.
 * @throws RangeError for parameters out of range.
 */
export const samplePulsedPopulation = (p: PulsedParams, count: number, key: Key): PulsedPopulation => {
  checkPulsed(p);
  const { spread } = p;
  const range = p.most - p.least;
  const drawn = (name: string, sigma: number, value: (z: number) => number): Float64Array => {
    const of = fold(key, name);
    return sigma === 0
      ? new Float64Array(count).fill(value(0))
      : Float64Array.from({ length: count }, (_, i) => value(sigma * normal(of, i)));
  };
  const low = drawn("least", spread.bounds, (z) => Math.max(0, p.least + range * z));
  const high = drawn("most", spread.bounds, (z) => Math.max(0, p.most + range * z));
  // Bounds that the spread turns round meet at their mean: such a device does not move.
  for (let i = 0; i < count; i++) {
    const middle = (low[i] + high[i]) / 2;
    low[i] = Math.min(low[i], middle);
    high[i] = Math.max(high[i], middle);
  }
  return {
    params: p,
    least: low,
    most: high,
    setStep: drawn("set", spread.logStep, (z) => Math.exp(z) / p.pulses.set),
    resetStep: drawn("reset", spread.logStep, (z) => Math.exp(z) / p.pulses.reset),
    setNonlinearity: drawn("set bend", spread.nonlinearity, (z) => p.nonlinearity.set + z),
    resetNonlinearity: drawn("reset bend", spread.nonlinearity, (z) => p.nonlinearity.reset + z),
  };
};

/** One device of a population. */
export const pulsedDeviceAt = (of: PulsedPopulation, i: number): PulsedDevice => ({
  least: of.least[i],
  most: of.most[i],
  setStep: of.setStep[i],
  resetStep: of.resetStep[i],
  setNonlinearity: of.setNonlinearity[i],
  resetNonlinearity: of.resetNonlinearity[i],
  cycleToCycle: of.params.cycleToCycle,
  states: of.params.states,
});
