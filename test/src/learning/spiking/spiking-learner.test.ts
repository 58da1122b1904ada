import { describe, expect, test } from "@jest/globals";
import type { LabelledImages } from "#src/datasets/labelled-images";
import { kernelsFor } from "#src/kernels/kernels";
import {
  AS_THEY_ARE,
  CONSTANT,
  fusedDynamics,
  fusedDynamicsArrays,
  initialSpikingParameters,
  SPIKING_NEURONS,
  SPIKING_RULE,
  type SpikingLearner,
  type SpikingNetwork,
  type SpikingRule,
  spikingLearner,
  type TrainingState,
  trainLearner,
  UNIT_SCALE,
} from "#src/learning/index";
import { fold, rootKey, uniform } from "#src/random/index";

const KEY = rootKey("spiking learner");
const NETWORK: SpikingNetwork = { widths: [16, 20, 4], neurons: SPIKING_NEURONS, input: { kind: "currents" } };
const RULE: SpikingRule = { ...SPIKING_RULE, learningRates: [0.3, 0.3] };
const IMMEDIATE: SpikingRule = { ...RULE, updates: "immediate", learningRates: [0.03, 0.03] };

/** Images of four classes, no one of which a line separates: two of four quarters bright, by parity and place. */
const quarters = (count: number, name: string): LabelledImages => {
  const key = fold(KEY, name);
  const bright = [
    [0, 3],
    [1, 2],
    [0, 1],
    [2, 3],
  ];
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 4);
  const images = Uint8Array.from({ length: 16 * count }, (_, k) => {
    const lit = bright[labels[Math.floor(k / 16)]].includes(Math.floor((k % 16) / 4));
    return Math.floor(255 * (0.5 * uniform(key, k) + (lit ? 0.4 : 0)));
  });
  return { count, pixels: 16, classes: 4, images, labels };
};
const [TRAIN, TEST] = [quarters(400, "train"), quarters(200, "test")];

const learnerOf = (
  rule: SpikingRule,
  network = NETWORK,
  images = rule.updates === "immediate" ? 1 : 10,
): SpikingLearner => spikingLearner(network, rule, initialSpikingParameters(network, KEY), images);

const plan = (epochs: number) => ({ epochs, schedule: CONSTANT, scale: UNIT_SCALE, augmentation: AS_THEY_ARE });

const RULES: [string, SpikingRule, SpikingNetwork][] = [
  ["alternating", RULE, NETWORK],
  ["symmetric", { ...RULE, estimator: "symmetric" }, NETWORK],
  ["random-sign", { ...RULE, estimator: "random-sign" }, NETWORK],
  ["immediate", IMMEDIATE, NETWORK],
  ["spiking inputs", RULE, { ...NETWORK, input: { kind: "spikes", mostRate: 0.5 } }],
  ["two hidden layers", { ...RULE, learningRates: [0.3, 0.3, 0.3] }, { ...NETWORK, widths: [16, 20, 12, 4] }],
];

describe("EqSpike learns what a layer of spikes can tell apart", () => {
  test.each(RULES)("%s", (_, rule, network) => {
    const epochs = trainLearner(learnerOf(rule, network), TRAIN, TEST, plan(4), KEY);
    expect(epochs[3].accuracy).toBeGreaterThan(0.9);
  });

  test.each(RULES)("%s: continued from any epoch it ends with the same bytes", (_, rule, network) => {
    const states: TrainingState[] = [];
    const whole = learnerOf(rule, network);
    trainLearner(whole, TRAIN, TEST, plan(2), KEY, null, (s) => states.push(s));
    const again = learnerOf(rule, network);
    const epochs = trainLearner(again, TRAIN, TEST, plan(2), KEY, states[0]);
    expect(epochs).toEqual(states[1].epochs);
    expect(again.save()).toEqual(whole.save());
  });

  test("a batch of odd number is nudged away, and the next towards: batches of one sign differ", () => {
    const [alternating, oneSided] = [learnerOf(RULE), learnerOf({ ...RULE, estimator: "one-sided" })];
    const first = { ...TRAIN, count: 10 };
    const states = [alternating, oneSided].map((learner) => {
      trainLearner(learner, first, TEST, plan(1), KEY);
      const one = learner.save().arrays;
      trainLearner(learner, first, TEST, plan(1), fold(KEY, "again"));
      return [one, learner.save().arrays];
    });
    expect(states[0][0]).toEqual(states[1][0]);
    expect(states[0][1]).not.toEqual(states[1][1]);
  });
});

describe("estimates", () => {
  /** What one image teaches, by the dynamics alone: nudges and their shares. */
  const byHand = (nudges: readonly { readonly strength: number; readonly perChange: number }[]): Float32Array => {
    const kernels = kernelsFor([{ x: 16, targets: 4 }, fusedDynamicsArrays(NETWORK, 1, "ideal")]);
    const dynamics = fusedDynamics(kernels, NETWORK, initialSpikingParameters(NETWORK, KEY), 1);
    const [x, targets] = [kernels.float32(16), kernels.float32(4)];
    for (let p = 0; p < 16; p++) x[p] = TRAIN.images[p] / 255;
    targets[TRAIN.labels[0]] = 1;
    const moves = { immediate: false, rates: [1, 1] };
    dynamics.present(x, targets, 1, KEY);
    dynamics.begin(0);
    dynamics.run(RULE.freeSteps, null, moves);
    dynamics.keepFree();
    for (const nudge of nudges) {
      dynamics.returnToFree();
      dynamics.run(RULE.nudgedSteps, nudge, moves);
    }
    dynamics.finish(0);
    dynamics.descend(1, moves, KEY);
    return dynamics.save()["1.weights"] as Float32Array;
  };
  const learned = (rule: Partial<SpikingRule>, batches = 1): Float32Array => {
    const learner = learnerOf({ ...RULE, learningRates: [1, 1], ...rule }, NETWORK, 1);
    for (let p = 0; p < 16; p++) learner.batch.x[p] = TRAIN.images[p] / 255;
    learner.batch.targets[TRAIN.labels[0]] = 1;
    for (let b = 1; b < batches; b++) {
      const before = learner.save();
      learner.learn(1, 1, fold(KEY, b));
      learner.restore({ ...before, step: b });
    }
    learner.learn(1, 1, fold(KEY, batches));
    return learner.save().arrays["1.weights"] as Float32Array;
  };
  const [towards, away] = [
    { strength: 0.5, perChange: 2 },
    { strength: -0.5, perChange: -2 },
  ];

  test("one-sided: beta towards the target, changes over beta; alternating begins so, and goes away next", () => {
    expect(learned({ estimator: "one-sided" })).toEqual(byHand([towards]));
    expect(learned({ estimator: "alternating" })).toEqual(byHand([towards]));
    expect(learned({ estimator: "alternating" }, 2)).toEqual(byHand([away]));
  });

  test("symmetric: both from one free state, each over 2 beta", () => {
    const half = (n: typeof towards) => ({ ...n, perChange: n.perChange / 2 });
    expect(learned({ estimator: "symmetric" })).toEqual(byHand([half(towards), half(away)]));
  });

  test("random signs: one of the two by chance", () => {
    const both = [byHand([towards]), byHand([away])].map((w) => w.join());
    const seen = Array.from({ length: 12 }, (_, b) => learned({ estimator: "random-sign" }, b + 1).join());
    expect(new Set(seen)).toEqual(new Set(both));
  });

  test("with the nudge left out nothing pushes, and changes are still over beta", () => {
    expect(learned({ estimator: "one-sided", pushes: false })).toEqual(byHand([{ strength: 0, perChange: 2 }]));
  });
});

describe("reading", () => {
  test("the class whose output fires most in the counted steps wins; of equal ones, that nearer to its next spike", () => {
    const network: SpikingNetwork = { ...NETWORK, widths: [2, 3] };
    const drives = [0.3, 0.3, 0.25];
    const start = { weights: [new Float32Array(6)], biases: [Float32Array.from(drives)] };
    const learner = spikingLearner(network, { ...RULE, learningRates: [0], readSteps: 50, countedSteps: 50 }, start, 1);
    expect(learner.classify(1, KEY)[0]).toBe(0);
    const nearer = { ...start, biases: [Float32Array.of(0.3, 0.3005, 0.25)] };
    const other = spikingLearner(network, { ...RULE, learningRates: [0], readSteps: 50, countedSteps: 50 }, nearer, 1);
    expect(other.classify(1, KEY)[0]).toBe(1);
  });
});

describe("what fires", () => {
  test("deliveries and updates are spikes times the neurons they reach", () => {
    const learner = learnerOf(RULE);
    trainLearner(learner, { ...TRAIN, count: 20 }, { ...TEST, count: 10 }, plan(1), KEY);
    const { learned, classified, phases, deliveries, updates, silent, unceasing } = learner.takeActivity();
    expect([learned, classified]).toEqual([20, 10]);
    expect([phases.free.steps, phases.nudged.steps, phases.read.steps]).toEqual([2400, 1200, 2000]);
    const reach = (spikes: readonly number[]): number => spikes[1] * 4 + spikes[2] * 20;
    expect(deliveries.learning).toBe(reach(phases.free.spikes) + reach(phases.nudged.spikes));
    expect(deliveries.classification).toBe(reach(phases.read.spikes));
    expect(updates).toBe(reach(phases.nudged.spikes));
    expect(phases.free.spikes[0]).toBe(0);
    expect(phases.free.spikes[1]).toBeGreaterThan(0);
    expect(silent).toBeLessThan(0.5);
    expect(unceasing).toBe(0);
    expect(learner.takeActivity().learned).toBe(0);
  });

  test("neurons that never or always fire are reported by their share", () => {
    const start = initialSpikingParameters(NETWORK, KEY);
    const biases = [start.biases[0].map((_, i) => (i < 5 ? -9 : i < 8 ? 9 : 0.1)), start.biases[1]];
    const learner = spikingLearner(NETWORK, { ...RULE, learningRates: [0, 0] }, { ...start, biases }, 10);
    trainLearner(learner, { ...TRAIN, count: 20 }, { ...TEST, count: 10 }, plan(1), KEY);
    const { silent, unceasing } = learner.takeActivity();
    expect(silent).toBeGreaterThanOrEqual(5 / 24);
    expect(unceasing).toBe(3 / 24);
  });

  test("rates that explode stop the training with the epoch and the cure", () => {
    const start = initialSpikingParameters(NETWORK, KEY);
    const hot = { ...start, biases: start.biases.map((b) => b.map(() => 2)) };
    const learner = spikingLearner(NETWORK, { ...RULE, learningRates: [0, 0] }, hot, 10);
    expect(() => trainLearner(learner, TRAIN, TEST, plan(4), KEY)).toThrow(
      /epoch 3, batch 20: layer 1 fires in 100 % of all steps.*Lower learningRates/,
    );
  });

  test("so do neurons that fire in nearly every step, though others are silent", () => {
    const start = initialSpikingParameters(NETWORK, KEY);
    const biases = [start.biases[0].map((_, i) => (i % 2 ? 9 : -9)), start.biases[1].map(() => -9)];
    const learner = spikingLearner(NETWORK, { ...RULE, learningRates: [0, 0] }, { ...start, biases }, 10);
    expect(() => trainLearner(learner, TRAIN, TEST, plan(4), KEY)).toThrow(
      /epoch 3, batch 20: 42 % of the neurons fire in nearly every step/,
    );
  });

  test("when they are told does not depend on whether a training was interrupted", () => {
    const start = initialSpikingParameters(NETWORK, KEY);
    const hot = { ...start, biases: start.biases.map((b) => b.map(() => 2)) };
    const made = () => spikingLearner(NETWORK, { ...RULE, learningRates: [0, 0] }, hot, 10);
    const faultsOf = (learner: SpikingLearner): number[] =>
      Array.from({ length: 130 }, (_, b) => b).filter((b) => learner.learn(10, 1, fold(KEY, b)).fault !== null);
    const [whole, resumed] = [made(), made()];
    for (let b = 0; b < 70; b++) whole.learn(10, 1, fold(KEY, b));
    resumed.restore(whole.save());
    expect(faultsOf(whole)).toEqual([29, 129]);
    expect(faultsOf(resumed)).toEqual([29, 129]);
  });

  test("weights that are no numbers stop it too", () => {
    const learner = learnerOf({ ...RULE, learningRates: [1e40, 1e40] });
    expect(() => trainLearner(learner, TRAIN, TEST, plan(4), KEY)).toThrow(/epoch 1/);
  });
});

describe("what cannot be", () => {
  test.each([
    [{ ...RULE, learningRates: [0.1] }, NETWORK, 10, /rates 0.1 for 2 layers/],
    [{ ...RULE, beta: 0 }, NETWORK, 10, /beta 0/],
    [{ ...RULE, countedSteps: 300 }, NETWORK, 10, /countedSteps 300 of 200/],
    [{ ...RULE, freeSteps: 0.5 }, NETWORK, 10, /freeSteps 0.5/],
    [{ ...RULE, estimator: "both" as never }, NETWORK, 10, /estimator "both"; expected alternating/],
    [{ ...RULE, updates: "immediate" as const }, NETWORK, 10, /immediate updates in batches of 10/],
    [RULE, { ...NETWORK, widths: [16] }, 10, /layers of 16 neurons; expected inputs and one layer or more/],
    [RULE, { ...NETWORK, widths: [16, 0, 4] }, 10, /16-0-4/],
    [RULE, { ...NETWORK, input: { kind: "spikes" as const, mostRate: 2 } }, 10, /up to 2 spikes a step/],
    [RULE, NETWORK, 0, /batches of 0 images/],
  ])("%# is refused with what is allowed", (rule, network, images, message) => {
    const start = initialSpikingParameters({ ...NETWORK }, KEY);
    expect(() => spikingLearner(network, rule, start, images)).toThrow(message);
  });

  test("images of another size are refused", () => {
    expect(() => trainLearner(learnerOf(RULE), { ...TRAIN, pixels: 9 }, TEST, plan(1), KEY)).toThrow(/9 pixels/);
  });
});
