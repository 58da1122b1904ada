import { describe, expect, test } from "@jest/globals";
import type { LabelledImages } from "#src/datasets/labelled-images";
import { shrinkImages } from "#src/datasets/shrink-images";
import {
  AS_THEY_ARE,
  CONSTANT,
  initialSurrogate,
  latencySteps,
  learnerAccuracy,
  SURROGATE_DESIGN,
  type SurrogateDesign,
  sampleNeuronChip,
  surrogateLearner,
  type TrainingState,
  trainLearner,
  UNIT_SCALE,
} from "#src/learning/index";
import { fold, normal, rootKey, uniform } from "#src/random/index";

const KEY = rootKey("surrogate");
const SMALL: SurrogateDesign = { ...SURROGATE_DESIGN, widths: [9, 14, 3], levels: null };

const imagesOf = (count: number, name: string): LabelledImages => {
  const key = fold(KEY, name);
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 3);
  const images = Uint8Array.from({ length: 9 * count }, (_, k) => {
    const lit = Math.floor((k % 9) / 3) === labels[Math.floor(k / 9)];
    return Math.floor(255 * (0.45 * uniform(key, k) + (lit ? 0.5 : 0)));
  });
  return { count, pixels: 9, classes: 3, images, labels };
};

describe("latencies", () => {
  test("bright pixels spike early, those below the threshold never", () => {
    const steps = latencySteps(SURROGATE_DESIGN, [1, 0.5, 0.21, 0.2, 0]);
    // 8 us ln(1 / 0.8) = 1.79 us, 8 us ln(0.5 / 0.3) = 4.09 us, 8 us ln(21) = 24.4 us in steps of 1.7 us.
    expect([...steps]).toEqual([1, 2, 14, -1, -1]);
    const fine = { ...SURROGATE_DESIGN, steps: 400, timeStep: 1e-7 };
    expect([...latencySteps(fine, [0.25, 0.21])]).toEqual([128, 243]);
  });
});

describe("gradients", () => {
  const start = {
    weights: [9 * 14, 14 * 3].map((n, l) =>
      Float32Array.from({ length: n }, (_, k) => (l === 0 ? 0.55 : 0.3) * normal(fold(KEY, l), k)),
    ),
    biases: [],
  };
  const chip = sampleNeuronChip(SMALL, 0.15, KEY);
  const data = imagesOf(4, "few");

  /** The loss, and what it takes to work out its gradients by hand: a second program, one loop a formula. */
  const byHand = (weights: readonly Float32Array[]) => {
    const [inputs, hidden, classes] = SMALL.widths;
    const T = SMALL.steps;
    const a = Math.exp(-SMALL.timeStep / SMALL.synapticTime);
    const b = Math.exp(-SMALL.timeStep / SMALL.membraneTime);
    // What a unit arriving n steps ago has become of an ideal membrane.
    const kernel = Array.from({ length: T }, (_, n) =>
      Array.from({ length: n + 1 }, (_m, m) => a ** m * b ** (n - m)).reduce((x, y) => x + y, 0),
    );
    let loss = 0;
    const gradients = weights.map((w) => new Float64Array(w.length));
    for (let image = 0; image < data.count; image++) {
      const times = latencySteps(
        SMALL,
        Array.from(data.images.subarray(image * 9, image * 9 + 9), (v) => v / 255),
      );
      const v: number[][] = [];
      const s: number[][] = [];
      const [I, V] = [new Array<number>(hidden).fill(0), new Array<number>(hidden).fill(0)];
      for (let t = 0; t < T; t++) {
        v.push([]);
        s.push([]);
        for (let i = 0; i < hidden; i++) {
          let arrives = 0;
          for (let j = 0; j < inputs; j++) if (times[j] === t) arrives += weights[0][j * hidden + i];
          I[i] = chip.keepCurrent[i] * I[i] + chip.gain[i] * arrives;
          V[i] = chip.keepMembrane[i] * V[i] + I[i];
          v[t].push(V[i]);
          s[t].push(V[i] >= chip.threshold[i] ? 1 : 0);
          if (s[t][i]) V[i] -= chip.threshold[i];
        }
      }
      const [best, at] = [new Array<number>(classes).fill(-1e9), new Array<number>(classes).fill(0)];
      for (let k = 0; k < classes; k++) {
        let [i0, v0] = [0, 0];
        for (let t = 0; t < T; t++) {
          i0 *= chip.keepCurrent[hidden + k];
          for (let i = 0; i < hidden; i++) i0 += chip.gain[hidden + k] * s[t][i] * weights[1][i * classes + k];
          v0 = chip.keepMembrane[hidden + k] * v0 + i0;
          if (v0 > best[k]) [best[k], at[k]] = [v0, t];
        }
      }
      const exps = best.map((x) => Math.exp(10 * x));
      const total = exps.reduce((x, y) => x + y, 0);
      const label = data.labels[image];
      loss -= Math.log(exps[label] / total) / data.count;
      const error = exps.map((e, k) => (10 * (e / total - (k === label ? 1 : 0))) / data.count);
      for (let i = 0; i < hidden; i++) {
        const bursts = s.reduce((n, row) => n + row[i], 0);
        loss += (SMALL.burstPenalty * bursts ** 2) / (data.count * hidden);
        for (let t = 0; t < T; t++) {
          let bySpike = (2 * SMALL.burstPenalty * bursts) / (data.count * hidden);
          for (let k = 0; k < classes; k++)
            if (at[k] >= t) {
              bySpike += error[k] * kernel[at[k] - t] * weights[1][i * classes + k];
              gradients[1][i * classes + k] += error[k] * kernel[at[k] - t] * s[t][i];
            }
          const byMembrane = bySpike / (50 * Math.abs(v[t][i] - 1) + 1) ** 2;
          for (let j = 0; j < inputs; j++)
            if (times[j] >= 0 && times[j] <= t) gradients[0][j * hidden + i] += byMembrane * kernel[t - times[j]];
        }
      }
    }
    return { loss, gradients };
  };
  const learned = (chipOf = chip) => {
    const learner = surrogateLearner(SMALL, chipOf, start, 1e-3, 4);
    trainLearner(
      learner,
      data,
      { ...data, count: 0 },
      { epochs: 1, schedule: CONSTANT, scale: UNIT_SCALE, augmentation: AS_THEY_ARE },
      KEY,
    );
    return learner;
  };

  test("are those of the chip's spikes and membranes through the ideal dynamics, worked out image by image", () => {
    const { gradients } = byHand(start.weights);
    const found = learned().gradients;
    gradients.forEach((g, l) => {
      const scale = Math.max(...g.map(Math.abs));
      expect(scale).toBeGreaterThan(1e-3);
      expect(Math.max(...g.map((x, k) => Math.abs(x - found[l][k]))) / scale).toBeLessThan(1e-5);
    });
  });

  test("of the readout's weights, on the ideal chip, is the derivative of the loss by finite differences", () => {
    const ideal = sampleNeuronChip(SMALL, 0, KEY);
    for (const name of ["keepMembrane", "keepCurrent", "threshold", "gain"] as const) chip[name].set(ideal[name]);
    const found = learned(ideal).gradients[1];
    for (const k of [0, 7, 20, 41]) {
      const at = (h: number): number => {
        const w = start.weights.map((x) => x.slice());
        w[1][k] += h;
        return byHand(w).loss / 1;
      };
      const h = 2 ** -10;
      expect((at(h) - at(-h)) / (2 * h)).toBeCloseTo(found[k], 3);
    }
  });
});

describe("training", () => {
  const [train, held] = [imagesOf(300, "train"), imagesOf(150, "test")];
  const plan = (epochs: number) => ({ epochs, schedule: CONSTANT, scale: UNIT_SCALE, augmentation: AS_THEY_ARE });
  const design: SurrogateDesign = { ...SMALL, widths: [9, 40, 3], levels: { count: 63, largest: 4 } };
  const start = { ...initialSurrogate(design, KEY) };
  start.weights[0].forEach((w, k) => {
    start.weights[0][k] = 3 * w + 0.3;
  });
  // Outputs that never rise are at their largest before anything came, and learn nothing.
  start.weights[1].forEach((w, k) => {
    start.weights[1][k] = 0.5 * w + 0.05;
  });

  test("in software learns; mismatch costs; with the chip in the loop it comes back", () => {
    const software = surrogateLearner(design, sampleNeuronChip(design, 0, KEY), start, 1e-2, 20);
    trainLearner(software, train, held, plan(10), KEY);
    const ideal = learnerAccuracy(software, held, UNIT_SCALE, KEY);
    expect(ideal).toBeGreaterThan(0.9);
    const { arrays } = software.save();
    const weights = [0, 1].map((l) => Float32Array.from(arrays[`${l}.weights`]));
    let [blind, loop] = [0, 0];
    for (let c = 0; c < 4; c++) {
      const chip = sampleNeuronChip(design, 0.6, fold(KEY, c));
      const on = surrogateLearner(design, chip, { weights, biases: [] }, 1e-2, 20);
      blind += learnerAccuracy(on, held, UNIT_SCALE, KEY) / 4;
      trainLearner(on, train, held, plan(3), KEY);
      loop += learnerAccuracy(on, held, UNIT_SCALE, KEY) / 4;
    }
    expect(blind).toBeLessThan(ideal - 0.03);
    expect(loop).toBeGreaterThan(blind + 0.02);
  });

  test("continued from any epoch it ends with the same bytes; weights lie on the hardware's levels as the chip sees them", () => {
    const chip = sampleNeuronChip(design, 0.2, KEY);
    const states: TrainingState[] = [];
    const whole = surrogateLearner(design, chip, start, 1e-2, 20);
    trainLearner(whole, train, held, plan(2), KEY, null, (s) => states.push(s));
    const again = surrogateLearner(design, chip, start, 1e-2, 20);
    trainLearner(again, train, held, plan(2), KEY, states[0]);
    expect(again.save()).toEqual(whole.save());
    const coarse = surrogateLearner({ ...design, levels: { count: 1, largest: 0.3 } }, chip, start, 1e-2, 20);
    const tripled = surrogateLearner(
      { ...design, levels: { count: 1, largest: 0.3 } },
      chip,
      { ...start, weights: start.weights.map((w) => w.map((x) => (Math.abs(x) < 0.15 ? 0 : 3 * x))) },
      5e-3,
      20,
    );
    // Only levels -0.3, 0 and 0.3 are there: what lies beyond the middle is the same however far.
    expect(learnerAccuracy(coarse, held, UNIT_SCALE, KEY)).toBe(learnerAccuracy(tripled, held, UNIT_SCALE, KEY));
  });

  test("chips: mismatch 0 is the ideal one, each neuron draws its own", () => {
    const ideal = sampleNeuronChip(design, 0, KEY);
    expect(new Set(ideal.threshold)).toEqual(new Set([1]));
    const many = sampleNeuronChip({ ...design, widths: [9, 4000, 3] }, 0.3, KEY);
    const logs = Array.from(many.gain, Math.log);
    const mean = logs.reduce((x, y) => x + y, 0) / logs.length;
    const deviation = Math.sqrt(logs.reduce((x, y) => x + (y - mean) ** 2, 0) / logs.length);
    expect(Math.abs(mean)).toBeLessThan(0.02);
    expect(deviation / 0.3).toBeCloseTo(1, 1);
  });

  test("what cannot be is refused", () => {
    const chip = sampleNeuronChip(SMALL, 0, KEY);
    const weights = initialSurrogate(SMALL, KEY);
    expect(() => surrogateLearner(SMALL, chip, start, 1e-3, 4)).toThrow(/360 weights between 9 and 14/);
    expect(() => surrogateLearner(SMALL, chip, weights, -1, 4)).toThrow(/learning rate of -1/);
    expect(() => surrogateLearner(SMALL, chip, weights, 1, 0)).toThrow(/batches of 0/);
    expect(() => sampleNeuronChip({ ...SMALL, membraneTime: 1e-6 }, 0, KEY)).toThrow(
      /membraneTime 0.000001 s with steps of/,
    );
    expect(() => sampleNeuronChip(SMALL, 3, KEY)).toThrow(/mismatch 3/);
    expect(() => sampleNeuronChip({ ...SMALL, levels: { count: 0, largest: 1 } }, 0, KEY)).toThrow(/0 levels/);
  });
});

describe("shrunk images", () => {
  test("hold the means of what their pixels cover", () => {
    const data: LabelledImages = {
      count: 1,
      pixels: 16,
      classes: 2,
      images: Uint8Array.from({ length: 16 }, (_, k) => 10 * k),
      labels: Uint8Array.of(0),
    };
    expect([...shrinkImages(data, 2).images]).toEqual([25, 45, 105, 125]);
    // A side of 3 covers 4/3 of a pixel: (8 / 3 + 32 / 3 + 40 / 9) / (16 / 9) for the first.
    const eights = { ...data, images: data.images.map((v) => (8 * v) / 10) };
    expect(shrinkImages(eights, 3).images[0]).toBe(10);
    expect(shrinkImages(data, 4).images).toEqual(data.images);
    expect(() => shrinkImages(data, 5)).toThrow(/side of 5 for images of 4 x 4/);
    expect(() => shrinkImages({ ...data, pixels: 15 }, 2)).toThrow(/15 pixels are no square/);
  });
});
