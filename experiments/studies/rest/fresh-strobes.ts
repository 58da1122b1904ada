import { compileSenseAmplifier, countSamples, readSamples, sampleKeys } from "#circuits/index";
import type { Key } from "#src/random/index";
import { designOf, deviceOf } from "../sensing/sense-design.ts";
import { MONTE_CARLO_TOLERANCE } from "../sensing/sense-errors.ts";
import type { SenseValues } from "../sensing/sense-parameters.ts";
import { binaryHarm, CALIBRATION_SAMPLES, CANDIDATES, leastHarm, ternaryHarm } from "../sensing/strobe-choice.ts";

/** The strobes at which ternary and binary reads of cells just programmed err least [s], on samples of their own. */
export const freshStrobes = (
  params: SenseValues,
  key: Key,
): { readonly ternary: number; readonly binary: number; readonly failed: number } => {
  const sampled = readSamples(
    compileSenseAmplifier(designOf(params)),
    deviceOf(params),
    params.mismatch,
    CANDIDATES,
    MONTE_CARLO_TOLERANCE,
    sampleKeys(key, CALIBRATION_SAMPLES),
  );
  const counts = countSamples(sampled, CANDIDATES.length);
  return {
    ternary: CANDIDATES[leastHarm(counts, ternaryHarm)],
    binary: CANDIDATES[leastHarm(counts, binaryHarm)],
    failed: sampled.failed,
  };
};
