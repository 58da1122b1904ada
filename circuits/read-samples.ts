import type { RramParams } from "#devices/index";
import { fold, type Key } from "#src/random/index";
import { type DieShift, onDie } from "./process-variation.ts";
import { binaryReading, type SenseAmplifier } from "./read-pair.ts";
import { readingFrom, sensePairs, separateAmplifiers } from "./read-pairs.ts";
import { programSynapse, sampleSynapse, synapseResistances } from "./read-synapse.ts";
import { type SenseAmplifierChip, sampleSenseAmplifier } from "./sense-amplifier.ts";
import { addRead, NO_READS, type ReadCounts, WEIGHTS } from "./sense-statistics.ts";

export interface ReadSamples {
  /** What each strobe counts. */
  readonly counts: readonly ReadCounts[];
  /** Reads whose outputs were not precharged when SEN rose. */
  readonly unprecharged: number;
  /** Reads that no engine could solve. */
  readonly failed: number;
  readonly reads: number;
}

const NO_SHIFT: DieShift = { nmos: 0, pmos: 0 };

/**
 * Monte Carlo samples in the batch engine: sample i is `sampleReads` of `fold(key, i)`, an amplifier and a pair of cells
 * as fabricated, programmed to each weight in turn and read. Without the energies, which the scalar engine gives.
 *
 * @param mismatch Multiplies the transistors' local mismatch; 1 as fabricated, 0 none.
 * @param die Shift of all transistors of the die that the samples are on.
 */
export const readSamples = (
  amplifier: SenseAmplifier,
  rram: RramParams,
  mismatch: number,
  strobes: readonly number[],
  tolerance: number,
  samples: number,
  key: Key,
  die: DieShift = NO_SHIFT,
): ReadSamples => {
  const { design } = amplifier;
  const reads = samples * WEIGHTS.length;
  const left = new Float64Array(reads);
  const right = new Float64Array(reads);
  const chips: SenseAmplifierChip[] = [];
  for (let i = 0; i < samples; i++) {
    const own = fold(key, i);
    const chip = onDie(design, die, sampleSenseAmplifier(design, mismatch, fold(own, "amplifier")));
    const synapse = sampleSynapse(rram, fold(own, "cells"));
    WEIGHTS.forEach((weight, w) => {
      const state = fold(own, `weight ${weight}`);
      const programmed = programSynapse(rram, synapse, weight, fold(state, "program"));
      const at = i * WEIGHTS.length + w;
      [left[at], right[at]] = synapseResistances(rram, programmed, design.temperature, fold(state, "read"));
      chips.push(chip);
    });
  }
  const found = sensePairs(amplifier, { count: reads, left, right, ...separateAmplifiers(chips) }, strobes, tolerance);
  const lost = new Set(found.failures.map((f) => f.instance));
  const counts = strobes.map((strobe, s) => {
    let sum = NO_READS;
    for (let at = 0; at < reads; at++) {
      if (lost.has(at)) continue;
      const weight = WEIGHTS[at % WEIGHTS.length];
      const reading = readingFrom(found.readings[at * strobes.length + s]);
      const coin = fold(
        fold(fold(fold(key, Math.floor(at / WEIGHTS.length)), `weight ${weight}`), "coin"),
        `${strobe}`,
      );
      sum = addRead(sum, weight, reading, binaryReading(reading, coin));
    }
    return sum;
  });
  let unprecharged = 0;
  for (const is of found.unprecharged) unprecharged += is;
  return { counts, unprecharged, failed: lost.size, reads };
};
