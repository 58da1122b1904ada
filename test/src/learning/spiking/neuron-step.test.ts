import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { createKernels } from "#src/kernels/kernels";
import { SPIKING_NEURONS } from "#src/learning/index";
import { checkNeurons, rateChangeFactor, stepFactors } from "#src/learning/spiking/neuron-design";
import {
  currentsInPlace,
  fireInputsInPlace,
  integrateAndFireInPlace,
  rateChangeInto,
  traceInPlace,
} from "#src/learning/spiking/neuron-step";
import { changeOfTrains } from "#src/learning/spiking/spike-pairs";

const FACTORS = stepFactors(SPIKING_NEURONS);

/** Spikes of one neuron under a constant drive. */
const train = (drive: number, steps: number, factors = FACTORS): number[] => {
  const [v, fired, list] = [new Float32Array(1), new Float32Array(1), new Int32Array(1)];
  const spikes: number[] = [];
  for (let s = 0; s < steps; s++)
    if (integrateAndFireInPlace(v, fired, list, Float32Array.of(drive), new Float32Array(1), factors) > 0)
      spikes.push(s);
  return spikes;
};

describe("a leaky integrate-and-fire neuron", () => {
  test("below the rheobase, leak times threshold, it never fires and rests at drive over leak", () => {
    expect(train(0.0499, 5000)).toEqual([]);
    const v = new Float32Array(1);
    for (let s = 0; s < 2000; s++)
      integrateAndFireInPlace(
        v,
        new Float32Array(1),
        new Int32Array(1),
        Float32Array.of(0.04),
        new Float32Array(1),
        FACTORS,
      );
    expect(v[0]).toBeCloseTo(0.04 / 0.05, 4);
  });

  test("its first spike comes when I / leak (1 - keep^n) reaches the threshold", () => {
    for (const drive of [0.06, 0.1, 0.3, 0.8]) {
      const n = Math.ceil(Math.log(1 - 0.05 / drive) / Math.log(0.95));
      expect(train(drive, 200)[0]).toBe(n - 1);
    }
  });

  test("what comes in is what spikes and leak take out", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.06, max: 0.95, noNaN: true }), (drive) => {
        const v = new Float32Array(1);
        let [spikes, leaked] = [0, 0];
        const steps = 4000;
        for (let s = 0; s < steps; s++) {
          leaked += 0.05 * v[0];
          spikes += integrateAndFireInPlace(
            v,
            new Float32Array(1),
            new Int32Array(1),
            Float32Array.of(drive),
            new Float32Array(1),
            FACTORS,
          );
        }
        expect(steps * drive).toBeCloseTo(spikes + leaked + v[0], 1);
      }),
      { numRuns: 30 },
    );
  });

  test("it fires in every step at most, and its membrane stays above the floor", () => {
    expect(train(3, 50)).toHaveLength(50);
    const v = new Float32Array(1);
    for (let s = 0; s < 50; s++)
      integrateAndFireInPlace(
        v,
        new Float32Array(1),
        new Int32Array(1),
        Float32Array.of(-3),
        new Float32Array(1),
        FACTORS,
      );
    expect(v[0]).toBe(-1);
  });
});

describe("traces and currents", () => {
  test("a trace of regular spikes averages their rate", () => {
    const trace = new Float32Array(1);
    let sum = 0;
    for (let s = 0; s < 1000; s++) {
      traceInPlace(trace, Float32Array.of(s % 4 === 0 ? 1 : 0), FACTORS.slow);
      if (s >= 600) sum += trace[0];
    }
    expect(sum / 400).toBeCloseTo(0.25, 3);
  });

  test("summed over time, the changes of a rate are the change of its filtered rate", () => {
    // f - q over the times' difference is the step of R = (16 q - 8 f) / 8, whose mean is the rate.
    const [fast, slow, signal] = [new Float32Array(1), new Float32Array(1), new Float32Array(1)];
    const filtered = (): number => (16 * slow[0] - 8 * fast[0]) / 8;
    let sum = 0;
    for (let s = 0; s < 500; s++) {
      rateChangeInto(signal, fast, slow, rateChangeFactor(SPIKING_NEURONS));
      sum += signal[0];
      const fired = Float32Array.of(s % 5 === 0 ? 1 : 0);
      traceInPlace(fast, fired, FACTORS.fast);
      traceInPlace(slow, fired, FACTORS.slow);
      expect(sum).toBeCloseTo(filtered(), 5);
    }
    expect(filtered()).toBeCloseTo(0.2, 1);
  });

  test("a spike's current falls by e in its time constant and carries its weight", () => {
    const g = Float32Array.of(0);
    currentsInPlace(g, Float32Array.of(2), FACTORS.keepCurrent, FACTORS.current);
    let charge = g[0];
    expect(g[0]).toBeCloseTo(0.25, 6);
    for (let s = 1; s < 300; s++) {
      currentsInPlace(g, Float32Array.of(0), FACTORS.keepCurrent, FACTORS.current);
      charge += g[0];
      if (s === 24) expect(g[0]).toBeCloseTo(0.25 * 0.875 ** 24, 6);
    }
    expect(charge).toBeCloseTo(2, 5);
  });

  test("inputs spike at regular intervals, as often as their rate says", () => {
    const [phases, list] = [Float32Array.of(0.5, 0, 0.9), new Int32Array(3)];
    const [rates, numbers] = [Float32Array.of(0.25, 0.1, 1), Int32Array.of(7, 3, 5)];
    const seen = new Map<number, number[]>();
    for (let s = 0; s < 400; s++) {
      const count = fireInputsInPlace(phases, rates, numbers, list);
      for (const n of list.subarray(0, count)) seen.set(n, [...(seen.get(n) ?? []), s]);
    }
    expect(seen.get(7)).toHaveLength(100);
    expect(seen.get(5)).toHaveLength(400);
    expect(Math.abs((seen.get(3)?.length ?? 0) - 40)).toBeLessThanOrEqual(1);
    const intervals = (seen.get(7) ?? []).slice(1).map((s, i) => s - (seen.get(7) ?? [])[i]);
    expect(new Set(intervals)).toEqual(new Set([4]));
  });
});

describe("the kernel of an isolated pair", () => {
  test("is even, zero for spikes of one step, and has the values worked out pair by pair", () => {
    const known: [number, number][] = [
      [0, 0],
      [1, 7.81],
      [2, 6.35],
      [5, 3.12],
      [10, 0.33],
      [12, -0.25],
      [20, -1.06],
      [40, -0.55],
    ];
    for (const [delay, milli] of known) {
      const change = changeOfTrains(SPIKING_NEURONS, [100], [100 + delay]);
      expect(Math.abs(1e3 * change - milli)).toBeLessThan(0.006);
      expect(changeOfTrains(SPIKING_NEURONS, [100 + delay], [100])).toBe(change);
    }
  });

  test("is exp(-t/8)/8 - exp(-t/16)/16 over 8 but for the step, and sums to zero", () => {
    let sum = 0;
    for (let delay = 1; delay < 400; delay++) {
      const change = changeOfTrains(SPIKING_NEURONS, [0], [delay]);
      sum += change;
      const t = delay - 1;
      expect(change).toBeCloseTo((0.875 ** t / 8 - 0.9375 ** t / 16) / 8, 6);
    }
    expect(Math.abs(sum)).toBeLessThan(1e-6);
  });
});

describe("what cannot be", () => {
  test.each([
    ["membraneTime", 0.5e-3, /membraneTime is 0.5 ms with a step of 1 ms.*lengthen it or shorten timeStep/],
    ["synapticTime", 0, /synapticTime/],
    ["fastTraceTime", 16e-3, /slowTraceTime 16 ms is not above fastTraceTime 16 ms/],
    ["outputTraceTime", Number.NaN, /outputTraceTime/],
    ["timeStep", 0, /time step of 0 s/],
    ["threshold", 0, /threshold of 0/],
    ["floor", 1, /floor of 1/],
  ] as const)("%s of %d is refused with what is allowed", (name, value, message) => {
    expect(() => checkNeurons({ ...SPIKING_NEURONS, [name]: value })).toThrow(message);
  });
});

describe("delivery", () => {
  test("rows of the listed spikes are added, whatever the width", () => {
    for (const width of [4, 12, 16, 28, 48, 60, 100, 300]) {
      const kernels = createKernels(4 * (width * 21 + 40) + 256);
      const rows = kernels.float32(20 * width);
      rows.forEach((_, k) => {
        rows[k] = Math.fround(Math.sin(k));
      });
      const list = kernels.int32(24);
      list.set([3, 0, 19, 7, 3]);
      const sums = kernels.float32(width).fill(2);
      kernels.deliver(sums, list, 5, rows, 0.5, 3);
      for (let o = 0; o < width; o++) {
        const sum = [3, 0, 19, 7, 3].reduce((a, i) => Math.fround(a + rows[i * width + o]), 0);
        expect(sums[o]).toBe(Math.fround(1 + Math.fround(3 * sum)));
      }
    }
  });
});
