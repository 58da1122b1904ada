import {
  compileSenseAmplifier,
  countSamples,
  type ReadCounts,
  type ReadSampleOptions,
  readSamples,
  sampleKeys,
} from "#circuits/index";
import type { RramParams } from "#devices/index";
import { fold, type Key } from "#src/random/index";
import { designOf, deviceOf } from "../sensing/sense-design.ts";
import { MONTE_CARLO_TOLERANCE } from "../sensing/sense-errors.ts";
import type { SenseValues } from "../sensing/sense-parameters.ts";
import { binaryHarm, CALIBRATION_SAMPLES, CANDIDATES, leastHarm, ternaryHarm } from "../sensing/strobe-choice.ts";

/** What the sense amplifier does at one condition, at three strobes. */
export interface Reads {
  readonly common: ReadCounts;
  readonly ternaryBest: { readonly strobe: number; readonly counts: ReadCounts };
  readonly binaryBest: { readonly strobe: number; readonly counts: ReadCounts };
  /** Mean energies [J]: a read that follows a read at the common strobe; of a first read, precharge from 0 V and sense until each strobe. */
  readonly energies: {
    readonly repeated: number;
    readonly precharge: number;
    readonly common: number;
    readonly ternaryBest: number;
    readonly binaryBest: number;
  };
  readonly failed: number;
}

interface Counted {
  readonly counts: readonly ReadCounts[];
  readonly repeated: number;
  readonly precharge: number;
  readonly sense: readonly number[];
  readonly failed: number;
}

/** What reads depend on. */
type ReadValues = SenseValues & { readonly strobe: number; readonly samples: number };

const countReads = (
  params: ReadValues,
  device: RramParams,
  strobes: readonly number[],
  samples: number,
  key: Key,
  options: ReadSampleOptions,
): Counted => {
  const sampled = readSamples(
    compileSenseAmplifier(designOf(params)),
    device,
    params.mismatch,
    strobes,
    MONTE_CARLO_TOLERANCE,
    sampleKeys(key, samples),
    options,
  );
  const { found, reads, failed, repeatedEnergies } = sampled;
  const solved = reads.filter((read) => !read.failed);
  const mean = (of: (at: number) => number): number => solved.reduce((sum, { at }) => sum + of(at), 0) / solved.length;
  return {
    counts: countSamples(sampled, strobes.length),
    repeated: meanOf(solved.map(({ at }) => repeatedEnergies[at]).filter(Number.isFinite)),
    precharge: mean((at) => found.prechargeEnergies[at]),
    sense: strobes.map((_, s) => mean((at) => found.senseEnergies[at * strobes.length + s])),
    failed,
  };
};

const meanOf = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;

/** The strobes of each kind of weights that did best in a calibration, of the counts at each candidate. */
export const bestStrobes = (calibration: readonly ReadCounts[]) => ({
  ternary: CANDIDATES[leastHarm(calibration, ternaryHarm)],
  binary: CANDIDATES[leastHarm(calibration, binaryHarm)],
});

/** What `readsAt` of the same key counts of samples `from` .. alone, at each strobe: slices of all samples add up to its counts. */
export const countSlice = (
  params: SenseValues,
  key: Key,
  stream: "calibration" | "samples",
  strobes: readonly number[],
  from: number,
  count: number,
): ReadCounts[] => {
  const own = fold(key, stream);
  const keys = Array.from({ length: count }, (_, i) => fold(own, from + i));
  const amplifier = compileSenseAmplifier(designOf(params));
  return countSamples(
    readSamples(amplifier, deviceOf(params), params.mismatch, strobes, MONTE_CARLO_TOLERANCE, keys),
    strobes.length,
  );
};

/**
 * Reads at one condition: best strobes from samples of their own, of cells just programmed, then rates and energies.
 * @param moment How long cells have rested when rates are counted; left out: they are read fresh.
 * @param device Cells instead of those that the parameters name.
 */
export const readsAt = (
  params: ReadValues,
  key: Key,
  { moment, device = deviceOf(params) }: Pick<ReadSampleOptions, "moment"> & { readonly device?: RramParams } = {},
): Reads => {
  const calibration = countReads(params, device, CANDIDATES, CALIBRATION_SAMPLES, fold(key, "calibration"), {});
  const { ternary, binary } = bestStrobes(calibration.counts);
  const strobes = [...new Set([params.strobe, ternary, binary])].sort((a, b) => a - b);
  const { counts, repeated, precharge, sense, failed } = countReads(
    params,
    device,
    strobes,
    params.samples,
    fold(key, "samples"),
    { energies: true, repeated: params.strobe, ...(moment ? { moment } : {}) },
  );
  const at = (strobe: number): number => strobes.indexOf(strobe);
  return {
    common: counts[at(params.strobe)],
    ternaryBest: { strobe: ternary, counts: counts[at(ternary)] },
    binaryBest: { strobe: binary, counts: counts[at(binary)] },
    energies: {
      repeated,
      precharge,
      common: sense[at(params.strobe)],
      ternaryBest: sense[at(ternary)],
      binaryBest: sense[at(binary)],
    },
    failed: failed + calibration.failed,
  };
};

/** Of `bestReadsAt`: counted beside the best strobes, and used by nobody [s]. */
const BESIDE = 3e-9;

/** The same for studies that have no common strobe, and read at the best of each kind of weights. */
export const bestReadsAt = (
  params: Omit<ReadValues, "strobe">,
  key: Key,
  options: Parameters<typeof readsAt>[2] = {},
): Reads => readsAt({ ...params, strobe: BESIDE }, key, options);
