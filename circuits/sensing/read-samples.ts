import type { RramParams } from "#devices/index";
import { fold, type Key } from "#src/random/index";
import { type DieShift, onDie } from "./process-variation.ts";
import type { PairReading, SenseAmplifier } from "./read-pair.ts";
import { type PairReadings, type PairReads, readingFrom, sensePairs, separateAmplifiers } from "./read-pairs.ts";
import { repeatedReadEnergies } from "./repeated-reads.ts";
import type { SenseAmplifierChip } from "./sense-amplifier.ts";
import {
  addRead,
  binaryReadings,
  drawSample,
  NO_READS,
  type ReadCounts,
  type ReadMoment,
  WEIGHTS,
  type Weight,
} from "./sense-statistics.ts";

/** What one read of one sample gives. */
export interface SampledRead {
  readonly sample: number;
  readonly weight: Weight;
  /** Place in `found`. */
  readonly at: number;
  readonly failed: boolean;
  /** What each strobe sees, and what a binary read makes of it, its coin thrown where the outputs are undecided. */
  readonly readings: readonly PairReading[];
  readonly binary: readonly (1 | -1)[];
}

export interface ReadSamples {
  readonly found: PairReadings;
  /** Energy of a read that follows one of the same pair [J], one a read; NaN where it could not be solved. Empty where not asked for. */
  readonly repeatedEnergies: Float64Array;
  /** Three reads a sample, one of each weight, samples in order. */
  readonly reads: readonly SampledRead[];
  /** Reads that no engine could solve. */
  readonly failed: number;
}

export interface ReadSampleOptions {
  /** Shift of all transistors of the die that the samples are on. */
  readonly die?: DieShift;
  /** Integrate energies too. */
  readonly energies?: boolean;
  /** When the cells are read; at once where left out. */
  readonly moment?: ReadMoment;
  /** Also the energy of a read that follows a read, from one strobe of this time to the next [s]. */
  readonly repeated?: number;
}

/**
 * Amplifiers and cells of samples, one a key, as the pairs that `readSamples` reads: three a sample, programmed to each weight in turn.
 *
 * @param mismatch Multiplies the transistors' local mismatch; 1 as fabricated, 0 none.
 */
export const samplePairs = (
  { design }: SenseAmplifier,
  rram: RramParams,
  mismatch: number,
  keys: readonly Key[],
  { die, moment }: Pick<ReadSampleOptions, "die" | "moment"> = {},
) => {
  const count = keys.length * WEIGHTS.length;
  const left = new Float64Array(count);
  const right = new Float64Array(count);
  const chips: SenseAmplifierChip[] = [];
  const states = keys.flatMap((key) => {
    const sample = drawSample(design, rram, mismatch, key, moment);
    const chip = die ? onDie(design, die, sample.chip) : sample.chip;
    for (const { resistances } of sample.states) {
      [left[chips.length], right[chips.length]] = resistances;
      chips.push(chip);
    }
    return sample.states;
  });
  const pairs: PairReads = { count, left, right, ...separateAmplifiers(chips) };
  return { pairs, states };
};

/**
 * Monte Carlo samples in the batch engine, one a key: each is `sampleReads` of its key, an amplifier and a pair of cells as
 * fabricated, programmed to each weight in turn and read.
 *
 * @param mismatch Multiplies the transistors' local mismatch; 1 as fabricated, 0 none.
 */
export const readSamples = (
  amplifier: SenseAmplifier,
  rram: RramParams,
  mismatch: number,
  strobes: readonly number[],
  tolerance: number,
  keys: readonly Key[],
  { die, energies = false, repeated, moment }: ReadSampleOptions = {},
): ReadSamples => {
  const { pairs, states } = samplePairs(amplifier, rram, mismatch, keys, {
    ...(die ? { die } : {}),
    ...(moment ? { moment } : {}),
  });
  const found = sensePairs(amplifier, pairs, strobes, tolerance, energies);
  const repeatedEnergies =
    repeated === undefined ? new Float64Array(0) : repeatedReadEnergies(amplifier, pairs, repeated, tolerance);
  const lost = new Set(found.failures.map((f) => f.instance));
  const reads = states.map(({ weight, coins }, at): SampledRead => {
    const readings = strobes.map((_, s) => readingFrom(found.readings[at * strobes.length + s]));
    return {
      sample: Math.floor(at / WEIGHTS.length),
      weight,
      at,
      failed: lost.has(at),
      readings,
      binary: binaryReadings(readings, strobes, coins),
    };
  });
  return { found, reads, repeatedEnergies, failed: lost.size };
};

/** How often each stored state was read as what, at each of `strobes` strobes; failed reads left out. */
export const countSamples = ({ reads }: ReadSamples, strobes: number): ReadCounts[] =>
  Array.from({ length: strobes }, (_, s) =>
    reads.reduce(
      (sum, read) => (read.failed ? sum : addRead(sum, read.weight, read.readings[s], read.binary[s])),
      NO_READS,
    ),
  );

/** Keys of samples 0 .. count - 1 of one key. */
export const sampleKeys = (key: Key, count: number): Key[] => Array.from({ length: count }, (_, i) => fold(key, i));
