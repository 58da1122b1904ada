import { meanInterval } from "./mean-interval.ts";
import { momentsOf } from "./moments.ts";
import type { Interval } from "./wilson.ts";

/**
 * Mean difference a - b of pairs that share what else varies (seed, chips, images), with Student's t interval over the
 * pairs: what is shared drops out.
 *
 * @throws RangeError where the lists differ in length.
 */
export const pairedInterval = (a: readonly number[], b: readonly number[]): Interval => {
  if (a.length !== b.length)
    throw new RangeError(`pairedInterval: ${a.length} values and ${b.length}; expected pairs.`);
  return meanInterval(momentsOf(a.map((x, i) => x - b[i])));
};
