import { fold, type Key, uniform } from "#src/random/index";
import { lastEvent } from "../poisson-clock.ts";
import { forgettingSpectrum } from "./fluctuators.ts";

/**
 * Random telegraph noise of a cell: one trap beside the filament, empty or full, two levels of resistance. Both dwell times are
 * exponential.
 */
export interface TelegraphNoise {
  /** What a full trap adds to ln R. */
  readonly logAmplitude: number;
  /** Mean time until an empty trap is filled, and until a full one is emptied [s]. */
  readonly captureTime: number;
  readonly emissionTime: number;
}

/** Share of time that the trap is full: emission / (capture + emission). */
export const trappedShare = ({ captureTime, emissionTime }: TelegraphNoise): number =>
  emissionTime / (captureTime + emissionTime);

/**
 * Chance that the trap is full `interval` [s] after it was (or was not): the two-state Markov process
 *
 *     P(t) = p + (P(0) - p) exp(-t (1 / capture + 1 / emission)),   p = trappedShare
 *
 * (S. Machlup, J. Appl. Phys. 25, 341 (1954), recalled).
 */
export const trappedAfter = (noise: TelegraphNoise, full: boolean, interval: number): number => {
  const p = trappedShare(noise);
  return p + ((full ? 1 : 0) - p) * Math.exp(-interval * (1 / noise.captureTime + 1 / noise.emissionTime));
};

/** Whether the trap is full at `count` reads `interval` apart, 1 each, from a stationary start. */
export const telegraphStates = (noise: TelegraphNoise, interval: number, count: number, key: Key): Uint8Array => {
  const states = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const chance = i === 0 ? trappedShare(noise) : trappedAfter(noise, states[i - 1] === 1, interval);
    states[i] = uniform(key, i) < chance ? 1 : 0;
  }
  return states;
};

/**
 * What the trap adds to ln R in a read by itself, far (in both times) from the one before; `index` tells cells read under one
 * key apart. 0 without noise, and then nothing is drawn.
 */
export const telegraphDeviation = (noise: TelegraphNoise | undefined, read: Key, index = 0): number =>
  noise && uniform(fold(read, "telegraph"), index) < trappedShare(noise) ? noise.logAmplitude : 0;

/**
 * What the trap adds to ln R at a time [s] since the cell was programmed, of the one course that its key is: its state is drawn anew, full by
 * `trappedShare`, at the events of a Poisson clock of rate 1 / capture + 1 / emission, which is Machlup's process.
 */
export const telegraphAt = (noise: TelegraphNoise, seconds: number, key: Key): number => {
  const event = lastEvent(1 / noise.captureTime + 1 / noise.emissionTime, seconds, fold(key, 0));
  return uniform(fold(key, 1), event) < trappedShare(noise) ? noise.logAmplitude : 0;
};

/** Its spectrum, one-sided [1 / Hz]: 4 p (1 - p) A^2 r / (r^2 + (2 pi f)^2), r = 1 / capture + 1 / emission (Machlup's closed form); `reads`: of so many reads a second. */
export const telegraphSpectrum = (noise: TelegraphNoise, frequency: number, reads?: number): number => {
  const p = trappedShare(noise);
  const rate = 1 / noise.captureTime + 1 / noise.emissionTime;
  return p * (1 - p) * noise.logAmplitude ** 2 * forgettingSpectrum(rate, frequency, reads);
};
