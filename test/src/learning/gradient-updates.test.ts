import { describe, expect, test } from "@jest/globals";
import {
  addBackwardGradient,
  backwardSteps,
  type ExactExample,
  freeTail,
} from "#src/learning/backpropagation-through-time";
import {
  exactNetwork,
  exactStep,
  inputDrive,
  primitiveValue,
  readoutOf,
  restStates,
} from "#src/learning/exact-dynamics";
import { type ComparedPhases, compareGradients } from "#src/learning/gradient-updates";
import { type Cost, type PrimitiveFunction, placeLayers } from "#src/learning/index";
import {
  examplesFor,
  INSIDE,
  OUTSIDE,
  parametersFor,
  smallConvolutional,
  smallDense,
  twicePooled,
} from "./networks.ts";

const CROSS_ENTROPY: Cost = { kind: "cross-entropy" };
const READOUT: Cost = { kind: "softmax readout" };

/** The loss after a number of free steps, written from its definition. */
const lossAfter = (
  phi: PrimitiveFunction,
  weights: readonly Float64Array[],
  biases: readonly Float32Array[],
  { x, target }: ExactExample,
  steps: number,
): number => {
  const network = exactNetwork(phi, { weights, biases });
  const drive = inputDrive(network, x);
  let states: readonly Float64Array[] = restStates(network);
  for (let t = 0; t < steps; t++) states = exactStep(network, states, drive, target, 0).states;
  const output = states[states.length - 1];
  if (phi.cost.kind === "softmax readout") {
    const p = readoutOf(network, output);
    return -p.reduce((sum, share, k) => sum + target[k] * Math.log(share), 0);
  }
  if (phi.cost.kind === "cross-entropy") {
    const sum = output.reduce((a, u) => a + Math.exp(u), 0);
    return -output.reduce((a, u, k) => a + target[k] * (u - Math.log(sum)), 0);
  }
  return output.reduce((a, s, k) => a + (s - target[k]) ** 2 / 2, 0);
};

describe("gradients of Equilibrium Propagation and of backpropagation through time", () => {
  test.each<[string, PrimitiveFunction]>([
    ["tanh, squared error", smallDense("tanh", INSIDE)],
    ["logistic, cross-entropy", smallDense("shifted logistic", CROSS_ENTROPY)],
    ["logistic, softmax readout", smallDense("shifted logistic", READOUT)],
    ["convolutions with pooling, half hard sigmoid", smallConvolutional("half hard sigmoid", INSIDE)],
    ["convolutions without pooling, tanh", smallConvolutional("tanh", READOUT, false)],
    ["two pooled convolutions, logistic", twicePooled("shifted logistic", INSIDE)],
  ])("backpropagation through all steps is the derivative of the loss by finite differences: %s", (_, phi) => {
    const [example] = examplesFor(phi, 1, "finite differences");
    const { weights, biases } = parametersFor(phi, "w");
    const exact = weights.map((w) => Float64Array.from(w));
    const STEPS = 5;
    const network = exactNetwork(phi, { weights: exact, biases });
    const { tail } = freeTail(network, inputDrive(network, example.x), example.target, STEPS, STEPS);
    const gradients = restStates(network).map((_s, l) => {
      const gradient = new Float64Array(exact[l].length);
      for (const step of backwardSteps(network, example.target, tail))
        addBackwardGradient(gradient, network, example.x, step, l, 1);
      return gradient;
    });
    placeLayers(phi)
      .slice(0, gradients.length)
      .forEach((layer, l) => {
        for (let k = 0; k < layer.weights; k += Math.max(1, Math.floor(layer.weights / 11))) {
          const kept = exact[l][k];
          const h = 1e-6;
          exact[l][k] = kept + h;
          const above = lossAfter(phi, exact, biases, example, STEPS);
          exact[l][k] = kept - h;
          const below = lossAfter(phi, exact, biases, example, STEPS);
          exact[l][k] = kept;
          expect(gradients[l][k]).toBeCloseTo((above - below) / (2 * h), 7);
        }
      });
  });

  /** Slope of ln(relative error) over ln(beta), cumulated, of each layer. */
  const orders = (phi: PrimitiveFunction, estimator: ComparedPhases["estimator"], scale = 1): number[] => {
    const network = exactNetwork(phi, parametersFor(phi, "order", scale));
    const examples = examplesFor(phi, 3, "order");
    const at = (beta: number) =>
      compareGradients(network, examples, { freeSteps: 400, nudgedSteps: 12, beta, estimator });
    const [one, two] = [at(0.01), at(0.02)];
    expect(one.moved).toBeLessThan(1e-13);
    return one.layers.map((layer, l) =>
      Math.log2(two.layers[l].cumulated.relativeError / layer.cumulated.relativeError),
    );
  };
  const NETWORKS: [string, PrimitiveFunction][] = [
    ["logistic, nudge inside", smallDense("shifted logistic", INSIDE)],
    ["logistic, nudge outside, against the matching loss", smallDense("shifted logistic", OUTSIDE)],
    ["tanh, nudge inside", smallDense("tanh", INSIDE)],
    ["cross-entropy on a linear output", smallDense("shifted logistic", CROSS_ENTROPY)],
    ["softmax readout", smallDense("shifted logistic", READOUT)],
    ["convolutions with pooling, logistic", smallConvolutional("shifted logistic", INSIDE)],
    ["two pooled convolutions, logistic", twicePooled("shifted logistic", INSIDE)],
  ];
  test.each(NETWORKS)("the bias of a one-sided estimate is of the first order in beta: %s", (_, phi) => {
    for (const order of orders(phi, "one-sided")) expect(order).toBeCloseTo(1, 1);
  });
  test.each(NETWORKS)("the bias of a symmetric estimate is of the second order in beta: %s", (_, phi) => {
    for (const order of orders(phi, "symmetric")) expect(order).toBeCloseTo(2, 1);
  });

  test("agree step by step where beta is small, but where both are zero", () => {
    const phi = smallDense("shifted logistic", INSIDE);
    const network = exactNetwork(phi, parametersFor(phi, "steps"));
    const { layers } = compareGradients(network, examplesFor(phi, 2, "steps"), {
      freeSteps: 300,
      nudgedSteps: 6,
      beta: 1e-4,
      estimator: "symmetric",
    });
    // The error needs two steps from the output of three layers to reach the first.
    expect(layers[0].steps.slice(0, 2).every(({ cosine }) => Number.isNaN(cosine))).toBe(true);
    expect(layers[0].steps[2].cosine).toBeGreaterThan(1 - 1e-6);
    expect(layers[2].steps[0].cosine).toBeGreaterThan(1 - 1e-6);
    for (const { cumulated } of layers) {
      expect(cumulated.signAgreement).toBe(1);
      expect(cumulated.normRatio).toBeCloseTo(1, 6);
    }
  });

  test("the drive is the gradient of the primitive function by the states", () => {
    const phi = smallConvolutional("tanh", INSIDE);
    const network = exactNetwork(phi, parametersFor(phi, "phi"));
    const [{ x, target }] = examplesFor(phi, 1, "phi");
    const drive = inputDrive(network, x);
    const { states } = exactStep(network, restStates(network), drive, target, 0);
    const { drives } = exactStep(network, states, drive, target, 0);
    states.forEach((s, l) => {
      for (let k = 0; k < s.length; k += 5) {
        const [kept, h] = [s[k], 1e-5];
        s[k] = kept + h;
        const above = primitiveValue(network, x, states);
        s[k] = kept - h;
        const below = primitiveValue(network, x, states);
        s[k] = kept;
        expect(drives[l][k]).toBeCloseTo((above - below) / (2 * h), 6);
      }
    });
  });

  test("what makes no sense is refused with what is allowed", () => {
    const phi = smallDense("tanh", INSIDE);
    const parameters = parametersFor(phi, "bad");
    const network = exactNetwork(phi, parameters);
    const examples = examplesFor(phi, 1, "bad");
    const phases = { freeSteps: 10, nudgedSteps: 5, beta: 0.1, estimator: "symmetric" } as const;
    expect(() => compareGradients(network, examples, { ...phases, beta: 0 })).toThrow(/beta 0; .*e\.g\. 0\.1/);
    expect(() => compareGradients(network, examples, { ...phases, nudgedSteps: 11 })).toThrow(
      /11 nudged steps against 10 free ones; .*at least as long/,
    );
    const separate = exactNetwork(phi, parameters, parameters.weights);
    expect(() => compareGradients(separate, examples, phases)).toThrow(/weights of its own/);
    expect(() => primitiveValue(separate, examples[0].x, restStates(separate))).toThrow(/gradient of no function/);
  });
});
