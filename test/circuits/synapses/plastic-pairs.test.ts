import { describe, expect, test } from "@jest/globals";
import { transposedCells, transposedDesign } from "#circuits/crossbar/transfer-matrix";
import { createCrossbarSolver, type PlasticPairsDesign, plasticPairs, readInput } from "#circuits/index";
import { afterPulse, idealPulsed, pulsedDeviceAt, samplePulsedPopulation } from "#devices/index";
import { createKernels, type Kernels } from "#src/kernels/kernels";
import type { Activations } from "#src/networks/index";
import { fold, normalsInto, rootKey, uniformsInto } from "#src/random/index";

const KEY = rootKey("pairs");
const [INPUTS, OUTPUTS, BATCH] = [6, 4, 3];

const design: PlasticPairsDesign = {
  inputs: INPUTS,
  outputs: OUTPUTS,
  device: idealPulsed,
  largestWeight: 2,
  update: { kind: "blind" },
  rounding: { kind: "stochastic" },
  readNoise: 0,
  lines: null,
  timing: { readVoltage: 0.2, readTime: 1e-8, pulseVoltage: 1.5, pulseTime: 1e-7 },
};

const startOf = (scale = 0.3): Float32Array => {
  const w = new Float32Array(INPUTS * OUTPUTS);
  normalsInto(w, fold(KEY, "start"), 0, scale);
  return w;
};

const real = (kernels: Kernels, width: number, name = "x"): Activations => {
  const values = kernels.float32(BATCH * width);
  uniformsInto(values, fold(KEY, name));
  return { batch: BATCH, width, levels: "real", values };
};

const made = (changes: Partial<PlasticPairsDesign>, start = startOf()) => {
  const kernels = createKernels(2 ** 18);
  return { kernels, pairs: plasticPairs(kernels, { ...design, ...changes }, start, BATCH, KEY), start };
};

describe("weights as conductance pairs", () => {
  test("are read as they were written, forwards and backwards", () => {
    const { kernels, pairs, start } = made({});
    const [x, y] = [real(kernels, INPUTS), real(kernels, OUTPUTS, "y")];
    const [forward, back] = [kernels.float32(BATCH * OUTPUTS), kernels.float32(BATCH * INPUTS)];
    pairs.forwardInto(forward, x, KEY);
    pairs.transposedInto(back, y, KEY);
    for (let b = 0; b < BATCH; b++) {
      for (let o = 0; o < OUTPUTS; o++) {
        let sum = 0;
        for (let i = 0; i < INPUTS; i++) sum += x.values[b * INPUTS + i] * start[i * OUTPUTS + o];
        expect(forward[b * OUTPUTS + o]).toBeCloseTo(sum, 5);
      }
      for (let i = 0; i < INPUTS; i++) {
        let sum = 0;
        for (let o = 0; o < OUTPUTS; o++) sum += y.values[b * OUTPUTS + o] * start[i * OUTPUTS + o];
        expect(back[b * INPUTS + i]).toBeCloseTo(sum, 5);
      }
    }
    pairs.weights().forEach((w, k) => {
      expect(w).toBeCloseTo(start[k], 5);
    });
  });

  test.each(["forward", "backward"])(
    "read noise has the deviation that devices drawn one by one would give: %s",
    (way) => {
      const readNoise = 0.1;
      const { kernels, pairs, start } = made({ readNoise });
      const backwards = way === "backward";
      const [here, there] = backwards ? [OUTPUTS, INPUTS] : [INPUTS, OUTPUTS];
      const x = real(kernels, here);
      const out = kernels.float32(BATCH * there);
      const READS = 4000;
      const [sums, squares] = [new Float64Array(out.length), new Float64Array(out.length)];
      for (let r = 0; r < READS; r++) {
        if (backwards) pairs.transposedInto(out, x, fold(KEY, r));
        else pairs.forwardInto(out, x, fold(KEY, r));
        out.forEach((v, k) => {
          sums[k] += v;
          squares[k] += v * v;
        });
      }
      const { least, most } = idealPulsed;
      const perSiemens = design.largestWeight / (most - least);
      for (let b = 0; b < BATCH; b++)
        for (let t = 0; t < there; t++) {
          let [variance, mean] = [0, 0];
          for (let h = 0; h < here; h++) {
            const w = start[backwards ? t * OUTPUTS + h : h * OUTPUTS + t];
            const half = (least + most) / 2;
            const [plus, minus] = [half + w / perSiemens / 2, half - w / perSiemens / 2];
            variance += x.values[b * here + h] ** 2 * readNoise ** 2 * (plus ** 2 + minus ** 2) * perSiemens ** 2;
            mean += x.values[b * here + h] * w;
          }
          const k = b * there + t;
          const found = squares[k] / READS - (sums[k] / READS) ** 2;
          // A variance of 4,000 normals is known to 2.2 %: five of that.
          expect(Math.abs(found / variance - 1)).toBeLessThan(0.11);
          expect(Math.abs(sums[k] / READS - mean)).toBeLessThan(5 * Math.sqrt(variance / READS));
        }
    },
  );

  test("a change smaller than a pulse is met in the mean, by chance", () => {
    const change = new Float32Array(INPUTS * OUTPUTS).map((_, k) => (k % 2 === 0 ? 0.011 : -0.007));
    const { pairs, start } = made({}, startOf(0.05));
    const UPDATES = 20;
    for (let u = 0; u < UPDATES; u++) pairs.moveInPlace(change, fold(KEY, u));
    const moved = pairs.weights().map((w, k) => (w - start[k]) / (UPDATES * change[k]));
    const mean = moved.reduce((a, b) => a + b, 0) / moved.length;
    // One pulse on both devices is 2 * 2 / 100 = 0.04: chances of 0.275 and 0.175, 24 pairs, 20 updates.
    expect(mean).toBeGreaterThan(0.8);
    expect(mean).toBeLessThan(1.2);
    expect(pairs.use().pulses).toBe(pairs.pulseCounts.reduce((a, b) => a + b, 0));
    expect(pairs.use().pulses % 2).toBe(0);
  });

  test("pulses do to each device what the device model says, spread and bends included", () => {
    const device = {
      ...idealPulsed,
      nonlinearity: { set: 2, reset: 3 },
      spread: { logStep: 0.3, bounds: 0.05, nonlinearity: 0.2 },
    };
    const { pairs, start } = made({ device });
    const population = samplePulsedPopulation(device, 2 * INPUTS * OUTPUTS, fold(KEY, "devices"));
    const range = device.most - device.least;
    const expected = start.map((w, k) => {
      const side = (d: number, sign: number): number => {
        const { least, most } = pulsedDeviceAt(population, d);
        const wanted = device.least + range * (0.5 + (sign * w) / (2 * design.largestWeight));
        let x = Math.min(1, Math.max(0, (wanted - least) / (most - least)));
        // Three whole pulses up.
        for (let p = 0; p < 3; p++) x = afterPulse(pulsedDeviceAt(population, d), x, sign > 0 ? 1 : -1, 0, 0);
        return least + (most - least) * x;
      };
      return (design.largestWeight / range) * (side(2 * k, 1) - side(2 * k + 1, -1));
    });
    // A controller takes a pulse for the mean device's at mid-range: sinh(b / 2) / (b / 2), and exp(sigma^2 / 2) of the spread.
    const step = (b: number): number => ((Math.sinh(b / 2) / (b / 2)) * Math.exp(0.3 ** 2 / 2)) / 100;
    pairs.moveInPlace(new Float32Array(INPUTS * OUTPUTS).fill(3 * 2 * (step(2) + step(3)) + 1e-9), KEY);
    expect(pairs.use().pulses).toBe(2 * 3 * INPUTS * OUTPUTS);
    pairs.weights().forEach((w, k) => {
      expect(w).toBeCloseTo(expected[k], 5);
    });
  });

  test("verified updates end within half a pulse where blind ones do not", () => {
    const device = { ...idealPulsed, nonlinearity: { set: 4, reset: 4 }, cycleToCycle: 0.5 };
    const wanted = 0.4;
    const change = new Float32Array(INPUTS * OUTPUTS).fill(wanted);
    const pulse = 2 * 2 * (Math.sinh(2) / 2 / 100);
    const errorOf = (update: PlasticPairsDesign["update"]) => {
      const { pairs } = made({ device, update });
      const before = pairs.weights();
      pairs.moveInPlace(change, KEY);
      const worst = Math.max(...pairs.weights().map((w, k) => Math.abs(w - before[k] - wanted)));
      return { worst, ...pairs.use() };
    };
    const [blind, verified] = [errorOf({ kind: "blind" }), errorOf({ kind: "write-verify", mostPulses: 200 })];
    // The fraction of a pulse is met by chance, and the last pulse is noisy: within a pulse and a half of what was asked.
    expect(verified.worst).toBeLessThan(1.5 * pulse);
    expect(blind.worst).toBeGreaterThan(verified.worst);
    expect(verified.pulses).not.toBe(blind.pulses);
    expect(verified.reads).toBeGreaterThanOrEqual(INPUTS * OUTPUTS);
    expect(verified.readEnergy).toBeGreaterThan(0);
    expect(blind.reads).toBe(0);
  });

  test("with lines, both ways read what the crossbar solver gives", () => {
    const segmentResistance = 30;
    const { kernels, pairs } = made({ lines: { rows: 64, columns: 64, segmentResistance } });
    const { least, most } = idealPulsed;
    const perSiemens = design.largestWeight / (most - least);
    const devices = Float64Array.from({ length: INPUTS * 2 * OUTPUTS }, (_, c) => {
      const w = pairs.weights()[Math.floor(c / (2 * OUTPUTS)) * OUTPUTS + Math.floor((c % (2 * OUTPUTS)) / 2)];
      return (least + most) / 2 + ((c % 2 === 0 ? 1 : -1) * w) / perSiemens / 2;
    });
    const lines = { segmentResistance, terminalResistance: 0 };
    const array = {
      rows: INPUTS,
      columns: 2 * OUTPUTS,
      wordLines: { ...lines, ends: "left" },
      bitLines: { ...lines, ends: "bottom" },
    } as const;
    const solved = (
      of: typeof array | ReturnType<typeof transposedDesign>,
      cells: Float64Array,
      v: Float64Array,
      read: number,
    ) => {
      const solver = createCrossbarSolver(of, {});
      solver.program(cells);
      const solution = solver.solve(readInput(v, read), { tolerance: 1e-9 });
      if (!solution.ok) throw new Error(solution.reason);
      return solution.currents;
    };
    const [x, y] = [real(kernels, INPUTS), real(kernels, OUTPUTS, "y")];
    const [forward, back] = [kernels.float32(BATCH * OUTPUTS), kernels.float32(BATCH * INPUTS)];
    pairs.forwardInto(forward, x, KEY);
    pairs.transposedInto(back, y, KEY);
    const currents = solved(array, devices, Float64Array.from(x.values.subarray(0, INPUTS)), 2 * OUTPUTS);
    for (let o = 0; o < OUTPUTS; o++)
      expect(forward[o]).toBeCloseTo(perSiemens * (currents[2 * o] - currents[2 * o + 1]), 4);
    // Backwards the columns of a pair are driven with opposite signs.
    const driven = Float64Array.from({ length: 2 * OUTPUTS }, (_, c) => (c % 2 === 0 ? 1 : -1) * y.values[c >> 1]);
    const rows = solved(transposedDesign(array), transposedCells(devices, INPUTS, 2 * OUTPUTS), driven, INPUTS);
    for (let i = 0; i < INPUTS; i++) expect(back[i]).toBeCloseTo(perSiemens * rows[i], 4);
    const { pairs: ideal, kernels: own } = made({});
    const out = own.float32(BATCH * OUTPUTS);
    ideal.forwardInto(out, real(own, INPUTS), KEY);
    expect(Math.abs(out[0] - forward[0])).toBeGreaterThan(1e-3);
  });

  test("a verified pair at its bound is left alone, and a change beyond all bounds asks no more pulses than cross the range", () => {
    const { pairs } = made({ update: { kind: "write-verify", mostPulses: 10 } }, new Float32Array(24).fill(2));
    pairs.moveInPlace(new Float32Array(24).fill(0.04 + 1e-9), KEY);
    expect(pairs.use().pulses).toBe(2 * 24);
    const { pairs: far } = made({});
    far.moveInPlace(new Float32Array(24).fill(1e9), KEY);
    expect(far.use().pulses).toBe(2 * 24 * 200);
    expect(Math.max(...far.weights())).toBeCloseTo(2, 5);
  });

  test("the devices of a pair are pulsed with noise of their own", () => {
    const { pairs } = made({ device: { ...idealPulsed, cycleToCycle: 2 } }, new Float32Array(24));
    pairs.moveInPlace(new Float32Array(24).fill(0.04 + 1e-9), KEY);
    // With one noise for both sides of a push-pull pulse the weights, their difference, would have none; with the opposite one,
    // their sums.
    const { states } = pairs.save();
    const moved = Array.from(pairs.weights(), (w) => Math.abs(w - 0.04));
    const sums = Array.from({ length: 24 }, (_, k) => Math.abs(states[2 * k] + states[2 * k + 1] - 1));
    expect(Math.max(...moved)).toBeGreaterThan(0.02);
    expect(Math.max(...sums)).toBeGreaterThan(0.01);
  });

  test("spreads of a population are those of its parameters, each quantity's own", () => {
    const device = {
      ...idealPulsed,
      pulses: { set: 50, reset: 200 },
      spread: { logStep: 0.2, bounds: 0.03, nonlinearity: 0.5 },
    };
    const N = 4000;
    const of = samplePulsedPopulation(device, N, KEY);
    const deviation = (values: ArrayLike<number>): number => {
      const mean = Array.from(values).reduce((a, b) => a + b, 0) / N;
      return Math.sqrt(Array.from(values).reduce((a, b) => a + (b - mean) ** 2, 0) / N);
    };
    const median = (values: Float64Array): number => values.slice().sort()[N / 2];
    expect(median(of.setStep)).toBeCloseTo(1 / 50, 3);
    expect(median(of.resetStep)).toBeCloseTo(1 / 200, 3);
    // A deviation of 4,000 normals is known to 1.1 %.
    expect(deviation(of.setStep.map(Math.log)) / 0.2).toBeCloseTo(1, 1);
    expect(deviation(of.resetStep.map(Math.log)) / 0.2).toBeCloseTo(1, 1);
    expect(deviation(of.most) / (0.03 * (device.most - device.least))).toBeCloseTo(1, 1);
    expect(deviation(of.setNonlinearity) / 0.5).toBeCloseTo(1, 1);
    expect(deviation(of.resetNonlinearity) / 0.5).toBeCloseTo(1, 1);
    expect(
      Math.abs(of.setStep.reduce((s, v, i) => s + Math.log(50 * v) * Math.log(200 * of.resetStep[i]), 0) / N),
    ).toBeLessThan(0.005);
  });

  test("lines weaken the noise as they weaken the currents, and are looked at anew as conductances move", () => {
    const lines = { rows: 64, columns: 64, segmentResistance: 300 };
    const noisy = made({ lines, readNoise: 0.1 });
    const quiet = made({ lines });
    const free = made({ readNoise: 0.1 });
    const spread = ({ kernels, pairs }: typeof noisy): number => {
      const x = real(kernels, INPUTS);
      const out = kernels.float32(BATCH * OUTPUTS);
      let [sum, square] = [0, 0];
      for (let r = 0; r < 1500; r++) {
        pairs.forwardInto(out, x, fold(KEY, r));
        sum += out[OUTPUTS - 1];
        square += out[OUTPUTS - 1] ** 2;
      }
      return Math.sqrt(square / 1500 - (sum / 1500) ** 2);
    };
    expect(spread(noisy) / spread(free)).toBeLessThan(0.9);
    const shares = (): number => Array.from(quiet.pairs.save()["positive"]).reduce((a, b) => a + b, 0);
    const before = shares();
    for (let u = 0; u < 49; u++) quiet.pairs.moveInPlace(new Float32Array(24).fill(0.04 + 1e-9), fold(KEY, u));
    expect(shares()).toBe(before);
    quiet.pairs.moveInPlace(new Float32Array(24).fill(0.04 + 1e-9), KEY);
    expect(shares()).not.toBe(before);
  });

  test("counts energy as V^2 G t of the devices under a read and a pulse", () => {
    const { kernels, pairs } = made({}, new Float32Array(INPUTS * OUTPUTS));
    const x = real(kernels, INPUTS);
    pairs.forwardInto(kernels.float32(BATCH * OUTPUTS), x, KEY);
    const middle = (idealPulsed.least + idealPulsed.most) / 2;
    const squares = x.values.reduce((sum, v) => sum + v * v, 0);
    expect(pairs.use().readEnergy / (squares * 2 * OUTPUTS * middle * 0.04 * 1e-8)).toBeCloseTo(1, 5);
    expect(pairs.use().reads).toBe(BATCH);
    const forwards = pairs.use().readEnergy;
    const y = real(kernels, OUTPUTS, "y");
    pairs.transposedInto(kernels.float32(BATCH * INPUTS), y, KEY);
    const back = y.values.reduce((sum, v) => sum + v * v, 0);
    expect((pairs.use().readEnergy - forwards) / (back * 2 * INPUTS * middle * 0.04 * 1e-8)).toBeCloseTo(1, 5);
    const change = new Float32Array(INPUTS * OUTPUTS);
    change[0] = 0.04 + 1e-9;
    pairs.moveInPlace(change, KEY);
    expect(pairs.use().pulses).toBe(2);
    expect(pairs.use().pulseEnergy / (2 * middle * 2.25 * 1e-7)).toBeCloseTo(1, 5);
  });

  test("continue from what was saved as if nothing had happened", () => {
    const device = { ...idealPulsed, states: 40, cycleToCycle: 1 };
    const lines = { rows: 4, columns: 4, segmentResistance: 10 };
    const run = (interrupted: boolean) => {
      let { pairs } = made({ device, lines });
      for (let u = 0; u < 60; u++) {
        const change = new Float32Array(INPUTS * OUTPUTS);
        normalsInto(change, fold(KEY, u), 0, 0.05);
        pairs.moveInPlace(change, fold(KEY, u));
        if (interrupted && u === 53) {
          const saved = pairs.save();
          pairs = made({ device, lines }).pairs;
          pairs.restore(saved);
        }
      }
      return pairs.save();
    };
    expect(run(true)).toEqual(run(false));
  });

  test("designs that cannot be are refused with what is allowed", () => {
    expect(() => made({ largestWeight: 0 })).toThrow(/largest weight 0; expected more than 0/);
    expect(() => made({ readNoise: -1 })).toThrow(/read noise -1/);
    expect(() => made({ timing: { ...design.timing, pulseTime: 0 } })).toThrow(/pulseTime 0/);
    expect(() => made({}, new Float32Array(3))).toThrow(/3 weights for 6 inputs and 4 outputs/);
    const { pairs } = made({});
    expect(() => pairs.moveInPlace(new Float32Array(24).fill(Number.NaN), KEY)).toThrow(/input 0, output 0 is NaN/);
    expect(() => pairs.moveInPlace(new Float32Array(24).fill(1 / 0), KEY)).toThrow(/output 0 is Infinity/);
    expect(() => made({}, new Float32Array(24).fill(Number.NaN))).toThrow(/no number/);
    const { kernels, pairs: few } = made({});
    const many = {
      batch: BATCH + 1,
      width: INPUTS,
      levels: "real",
      values: kernels.float32((BATCH + 1) * INPUTS),
    } as const;
    expect(() => few.forwardInto(kernels.float32(64), many, KEY)).toThrow(/4 inputs 6 wide .* at most 3/);
  });
});
