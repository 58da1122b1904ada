import { describe, expect, test } from "@jest/globals";
import { exactNetwork, exactStep, inputDrive, readoutOf, restStates } from "#src/learning/exact-dynamics";
import { addExactGradient, exactForward } from "#src/learning/exact-layer";
import {
  type Estimator,
  equilibriumLearner,
  idealSubstrate,
  type Learner,
  type Phases,
  type PrimitiveFunction,
  placeLayers,
} from "#src/learning/index";
import { saturatedShare } from "#src/learning/saturation";
import { ADAM, PLAIN_DESCENT } from "#src/networks/index";
import { rootKey } from "#src/random/index";
import {
  examplesFor,
  INSIDE,
  OUTSIDE,
  parametersFor,
  smallConvolutional,
  smallDense,
  twicePooled,
} from "./networks.ts";

const COUNT = 5;
const KEY = rootKey("learner");

const phasesOf = (estimator: Estimator): Phases => ({
  estimator,
  beta: 0.3,
  freeSteps: 25,
  nudgedSteps: 6,
  tolerance: 0,
});

/** Change of every weight in one step of rate 1, from the definition, in double precision. */
const definition = (phi: PrimitiveFunction, phases: Phases) => {
  const network = exactNetwork(phi, parametersFor(phi, "learner"));
  const layers = placeLayers(phi);
  const changes = layers.map(({ weights }) => new Float64Array(weights));
  const biases = layers.map((l) => new Float64Array(l.biases));
  const [b1, b2] = phases.estimator === "symmetric" ? [phases.beta, -phases.beta] : [phases.beta, 0];
  for (const { x, target } of examplesFor(phi, COUNT, "learned")) {
    const drive = inputDrive(network, x);
    const run = (from: readonly Float64Array[], beta: number, steps: number): readonly Float64Array[] => {
      let states = from;
      for (let t = 0; t < steps; t++) states = exactStep(network, states, drive, target, beta).states;
      return states;
    };
    const rest = run(restStates(network), 0, phases.freeSteps);
    const ends = [run(rest, b1, phases.nudgedSteps), b2 === 0 ? rest : run(rest, b2, phases.nudgedSteps)];
    ends.forEach((states, end) => {
      const scale = (end === 0 ? 1 : -1) / ((b1 - b2) * COUNT);
      states.forEach((s, l) => {
        const below = l === 0 ? x : states[l - 1];
        const { choices } = exactForward(layers[l], network.weights[l], below);
        addExactGradient(changes[l], layers[l], below, s, choices, scale);
        s.forEach((v, k) => {
          biases[l][Math.floor(k / (s.length / biases[l].length))] += scale * v;
        });
      });
    });
    if (phi.cost.kind === "softmax readout") {
      const top = layers.length - 1;
      const used = phases.estimator === "symmetric" ? ends : ends.slice(0, 1);
      for (const states of used) {
        const error = readoutOf(network, states[top - 1]).map((p, k) => target[k] - p);
        addExactGradient(changes[top], layers[top], states[top - 1], error, null, 1 / (used.length * COUNT));
        error.forEach((e, k) => {
          biases[top][k] += e / (used.length * COUNT);
        });
      }
    }
  }
  return { changes, biases };
};

const CASES: [string, PrimitiveFunction, Estimator][] = [
  ["dense, symmetric", smallDense("shifted logistic", INSIDE), "symmetric"],
  ["dense, one-sided, nudge outside", smallDense("tanh", OUTSIDE), "one-sided"],
  ["dense, cross-entropy", smallDense("shifted logistic", { kind: "cross-entropy" }), "symmetric"],
  ["dense, softmax readout, one-sided", smallDense("tanh", { kind: "softmax readout" }), "one-sided"],
  ["convolutions with pooling", smallConvolutional("half hard sigmoid", INSIDE), "symmetric"],
  ["two pooled convolutions", twicePooled("shifted logistic", INSIDE), "symmetric"],
  ["convolutions, softmax readout", smallConvolutional("tanh", { kind: "softmax readout" }), "symmetric"],
];

describe("learning by Equilibrium Propagation", () => {
  test.each(CASES)("a step of descent is the estimate's definition: %s", (_, phi, estimator) => {
    const phases = phasesOf(estimator);
    const start = parametersFor(phi, "learner");
    const rule = { phases, optimiser: PLAIN_DESCENT, learningRates: [1] };
    const learner = equilibriumLearner(phi, rule, start, idealSubstrate(PLAIN_DESCENT), COUNT);
    const examples = examplesFor(phi, COUNT, "learned");
    learner.batch.x.set(examples.flatMap((e) => Array.from(e.x)));
    learner.batch.targets.set(examples.flatMap((e) => Array.from(e.target)));
    learner.learn(COUNT, 1, KEY);
    const { arrays } = learner.save();
    const { changes, biases } = definition(phi, phases);
    changes.forEach((change, l) => {
      const [w, b] = [arrays[`${l}.weights`], arrays[`${l}.biases`]];
      change.forEach((c, k) => {
        expect(Math.abs(w[k] - start.weights[l][k] - c)).toBeLessThan(2e-5);
      });
      biases[l].forEach((c, k) => {
        expect(Math.abs(b[k] - start.biases[l][k] - c)).toBeLessThan(2e-5);
      });
      expect(Math.max(...change.map(Math.abs))).toBeGreaterThan(1e-3);
    });
  });

  test.each<[string, PrimitiveFunction]>([
    ["dense", smallDense("shifted logistic", INSIDE)],
    ["two pooled convolutions", twicePooled("shifted logistic", INSIDE)],
  ])("weights that have moved, and weights restored, are those that the next batch meets both ways: %s", (_, phi) => {
    const rule = { phases: phasesOf("symmetric"), optimiser: ADAM, learningRates: [0.05] };
    const make = () => equilibriumLearner(phi, rule, parametersFor(phi, "learner"), idealSubstrate(ADAM), COUNT);
    const show = (learner: Learner): void => {
      const examples = examplesFor(phi, COUNT, "learned");
      learner.batch.x.set(examples.flatMap((e) => Array.from(e.x)));
      learner.batch.targets.set(examples.flatMap((e) => Array.from(e.target)));
    };
    const learner = make();
    show(learner);
    for (let step = 0; step < 3; step++) learner.learn(COUNT, 1, KEY);
    // A learner that starts from these weights sees what this one sees now.
    const { arrays, step } = learner.save();
    const moved = {
      weights: placeLayers(phi).map((_l, l) => Float32Array.from(arrays[`${l}.weights`])),
      biases: placeLayers(phi).map((_l, l) => Float32Array.from(arrays[`${l}.biases`])),
    };
    const plain = { ...rule, optimiser: PLAIN_DESCENT };
    const fresh = equilibriumLearner(phi, plain, moved, idealSubstrate(PLAIN_DESCENT), COUNT);
    const restored = make();
    show(restored);
    restored.learn(COUNT, 1, KEY);
    restored.restore({ arrays, step });
    for (const other of [fresh, restored]) show(other);
    expect(Array.from(fresh.classify(COUNT, KEY))).toEqual(Array.from(learner.classify(COUNT, KEY)));
    for (const other of [fresh, restored, learner]) other.learn(COUNT, 1, KEY);
    expect(restored.save()).toEqual(learner.save());
    const gradient = fresh.save().arrays;
    const adam = learner.save().arrays;
    // Adam's first moment is 0.9 of the last plus 0.1 of the gradient, which plain descent shows.
    placeLayers(phi).forEach((_l, l) => {
      moved.weights[l].forEach((w, k) => {
        const g = (w - gradient[`${l}.weights`][k]) / 0.05;
        expect(adam[`${l}.first`][k]).toBeCloseTo(0.9 * arrays[`${l}.first`][k] + 0.1 * g, 4);
      });
    });
  });

  test("a schedule multiplies the step of weights and biases", () => {
    const phi = smallDense("shifted logistic", INSIDE);
    const rule = { phases: phasesOf("symmetric"), optimiser: PLAIN_DESCENT, learningRates: [1] };
    const start = parametersFor(phi, "learner");
    const learnedAt = (schedule: number) => {
      const learner = equilibriumLearner(phi, rule, start, idealSubstrate(PLAIN_DESCENT), COUNT);
      const examples = examplesFor(phi, COUNT, "learned");
      learner.batch.x.set(examples.flatMap((e) => Array.from(e.x)));
      learner.batch.targets.set(examples.flatMap((e) => Array.from(e.target)));
      learner.learn(COUNT, schedule, KEY);
      return learner.save().arrays;
    };
    const [whole, third] = [learnedAt(1), learnedAt(0.3)];
    for (let l = 0; l < 3; l++) {
      start.weights[l].forEach((w, k) => {
        expect(third[`${l}.weights`][k] - w).toBeCloseTo(0.3 * (whole[`${l}.weights`][k] - w), 5);
      });
      start.biases[l].forEach((b, k) => {
        expect(third[`${l}.biases`][k] - b).toBeCloseTo(0.3 * (whole[`${l}.biases`][k] - b), 5);
      });
    }
  });

  test("saturation is the share of states at their bounds after the free phase; a linear output has none", () => {
    const layers = placeLayers(smallDense("tanh", INSIDE));
    const states = layers.map(({ outputs }) => new Float32Array(2 * outputs));
    states[0].fill(0.9995, 0, 5);
    states[2].fill(-1, 0, 4);
    const tanh = smallDense("tanh", INSIDE);
    expect(saturatedShare(states, layers, 2, tanh)).toBeCloseTo(9 / 36, 10);
    expect(saturatedShare(states, layers, 2, { ...tanh, cost: { kind: "cross-entropy" } })).toBeCloseTo(5 / 30, 10);
    // Biases that drive every neuron far out: all saturated.
    const start = parametersFor(tanh, "far");
    const far = { ...start, biases: start.biases.map((b) => b.map(() => 50)) };
    const rule = { phases: phasesOf("symmetric"), optimiser: PLAIN_DESCENT, learningRates: [0] };
    const learner = equilibriumLearner(tanh, rule, far, idealSubstrate(PLAIN_DESCENT), COUNT);
    expect(learner.learn(COUNT, 1, KEY).saturated).toBe(1);
    expect(learner.learn(COUNT, 1, KEY).saturated).toBeNull();
  });
});
