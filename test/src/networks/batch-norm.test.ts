import { expect, test } from "@jest/globals";
import { batchNorm, normaliseBatchInto, normaliseGradientInPlace } from "#src/networks/batch-norm";
import { fold, normal, rootKey } from "#src/random/index";

const key = rootKey("batch norm");
const BATCH = 6;
const WIDTH = 3;

test("the gradient through batch normalisation is that of central differences, for sums, gain and shift", () => {
  const z = Float32Array.from({ length: BATCH * WIDTH }, (_, i) => 2 * normal(fold(key, "z"), i));
  const towards = Float32Array.from({ length: BATCH * WIDTH }, (_, i) => normal(fold(key, "loss"), i));
  const gain = [1.5, -0.7, 0.3];
  // The loss is a fixed linear form of the outputs, formed in float64.
  const loss = (sums: Float32Array, g: readonly number[], s: readonly number[]): number => {
    let total = 0;
    for (let o = 0; o < WIDTH; o++) {
      let mean = 0;
      for (let b = 0; b < BATCH; b++) mean += sums[b * WIDTH + o] / BATCH;
      let variance = 0;
      for (let b = 0; b < BATCH; b++) variance += (sums[b * WIDTH + o] - mean) ** 2 / BATCH;
      for (let b = 0; b < BATCH; b++)
        total += towards[b * WIDTH + o] * ((g[o] * (sums[b * WIDTH + o] - mean)) / Math.sqrt(variance + 1e-5) + s[o]);
    }
    return total;
  };
  const bn = batchNorm(WIDTH);
  bn.gain.set(gain);
  const kept = { values: new Float32Array(BATCH * WIDTH), inverseSpread: new Float32Array(WIDTH) };
  normaliseBatchInto(new Float32Array(BATCH * WIDTH), kept, z, bn, BATCH);
  const gradient = towards.slice();
  const byGain = new Float32Array(WIDTH);
  const byShift = new Float32Array(WIDTH);
  normaliseGradientInPlace(gradient, byGain, byShift, kept, bn, BATCH);

  const h = 1e-2;
  for (let i = 0; i < z.length; i++) {
    const [up, down] = [z.slice(), z.slice()];
    up[i] += h;
    down[i] -= h;
    const numeric = (loss(up, gain, [0, 0, 0]) - loss(down, gain, [0, 0, 0])) / (up[i] - down[i]);
    expect(Math.abs(gradient[i] - numeric)).toBeLessThan(2e-3);
  }
  for (let o = 0; o < WIDTH; o++) {
    const moved = (by: number): number[] => gain.map((g, k) => (k === o ? g + by : g));
    expect(byGain[o]).toBeCloseTo((loss(z, moved(h), [0, 0, 0]) - loss(z, moved(-h), [0, 0, 0])) / (2 * h), 3);
    expect(byShift[o]).toBeCloseTo(sumOf(towards, o), 4);
  }
});

const sumOf = (x: Float32Array, o: number): number => {
  let sum = 0;
  for (let b = 0; b < BATCH; b++) sum += x[b * WIDTH + o];
  return sum;
};
