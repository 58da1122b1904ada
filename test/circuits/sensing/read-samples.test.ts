import { describe, expect, test } from "@jest/globals";
import {
  addRead,
  CORNER_SIGMAS,
  compileSenseAmplifier,
  countSamples,
  dieSigmas,
  fold,
  NO_READS,
  onDie,
  REFERENCE_SIZING,
  RRAM_SETS,
  readSamples,
  replicaStrobe,
  rootKey,
  sampleDie,
  sampleKeys,
  sampleReads,
  sampleSenseAmplifier,
  sensePairs,
  sky130,
} from "../../../index.ts";

const at = (supply: number, bitLine = 20e-15, temperature = 300.15) =>
  compileSenseAmplifier({
    ...REFERENCE_SIZING,
    technology: sky130,
    corner: "tt",
    supply,
    temperature,
    capacitances: { ...REFERENCE_SIZING.capacitances, bitLine },
  });
const key = rootKey("read samples");

describe("samples in the batch engine", () => {
  test("are those of the scalar engine, sample by sample, up to a tie", () => {
    const amplifier = at(0.9);
    const strobes = [1.5e-9, 5e-9];
    const samples = readSamples(amplifier, RRAM_SETS.weak, 1, strobes, 2e-4, sampleKeys(key, 40), { energies: true });
    const counts = countSamples(samples, 2);
    expect([samples.reads.length, samples.failed]).toEqual([120, 0]);
    let energy = 0;
    const scalar = strobes.map(() => NO_READS);
    for (let i = 0; i < 40; i++)
      for (const { weight, sensed, binary } of sampleReads(amplifier, RRAM_SETS.weak, 1, strobes, 1e-4, fold(key, i))) {
        if (!sensed.ok) throw new Error(sensed.reason);
        energy += sensed.prechargeEnergy + sensed.senseEnergies[1];
        sensed.readings.forEach((r, s) => {
          scalar[s] = addRead(scalar[s], weight, r, binary[s]);
        });
      }
    const { prechargeEnergies, senseEnergies } = samples.found;
    const total =
      prechargeEnergies.reduce((a, b) => a + b, 0) + senseEnergies.reduce((a, e, i) => a + (i % 2 === 1 ? e : 0), 0);
    expect(Math.abs(total / energy - 1)).toBeLessThan(0.005);
    expect(scalar[0].signed.zero).toBeGreaterThan(2);
    expect(scalar[1].zero.signed).toBeGreaterThan(2);
    counts.forEach((c, s) => {
      expect(c.signed.of).toBe(80);
      expect(Math.abs(c.signed.zero - scalar[s].signed.zero)).toBeLessThanOrEqual(1);
      expect(Math.abs(c.zero.signed - scalar[s].zero.signed)).toBeLessThanOrEqual(1);
      expect(c.signed.wrongSign).toBe(scalar[s].signed.wrongSign);
    });
  });
  test("tell where the precharge failed", () => {
    const unprecharged = (supply: number): number =>
      readSamples(at(supply), RRAM_SETS.reference, 0, [3e-9], 1e-3, sampleKeys(key, 3)).found.unprecharged.reduce(
        (a, b) => a + b,
        0,
      );
    expect(unprecharged(0.9)).toBe(0);
    expect(unprecharged(0.4)).toBe(9);
  });
  test("see no sign in outputs that were low before, however long they show one", () => {
    // In the cold at 0.55 V no output is lifted to half the supply in 50 ns; a fifth show a sign all the same in the end.
    const strobes = [3e-9, 30e-9, 200e-9];
    const amplifier = at(0.55, 20e-15, 233.15);
    const { found, reads } = readSamples(amplifier, RRAM_SETS.weak, 3, strobes, 1e-3, sampleKeys(key, 50));
    expect(found.unprecharged.every((failed) => failed === 1)).toBe(true);
    for (const read of reads) expect(read.readings).toEqual(["invalid", "invalid", "invalid"]);
    for (const { sensed } of sampleReads(amplifier, RRAM_SETS.weak, 3, strobes, 1e-3, sampleKeys(key, 1)[0]))
      expect(sensed.ok && sensed.readings).toEqual(["invalid", "invalid", "invalid"]);
  });
});

describe("how clear a decision is", () => {
  test("falls from near 1 to 0 as the cells become equal, negative where the right side falls first", () => {
    const right = [200e3, 40e3, 12e3, 9.5e3, 4e3, 1e3];
    const none = { thresholdShifts: {}, gainFactors: {} };
    const { clearness, decisionTimes } = sensePairs(
      at(0.9),
      { count: right.length, left: right.map(() => 10e3), right, ...none },
      [20e-9],
      2e-4,
    );
    expect(clearness[0]).toBeGreaterThan(0.8);
    for (let i = 1; i < right.length - 1; i++) expect(clearness[i]).toBeLessThan(clearness[i - 1]);
    expect(clearness[2]).toBeGreaterThan(0);
    expect(clearness[3]).toBeLessThan(0.3);
    expect(clearness[5]).toBeLessThan(-0.6);
    expect([...decisionTimes].every((t) => t > 0)).toBe(true);
  });
});

describe("variation of a die", () => {
  test("shifts all transistors of a kind together and leaves their mismatch", () => {
    const { design } = at(0.9);
    const chip = sampleSenseAmplifier(design, 1, key);
    const shifted = onDie(design, { nmos: 0.05, pmos: -0.02 }, chip);
    for (const name of ["MNL1", "MNL2", "MA1", "MF"])
      expect(shifted[name].thresholdShift - chip[name].thresholdShift).toBeCloseTo(0.05, 12);
    for (const name of ["MPC1", "MPL2"])
      expect(shifted[name].thresholdShift - chip[name].thresholdShift).toBeCloseTo(-0.02, 12);
    expect(shifted["MNL1"].gainFactor).toBe(chip["MNL1"].gainFactor);
  });
  test("is a third of the way to a corner at one sigma, the two kinds apart", () => {
    const { design } = at(0.9);
    const sigma = dieSigmas(design);
    const slow = sky130.transistors("ss", "latchN").byWidth.find(([w]) => Math.abs(w - 0.84e-6) < 1e-9)?.[1] as number;
    const fast = sky130.transistors("ff", "latchN").byWidth.find(([w]) => Math.abs(w - 0.84e-6) < 1e-9)?.[1] as number;
    expect(sigma.nmos).toBeCloseTo((slow - fast) / 2 / CORNER_SIGMAS, 12);
    const dies = Array.from({ length: 2000 }, (_, i) => sampleDie(design, 1, fold(key, i)));
    const rms = Math.sqrt(dies.reduce((sum, d) => sum + d.nmos ** 2, 0) / dies.length);
    expect(Math.abs(rms / sigma.nmos - 1)).toBeLessThan(0.07);
    const correlation = dies.reduce((sum, d) => sum + d.nmos * d.pmos, 0) / dies.length / sigma.nmos / sigma.pmos;
    expect(Math.abs(correlation)).toBeLessThan(0.08);
    expect(sampleDie(design, 0, key)).toEqual({ nmos: 0, pmos: 0 });
  });
});

describe("a replica column", () => {
  const none = { nmos: 0, pmos: 0 };
  const strobe = (amplifier: ReturnType<typeof at>, resistance = 40e3, die = none): number =>
    replicaStrobe(amplifier, {}, die, resistance, 1e-6, 2e-4) as number;
  test("follows bit-line capacitance, supply, resistance and the die's thresholds", () => {
    const nominal = strobe(at(0.9));
    expect(strobe(at(0.9, 100e-15))).toBeGreaterThan(2 * nominal);
    expect(strobe(at(1.2))).toBeLessThan(nominal);
    expect(strobe(at(0.9), 80e3)).toBeGreaterThan(1.3 * nominal);
    expect(strobe(at(0.9), 40e3, { nmos: 0.05, pmos: 0 })).toBeGreaterThan(1.2 * nominal);
  });
  test("gives none where it does not decide in time, or was not precharged", () => {
    expect(replicaStrobe(at(0.9), {}, none, 40e3, 0.5e-9, 1e-3)).toBeNull();
    expect(replicaStrobe(at(0.4), {}, none, 40e3, 1e-6, 1e-3)).toBeNull();
  });
});

describe("a rippling supply", () => {
  const rippled = (amplitude: number) =>
    compileSenseAmplifier({ ...at(0.9).design, ripple: { amplitude, frequency: 400e6 } });
  test("is read by the batch engine as by the scalar one", () => {
    const amplifier = rippled(0.08);
    const counts = countSamples(readSamples(amplifier, RRAM_SETS.weak, 1, [2e-9], 2e-4, sampleKeys(key, 12)), 1);
    let zeros = 0;
    for (let i = 0; i < 12; i++)
      for (const { weight, sensed } of sampleReads(amplifier, RRAM_SETS.weak, 1, [2e-9], 1e-4, fold(key, i)))
        if (sensed.ok && weight !== 0 && sensed.readings[0] === 0) zeros++;
    expect(Math.abs(counts[0].signed.zero - zeros)).toBeLessThanOrEqual(1);
  });
  test("moves the decision, and without amplitude leaves every bit as it was", () => {
    const time = (amplifier: ReturnType<typeof at>) =>
      replicaStrobe(amplifier, {}, { nmos: 0, pmos: 0 }, 40e3, 1e-7, 2e-4) as number;
    expect(time(rippled(0))).toBe(time(at(0.9)));
    expect(Math.abs(time(rippled(0.08)) / time(at(0.9)) - 1)).toBeGreaterThan(0.02);
  });
});
