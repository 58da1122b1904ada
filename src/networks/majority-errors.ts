import type { WeightErrors } from "./weight-errors.ts";

/** Probability that more than half of `copies` independent events, of probability p each, happen. */
const moreThanHalf = (p: number, copies: number): number => {
  let [sum, ways] = [0, 1];
  for (let k = 0; k <= copies; k++) {
    let term = ways;
    for (let i = 0; i < copies; i++) term *= i < k ? p : 1 - p;
    if (2 * k > copies) sum += term;
    ways = (ways * (copies - k)) / (k + 1);
  }
  return sum;
};

/**
 * Errors of a weight that is held by several cells, each read by itself: it is what more than half of them say, and 0 where no value has
 * that many. Of binary weights, whose only error is a flip, one of two values always has.
 *
 * @param copies Odd.
 */
export const majorityErrors = ({ type1, type2, type3 }: WeightErrors, copies: number): WeightErrors => {
  if (!Number.isInteger(copies) || copies < 1 || copies % 2 === 0)
    throw new RangeError(
      `majority: ${copies} copies of a weight; expected an odd number from 1, so that there is a majority.`,
    );
  if (copies === 1) return { type1, type2, type3 };
  const wrong = moreThanHalf(type1, copies);
  return {
    type1: wrong,
    // What is left is rounded apart from 0 where neither error is.
    type2: type1 === 0 && type2 === 0 ? 0 : Math.max(0, 1 - wrong - moreThanHalf(1 - type1 - type2, copies)),
    type3: 2 * moreThanHalf(type3 / 2, copies),
  };
};

/** The same of binary weights: flips alone. */
export const majorityFlips = (flip: number, copies: number): number =>
  majorityErrors({ type1: flip, type2: 0, type3: 0 }, copies).type1;

/** What more than half of several readings of one matrix say, element by element; 0 where no value has that many. */
export const majorityOf = (readings: readonly Int8Array[]): Int8Array =>
  Int8Array.from(readings[0], (_, k) => {
    const [plus, minus] = [1, -1].map((value) => readings.filter((reading) => reading[k] === value).length);
    if (2 * plus > readings.length) return 1;
    return 2 * minus > readings.length ? -1 : 0;
  });
