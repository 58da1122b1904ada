import { describe, expect, test } from "@jest/globals";
import type { LabelledImages } from "#src/datasets/labelled-images";
import {
  AS_THEY_ARE,
  CONSTANT,
  denseNetwork,
  initialParameters,
  LIF_NEURONS,
  learnerAccuracy,
  lifRate,
  lifStepInPlace,
  restingLif,
  showImages,
  softLifLearner,
  softLifRate,
  softLifSlope,
  trainLearner,
  UNIT_SCALE,
} from "#src/learning/index";
import { fold, rootKey, uniform } from "#src/random/index";

const KEY = rootKey("soft LIF");

describe("the rate of a leaky integrate-and-fire neuron", () => {
  test("is that of its spikes, whatever the step", () => {
    for (const j of [0.05, 0.3, 1, 5, 30])
      for (const timeStep of [1e-4, 1e-3, 3e-3]) {
        const [state, fired] = [restingLif(1), new Float32Array(1)];
        let spikes = 0;
        const steps = Math.round(20 / timeStep);
        for (let s = 0; s < steps; s++) {
          lifStepInPlace(LIF_NEURONS, state, [j], fired, timeStep);
          spikes += fired[0];
        }
        // At most one spike a step.
        const expected = Math.min(lifRate(LIF_NEURONS, j), 1 / timeStep);
        expect(Math.abs(spikes / 20 - expected)).toBeLessThan(0.1 + 0.002 * expected);
      }
    expect(lifRate(LIF_NEURONS, 0)).toBe(0);
    expect(lifRate(LIF_NEURONS, -1)).toBe(0);
    expect(lifRate(LIF_NEURONS, 1e12)).toBeCloseTo(500, 6);
    expect(lifRate(LIF_NEURONS, 1)).toBeCloseTo(1 / (0.002 + 0.022 * Math.LN2), 10);
  });

  test("in steps longer than its intervals it fires once a step, and keeps no debt of spikes", () => {
    const [state, fired] = [restingLif(1), new Float32Array(1)];
    for (let s = 0; s < 200; s++) lifStepInPlace(LIF_NEURONS, state, [60], fired, 3e-3);
    let spikes = 0;
    for (let s = 0; s < 100; s++) {
      lifStepInPlace(LIF_NEURONS, state, [0.3], fired, 3e-3);
      spikes += fired[0];
    }
    expect(Math.abs(spikes - 0.3 * lifRate(LIF_NEURONS, 0.3))).toBeLessThan(1.5);
  });

  test("below threshold nothing fires", () => {
    const [state, fired] = [restingLif(1), new Float32Array(1)];
    for (let s = 0; s < 2000; s++) {
      lifStepInPlace(LIF_NEURONS, state, [-0.01], fired, 1e-3);
      expect(fired[0]).toBe(0);
    }
    expect(state.membranes[0]).toBeCloseTo(0.99, 6);
  });

  test("softened, it approaches the hard one away from threshold and has its derivative everywhere", () => {
    for (const j of [0.3, 1, 10]) expect(softLifRate(LIF_NEURONS, j) / lifRate(LIF_NEURONS, j)).toBeCloseTo(1, 4);
    expect(softLifRate(LIF_NEURONS, -1)).toBeLessThan(1);
    for (const j of [-0.2, -0.05, -0.01, 0, 0.01, 0.1, 1, 20]) {
      const h = 1e-6 * Math.max(1, Math.abs(j));
      const numeric = (softLifRate(LIF_NEURONS, j + h) - softLifRate(LIF_NEURONS, j - h)) / (2 * h);
      expect(softLifSlope(LIF_NEURONS, j) / numeric).toBeCloseTo(1, 5);
    }
    expect(softLifSlope(LIF_NEURONS, -100)).toBe(0);
  });
});

const stripes = (count: number, name: string): LabelledImages => {
  const key = fold(KEY, name);
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 3);
  const images = Uint8Array.from({ length: count * 12 }, (_, k) => {
    const lit = Math.floor((k % 12) / 4) === labels[Math.floor(k / 12)];
    return Math.floor(255 * (0.6 * uniform(key, k) + (lit ? 0.35 : 0)));
  });
  return { count, pixels: 12, classes: 3, images, labels };
};

describe("a network trained by rates and run by spikes", () => {
  const widths = [12, 30, 20, 3];
  const start = initialParameters(denseNetwork(widths, "tanh", { kind: "squared error", nudge: "inside" }), KEY);
  const made = (noise = 10) => softLifLearner(widths, { neurons: LIF_NEURONS, noise, learningRate: 3e-3 }, start, 20);
  const [train, held] = [stripes(600, "train"), stripes(200, "test")];
  const plan = { epochs: 6, schedule: CONSTANT, scale: UNIT_SCALE, augmentation: AS_THEY_ARE };

  test("loses little by spiking, and less the longer an image stands", () => {
    const learner = made();
    trainLearner(learner, train, held, plan, KEY);
    const rates = learnerAccuracy(learner, held, UNIT_SCALE, KEY);
    expect(rates).toBeGreaterThan(0.9);
    const spiking = (duration: number) => {
      let [right, spikes] = [0, 0];
      for (let from = 0; from < held.count; from += 20) {
        const places = Uint32Array.from({ length: 20 }, (_, b) => from + b);
        showImages(learner, held, places, UNIT_SCALE);
        const run = learner.classifySpiking(20, { duration, timeStep: 1e-3, averagedFrom: duration / 2 });
        run.found.forEach((c, b) => {
          if (c === held.labels[from + b]) right++;
        });
        spikes += run.spikes;
      }
      return { accuracy: right / held.count, spikes };
    };
    const [brief, long] = [spiking(0.006), spiking(0.4)];
    const early = (averagedFrom: number): string => {
      showImages(
        learner,
        held,
        Uint32Array.from({ length: 20 }, (_, b) => b),
        UNIT_SCALE,
      );
      return learner.classifySpiking(20, { duration: 0.02, timeStep: 1e-3, averagedFrom }).found.join();
    };
    expect(early(0)).not.toBe(early(0.019));
    expect(Math.abs(long.accuracy - rates)).toBeLessThan(0.03);
    expect(brief.accuracy).toBeLessThan(long.accuracy);
    expect(brief.spikes).toBeLessThan(long.spikes);
  });

  test("continued from any epoch it ends with the same bytes; noise is drawn anew each batch", () => {
    const whole = made();
    let first: Parameters<typeof trainLearner>[5] = null;
    trainLearner(whole, train, held, { ...plan, epochs: 2 }, KEY, null, (s) => {
      first ??= s;
    });
    const again = made();
    trainLearner(again, train, held, { ...plan, epochs: 2 }, KEY, first);
    expect(again.save()).toEqual(whole.save());
    const silent = made(0);
    trainLearner(silent, train, held, { ...plan, epochs: 2 }, KEY);
    expect(silent.save()).not.toEqual(whole.save());
  });

  test("what cannot be is refused", () => {
    expect(() => made(-1)).toThrow(/noise of -1/);
    const bad = { ...LIF_NEURONS, refractoryTime: 0 };
    expect(() => softLifLearner(widths, { neurons: bad, noise: 0, learningRate: 1e-3 }, start, 20)).toThrow(
      /refractoryTime 0/,
    );
    expect(() => made().classifySpiking(1, { duration: 0.1, timeStep: 1e-3, averagedFrom: 0.1 })).toThrow(
      /a step or more to average/,
    );
  });
});
