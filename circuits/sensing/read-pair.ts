import { bernoulli, type Key } from "#src/random/index";
import { type Circuit, compileCircuit, varyCircuit } from "../analyses/circuit.ts";
import { transient } from "../analyses/transient.ts";
import type { TransientFailure } from "../analyses/transient-contract.ts";
import { type SenseAmplifierChip, type SenseAmplifierDesign, senseNetlist } from "./sense-amplifier.ts";

/** A sense amplifier ready to read: its design with the compiled circuit, whose cell resistances each read replaces. */
export interface SenseAmplifier {
  readonly design: SenseAmplifierDesign;
  readonly circuit: Circuit;
}

export const compileSenseAmplifier = (design: SenseAmplifierDesign): SenseAmplifier => ({
  design,
  circuit: compileCircuit(senseNetlist(design, [1e4, 1e5])),
});

/**
 * What the outputs say at a strobe, each compared with half the supply: +1 for Q low and Qb high (left cell of lower
 * resistance), -1 for the opposite, 0 for both high (neither side has discharged), `invalid` for both low.
 */
export type PairReading = 1 | -1 | 0 | "invalid";

export const readingOf = (q: number, qb: number, threshold: number): PairReading => {
  if (q >= threshold) return qb >= threshold ? 0 : -1;
  return qb >= threshold ? 1 : "invalid";
};

/** A binary read is what Q holds at the end of the sense window: unresolved or invalid outputs are a fair coin, number `index` of `key`. */
export const binaryReading = (reading: PairReading, key: Key, index = 0): 1 | -1 => {
  if (reading === 1 || reading === -1) return reading;
  return bernoulli(key, 0.5, index) ? 1 : -1;
};

/** Share of the supply that both outputs must have reached when SEN rises. */
export const PRECHARGED = 0.9;

export interface Sensed {
  readonly ok: true;
  /** What each strobe sees. */
  readonly readings: readonly PairReading[];
  /**
   * First fall of Q or Qb below half the supply after SEN starts to rise [s]; null where neither does in time, or where the
   * precharge had failed: what follows is no decision.
   */
  readonly decisionTime: number | null;
  /** Energy from the supply alone during precharge [J]; a first read, all nodes from 0 V. */
  readonly prechargeEnergy: number;
  /** Energy from all sources (supply, SEN and word-line drivers) from the start of SEN's edge to each strobe [J]. */
  readonly senseEnergies: Float64Array;
}

/**
 * Reads a pair of cells once by a transient of the whole circuit.
 *
 * @param resistances Low-field resistance of the left and the right cell [ohm].
 * @param strobes Times after the start of SEN's edge at which the outputs are looked at [s], ascending.
 * @param tolerance Of the transient [V]; at 1e-3, 95 % of crossing times are within 0.2 % (bench/sense-accuracy.mjs).
 */
export const sensePair = (
  amplifier: SenseAmplifier,
  chip: SenseAmplifierChip,
  resistances: readonly [number, number],
  strobes: readonly number[],
  tolerance: number,
): Sensed | TransientFailure => {
  const { design } = amplifier;
  const start = design.timing.precharge;
  const last = strobes[strobes.length - 1];
  const circuit = varyCircuit(amplifier.circuit, {
    resistances: { RL: resistances[0], RR: resistances[1] },
    deviations: chip,
  });
  const threshold = design.supply / 2;
  const times = [start, ...strobes.map((t) => start + t)];
  const result = transient(circuit, {
    stop: start + Math.max(last, 2 * design.timing.edge),
    times,
    tolerance,
    crossings: { nodes: ["q", "qb"], threshold, after: start },
    pairs: [
      ["q", "qb"],
      ["bl", "blb"],
    ],
    energyAt: times,
  });
  if (!result.ok) return result;
  const { q, qb } = result.crossings;
  const energies = Object.values(result.energies);
  const total = (i: number): number => energies.reduce((sum, e) => sum + e[i], 0);
  const decided = Math.min(q ?? Number.POSITIVE_INFINITY, qb ?? Number.POSITIVE_INFINITY);
  const least = Math.min(result.voltages["q"][0], result.voltages["qb"][0]);
  const precharged = least >= PRECHARGED * design.supply;
  return {
    ok: true,
    // An output that was never high says nothing by being low.
    readings: strobes.map((_, i) =>
      least < threshold ? "invalid" : readingOf(result.voltages["q"][i + 1], result.voltages["qb"][i + 1], threshold),
    ),
    decisionTime: precharged && decided < Number.POSITIVE_INFINITY ? decided : null,
    prechargeEnergy: result.energies["VDD"][0],
    senseEnergies: Float64Array.from(strobes, (_, i) => total(i + 1) - total(0)),
  };
};
