import { MEASURED_A } from "./measured/measured-a.ts";
import { MEASURED_C } from "./measured/measured-c.ts";
import type { RramParams, RramSpread } from "./params.ts";
import type { RramRelaxation } from "./relaxation/params.ts";

/**
 * ASSUMED split of a state's total ln-sigma: read noise `readToRead` taken off, the rest of the variance half
 * device-to-device, half cycle-to-cycle. No measurement of the split is at hand.
 */
const splitEvenly = (total: number, readToRead: number): RramSpread => {
  const each = Math.sqrt((total ** 2 - readToRead ** 2) / 2);
  return { deviceToDevice: each, cycleToCycle: each, readToRead };
};

const STANDING =
  "illustrative, recalled: medians and spreads chosen inside ranges recalled from the HfOx literature, not measured " +
  "values; split of the spread into device, cycle and read terms assumed";

const SOURCE =
  "recalled orders of magnitude for 130 nm HfOx 1T1R cells: low resistance 2-5 kohm at 200 µA compliance, 8-12 kohm at " +
  "55 µA, 20-50 kohm at 20 µA, ln-sigma 0.1-0.3; high resistance 50 kohm - 1 Mohm, ln-sigma 0.5-1.2";

const illustrative = (
  name: string,
  low: readonly [median: number, logSigma: number],
  high: readonly [median: number, logSigma: number],
): RramParams => ({
  name,
  standing: STANDING,
  source: SOURCE,
  valid:
    "reads of at most the supply near 27 °C soon after programming, before wear; ohmic conduction assumed up to there",
  // Read noise of 2 % (low) and 5 % (high resistance): ASSUMED. No activation energy is at hand: none is applied.
  lrs: { medianResistance: low[0], spread: splitEvenly(low[1], 0.02), activationEnergy: 0 },
  hrs: { medianResistance: high[0], spread: splitEvenly(high[1], 0.05), activationEnergy: 0 },
  conduction: { kind: "ohmic" },
  stuck: { lrs: 0, hrs: 0 },
});

/**
 * Named sets: programming conditions, weakest last, all illustrative; and two technologies that were measured, whose cells have an age. A
 * study of a real device brings its own file.
 */
export const RRAM_SETS: Readonly<Record<"strong" | "reference" | "weak" | "measured-a" | "measured-c", RramParams>> = {
  strong: illustrative("strong", [3_500, 0.15], [500_000, 0.6]),
  reference: illustrative("reference", [10_000, 0.2], [400_000, 0.7]),
  weak: illustrative("weak", [25_000, 0.3], [300_000, 0.75]),
  "measured-a": MEASURED_A,
  "measured-c": MEASURED_C,
};

/** How technology C relaxes. */
export const RELAXATION_C = MEASURED_C.relaxation as RramRelaxation;
