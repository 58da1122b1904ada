import type { RramParams } from "#devices/index";
import { fold, type Key } from "#src/random/index";
import { type DieShift, onDie } from "./process-variation.ts";
import { binaryReading, type PairReading, type SenseAmplifier } from "./read-pair.ts";
import { type PairReadings, readingFrom, sensePairs, separateAmplifiers } from "./read-pairs.ts";
import { programSynapse, sampleSynapse, synapseResistances } from "./read-synapse.ts";
import { type SenseAmplifierChip, sampleSenseAmplifier } from "./sense-amplifier.ts";
import { addRead, NO_READS, type ReadCounts, WEIGHTS, type Weight } from "./sense-statistics.ts";

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
}

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
  { die, energies = false }: ReadSampleOptions = {},
): ReadSamples => {
  const { design } = amplifier;
  const count = keys.length * WEIGHTS.length;
  const left = new Float64Array(count);
  const right = new Float64Array(count);
  const chips: SenseAmplifierChip[] = [];
  keys.forEach((key, i) => {
    const own = sampleSenseAmplifier(design, mismatch, fold(key, "amplifier"));
    const chip = die ? onDie(design, die, own) : own;
    const synapse = sampleSynapse(rram, fold(key, "cells"));
    WEIGHTS.forEach((weight, w) => {
      const state = fold(key, `weight ${weight}`);
      const programmed = programSynapse(rram, synapse, weight, fold(state, "program"));
      const at = i * WEIGHTS.length + w;
      [left[at], right[at]] = synapseResistances(rram, programmed, design.temperature, fold(state, "read"));
      chips.push(chip);
    });
  });
  const found = sensePairs(
    amplifier,
    { count, left, right, ...separateAmplifiers(chips) },
    strobes,
    tolerance,
    energies,
  );
  const lost = new Set(found.failures.map((f) => f.instance));
  const reads = Array.from({ length: count }, (_, at): SampledRead => {
    const sample = Math.floor(at / WEIGHTS.length);
    const weight = WEIGHTS[at % WEIGHTS.length];
    const coins = fold(fold(keys[sample], `weight ${weight}`), "coin");
    const readings = strobes.map((_strobe, s) => readingFrom(found.readings[at * strobes.length + s]));
    return {
      sample,
      weight,
      at,
      failed: lost.has(at),
      readings,
      binary: readings.map((reading, s) => binaryReading(reading, fold(coins, `${strobes[s]}`))),
    };
  });
  return { found, reads, failed: lost.size };
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
