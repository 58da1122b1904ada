import { describe, expect, test } from "@jest/globals";
import { exactNetwork, exactStep, inputDrive, restStates } from "#src/learning/exact-dynamics";
import {
  type Cost,
  equilibriumLearner,
  type Feedback,
  idealSubstrate,
  initialFeedback,
  type Learner,
  type Phases,
  placeLayers,
  stepwiseLearner,
} from "#src/learning/index";
import { PLAIN_DESCENT } from "#src/networks/index";
import { rootKey } from "#src/random/index";
import { examplesFor, INSIDE, OUTSIDE, parametersFor, smallConvolutional, smallDense } from "./networks.ts";

const KEY = rootKey("stepwise");
const COUNT = 6;
const phases: Phases = { estimator: "one-sided", beta: 0.4, freeSteps: 40, nudgedSteps: 7, tolerance: 0 };

const networkOf = (cost: Cost) => smallDense("shifted logistic", cost);

const show = (learner: Learner, cost: Cost): void => {
  const examples = examplesFor(networkOf(cost), COUNT, "batch");
  learner.batch.x.set(examples.flatMap((e) => Array.from(e.x)));
  learner.batch.targets.set(examples.flatMap((e) => Array.from(e.target)));
};

/** Weights and feedback after one batch, written as the equations stand: an outer product a step, in double precision. */
const naive = (cost: Cost, feedback: Feedback, rates: readonly number[], continual: boolean) => {
  const phi = networkOf(cost);
  const layers = placeLayers(phi);
  const start = parametersFor(phi, "start");
  const weights = start.weights.map((w) => Float64Array.from(w));
  const biases = start.biases.map((b) => Float64Array.from(b));
  const tied = feedback === "tied";
  const back = tied ? weights : initialFeedback(phi, KEY).map((w) => Float64Array.from(w));
  const network = exactNetwork(phi, { weights, biases }, tied ? null : back);
  const examples = examplesFor(phi, COUNT, "batch");
  let all: (readonly Float64Array[])[] = examples.map(({ x, target }) => {
    let states: readonly Float64Array[] = restStates(network);
    for (let t = 0; t < phases.freeSteps; t++)
      states = exactStep(network, states, inputDrive(network, x), target, 0).states;
    return states;
  });
  const [up, down] = [weights.map((w) => w.map(() => 0)), weights.map((w) => w.map(() => 0))];
  const bias = biases.map((b) => b.map(() => 0));
  const apply = (): void => {
    layers.forEach((_, l) => {
      const both = feedback === "separate (same update)" && l > 0;
      for (let k = 0; k < weights[l].length; k++) {
        const [u, d] = [up[l][k], down[l][k]];
        weights[l][k] += rates[l] * (both ? u + d : u);
        if (!tied && l > 0) back[l][k] += rates[l] * (both ? u + d : d);
      }
      for (let o = 0; o < bias[l].length; o++) biases[l][o] += rates[l] * bias[l][o];
      up[l].fill(0);
      down[l].fill(0);
      bias[l].fill(0);
    });
  };
  for (let t = 0; t < phases.nudgedSteps; t++) {
    const next = all.map(
      (s, i) => exactStep(network, s, inputDrive(network, examples[i].x), examples[i].target, phases.beta).states,
    );
    next.forEach((after, i) => {
      const before = all[i];
      const share = 1 / (phases.beta * COUNT);
      layers.forEach(({ inputs, outputs }, l) => {
        const [low, lowAfter] = l === 0 ? [examples[i].x, examples[i].x] : [before[l - 1], after[l - 1]];
        for (let o = 0; o < outputs; o++) {
          const [s, sAfter] = [before[l][o], after[l][o]];
          bias[l][o] += share * (sAfter - s);
          for (let p = 0; p < inputs; p++) {
            const k = p * outputs + o;
            if (tied) up[l][k] += share * (lowAfter[p] * sAfter - low[p] * s);
            else {
              up[l][k] += share * low[p] * (sAfter - s);
              down[l][k] += share * (lowAfter[p] - low[p]) * s;
            }
          }
        }
      });
    });
    if (continual) apply();
    all = next;
  }
  if (!continual) apply();
  return { weights, back, biases };
};

const learned = (
  cost: Cost,
  feedback: Feedback,
  rates: readonly number[],
  continual: boolean,
): Record<string, ArrayLike<number>> => {
  const phi = networkOf(cost);
  const rule = { phases, feedback, moves: continual ? "every step" : "at the end", learningRates: rates } as const;
  const back = feedback === "tied" ? null : initialFeedback(phi, KEY);
  const learner = stepwiseLearner(phi, rule, parametersFor(phi, "start"), back, COUNT);
  show(learner, cost);
  learner.learn(COUNT, 1, KEY);
  return { ...learner.save().arrays };
};

const worst = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.max(...Array.from(a, (v, k) => Math.abs(v - b[k])));

describe("learning step by step", () => {
  test.each<[Feedback, boolean, Cost]>([
    ["tied", true, OUTSIDE],
    ["tied", true, INSIDE],
    ["tied", false, OUTSIDE],
    ["separate (own updates)", true, OUTSIDE],
    ["separate (own updates)", false, INSIDE],
    ["separate (same update)", true, OUTSIDE],
  ])("%s, continual %s: as an outer product a step would", (feedback, continual, cost) => {
    const rates = [0.3, 0.2, 0.1];
    const expected = naive(cost, feedback, rates, continual);
    const found = learned(cost, feedback, rates, continual);
    const start = parametersFor(networkOf(cost), "start");
    expected.weights.forEach((w, l) => {
      // Single precision through thirty steps that each feed the next: up to 3e-5 of the way in sixty layers looked at.
      const way = worst(w, start.weights[l]);
      expect(way).toBeGreaterThan(1e-3);
      expect(worst(w, found[`${l}.weights`])).toBeLessThan(1e-4 * way);
      expect(worst(expected.biases[l], found[`${l}.biases`])).toBeLessThan(1e-4 * way);
      if (feedback !== "tied" && l > 0)
        expect(worst(expected.back[l], found[`${l}.feedback`])).toBeLessThan(1e-4 * way);
    });
  });

  test("continual updates become those of Equilibrium Propagation as the rate goes to 0, in proportion to it", () => {
    // Change per rate, in double precision: what a small rate leaves would drown in single.
    const perRate = (rate: number, continual: boolean): number[] => {
      const start = parametersFor(networkOf(OUTSIDE), "start").weights;
      const { weights } = naive(OUTSIDE, "tied", [rate, rate, rate], continual);
      return weights.flatMap((w, l) => Array.from(w, (v, k) => (v - start[l][k]) / rate));
    };
    const distance = (rate: number): number => worst(perRate(rate, true), perRate(rate, false));
    const [large, small] = [distance(0.02), distance(0.002)];
    expect(large / small).toBeGreaterThan(8);
    expect(large / small).toBeLessThan(12);
    expect(distance(1e-6) / small / (1e-6 / 0.002)).toBeCloseTo(1, 1);
  });

  test("a schedule multiplies the rates of every layer", () => {
    const phi = networkOf(OUTSIDE);
    const at = (rate: number, schedule: number) => {
      const rule = { phases, feedback: "tied", moves: "every step", learningRates: [rate] } as const;
      const learner = stepwiseLearner(phi, rule, parametersFor(phi, "start"), null, COUNT);
      show(learner, OUTSIDE);
      learner.learn(COUNT, schedule, KEY);
      return learner.save().arrays;
    };
    const [scheduled, slower, whole] = [at(0.5, 0.25), at(0.125, 1), at(0.5, 1)];
    for (let l = 0; l < 3; l++) {
      expect(worst(scheduled[`${l}.weights`], slower[`${l}.weights`])).toBeLessThan(1e-7);
      expect(worst(whole[`${l}.weights`], slower[`${l}.weights`])).toBeGreaterThan(1e-4);
    }
  });

  test("tied and at the end it is the learner that compares the two ends", () => {
    const phi = networkOf(OUTSIDE);
    const rates = [0.3, 0.2, 0.1];
    const rule = { phases, optimiser: PLAIN_DESCENT, learningRates: rates };
    const learner = equilibriumLearner(phi, rule, parametersFor(phi, "start"), idealSubstrate(PLAIN_DESCENT), COUNT);
    show(learner, OUTSIDE);
    learner.learn(COUNT, 1, KEY);
    const { arrays } = learner.save();
    const stepwise = learned(OUTSIDE, "tied", rates, false);
    for (let l = 0; l < 3; l++) expect(worst(arrays[`${l}.weights`], stepwise[`${l}.weights`])).toBeLessThan(2e-6);
  });

  test("what makes no sense is refused", () => {
    const phi = networkOf(OUTSIDE);
    const start = parametersFor(phi, "start");
    const rule = { phases, feedback: "tied", moves: "every step", learningRates: [0.1] } as const;
    const symmetric = { ...rule, phases: { ...phases, estimator: "symmetric" } } as const;
    expect(() => stepwiseLearner(phi, symmetric, start, null, 4)).toThrow(/one-sided or random-sign/);
    expect(() => stepwiseLearner(phi, rule, start, initialFeedback(phi, KEY), 4)).toThrow(
      /tied with weights of its own/,
    );
    expect(() => stepwiseLearner(phi, { ...rule, learningRates: [1, 2] }, start, null, 4)).toThrow(
      /rates 1, 2 for 3 layers/,
    );
    const pictures = smallConvolutional("tanh", OUTSIDE);
    expect(() => stepwiseLearner(pictures, rule, parametersFor(pictures, "x"), null, 4)).toThrow(/dense network/);
    const none = { ...rule, phases: { ...phases, beta: 0 } };
    expect(() => stepwiseLearner(phi, none, start, null, 4)).toThrow(/beta 0; the estimate divides by it/);
  });
});
