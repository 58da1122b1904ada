import { describe, expect, test } from "@jest/globals";
import type { LabelledImages } from "#src/datasets/labelled-images";
import {
  AS_THEY_ARE,
  backpropagationLearner,
  CONSTANT,
  denseNetwork,
  equilibriumLearner,
  idealSubstrate,
  initialFeedback,
  initialParameters,
  type Learner,
  type NetworkParameters,
  stepwiseLearner,
  type TrainingPlan,
  type TrainingState,
  trainLearner,
  UNIT_SCALE,
} from "#src/learning/index";
import { showImages } from "#src/learning/train-learner";
import { ADAM, PLAIN_DESCENT } from "#src/networks/index";
import { fold, rootKey, uniform } from "#src/random/index";
import { examplesFor, INSIDE, OUTSIDE, parametersFor, smallDense } from "./networks.ts";

const KEY = rootKey("training");

/** Images of three classes, a third of the pixels bright in each, with noise. */
const bars = (count: number, name: string): LabelledImages => {
  const key = fold(KEY, name);
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 3);
  const images = Uint8Array.from({ length: count * 9 }, (_, k) => {
    const i = Math.floor(k / 9);
    const bright = Math.floor((k % 9) / 3) === labels[i];
    return Math.floor(255 * (0.6 * uniform(key, k) + (bright ? 0.4 : 0)));
  });
  return { count, pixels: 9, classes: 3, images, labels };
};

const phi = denseNetwork([9, 12, 3], "shifted logistic", OUTSIDE);
const start = initialParameters(phi, KEY);
const phases = { estimator: "symmetric", beta: 0.4, freeSteps: 15, nudgedSteps: 6, tolerance: 0 } as const;
const RULE = { phases, optimiser: ADAM, learningRates: [0.01] };
const plan: TrainingPlan = { epochs: 4, schedule: CONSTANT, scale: UNIT_SCALE, augmentation: AS_THEY_ARE };

const LEARNERS: [string, () => Learner][] = [
  [
    "Equilibrium Propagation, Adam",
    () => equilibriumLearner(phi, { phases, optimiser: ADAM, learningRates: [0.01] }, start, idealSubstrate(ADAM), 10),
  ],
  [
    "continual, separate feedback",
    () =>
      stepwiseLearner(
        phi,
        {
          phases: { ...phases, estimator: "random-sign" },
          feedback: "separate (same update)",
          moves: "every step",
          learningRates: [0.1],
        },
        start,
        initialFeedback(phi, KEY),
        10,
      ),
  ],
  [
    "backpropagation",
    () =>
      backpropagationLearner(
        phi,
        { optimiser: PLAIN_DESCENT, learningRates: [0.5] },
        start,
        idealSubstrate(PLAIN_DESCENT),
        10,
      ),
  ],
];

describe("training", () => {
  const [train, test_] = [bars(200, "train"), bars(90, "test")];
  test.each(LEARNERS)("learns, and continued from any epoch ends as if never interrupted: %s", (_, make) => {
    const states: TrainingState[] = [];
    const whole = make();
    const epochs = trainLearner(whole, train, test_, plan, KEY, null, (s) => states.push(s));
    expect(epochs[3].accuracy).toBeGreaterThan(0.8);
    const resumed = make();
    const again = trainLearner(resumed, train, test_, plan, KEY, states[1]);
    expect(again).toEqual(epochs);
    expect(resumed.save()).toEqual(whole.save());
  });

  test("backpropagation is the derivative of the loss by finite differences", () => {
    const network = smallDense("shifted logistic", INSIDE);
    const parameters = parametersFor(network, "bp");
    const rule = { optimiser: PLAIN_DESCENT, learningRates: [1] };
    const learner = backpropagationLearner(network, rule, parameters, idealSubstrate(PLAIN_DESCENT), 4);
    const examples = examplesFor(network, 4, "bp");
    learner.batch.x.set(examples.flatMap((e) => Array.from(e.x)));
    learner.batch.targets.set(examples.flatMap((e) => Array.from(e.target)));
    learner.learn(4, 1, KEY);
    const { arrays } = learner.save();
    const loss = (weights: readonly ArrayLike<number>[]): number => {
      let sum = 0;
      for (const { x, target } of examples) {
        let s: number[] = Array.from(x);
        weights.forEach((w, l) => {
          const width = parameters.biases[l].length;
          s = Array.from(parameters.biases[l], (b, o) => {
            const u = s.reduce((a, v, i) => a + v * w[i * width + o], b);
            return 1 / (1 + Math.exp(-4 * (u - 0.5)));
          });
        });
        sum += s.reduce((a, v, k) => a + (v - target[k]) ** 2 / 2, 0) / 4;
      }
      return sum;
    };
    parameters.weights.forEach((w, l) => {
      for (let k = 0; k < w.length; k += 7) {
        const at = (value: number) =>
          loss(parameters.weights.map((v, m) => (m === l ? Float64Array.from(v, (e, j) => (j === k ? value : e)) : v)));
        const slope = (at(w[k] + 1e-5) - at(w[k] - 1e-5)) / 2e-5;
        expect(w[k] - arrays[`${l}.weights`][k]).toBeCloseTo(slope, 5);
      }
      for (let o = 0; o < parameters.biases[l].length; o++) {
        const kept = parameters.biases[l][o];
        const at = (value: number): number => {
          parameters.biases[l][o] = value;
          const found = loss(parameters.weights);
          parameters.biases[l][o] = kept;
          return found;
        };
        expect(kept - arrays[`${l}.biases`][o]).toBeCloseTo((at(kept + 1e-3) - at(kept - 1e-3)) / 2e-3, 4);
      }
    });
  });

  test.each<[string, (broken: NetworkParameters) => Learner]>([
    [
      "a layer at a time",
      (from) => equilibriumLearner({ ...phi, cost: { kind: "cross-entropy" } }, RULE, from, idealSubstrate(ADAM), 10),
    ],
    ["fused", (from) => equilibriumLearner(phi, RULE, from, idealSubstrate(ADAM), 10)],
    [
      "stepwise",
      (from) =>
        stepwiseLearner(
          phi,
          {
            phases: { ...phases, estimator: "one-sided" },
            feedback: "tied",
            moves: "every step",
            learningRates: [0.1],
          },
          from,
          null,
          10,
        ),
    ],
    ["backpropagation", (from) => backpropagationLearner(phi, RULE, from, idealSubstrate(ADAM), 10)],
  ])("a training that diverges says where and what to do: %s", (_, make) => {
    // One hidden neuron of twelve, not the last, has lost its number.
    const weights = start.weights.map((w, l) => (l === 0 ? w.map((v, k) => (k === 5 ? Number.NaN : v)) : w));
    expect(() => trainLearner(make({ ...start, weights }), train, test_, plan, KEY)).toThrow(
      /epoch 1, batch 1: a state is NaN: lower/,
    );
  });

  test.each([LEARNERS[0], LEARNERS[2]])("a batch with a state that is no number moves no weight: %s", (_, make) => {
    const learner = make();
    learner.batch.x.fill(0.5);
    learner.batch.targets.fill(0);
    learner.batch.x[13] = Number.NaN;
    const before = learner.save();
    expect(learner.learn(10, 1, KEY).fault).toMatch(/NaN/);
    expect(learner.save()).toEqual(before);
  });

  test("a free phase without enough steps is counted, with how far states still moved", () => {
    const short = { ...phases, freeSteps: 1 };
    const learner = equilibriumLearner(
      phi,
      { phases: short, optimiser: ADAM, learningRates: [0.01] },
      start,
      idealSubstrate(ADAM),
      10,
    );
    const [first] = trainLearner(learner, train, test_, { ...plan, epochs: 1 }, KEY);
    expect(first.unsettled).toBe(20);
    expect(first.moved).toBeGreaterThan(0.1);
  });

  test("images enter channel by channel, less their mean, over their deviation", () => {
    const data: LabelledImages = {
      count: 2,
      pixels: 8,
      classes: 2,
      images: Uint8Array.of(...new Array(8).fill(0), 0, 51, 102, 255, 0, 51, 102, 255),
      labels: Uint8Array.of(0, 1),
    };
    const network = denseNetwork([8, 4, 2], "tanh", INSIDE);
    const learner = equilibriumLearner(network, RULE, initialParameters(network, KEY), idealSubstrate(ADAM), 2);
    showImages(learner, data, [1], { mean: [0.2, 0.5], deviation: [0.5, 0.25] });
    const expected = [-0.4, 0, 0.4, 1.6, -2, -1.2, -0.4, 2];
    Array.from(learner.batch.x.subarray(0, 8)).forEach((v, k) => {
      expect(v).toBeCloseTo(expected[k], 5);
    });
    expect(Array.from(learner.batch.targets)).toEqual([0, 1, 0, 0]);
  });

  test("learning rates follow a half cosine of their period, epoch by epoch", () => {
    const seen: number[] = [];
    const learner = LEARNERS[2][1]();
    const watched: Learner = {
      ...learner,
      learn: (count, schedule, key) => {
        seen.push(schedule);
        return learner.learn(count, schedule, key);
      },
    };
    trainLearner(watched, train, test_, { ...plan, schedule: { kind: "cosine", period: 4 } }, KEY);
    expect([0, 20, 40, 60].map((k) => seen[k])).toEqual(
      [1, (1 + Math.SQRT1_2) / 2, 0.5, (1 - Math.SQRT1_2) / 2].map((v) => expect.closeTo(v, 10)),
    );
  });

  test("varied images are flipped or moved by at most the reach, border pixels repeated", () => {
    const image = Uint8Array.from({ length: 16 }, (_, k) => 10 * k);
    const data: LabelledImages = { count: 1, pixels: 16, classes: 2, images: image, labels: Uint8Array.of(1) };
    const network = denseNetwork([16, 4, 2], "tanh", INSIDE);
    const learner = equilibriumLearner(
      network,
      { phases, optimiser: ADAM, learningRates: [0.1] },
      initialParameters(network, KEY),
      idealSubstrate(ADAM),
      1,
    );
    const places = (flip: boolean, down: number, right: number): number[] =>
      Array.from({ length: 16 }, (_, p) => {
        const clip = (v: number): number => Math.min(3, Math.max(0, v));
        const x = flip ? 3 - (p % 4) : p % 4;
        return 10 * (4 * clip(Math.floor(p / 4) + down) + clip(x + right));
      });
    const known = new Set<string>();
    for (const flip of [false, true])
      for (const down of [-1, 0, 1]) for (const right of [-1, 0, 1]) known.add(places(flip, down, right).join());
    const seen = new Set<string>();
    for (let k = 0; k < 200; k++) {
      showImages(learner, data, [0], UNIT_SCALE, { kind: "flip and move", reach: 1 }, fold(KEY, k));
      seen.add(Array.from(learner.batch.x, (v) => Math.round(255 * v)).join());
    }
    const two = equilibriumLearner(network, RULE, initialParameters(network, KEY), idealSubstrate(ADAM), 8);
    showImages(two, data, new Uint32Array(8), UNIT_SCALE, { kind: "flip and move", reach: 1 }, KEY);
    const rows = Array.from({ length: 8 }, (_, b) => two.batch.x.subarray(16 * b, 16 * (b + 1)).join());
    expect(new Set(rows).size).toBeGreaterThan(2);
    expect([...seen].every((s) => known.has(s))).toBe(true);
    expect(seen.size).toBe(18);
    const moved = new Set<string>();
    for (let k = 0; k < 100; k++) {
      showImages(learner, data, [0], UNIT_SCALE, { kind: "move", reach: 1 }, fold(KEY, k));
      moved.add(Array.from(learner.batch.x, (v) => Math.round(255 * v)).join());
    }
    expect(moved.size).toBe(9);
    for (const down of [-1, 0, 1])
      for (const right of [-1, 0, 1]) expect(moved.has(places(false, down, right).join())).toBe(true);
  });

  test("images, classes and rates that do not fit are refused", () => {
    const learner = LEARNERS[0][1]();
    const wide = { ...train, pixels: 10 };
    expect(() => trainLearner(learner, wide, test_, plan, KEY)).toThrow(
      /images of 10 pixels for a network of 9 inputs/,
    );
    expect(() => trainLearner(learner, { ...train, classes: 4 }, test_, plan, KEY)).toThrow(
      /4 training classes for 3 outputs/,
    );
    expect(() => trainLearner(learner, train, test_, { ...plan, epochs: 0 }, KEY)).toThrow(/0 epochs/);
    const refused = (more: Partial<TrainingPlan>, message: RegExp, tested = test_, trained = train): void =>
      expect(() => trainLearner(learner, trained, tested, { ...plan, ...more }, KEY)).toThrow(message);
    refused({}, /test images of 12 pixels/, { ...test_, pixels: 12 });
    refused({}, /test image 3 has label 7; expected 0 \.\. 2/, { ...test_, labels: Uint8Array.of(0, 1, 7) });
    refused({}, /no training images/, test_, { ...train, count: 0, labels: new Uint8Array(0) });
    refused({ scale: { mean: [0], deviation: [0] } }, /deviations 0 of the scale/);
    refused({ schedule: { kind: "cosine", period: 0 } }, /period 0/);
    refused({ augmentation: { kind: "flip and move", reach: -1 } }, /up to -1 pixels/);
    const shapes = { ...start, weights: [start.weights[0].slice(1), start.weights[1]] };
    expect(() => equilibriumLearner(phi, RULE, shapes, idealSubstrate(ADAM), 10)).toThrow(
      /layer 1 starts with 107 weights/,
    );
    expect(() => equilibriumLearner(phi, RULE, start, idealSubstrate(ADAM), 0)).toThrow(/batches of 0 images/);
    const bad = { phases: { ...phases, beta: 0 }, optimiser: ADAM, learningRates: [0.1] };
    expect(() => equilibriumLearner(phi, bad, start, idealSubstrate(ADAM), 10)).toThrow(/beta 0/);
    const rates = { phases, optimiser: ADAM, learningRates: [0.1, -1] };
    expect(() => equilibriumLearner(phi, rates, start, idealSubstrate(ADAM), 10)).toThrow(/rates 0.1, -1/);
  });
});
