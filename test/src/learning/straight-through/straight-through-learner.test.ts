import { describe, expect, test } from "@jest/globals";
import type { LabelledImages } from "#src/datasets/labelled-images";
import { AS_THEY_ARE, straightThroughLearner, type TrainingState, trainLearner, UNIT_SCALE } from "#src/learning/index";
import { classifyFloat, TERNARY_ACTIVATION, TERNARY_WEIGHTS } from "#src/networks/index";
import { activationGradientInPlace } from "#src/networks/quantizers";
import { fold, rootKey, uniform } from "#src/random/index";

const KEY = rootKey("straight through");
const [PIXELS, CLASSES] = [20, 3];

/** Images that are bright where their class says. */
const images = (count: number, name: string): LabelledImages => {
  const labels = Uint8Array.from({ length: count }, (_, b) => b % CLASSES);
  const pixels = Uint8Array.from({ length: count * PIXELS }, (_, k) => {
    const [b, p] = [Math.floor(k / PIXELS), k % PIXELS];
    return Math.floor((p % CLASSES === labels[b] ? 255 : 160) * uniform(fold(KEY, name), k));
  });
  return { count, pixels: PIXELS, classes: CLASSES, images: pixels, labels };
};
const [TRAIN, TEST] = [images(150, "train"), images(60, "test")];
const DESIGN = { widths: [PIXELS, 16, CLASSES], weights: TERNARY_WEIGHTS, activation: TERNARY_ACTIVATION };
const PLAN = {
  epochs: 4,
  schedule: { kind: "cosine", period: 4 },
  scale: UNIT_SCALE,
  augmentation: AS_THEY_ARE,
} as const;
const made = () => straightThroughLearner(DESIGN, 0.02, 30, fold(KEY, "start"));

describe("straight-through training as a learner", () => {
  test("continued from any epoch it ends with the same bytes", () => {
    const whole = made();
    const states: TrainingState[] = [];
    const epochs = trainLearner(whole, TRAIN, TEST, PLAN, KEY, null, (state) => states.push(state));
    expect(epochs[3].accuracy).toBeGreaterThan(0.7);
    for (const from of [states[0], states[2]]) {
      const again = made();
      expect(trainLearner(again, TRAIN, TEST, PLAN, KEY, from)).toEqual(epochs);
      expect(again.network()).toEqual(whole.network());
      expect(again.save()).toEqual(whole.save());
    }
  });
  test("it classifies as its network does", () => {
    const learner = made();
    trainLearner(learner, TRAIN, TEST, { ...PLAN, epochs: 1 }, KEY);
    const { x } = learner.batch;
    for (let k = 0; k < 30 * PIXELS; k++) x[k] = TEST.images[k] / 255;
    const mine = learner.classify(30, KEY);
    expect(mine).toEqual(classifyFloat(learner.network(), TEST.images.subarray(0, 30 * PIXELS)));
  });
  test("a batch of one image moves nothing but the step", () => {
    const learner = made();
    const before = learner.save();
    learner.learn(1, 1, KEY);
    expect(learner.save()).toEqual({ ...before, step: 1 });
  });

  test("its gradients are those of the loss, by central differences, where nothing is quantized", () => {
    const smooth = { widths: [PIXELS, 6, CLASSES], weights: { kind: "float" }, activation: { kind: "relu" } } as const;
    const learner = straightThroughLearner(smooth, 0.01, 30, KEY);
    const { x, targets } = learner.batch;
    for (let k = 0; k < 30 * PIXELS; k++) x[k] = TRAIN.images[k] / 255;
    for (let b = 0; b < 30; b++) targets[b * CLASSES + TRAIN.labels[b]] = 1;
    const start = learner.save();
    /** Loss of the batch with one parameter moved, at a learning rate of 0. */
    const lossAt = (name: string, k: number, by: number): number => {
      const values = Float32Array.from(start.arrays[name]);
      values[k] += by;
      learner.restore({ step: 0, arrays: { ...start.arrays, [name]: values } });
      learner.learn(30, 0, KEY);
      return learner.takeLoss() / 30;
    };
    learner.learn(30, 0, KEY);
    const after = learner.save().arrays;
    learner.takeLoss();
    const STEP = 1e-2;
    for (const [name, moment] of [
      ["0.latent", "0.latent.first"],
      ["1.latent", "1.latent.first"],
      ["0.gain", "0.gain.first"],
      ["1.shift", "1.shift.first"],
    ])
      for (const k of [0, 4, 9].filter((place) => place < start.arrays[name].length)) {
        // Adam's first moment after one step is a tenth of the gradient.
        const gradient = after[moment][k] / 0.1;
        const difference = (lossAt(name, k, STEP) - lossAt(name, k, -STEP)) / (2 * STEP);
        expect(Math.abs(gradient - difference)).toBeLessThan(2e-3 + 0.02 * Math.abs(difference));
      }
  });
});

describe("surrogates of quantizers", () => {
  test.each([
    ["binary", { kind: "binary" }],
    ["ternary", { kind: "ternary", threshold: 0.5 }],
  ] as const)("%s activations pass the gradient of the hard tanh", (_, activation) => {
    const y = Float32Array.from({ length: 401 }, (_v, k) => (k - 200) / 100 + 0.005);
    const gradient = new Float32Array(y.length).fill(3);
    activationGradientInPlace(gradient, y, activation, y.length);
    const hardTanh = (v: number): number => Math.min(1, Math.max(-1, v));
    gradient.forEach((g, k) => {
      expect(g).toBeCloseTo((3 * (hardTanh(y[k] + 1e-3) - hardTanh(y[k] - 1e-3))) / 2e-3, 3);
    });
  });
});
