import { describe, expect, test } from "@jest/globals";
import { programAnalogArray } from "#circuits/analog/analog-array";
import type { AnalogDesign, WeightMapping } from "#circuits/analog/analog-design";
import { readInput } from "#circuits/crossbar/crossbar-design";
import { createCrossbarSolver } from "#circuits/crossbar/crossbar-solver";
import { fold, normalsInto, rootKey, uniformsInto } from "#src/random/index";
import { plainDesign } from "../crossbar/arrays.ts";
import { IDEAL } from "./ideal-design.ts";

const [INPUTS, OUTPUTS] = [24, 6];
const NOISE = 0.05;
const KEY = rootKey("read noise");
const weights = new Float32Array(INPUTS * OUTPUTS);
normalsInto(weights, fold(KEY, "weights"));
const x = new Float32Array(INPUTS);
uniformsInto(x, fold(KEY, "inputs"));

const design = (mapping: WeightMapping): AnalogDesign => ({
  ...IDEAL,
  mapping,
  conductances: [2e-6, 1e-4],
  tile: { rows: 64, columns: 64 },
  readNoise: NOISE,
});

/** Outputs of `count` reads, as the array aggregates the noise, reads x outputs. */
const aggregated = (mapping: WeightMapping, values: Float32Array, count: number): Float64Array => {
  const layer = { inputs: INPUTS, outputs: OUTPUTS, weights: values, largestInput: 1 };
  const batch = new Float32Array(count * INPUTS);
  for (let b = 0; b < count; b++) batch.set(x, b * INPUTS);
  const y = new Float32Array(count * OUTPUTS);
  programAnalogArray(design(mapping), layer, fold(KEY, "chip")).multiplyInto(y, batch, count, fold(KEY, mapping));
  return Float64Array.from(y);
};

/** The same with every device drawn for every read: the naive twin. */
const drawn = (mapping: WeightMapping, values: Float32Array, count: number): Float64Array => {
  const most = values.reduce((a, w) => Math.max(a, Math.abs(w)), 0);
  const [low, high] = [2e-6, 1e-4];
  const key = fold(KEY, "twin");
  const y = new Float64Array(count * OUTPUTS);
  const z = new Float64Array(INPUTS * OUTPUTS);
  const other = new Float64Array(mapping === "offset column" ? INPUTS : INPUTS * OUTPUTS);
  for (let b = 0; b < count; b++) {
    normalsInto(z, fold(fold(key, b), "own"));
    normalsInto(other, fold(fold(key, b), "other"));
    for (let i = 0; i < INPUTS; i++)
      for (let o = 0; o < OUTPUTS; o++) {
        const k = i * OUTPUTS + o;
        const w = values[k] / most;
        const noisy = (g: number, draw: number): number => g * (1 + NOISE * draw);
        const conductance = (share: number): number => low + (high - low) * share;
        let difference = 0;
        let share = 1;
        if (mapping === "differential pair")
          difference = noisy(conductance(Math.max(w, 0)), z[k]) - noisy(conductance(Math.max(-w, 0)), other[k]);
        else if (mapping === "offset column") {
          difference = noisy(conductance((w + 1) / 2), z[k]) - noisy(conductance(0.5), other[i]);
          share = 2;
        } else difference = noisy(conductance(w), z[k]) - low;
        y[b * OUTPUTS + o] += (x[i] * share * difference * most) / (high - low);
      }
  }
  return y;
};

const column = (y: Float64Array, o: number): number[] => [...y].filter((_, k) => k % OUTPUTS === o);

/** Largest distance of two empirical distributions, over its standard deviation's scale sqrt((n + m) / n m). */
const kolmogorovSmirnov = (a: number[], b: number[]): number => {
  const [p, q] = [[...a].sort((u, v) => u - v), [...b].sort((u, v) => u - v)];
  let [i, j, worst] = [0, 0, 0];
  while (i < p.length && j < q.length) {
    if (p[i] <= q[j]) i++;
    else j++;
    worst = Math.max(worst, Math.abs(i / p.length - j / q.length));
  }
  return worst * Math.sqrt((p.length * q.length) / (p.length + q.length));
};
/** Exceeded by chance with probability 2 exp(-2 K^2) = 1e-4. */
const LIMIT = Math.sqrt(Math.log(2e4) / 2);

describe.each<WeightMapping>(["single", "differential pair", "offset column"])("%s, ideal wires", (mapping) => {
  const values = mapping === "single" ? weights.map(Math.abs) : weights;
  const ours = aggregated(mapping, values, 20000);
  const twin = drawn(mapping, values, 20000);

  test("the distribution of every output is that of devices drawn one by one", () => {
    for (let o = 0; o < OUTPUTS; o++) expect(kolmogorovSmirnov(column(ours, o), column(twin, o))).toBeLessThan(LIMIT);
    // The test sees a standard deviation that is 10 % off.
    const mean = column(twin, 0).reduce((a, b) => a + b) / 20000;
    expect(
      kolmogorovSmirnov(
        column(ours, 0).map((v) => mean + 1.1 * (v - mean)),
        column(twin, 0),
      ),
    ).toBeGreaterThan(LIMIT);
  });

  test("outputs are correlated as their devices are: not at all, but for a shared reference", () => {
    const correlation = (y: Float64Array): number => {
      const [a, b] = [column(y, 0), column(y, 1)];
      const mean = (v: number[]): number => v.reduce((s, e) => s + e, 0) / v.length;
      const [ma, mb] = [mean(a), mean(b)];
      const cov = (u: number[], mu: number, v: number[], mv: number): number =>
        u.reduce((s, e, k) => s + (e - mu) * (v[k] - mv), 0);
      return cov(a, ma, b, mb) / Math.sqrt(cov(a, ma, a, ma) * cov(b, mb, b, mb));
    };
    expect(Math.abs(correlation(ours) - correlation(twin))).toBeLessThan(0.04);
    if (mapping === "offset column") expect(correlation(ours)).toBeGreaterThan(0.2);
  });
});

describe("with wires, to first order", () => {
  const count = 2000;
  /** Standard deviations of the currents of a noisy array, over those of devices drawn one by one. */
  const ratios = (wire: number): number[] => {
    const positive = weights.map(Math.abs);
    const layer = { inputs: INPUTS, outputs: OUTPUTS, weights: positive, largestInput: 1 };
    const wires = { wordLine: wire, bitLine: wire };
    const array = programAnalogArray({ ...design("single"), wires }, layer, fold(KEY, "chip"));
    const quiet = programAnalogArray({ ...design("single"), wires, readNoise: 0 }, layer, fold(KEY, "chip"));
    const batch = new Float32Array(count * INPUTS);
    for (let b = 0; b < count; b++) batch.set(x, b * INPUTS);
    const y = new Float32Array(count * OUTPUTS);
    array.multiplyInto(y, batch, count, fold(KEY, "wired"));
    const still = new Float32Array(OUTPUTS);
    quiet.multiplyInto(still, x, 1, KEY);

    const solver = createCrossbarSolver(plainDesign(INPUTS, OUTPUTS, wire, wire));
    const most = positive.reduce((a, b) => Math.max(a, b));
    const devices = Float64Array.from(positive, (w) => 2e-6 + (98e-6 * w) / most);
    const volts = Float64Array.from(x, (v) => 0.2 * v);
    const z = new Float64Array(devices.length);
    const sums = new Float64Array(OUTPUTS);
    const squares = new Float64Array(OUTPUTS);
    for (let b = 0; b < count; b++) {
      normalsInto(z, fold(fold(KEY, "devices"), b));
      solver.program(devices.map((g, k) => g * (1 + NOISE * z[k])));
      const solution = solver.solve(readInput(volts, OUTPUTS));
      if (!solution.ok) throw new Error(solution.reason);
      solution.currents.forEach((ampere, o) => {
        sums[o] += ampere;
        squares[o] += ampere * ampere;
      });
    }
    const perAmpere = most / (0.2 * 98e-6);
    if (process.env["RRAMLAB_SHOW"]) {
      let ideal = 0;
      devices.forEach((g, k) => {
        ideal += g * volts[Math.floor(k / OUTPUTS)];
      });
      console.log("lost", 1 - sums.reduce((a, b) => a + b, 0) / count / ideal);
    }
    return Array.from(squares, (square, o) => {
      const twin = perAmpere * Math.sqrt(square / count - (sums[o] / count) ** 2);
      const mine = Math.sqrt(column(Float64Array.from(y), o).reduce((s, v) => s + (v - still[o]) ** 2, 0) / count);
      return mine / twin;
    });
  };
  test("light wires (1 % of the current lost): within 7 % of the devices drawn one by one, of which 5 % is chance", () => {
    for (const ratio of ratios(2)) expect(Math.abs(ratio - 1)).toBeLessThan(0.07);
  });
  test("heavy wires (30 % lost): low by up to 12 %, within 20 % here", () => {
    const found = ratios(80);
    if (process.env["RRAMLAB_SHOW"]) console.log(found);
    for (const ratio of found) expect(Math.abs(ratio - 1)).toBeLessThan(0.2);
  });
});
