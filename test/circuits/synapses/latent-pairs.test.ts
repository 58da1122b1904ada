import { describe, expect, test } from "@jest/globals";
import { type LatentPairsDesign, latentPairs } from "#circuits/index";
import { createKernels } from "#src/kernels/kernels";
import { NO_ERRORS } from "#src/networks/index";
import { rootKey } from "#src/random/index";

const KEY = rootKey("latent");

const design: LatentPairsDesign = {
  inputs: 2,
  outputs: 3,
  kind: "ternary",
  scale: 0.5,
  threshold: 0.1,
  limit: 1,
  errors: NO_ERRORS,
  readEnergy: 1e-14,
  writeEnergy: 1e-11,
};
const START = Float32Array.of(0.3, -0.2, 0.05, -0.05, 0.9, -0.9);

describe("weights in 2T2R cells beside accumulators", () => {
  test("are the accumulators' signs, zero near zero where ternary", () => {
    const kernels = createKernels(2 ** 16);
    expect(Array.from(latentPairs(kernels, design, START, 1, KEY).states())).toEqual([1, -1, 0, 0, 1, -1]);
    const binary = latentPairs(kernels, { ...design, kind: "binary" }, START, 1, KEY);
    expect(Array.from(binary.states())).toEqual([1, -1, 1, -1, 1, -1]);
  });
  test("are read both ways at their scale", () => {
    const kernels = createKernels(2 ** 16);
    const pairs = latentPairs(kernels, design, START, 1, KEY);
    const [x, y] = [kernels.float32(2), kernels.float32(3)];
    x.set([2, 10]);
    pairs.forwardInto(y, { batch: 1, width: 2, levels: "real", values: x }, KEY);
    expect(Array.from(y)).toEqual([1, 4, -5]);
    const back = kernels.float32(2);
    y.set([1, 2, 4]);
    pairs.transposedInto(back, { batch: 1, width: 3, levels: "real", values: y }, KEY);
    expect(Array.from(back)).toEqual([-0.5, -1]);
    expect(pairs.use().reads).toBe(2);
    expect(pairs.use().readEnergy).toBeCloseTo(2 * 6 * 1e-14, 22);
  });
  test("are written only when their state changes; accumulators take every change and stop at their limit", () => {
    const pairs = latentPairs(createKernels(2 ** 16), design, START, 1, KEY);
    expect(Array.from(pairs.writeCounts)).toEqual([0, 0, 0, 0, 0, 0]);
    pairs.moveInPlace(Float32Array.of(-0.1, 0.05, 0.04, 0, 5, -5), KEY);
    expect(Array.from(pairs.writeCounts)).toEqual([0, 0, 0, 0, 0, 0]);
    pairs.moveInPlace(Float32Array.of(-0.11, 0.06, 0.02, 0, -0.95, 2.1), KEY);
    expect(Array.from(pairs.states())).toEqual([0, 0, 1, 0, 0, 1]);
    expect(Array.from(pairs.writeCounts)).toEqual([1, 1, 1, 0, 1, 1]);
    expect(pairs.use().pulses).toBe(2 * 5);
    expect(pairs.use().pulseEnergy).toBeCloseTo(5e-11, 20);
  });
  test("read errors come at their rates, stay until the cell is written again, and are drawn anew then", () => {
    const kernels = createKernels(2 ** 21);
    const many = { ...design, inputs: 200, outputs: 200, errors: { type1: 0.02, type2: 0.1, type3: 0.05 } };
    const size = 40_000;
    const start = new Float32Array(size).map((_, k) => (k % 2 === 0 ? 0.5 : 0));
    const pairs = latentPairs(kernels, many, start, 1, KEY);
    const share = (of: Int8Array, parity: number, state: number): number =>
      of.reduce((n, s, k) => n + (k % 2 === parity && s === state ? 1 : 0), 0) / (size / 2);
    const first = pairs.states();
    // 20,000 cells: five standard deviations are under 0.011.
    expect(Math.abs(share(first, 0, -1) - 0.02)).toBeLessThan(0.005);
    expect(Math.abs(share(first, 0, 0) - 0.1)).toBeLessThan(0.011);
    expect(Math.abs(share(first, 1, 1) - 0.025)).toBeLessThan(0.006);
    pairs.moveInPlace(new Float32Array(size).fill(0.01), KEY);
    expect(pairs.states()).toEqual(first);
    const away = new Float32Array(size).map((_, k) => (k % 2 === 0 ? -1 : 1));
    pairs.moveInPlace(away, KEY);
    pairs.moveInPlace(
      away.map((v) => -v),
      KEY,
    );
    const again = pairs.states();
    const both = first.reduce((n, s, k) => n + (k % 2 === 0 && s === 0 && again[k] === 0 ? 1 : 0), 0) / (size / 2);
    expect(Math.abs(share(again, 0, 0) - 0.1)).toBeLessThan(0.011);
    expect(both).toBeLessThan(0.02);
  });
  test("continue from what was saved, and refuse what cannot be", () => {
    const kernels = createKernels(2 ** 16);
    const [a, b] = [latentPairs(kernels, design, START, 1, KEY), latentPairs(kernels, design, START, 1, KEY)];
    a.moveInPlace(Float32Array.of(-1, 1, 0, 0, 0, 0), KEY);
    b.restore(a.save());
    expect(b.save()).toEqual(a.save());
    const broken = Float32Array.of(Number.NaN, 0, 0, 0, 0, 0);
    expect(() => a.moveInPlace(broken, KEY)).toThrow(/input 0, output 0 is NaN/);
    expect(() => latentPairs(kernels, design, broken, 1, KEY)).toThrow(/no number/);
    expect(() => latentPairs(kernels, { ...design, writeEnergy: -1 }, START, 1, KEY)).toThrow(
      /-1 J; expected 0 J or more/,
    );
    expect(() => latentPairs(kernels, { ...design, threshold: 2 }, START, 1, KEY)).toThrow(/threshold 2, limit 1/);
    expect(() => latentPairs(kernels, { ...design, errors: { ...NO_ERRORS, type1: 2 } }, START, 1, KEY)).toThrow();
  });
});
