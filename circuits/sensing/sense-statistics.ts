import type { CellAge, RramParams } from "#devices/index";
import type { WeightErrors } from "#src/networks/index";
import { fold, type Key } from "#src/random/index";
import type { TransientFailure } from "../analyses/transient-contract.ts";
import { binaryReading, type PairReading, type SenseAmplifier, type Sensed, sensePair } from "./read-pair.ts";
import { programSynapse, sampleSynapse, synapseResistances } from "./read-synapse.ts";
import { type SenseAmplifierDesign, sampleSenseAmplifier } from "./sense-amplifier.ts";

export const WEIGHTS = [1, -1, 0] as const;
export type Weight = (typeof WEIGHTS)[number];

export interface ReadSample {
  readonly weight: Weight;
  readonly sensed: Sensed | TransientFailure;
  /** What a binary read makes of each strobe's outputs, its coin thrown where they are undecided. */
  readonly binary: readonly (1 | -1)[];
}

/** When cells are read: what they have been through since programming, and which of several reads of them it is. */
export interface ReadMoment {
  readonly age: CellAge;
  readonly occasion: number;
}

/**
 * An amplifier and a pair of cells as fabricated, and the cells' resistances programmed to each weight in turn. Another moment is another
 * read of the same cells, with noise of its own.
 */
export const drawSample = (
  design: SenseAmplifierDesign,
  rram: RramParams,
  mismatch: number,
  key: Key,
  moment: ReadMoment | null = null,
) => {
  const synapse = sampleSynapse(rram, fold(key, "cells"));
  const ofMoment = (access: Key): Key => (moment && moment.occasion > 0 ? fold(access, moment.occasion) : access);
  return {
    chip: sampleSenseAmplifier(design, mismatch, fold(key, "amplifier")),
    states: WEIGHTS.map((weight) => {
      const state = fold(key, `weight ${weight}`);
      const programmed = programSynapse(rram, synapse, weight, fold(state, "program"));
      return {
        weight,
        resistances: synapseResistances(
          rram,
          programmed,
          design.temperature,
          ofMoment(fold(state, "read")),
          moment?.age ?? null,
        ),
        coins: ofMoment(fold(state, "coin")),
      };
    }),
  };
};

/** What binary reads make of the outputs at each strobe, a coin of its own for each that is undecided. */
export const binaryReadings = (
  readings: readonly PairReading[],
  strobes: readonly number[],
  coins: Key,
): readonly (1 | -1)[] => readings.map((reading, i) => binaryReading(reading, fold(coins, `${strobes[i]}`)));

/**
 * One Monte Carlo sample: an amplifier and a pair of cells as fabricated, programmed to each weight in turn and read.
 *
 * @param mismatch Multiplies the transistors' mismatch; 1 as fabricated, 0 none.
 */
export const sampleReads = (
  amplifier: SenseAmplifier,
  rram: RramParams,
  mismatch: number,
  strobes: readonly number[],
  tolerance: number,
  key: Key,
): readonly [plus: ReadSample, minus: ReadSample, zero: ReadSample] => {
  const { chip, states } = drawSample(amplifier.design, rram, mismatch, key);
  const [plus, minus, zero] = states.map(({ weight, resistances, coins }): ReadSample => {
    const sensed = sensePair(amplifier, chip, resistances, strobes, tolerance);
    return { weight, sensed, binary: sensed.ok ? binaryReadings(sensed.readings, strobes, coins) : [] };
  });
  return [plus, minus, zero];
};

/** How often each stored state was read as what, at one strobe. */
export interface ReadCounts {
  /** Reads of +1 and -1 together. */
  readonly signed: {
    readonly of: number;
    readonly wrongSign: number;
    readonly zero: number;
    readonly invalid: number;
    readonly binaryFlipped: number;
  };
  /** Reads of 0. */
  readonly zero: { readonly of: number; readonly signed: number; readonly invalid: number };
}

export const NO_READS: ReadCounts = {
  signed: { of: 0, wrongSign: 0, zero: 0, invalid: 0, binaryFlipped: 0 },
  zero: { of: 0, signed: 0, invalid: 0 },
};

/** The counts with one more read of a stored weight. */
export const addRead = (counts: ReadCounts, weight: Weight, reading: PairReading, binary: 1 | -1): ReadCounts => {
  const { signed, zero } = counts;
  const one = (is: boolean): number => (is ? 1 : 0);
  if (weight === 0)
    return {
      signed,
      zero: {
        of: zero.of + 1,
        signed: zero.signed + one(reading === 1 || reading === -1),
        invalid: zero.invalid + one(reading === "invalid"),
      },
    };
  return {
    signed: {
      of: signed.of + 1,
      wrongSign: signed.wrongSign + one(reading === -weight),
      zero: signed.zero + one(reading === 0),
      invalid: signed.invalid + one(reading === "invalid"),
      binaryFlipped: signed.binaryFlipped + one(binary !== weight),
    },
    zero,
  };
};

/** The error rates that counts give a ternary network (an invalid read is used as 0) and a binary one. */
export const ternaryErrors = ({ signed, zero }: ReadCounts): WeightErrors => ({
  type1: signed.wrongSign / signed.of,
  type2: (signed.zero + signed.invalid) / signed.of,
  type3: zero.signed / zero.of,
});

export const binaryErrors = ({ signed }: ReadCounts): WeightErrors => ({
  type1: signed.binaryFlipped / signed.of,
  type2: 0,
  type3: 0,
});
