import { describe, expect, test } from "@jest/globals";
import {
  addRead,
  binaryErrors,
  binaryReading,
  compileSenseAmplifier,
  fold,
  NO_READS,
  ptm130,
  REFERENCE_SIZING,
  RRAM_SETS,
  readingOf,
  rootKey,
  type SenseAmplifier,
  type Sensed,
  sampleReads,
  sampleSenseAmplifier,
  sensePair,
  sky130,
  type Technology,
  ternaryErrors,
  transient,
  varyCircuit,
} from "../../../index.ts";

const amplifier = (technology: Technology, supply: number, temperature = 300.15): SenseAmplifier =>
  compileSenseAmplifier({ ...REFERENCE_SIZING, technology, corner: "tt", supply, temperature });
const sense = (a: SenseAmplifier, left: number, right: number, strobe = 500e-9, tolerance = 1e-6): Sensed => {
  const read = sensePair(a, {}, [left, right], [strobe], tolerance);
  if (!read.ok) throw new Error(read.reason);
  return read;
};

describe("crossing times of the whole amplifier with extracted capacitances", () => {
  // ngspice 39 on the same equations as B-sources, supplies at VDD from t = 0, all nodes from 0 V; right cell 100 kohm
  // (left 10 kohm) or 110 kohm (left 100 kohm). [ns]
  test.each<[string, Technology, number, number, number, number]>([
    ["ptm130 1.2 V", ptm130, 1.2, 10e3, 100e3, 0.25375],
    ["ptm130 0.8 V", ptm130, 0.8, 100e3, 110e3, 2.07032],
    ["ptm130 0.6 V", ptm130, 0.6, 10e3, 100e3, 0.44044],
    ["sky130 1.2 V", sky130, 1.2, 10e3, 100e3, 0.48697],
    ["sky130 0.8 V", sky130, 0.8, 100e3, 110e3, 9.50865],
    ["sky130 0.6 V", sky130, 0.6, 10e3, 100e3, 362.6524],
  ])("%s agree with ngspice within 1e-3", (_name, technology, supply, left, right, nanoseconds) => {
    const { decisionTime } = sense(amplifier(technology, supply), left, right);
    expect(Math.abs((decisionTime as number) / (nanoseconds * 1e-9) - 1)).toBeLessThan(1e-3);
  });
});

describe("laws", () => {
  const a = amplifier(sky130, 0.9);
  test("exchanging the cells exchanges the sign and nothing else", () => {
    const one = sense(a, 10e3, 300e3);
    const other = sense(a, 300e3, 10e3);
    expect(one.readings).toEqual([1]);
    expect(other.readings).toEqual([-1]);
    expect((one.decisionTime as number) / (other.decisionTime as number)).toBeCloseTo(1, 6);
    expect(one.senseEnergies[0] / other.senseEnergies[0]).toBeCloseTo(1, 5);
  });
  test("a higher resistance takes longer, and before it is read the pair reads 0", () => {
    const low = sense(a, 10e3, 600e3).decisionTime as number;
    const high = sense(a, 300e3, 600e3).decisionTime as number;
    expect(high).toBeGreaterThan(3 * low);
    expect(sense(a, 300e3, 600e3, high / 2).readings).toEqual([0]);
  });
  test("a slower supply is slower and cheaper", () => {
    const slow = sense(amplifier(sky130, 0.8), 10e3, 300e3);
    const fast = sense(amplifier(sky130, 1.2), 10e3, 300e3);
    expect(slow.decisionTime as number).toBeGreaterThan(3 * (fast.decisionTime as number));
    expect(slow.prechargeEnergy).toBeLessThan(fast.prechargeEnergy / 2);
  });
  test("a failed precharge gives no decision time", () => {
    const starved = sense(amplifier(sky130, 0.4), 10e3, 300e3);
    expect(starved.decisionTime).toBeNull();
  });
  test("a threshold lowered on one latch transistor favours its side", () => {
    const chip = { MNL1: { thresholdShift: -0.05, gainFactor: 1 } };
    const read = sensePair(a, chip, [300e3, 300e3], [200e-9], 1e-4);
    if (!read.ok) throw new Error(read.reason);
    expect(read.readings).toEqual([1]);
  });
  test("mismatch is drawn for all nine transistors, and scale 0 switches it off", () => {
    const chip = sampleSenseAmplifier(a.design, 1, rootKey("chip"));
    expect(Object.keys(chip)).toHaveLength(9);
    const none = sampleSenseAmplifier(a.design, 0, rootKey("chip"));
    for (const d of Object.values(none)) expect([Math.abs(d.thresholdShift), d.gainFactor]).toEqual([0, 1]);
  });
  test("stopping early, once settled, leaves less than 1 % of the sense energy out", () => {
    const strobe = 20e-9;
    const { precharge } = a.design.timing;
    const whole = transient(varyCircuit(a.circuit, { resistances: { RL: 10e3, RR: 400e3 } }), {
      stop: precharge + strobe,
      times: [],
      tolerance: 1e-6,
      energyAt: [precharge, precharge + strobe],
    });
    if (!whole.ok) throw new Error(whole.reason);
    const full = Object.values(whole.energies).reduce((sum, e) => sum + e[1] - e[0], 0);
    expect(Math.abs(sense(a, 10e3, 400e3, strobe, 1e-3).senseEnergies[0] / full - 1)).toBeLessThan(0.01);
  });
  test("stopping early, once settled, changes no outcome", () => {
    const key = rootKey("early");
    for (let i = 0; i < 20; i++) {
      const strobes = [1e-9, 3e-9, 10e-9];
      const short = sampleReads(a, RRAM_SETS.weak, 1, strobes, 1e-4, fold(key, i));
      const long = sampleReads(a, RRAM_SETS.weak, 1, [...strobes, 100e-9], 1e-4, fold(key, i));
      short.forEach(({ sensed }, s) => {
        const other = long[s].sensed;
        if (!sensed.ok || !other.ok) throw new Error("transient failed");
        expect(sensed.readings).toEqual(other.readings.slice(0, 3));
      });
    }
  });
});

describe("readings", () => {
  test("compare each output with half the supply", () => {
    expect(readingOf(0.1, 0.8, 0.45)).toBe(1);
    expect(readingOf(0.8, 0.1, 0.45)).toBe(-1);
    expect(readingOf(0.8, 0.7, 0.45)).toBe(0);
    expect(readingOf(0.1, 0.2, 0.45)).toBe("invalid");
  });
  test("a binary read keeps a sign and throws a fair coin for the rest", () => {
    const key = rootKey("coin");
    let heads = 0;
    for (let i = 0; i < 4000; i++) {
      if (binaryReading(0, fold(key, i)) === 1) heads++;
      expect(binaryReading("invalid", fold(key, i))).toBe(binaryReading(0, fold(key, i)));
      expect(binaryReading(-1, fold(key, i))).toBe(-1);
    }
    expect(Math.abs(heads - 2000)).toBeLessThan(4 * Math.sqrt(1000));
  });
  test("counts give each error type its own state's rate; an invalid read of a sign is a zero, of a zero no error", () => {
    let counts = NO_READS;
    counts = addRead(counts, 1, -1, -1);
    counts = addRead(counts, 1, 1, 1);
    counts = addRead(counts, -1, 0, 1);
    counts = addRead(counts, -1, "invalid", -1);
    counts = addRead(counts, 0, 1, 1);
    counts = addRead(counts, 0, "invalid", 1);
    expect(ternaryErrors(counts)).toEqual({ type1: 0.25, type2: 0.5, type3: 0.5 });
    expect(binaryErrors(counts)).toEqual({ type1: 0.5, type2: 0, type3: 0 });
  });
});
