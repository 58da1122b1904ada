import { describe, expect, test } from "@jest/globals";
import { programPopulation, readPopulation } from "#devices/index";
import {
  type Chip,
  compileSenseAmplifier,
  fold,
  INVALID,
  normal,
  REFERENCE_SIZING,
  RRAM_SETS,
  type RramParams,
  readChip,
  readingFrom,
  readWeights,
  rootKey,
  sampleChip,
  senseMismatch,
  sensePair,
  sky130,
  ternaryErrors,
  weightsAtRate,
} from "../../../index.ts";

const amplifier = compileSenseAmplifier({
  ...REFERENCE_SIZING,
  technology: sky130,
  corner: "tt",
  supply: 0.9,
  temperature: 300.15,
});
const key = rootKey("chip test");
const without: RramParams = {
  ...RRAM_SETS.reference,
  lrs: { ...RRAM_SETS.reference.lrs, spread: { deviceToDevice: 0, cycleToCycle: 0, readToRead: 0 } },
  hrs: { ...RRAM_SETS.reference.hrs, spread: { deviceToDevice: 0, cycleToCycle: 0, readToRead: 0 } },
};
const weightsOf = (count: number): Int8Array => Int8Array.from({ length: count }, (_, i) => ((i * 7) % 3) - 1);

describe("a whole chip", () => {
  const rows = 20;
  const columns = 6;
  const weights = weightsOf(rows * columns);
  const chip = sampleChip({ amplifier, rram: RRAM_SETS.weak, rows, columns, mismatch: 1 }, key);
  const strobes = [2e-9, 5e-9];
  const read = (c: Chip, w = weights) => readChip(c, w, strobes, 1e-3, fold(key, "use"));

  test("reads every synapse as the scalar engine does, with its own cells and its column's amplifier", () => {
    const { readings, failed } = read(chip);
    expect(failed).toBe(0);
    const use = fold(key, "use");
    const resistances = (side: "left" | "right", sign: number): Float64Array => {
      const low = Uint8Array.from(weights, (w) => (w === sign ? 1 : 0));
      const programmed = programPopulation(RRAM_SETS.weak, chip[side], low, fold(fold(use, "program"), side));
      return readPopulation(RRAM_SETS.weak, programmed, 300.15, fold(fold(use, "read"), side));
    };
    const [left, right] = [resistances("left", 1), resistances("right", -1)];
    const cell = senseMismatch(amplifier.design, 1).filter((t) => t.inCell);
    expect(cell.map((t) => t.name)).toEqual(["MA1", "MA2"]);
    let same = 0;
    for (let i = 0; i < weights.length; i++) {
      const access = Object.fromEntries(
        cell.map(({ name, threshold, gain }) => [
          name,
          {
            thresholdShift: threshold * normal(fold(fold(chip.access, name), "threshold"), i),
            gainFactor: Math.exp(gain * normal(fold(fold(chip.access, name), "gain"), i)),
          },
        ]),
      );
      const single = sensePair(
        amplifier,
        { ...chip.amplifiers[Math.floor(i / rows)], ...access },
        [left[i], right[i]],
        strobes,
        1e-4,
      );
      if (!single.ok) throw new Error(single.reason);
      strobes.forEach((_, s) => {
        if (readingFrom(readings[i * strobes.length + s]) === single.readings[s]) same++;
      });
    }
    // A crossing within 1e-3 of a strobe may fall on either side.
    expect(same).toBeGreaterThanOrEqual(weights.length * strobes.length - 1);
  });
  test("gives the same readings for the same key, others for another", () => {
    expect(read(chip).readings).toEqual(read(chip).readings);
    const other = readChip(chip, weights, strobes, 1e-3, fold(key, "another use"));
    expect(other.readings).not.toEqual(read(chip).readings);
  });
  test("without any spread every weight is read as stored", () => {
    const perfect = sampleChip({ amplifier, rram: without, rows, columns, mismatch: 0 }, key);
    const { readings } = readChip(perfect, weights, [3e-9], 1e-3, key);
    expect([...readings]).toEqual([...weights]);
  });
  test("an amplifier with an offset errs in its own column only", () => {
    const perfect = sampleChip({ amplifier, rram: without, rows, columns, mismatch: 0 }, key);
    // The left latch transistor so strong that the left side always falls first.
    const biased = { ...perfect.amplifiers[2], MNL1: { thresholdShift: -0.3, gainFactor: 4 } };
    const amplifiers = perfect.amplifiers.map((a, c) => (c === 2 ? biased : a));
    const { readings } = readChip({ ...perfect, amplifiers }, weights, [8e-9], 1e-3, key);
    const wrong = [...readings].flatMap((r, i) => (r === weights[i] ? [] : [Math.floor(i / rows)]));
    expect(wrong.length).toBeGreaterThan(5);
    expect(new Set(wrong)).toEqual(new Set([2]));
  });
  test("refuses weights that do not fill it", () => {
    expect(() => read(chip, new Int8Array(7))).toThrow(/7 weights; expected 6 columns of 20, 120/);
  });
});

describe("a layer on a chip", () => {
  const layer = { inputs: 12, outputs: 5, values: weightsOf(60) };
  const design = { amplifier, rram: without, mismatch: 0 };
  test.each(["output", "input"] as const)("comes back in its own order, a column per %s", (columns) => {
    const read = readWeights(design, layer, columns, [3e-9, 1e-6], 1e-3, key);
    expect([...read.ternary[0].values]).toEqual([...layer.values]);
    expect(ternaryErrors(read.counts[0])).toEqual({ type1: 0, type2: 0, type3: 0 });
    // Long after, equal cells have decided one way or the other, or not: signs are kept.
    layer.values.forEach((w, i) => {
      if (w !== 0) expect(read.binary[1].values[i]).toBe(w);
      expect(Math.abs(read.binary[0].values[i])).toBe(1);
    });
  });
  test.each(["output", "input"] as const)("lets the weights of one %s share an amplifier", (columns) => {
    // Before all amplifiers have decided, cells without spread: what is undecided is decided by the amplifier.
    const square = { inputs: 24, outputs: 24, values: new Int8Array(576).fill(1) };
    const [read] = readWeights(
      { amplifier, rram: without, mismatch: 1 },
      square,
      columns,
      [1.13e-9],
      1e-3,
      key,
    ).ternary;
    const spread = (of: (i: number) => number): number => {
      const sums = new Float64Array(24);
      read.values.forEach((v, i) => {
        sums[of(i)] += v;
      });
      const mean = sums.reduce((a, b) => a + b, 0) / 24;
      return sums.reduce((a, s) => a + (s - mean) ** 2, 0);
    };
    const [byOutput, byInput] = [spread((i) => Math.floor(i / 24)), spread((i) => i % 24)];
    expect(byOutput + byInput).toBeGreaterThan(100);
    if (columns === "output") expect(byOutput).toBeGreaterThan(4 * byInput);
    else expect(byInput).toBeGreaterThan(4 * byOutput);
  });
  test("counts every stored state, and reads what is invalid as 0", () => {
    const read = readWeights({ ...design, rram: RRAM_SETS.weak, mismatch: 1 }, layer, "input", [3e-9], 1e-3, key);
    const { signed, zero } = read.counts[0];
    expect(signed.of + zero.of).toBe(60);
    expect(zero.of).toBe(layer.values.filter((w) => w === 0).length);
    expect([...read.ternary[0].values].every((w) => w !== INVALID)).toBe(true);
  });
  test.each(["type2", "type3"] as const)(
    "takes the errors of one type at the rate asked for from one chip: %s",
    (error) => {
      const big = { inputs: 100, outputs: 12, values: weightsOf(1200) };
      const spread = { ...design, rram: RRAM_SETS.weak, mismatch: 1 };
      const read = weightsAtRate(spread, big, "output", error, 0.1, 1e-3, key);
      if (read === null) throw new Error("a read failed");
      const changed = [...big.values.keys()].filter((i) => read.values[i] !== big.values[i]);
      const affected = [...big.values].filter((w) => (w === 0) === (error === "type3")).length;
      expect(changed).toHaveLength(Math.round(0.1 * affected));
      for (const i of changed)
        if (error === "type3") expect([big.values[i], Math.abs(read.values[i])]).toEqual([0, 1]);
        else expect([Math.abs(big.values[i]), read.values[i]]).toEqual([1, 0]);
    },
  );
});
