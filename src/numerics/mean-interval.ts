import { tInterval } from "./intervals.ts";
import { type Moments, standardDeviation } from "./moments.ts";
import type { Interval } from "./wilson.ts";

/** t interval of the mean. */
export const meanInterval = (m: Moments): Interval => tInterval(m.mean, standardDeviation(m), m.count);
