import {
  programPopulation,
  type RramParams,
  type RramPopulation,
  readPopulation,
  samplePopulation,
} from "#devices/index";
import { fold, type Key, normal } from "#src/random/index";
import type { SenseAmplifier } from "../sensing/read-pair.ts";
import { INVALID, sensePairs } from "../sensing/read-pairs.ts";
import { type SenseAmplifierChip, sampleSenseAmplifier, senseMismatch } from "../sensing/sense-amplifier.ts";

/** An array of 2T2R synapses with one sense amplifier a column. */
export interface ChipDesign {
  readonly amplifier: SenseAmplifier;
  readonly rram: RramParams;
  readonly rows: number;
  readonly columns: number;
  /** Multiplies the transistors' mismatch; 1 as fabricated. */
  readonly mismatch: number;
}

/**
 * An array as fabricated, frozen: each column's amplifier with its own mismatch, each synapse with its own two devices
 * and two access transistors. Synapse (row, column) is element column * rows + row.
 */
export interface Chip {
  readonly design: ChipDesign;
  readonly amplifiers: readonly SenseAmplifierChip[];
  readonly left: RramPopulation;
  readonly right: RramPopulation;
  readonly access: Key;
}

export const sampleChip = (design: ChipDesign, key: Key): Chip => {
  const { amplifier, rram, rows, columns, mismatch } = design;
  const synapses = rows * columns;
  const amplifiers = fold(key, "amplifiers");
  return {
    design,
    amplifiers: Array.from({ length: columns }, (_, c) =>
      sampleSenseAmplifier(amplifier.design, mismatch, fold(amplifiers, c)),
    ),
    left: samplePopulation(rram, synapses, fold(key, "left")),
    right: samplePopulation(rram, synapses, fold(key, "right")),
    access: fold(key, "access"),
  };
};

/** Reads solved at once: enough that lanes stay busy, few enough that columns of them stay in the cache. */
const CHUNK = 8192;

export interface ChipReadings {
  /** Reading of each synapse at each strobe, shape synapses x strobes: 1, -1, 0 or INVALID. */
  readonly readings: Int8Array;
  /** First fall of an output below half the supply after SEN starts to rise [s]; NaN where neither does in time. */
  readonly decisionTimes: Float64Array;
  /** Reads that no engine could solve. */
  readonly failed: number;
}

/**
 * Programs a weight (-1, 0, 1) into every synapse and reads each once, by a transient of its column's amplifier with the
 * synapse's own cells: no surrogate.
 *
 * @param weights Shape columns x rows.
 * @param key Of this programming and this read; the chip's own deviations are frozen in it.
 */
export const readChip = (
  chip: Chip,
  weights: Int8Array,
  strobes: readonly number[],
  tolerance: number,
  key: Key,
): ChipReadings => {
  const { design, amplifiers, left, right } = chip;
  const { amplifier, rram, rows, columns, mismatch } = design;
  const synapses = rows * columns;
  if (weights.length !== synapses)
    throw new RangeError(`chip: ${weights.length} weights; expected ${columns} columns of ${rows}, ${synapses}.`);
  const { temperature } = amplifier.design;
  const resistances = (side: "left" | "right", sign: number): Float64Array => {
    const low = Uint8Array.from(weights, (w) => (w === sign ? 1 : 0));
    const program = fold(fold(key, "program"), side);
    const programmed = programPopulation(rram, side === "left" ? left : right, low, program);
    return readPopulation(rram, programmed, temperature, fold(fold(key, "read"), side));
  };
  const resistancesLeft = resistances("left", 1);
  const resistancesRight = resistances("right", -1);
  const readings = new Int8Array(synapses * strobes.length);
  const decisionTimes = new Float64Array(synapses);
  let failed = 0;
  const transistors = senseMismatch(amplifier.design, mismatch);
  for (let from = 0; from < synapses; from += CHUNK) {
    const count = Math.min(CHUNK, synapses - from);
    const thresholdShifts: Record<string, Float64Array> = {};
    const gainFactors: Record<string, Float64Array> = {};
    for (const { name, inCell, threshold, gain } of transistors) {
      const own = fold(chip.access, name);
      const [thresholdKey, gainKey] = [fold(own, "threshold"), fold(own, "gain")];
      const column = (i: number): SenseAmplifierChip[string] => amplifiers[Math.floor((from + i) / rows)][name];
      thresholdShifts[name] = Float64Array.from({ length: count }, (_, i) =>
        inCell ? threshold * normal(thresholdKey, from + i) : column(i).thresholdShift,
      );
      gainFactors[name] = Float64Array.from({ length: count }, (_, i) =>
        inCell ? Math.exp(gain * normal(gainKey, from + i)) : column(i).gainFactor,
      );
    }
    const found = sensePairs(
      amplifier,
      {
        count,
        left: resistancesLeft.subarray(from, from + count),
        right: resistancesRight.subarray(from, from + count),
        thresholdShifts,
        gainFactors,
      },
      strobes,
      tolerance,
    );
    readings.set(found.readings, from * strobes.length);
    decisionTimes.set(found.decisionTimes, from);
    failed += found.failures.length;
  }
  return { readings, decisionTimes, failed };
};

/** A reading as a ternary network uses it: an invalid one is 0. */
export const ternaryValue = (reading: number): -1 | 0 | 1 => (reading === INVALID ? 0 : (reading as -1 | 0 | 1));
