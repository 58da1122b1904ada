import { describe, expect, test } from "@jest/globals";
import type { LabelledImages } from "#src/datasets/labelled-images";
import { AS_THEY_ARE, straightThroughLearner, type TrainingState, trainLearner, UNIT_SCALE } from "#src/learning/index";
import { classifyFloat, TERNARY_ACTIVATION, TERNARY_WEIGHTS } from "#src/networks/index";
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
});
