import { type DieShift, onDie } from "./process-variation.ts";
import type { SenseAmplifier } from "./read-pair.ts";
import { sensePairs, sharedAmplifier } from "./read-pairs.ts";
import type { SenseAmplifierChip } from "./sense-amplifier.ts";

/** Right cell of the replica, over its left one: so much larger that the left side always falls. */
const OPEN = 1000;

/**
 * The strobe that a replica column gives [s]: the decision time of an amplifier like all others, on the same die and at
 * the same supply, temperature and bit-line capacitance, that reads a fixed resistor on its left and nothing on its
 * right. It follows whatever the other columns follow, up to its own mismatch.
 *
 * @returns null where it does not decide before `latest` (or its precharge fails): the strobe then never comes.
 */
export const replicaStrobe = (
  amplifier: SenseAmplifier,
  chip: SenseAmplifierChip,
  die: DieShift,
  resistance: number,
  latest: number,
  tolerance: number,
): number | null => {
  const { decisionTimes } = sensePairs(
    amplifier,
    {
      count: 1,
      left: [resistance],
      right: [OPEN * resistance],
      ...sharedAmplifier(onDie(amplifier.design, die, chip)),
    },
    [latest],
    tolerance,
  );
  return Number.isNaN(decisionTimes[0]) ? null : decisionTimes[0];
};
