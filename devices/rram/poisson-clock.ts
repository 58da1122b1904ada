import { type Key, uniform } from "#src/random/index";

/** Pieces without an event that are looked through: another one has a chance of e^-40. */
const MOST_PIECES = 40;
/** Events of a piece at most: a ninth has a chance of 1e-6, and is left out. */
const MOST_EVENTS = 8;

/** Events of a piece of a Poisson clock, of which one is expected. */
const poissonOfOne = (u: number): number => {
  let [count, chance] = [0, Math.exp(-1)];
  for (let sum = chance; u > sum && count < MOST_EVENTS; sum += chance) chance /= ++count;
  return count;
};

/** Pieces that are told apart; beyond, where a time in double precision is hardly one piece's, they come round again. */
const MOST_COUNTED = 2 ** 49;

/** The number of the last event of a Poisson clock before a time, from 1; 0 before the first. It is the same for all times up to the next one. */
export const lastEvent = (rate: number, seconds: number, key: Key): number => {
  const pieces = Math.floor(seconds * rate);
  const part = seconds * rate - pieces;
  const whole = pieces % MOST_COUNTED;
  const row = MOST_EVENTS + 1;
  for (let piece = whole; piece >= 0 && piece > whole - MOST_PIECES; piece--) {
    const events = poissonOfOne(uniform(key, piece * row));
    let [latest, number] = [-1, -1];
    for (let event = 1; event <= events; event++) {
      const at = uniform(key, piece * row + event);
      if ((piece < whole || at <= part) && at > latest) [latest, number] = [at, event];
    }
    if (number > 0) return piece * MOST_EVENTS + number;
  }
  return 0;
};
