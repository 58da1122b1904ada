import { BOLTZMANN, type RramRelaxation } from "#devices/index";

/** What a group of reads has behind it: a time at a temperature [s], [K]. */
export interface ReadAge {
  readonly seconds: number;
  readonly temperature: number;
}

/** How the clock S' of relaxation follows time and temperature: a law with some numbers of its own to be fitted. */
export interface ClockLaw {
  readonly name: string;
  /** What of it is assumed, in words. */
  readonly assumes: string;
  /** Its numbers, on scales without bounds, as a fit begins with them; their names, and what each stands for. */
  readonly start: readonly number[];
  readonly names: readonly ("onset" | "exponent" | "fading" | "Ea")[];
  readonly told: (numbers: readonly number[]) => readonly number[];
  readonly clock: (numbers: readonly number[], age: ReadAge) => number;
  /** The power of the clock that all moves shrink by: h moves as S'^-fading. */
  readonly fading: (numbers: readonly number[]) => number;
  /** Onset [s] at the temperature of reference, exponent and activation energy [eV], where a device's file can hold the law. */
  readonly inFile: (
    numbers: readonly number[],
    reference: number,
  ) => {
    readonly onset: number;
    readonly exponent: number;
    readonly fading: number;
    readonly activationEnergy: number | null;
  } | null;
}

const power = (x: number, exponent: number): number => (x > 0 ? Math.exp(exponent * Math.log(x)) : 0);

/** Exponents and fadings that a device's file may hold, of numbers without bounds: 0 .. 4, 1 at 0; -0.5 .. 0.49, 0 nearly at 0. */
const exponentOf = (x: number): number => 4 / (1 + 3 * Math.exp(-x));
const fadingOf = (x: number): number => -0.005 + 0.495 * Math.tanh(x + 0.0101);

/** Clocks above it are none that a path is drawn to. */
const MOST = 200;

/** S' = log10(1 + t / onset)^exponent at a time in onsets. */
const logarithmicClock = (onsets: number, exponent: number): number =>
  Math.min(MOST, power(Math.log1p(onsets) / Math.LN10, exponent));

/** S' = log10(1 + t / onset)^exponent at one temperature, onset, exponent and fading fitted: for reads at several times. */
export const logarithmOfTime = (first: number): ClockLaw => ({
  name: "logarithm",
  assumes: "one temperature",
  start: [Math.log(first / 4), 0, 0],
  names: ["onset", "exponent", "fading"],
  told: ([onset, exponent, fading]) => [Math.exp(onset), exponentOf(exponent), fadingOf(fading)],
  fading: ([, , fading]) => fadingOf(fading),
  clock: ([logOnset, exponent], { seconds }) => logarithmicClock(seconds / Math.exp(logOnset), exponentOf(exponent)),
  inFile: ([logOnset, exponent, fading]) => ({
    onset: Math.exp(logOnset),
    exponent: exponentOf(exponent),
    fading: fadingOf(fading),
    activationEnergy: null,
  }),
});

/** S' = log10(1 + t / (t0 exp(Ea / k T))): hops over barriers that grow, with an attempt time t0 that is assumed [s]; Ea fitted. */
export const attempts = (attemptTime: number): ClockLaw => ({
  name: `logarithm, attempts every ${attemptTime} s`,
  assumes: `width as the square root of log(1 + t / (t0 exp(Ea / kT))), t0 = ${attemptTime} s`,
  start: [0],
  names: ["Ea"],
  told: ([logEnergy]) => [Math.exp(logEnergy)],
  fading: () => 0,
  clock: ([logEnergy], { seconds, temperature }) =>
    Math.min(
      MOST,
      Math.log1p((seconds / attemptTime) * Math.exp(-Math.exp(logEnergy) / (BOLTZMANN * temperature))) / Math.LN10,
    ),
  inFile: ([logEnergy], reference) => ({
    onset: attemptTime * Math.exp(Math.exp(logEnergy) / (BOLTZMANN * reference)),
    exponent: 1,
    fading: 0,
    activationEnergy: Math.exp(logEnergy),
  }),
});

/** S' = (t exp(-Ea / k (1 / T - 1 / T0)))^(2 n) in hours: a width that grows with the n-th power of time, n assumed; Ea fitted. */
export const powerOfTime = (exponent: number, reference: number): ClockLaw => ({
  name: `power, width as t^${exponent}`,
  assumes: `width as (t exp(-Ea / kT))^${exponent}`,
  start: [0],
  names: ["Ea"],
  told: ([logEnergy]) => [Math.exp(logEnergy)],
  fading: () => 0,
  clock: ([logEnergy], { seconds, temperature }) =>
    Math.min(
      MOST,
      power(
        (seconds / 3600) * Math.exp((Math.exp(logEnergy) / BOLTZMANN) * (1 / reference - 1 / temperature)),
        2 * exponent,
      ),
    ),
  inFile: () => null,
});

type LogarithmOfSet = Pick<RramRelaxation, "onset" | "exponent" | "fading" | "temperature">;

/** The logarithm of time with the onset and exponent of another technology, at its temperature; Ea fitted, where there are temperatures. */
export const borrowed = (set: LogarithmOfSet, whose: string, withEnergy: boolean): ClockLaw => ({
  name: `logarithm of ${whose}`,
  assumes: `onset ${set.onset} s, exponent ${set.exponent} and fading ${set.fading} of ${whose}`,
  start: withEnergy ? [0] : [],
  names: withEnergy ? ["Ea"] : [],
  told: (numbers) => numbers.map(Math.exp),
  fading: () => set.fading,
  clock: ([logEnergy], { seconds, temperature }) => {
    const speed = withEnergy
      ? Math.exp((Math.exp(logEnergy) / BOLTZMANN) * (1 / set.temperature - 1 / temperature))
      : 1;
    return logarithmicClock((seconds * speed) / set.onset, set.exponent);
  },
  inFile: ([logEnergy], reference) => ({
    onset: withEnergy
      ? set.onset * Math.exp((Math.exp(logEnergy) / BOLTZMANN) * (1 / reference - 1 / set.temperature))
      : set.onset,
    exponent: set.exponent,
    fading: set.fading,
    activationEnergy: withEnergy ? Math.exp(logEnergy) : null,
  }),
});

/** Onset, exponent, fading and activation energy all fitted: for reads at several times and several temperatures. */
export const logarithmWithEnergy = (first: number, reference: number): ClockLaw => ({
  name: "logarithm, sped up by temperature",
  assumes: "temperature speeds time up by exp(-Ea / kT)",
  start: [Math.log(first / 4), 0, 0, 0],
  names: ["onset", "exponent", "fading", "Ea"],
  told: ([onset, exponent, fading, logEnergy]) => [
    Math.exp(onset),
    exponentOf(exponent),
    fadingOf(fading),
    Math.exp(logEnergy),
  ],
  fading: ([, , fading]) => fadingOf(fading),
  clock: ([logOnset, exponent, , logEnergy], { seconds, temperature }) => {
    const speed = Math.exp((Math.exp(logEnergy) / BOLTZMANN) * (1 / reference - 1 / temperature));
    return logarithmicClock((seconds * speed) / Math.exp(logOnset), exponentOf(exponent));
  },
  inFile: ([logOnset, exponent, fading, logEnergy]) => ({
    onset: Math.exp(logOnset),
    exponent: exponentOf(exponent),
    fading: fadingOf(fading),
    activationEnergy: Math.exp(logEnergy),
  }),
});
