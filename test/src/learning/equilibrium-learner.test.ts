import { describe, expect, test } from "@jest/globals";
import { exactNetwork, exactStep, inputDrive, readoutOf, restStates } from "#src/learning/exact-dynamics";
import { addExactGradient, exactForward } from "#src/learning/exact-layer";
import {
  type Estimator,
  equilibriumLearner,
  idealSubstrate,
  type Phases,
  type PrimitiveFunction,
  placeLayers,
} from "#src/learning/index";
import { PLAIN_DESCENT } from "#src/networks/index";
import { rootKey } from "#src/random/index";
import { examplesFor, INSIDE, OUTSIDE, parametersFor, smallConvolutional, smallDense } from "./networks.ts";

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
});
