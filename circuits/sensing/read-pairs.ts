import type { TransientFailure } from "../analyses/transient-contract.ts";
import type { BatchVariations, Column } from "../batch/batch-contract.ts";
import { transientBatch } from "../batch/transient-batch.ts";
import { type PairReading, PRECHARGED, readingOf, type SenseAmplifier } from "./read-pair.ts";
import type { SenseAmplifierChip } from "./sense-amplifier.ts";

/** Reads of many pairs of cells, each instance with resistances and an amplifier of its own, or one amplifier for all. */
export interface PairReads {
  readonly count: number;
  /** Low-field resistances of the left and the right cells [ohm], `count` long. */
  readonly left: Column;
  readonly right: Column;
  /** Mismatch by transistor: columns `count` long, or of one value for all. */
  readonly thresholdShifts: Readonly<Record<string, Column>>;
  readonly gainFactors: Readonly<Record<string, Column>>;
}

/** An invalid reading (both outputs low) in `PairReadings.readings`, which holds signs and zeros as they are. */
export const INVALID = 2;

export interface PairReadings {
  readonly count: number;
  /** What each strobe sees, shape count x strobes: 1, -1, 0 or INVALID (both outputs low, or one that was low when SEN rose). */
  readonly readings: Int8Array;
  /**
   * First fall of an output below half the supply after SEN starts to rise [s]; NaN where neither does in time, or where
   * the precharge had failed.
   */
  readonly decisionTimes: Float64Array;
  /**
   * The other output above half the supply when the first one falls below it, over half the supply, negative where the
   * right side falls first: how clear the decision is. It goes through 0 where the sign changes; NaN without decision.
   */
  readonly clearness: Float64Array;
  /** 1 where an output was below PRECHARGED of the supply when SEN rose: what follows is no decision time. */
  readonly unprecharged: Uint8Array;
  /** Energy from the supply alone during precharge [J]; a first read, all nodes from 0 V. Empty where not asked for. */
  readonly prechargeEnergies: Float64Array;
  /**
   * Energy from all sources (supply, SEN and word-line drivers) from the start of SEN's edge to each strobe [J], shape count
   * x strobes. Empty where not asked for.
   */
  readonly senseEnergies: Float64Array;
  /** Instances that no engine could solve; their readings are INVALID. */
  readonly failures: readonly (TransientFailure & { readonly instance: number })[];
  /** Steps tried over all instances. */
  readonly attempts: number;
}

/** Share of the supply within which both outputs must be of their rails for a decision to be final. */
const DECIDED = 0.1;

export const readingFrom = (code: number): PairReading => (code === INVALID ? "invalid" : (code as 1 | -1 | 0));

/** The columns of one amplifier that serves every read. */
export const sharedAmplifier = (chip: SenseAmplifierChip): Pick<PairReads, "thresholdShifts" | "gainFactors"> => ({
  thresholdShifts: Object.fromEntries(Object.entries(chip).map(([name, d]) => [name, [d.thresholdShift]])),
  gainFactors: Object.fromEntries(Object.entries(chip).map(([name, d]) => [name, [d.gainFactor]])),
});

/** The columns of amplifiers of which each serves one read. */
export const separateAmplifiers = (
  chips: readonly SenseAmplifierChip[],
): Pick<PairReads, "thresholdShifts" | "gainFactors"> => {
  const columns = (of: "thresholdShift" | "gainFactor"): Record<string, Float64Array> =>
    Object.fromEntries(
      Object.keys(chips[0] ?? {}).map((name) => [name, Float64Array.from(chips, (chip) => chip[name][of])]),
    );
  return { thresholdShifts: columns("thresholdShift"), gainFactors: columns("gainFactor") };
};

/**
 * Reads pairs of cells by transients of the whole amplifier in the batch engine.
 *
 * @param strobes Times after the start of SEN's edge at which the outputs are looked at [s], ascending.
 * @param tolerance Of the transients [V]: at 1e-3, 99 % of crossing times are within 0.1 % (docs/transient-batch.md).
 * @param withEnergies Whether energies are integrated too; reads then go on to the last strobe.
 */
export const sensePairs = (
  amplifier: SenseAmplifier,
  reads: PairReads,
  strobes: readonly number[],
  tolerance: number,
  withEnergies = false,
): PairReadings => {
  const { design, circuit } = amplifier;
  const { precharge, edge } = design.timing;
  const { count, thresholdShifts, gainFactors } = reads;
  const variations: BatchVariations = {
    count,
    resistances: { RL: reads.left, RR: reads.right },
    thresholdShifts,
    gainFactors,
  };
  const threshold = design.supply / 2;
  const batch = transientBatch(circuit, variations, {
    stop: precharge + Math.max(strobes[strobes.length - 1], 2 * edge),
    tolerance,
    nodes: ["q", "qb"],
    times: [precharge, ...strobes.map((t) => precharge + t)],
    crossings: { threshold: [threshold], after: precharge },
    pairs: [
      ["q", "qb"],
      ["bl", "blb"],
    ],
    // A read that is decided holds; what it still draws, through cells and what leaks, is energy all the same.
    ...(withEnergies
      ? { energies: true }
      : {
          settled: {
            nodes: ["q", "qb"],
            after: precharge + edge,
            low: [DECIDED * design.supply],
            high: [(1 - DECIDED) * design.supply],
          },
        }),
  });
  const { q, qb } = batch.voltages;
  const width = strobes.length + 1;
  const readings = new Int8Array(count * strobes.length);
  const decisionTimes = new Float64Array(count);
  const clearness = new Float64Array(count);
  const unprecharged = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const start = i * width;
    const precharged = Math.min(q[start], qb[start]);
    unprecharged[i] = precharged < PRECHARGED * design.supply ? 1 : 0;
    for (let s = 0; s < strobes.length; s++) {
      // An output that was never high says nothing by being low: no read, whatever sign it shows.
      const reading = precharged < threshold ? "invalid" : readingOf(q[start + 1 + s], qb[start + 1 + s], threshold);
      readings[i * strobes.length + s] = reading === "invalid" ? INVALID : reading;
    }
    const left = batch.crossings["q"][i];
    const right = batch.crossings["qb"][i];
    const leftFirst = !(right < left) && !Number.isNaN(left);
    const decided = unprecharged[i] === 0 && !(Number.isNaN(left) && Number.isNaN(right));
    decisionTimes[i] = decided ? (leftFirst ? left : right) : Number.NaN;
    const other = leftFirst ? batch.atCrossings["q"][2 * i + 1] : batch.atCrossings["qb"][2 * i];
    clearness[i] = decided ? ((leftFirst ? 1 : -1) * (other - threshold)) / threshold : Number.NaN;
  }
  const prechargeEnergies = new Float64Array(withEnergies ? count : 0);
  const senseEnergies = new Float64Array(withEnergies ? readings.length : 0);
  if (withEnergies) {
    const sources = Object.values(batch.energies);
    const total = (at: number): number => sources.reduce((sum, e) => sum + e[at], 0);
    for (let i = 0; i < count; i++) {
      prechargeEnergies[i] = batch.energies["VDD"][i * width];
      for (let s = 0; s < strobes.length; s++)
        senseEnergies[i * strobes.length + s] = total(i * width + 1 + s) - total(i * width);
    }
  }
  return {
    count,
    prechargeEnergies,
    senseEnergies,
    readings,
    decisionTimes,
    clearness,
    unprecharged,
    failures: batch.failures,
    attempts: batch.attempts,
  };
};
