import {
  type RramParams,
  type RramState,
  resistanceTemperatureFactor,
  shapedDeviation,
  totalLogSigma,
} from "#devices/index";
import type { LimitState } from "#src/montecarlo/index";
import { refuseOngoingNoise } from "./memory-cells.ts";
import type { SenseAmplifier } from "./read-pair.ts";
import { INVALID, type PairReads, sensePairs } from "./read-pairs.ts";
import { senseMismatch } from "./sense-amplifier.ts";

/** What counts as failure of one read: a +1 read as -1; a +1 read as 0 or invalid; a 0 read as +1 or -1. */
export type ReadError = "type1" | "type2" | "type3";

/** Times over the strobe that the transient goes on, to tell how far a read is from the border. */
const BEYOND = 20;

const STATES: Readonly<Record<ReadError, readonly [RramState, RramState]>> = {
  type1: ["lrs", "hrs"],
  type2: ["lrs", "hrs"],
  type3: ["hrs", "hrs"],
};

/**
 * One read as a limit state in the space of the normals it is drawn from: threshold and ln gain of each of the nine
 * transistors, then ln resistance of the left and the right cell (the three terms of their spread, which add in
 * variance). Stuck cells are left out.
 *
 * The sign of the margin is that of the outcome itself at the strobe. Its size guides searches and is 1 at the nominal
 * point: for a lost zero ln(decision time / strobe); for a wrong sign how clear the decision is (the other
 * output when the first has fallen half way, which compares the two discharges at the same depth); for a missed ±1 the
 * smaller of that and ln(strobe / decision time).
 */
export const senseLimitState = (
  amplifier: SenseAmplifier,
  rram: RramParams,
  mismatch: number,
  error: ReadError,
  strobe: number,
  tolerance: number,
): LimitState => {
  refuseOngoingNoise(rram, "limit state of a read");
  const { design } = amplifier;
  const transistors = senseMismatch(design, mismatch);
  const dimensions = 2 * transistors.length + 2;
  const [left, right] = STATES[error].map((state) => ({
    median:
      rram[state].medianResistance * resistanceTemperatureFactor(rram[state].activationEnergy, design.temperature),
    state: rram[state],
    sigma: totalLogSigma(rram, state),
  }));
  const columns = (points: Float64Array, count: number): PairReads => {
    const at = (j: number, of: (u: number) => number): Float64Array =>
      Float64Array.from({ length: count }, (_, i) => of(points[i * dimensions + j]));
    const cell = (j: number, { median, sigma, state }: typeof left): Float64Array =>
      at(j, (u) => median * Math.exp(shapedDeviation(state, sigma * u)));
    return {
      count,
      left: cell(dimensions - 2, left),
      right: cell(dimensions - 1, right),
      thresholdShifts: Object.fromEntries(transistors.map((t, k) => [t.name, at(2 * k, (u) => t.threshold * u)])),
      gainFactors: Object.fromEntries(transistors.map((t, k) => [t.name, at(2 * k + 1, (u) => Math.exp(t.gain * u))])),
    };
  };
  const strobes = [strobe, BEYOND * strobe];
  const guides = (reads: PairReads) => {
    const found = sensePairs(amplifier, reads, strobes, tolerance);
    const lost = new Set(found.failures.map((f) => f.instance));
    const logTimes = found.decisionTimes.map((t) => Math.log(Number.isNaN(t) ? BEYOND : t / strobe));
    if (error === "type3") return { found, lost, logTimes, signs: logTimes };
    // An undecided read says nothing of its sign.
    const signs = found.clearness.map((c) => (Number.isNaN(c) ? 0 : c));
    return { found, lost, logTimes, signs };
  };
  const nominal = guides(columns(new Float64Array(dimensions), 1));
  const scale = (x: number): number => (Math.abs(x) > 0 ? 1 / Math.abs(x) : 1);
  const perTime = scale(nominal.logTimes[0]);
  const perSign = scale(nominal.signs[0]);

  const margin = (logTime: number, sign: number): number => {
    if (error === "type3") return logTime * perTime;
    return error === "type1" ? sign * perSign : Math.min(sign * perSign, -logTime * perTime);
  };
  const failed = (reading: number): boolean => {
    if (error === "type1") return reading === -1;
    return error === "type2" ? reading === 0 || reading === INVALID : reading === 1 || reading === -1;
  };
  return {
    dimensions,
    margins: (points, count) => {
      const { found, lost, logTimes, signs } = guides(columns(points, count));
      return Float64Array.from({ length: count }, (_, i) => {
        // A read that no engine solves counts as failed.
        if (lost.has(i)) return Number.NaN;
        const size = margin(logTimes[i], signs[i]);
        return failed(found.readings[i * strobes.length])
          ? Math.min(size, -Number.MIN_VALUE)
          : Math.max(size, Number.EPSILON);
      });
    },
  };
};
