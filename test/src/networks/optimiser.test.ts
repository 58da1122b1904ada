import { describe, expect, test } from "@jest/globals";
import { arraysIn } from "#src/kernels/declared-arrays";
import { kernelsFor } from "#src/kernels/kernels";
import {
  kernelOptimiserStep,
  momentLengths,
  type Optimiser,
  optimiserState,
  optimiserStepInPlace,
} from "#src/networks/index";
import { normalsInto, rootKey } from "#src/random/index";

const OPTIMISERS: [string, Optimiser][] = [
  ["Adam", { kind: "adam" }],
  ["descent with momentum and weight decay", { kind: "sgd", momentum: 0.9, weightDecay: 3e-4 }],
];

describe("optimisers", () => {
  test.each(OPTIMISERS)("a step in the kernels' memory gives the bits of one outside: %s", (_, optimiser) => {
    const declared = { w: 1001, gradient: 1001, state: momentLengths(1001, optimiser) };
    const kernels = kernelsFor(declared);
    const { w, gradient, state } = arraysIn(kernels, declared);
    normalsInto(w, rootKey("w"));
    const [outside, other] = [w.slice(), optimiserState(1001, optimiser)];
    for (let step = 1; step <= 5; step++) {
      normalsInto(gradient, rootKey(`${step}`), 0, 10 ** -step);
      kernelOptimiserStep(kernels, optimiser, w, gradient, state, 0.01, step);
      optimiserStepInPlace(optimiser, outside, gradient, other, 0.01, step);
    }
    expect(Array.from(w)).toEqual(Array.from(outside));
    expect(Array.from(state.first)).toEqual(Array.from(other.first));
  });
  test("momentum adds up, and decay pulls towards 0, as the recursion says", () => {
    const w = Float32Array.of(2);
    const optimiser: Optimiser = { kind: "sgd", momentum: 0.5, weightDecay: 0.1 };
    const state = optimiserState(1, optimiser);
    optimiserStepInPlace(optimiser, w, Float32Array.of(1), state, 0.1, 1);
    expect(w[0]).toBeCloseTo(2 - 0.1 * 1.2, 6);
    optimiserStepInPlace(optimiser, w, Float32Array.of(1), state, 0.1, 2);
    expect(w[0]).toBeCloseTo(1.88 - 0.1 * (0.5 * 1.2 + 1 + 0.188), 6);
  });
  test("the first step of Adam is the learning rate against the gradient's sign", () => {
    const w = Float32Array.of(1, 1);
    const optimiser: Optimiser = { kind: "adam" };
    optimiserStepInPlace(optimiser, w, Float32Array.of(3, -1e-3), optimiserState(2, optimiser), 0.01, 1);
    expect(w[0]).toBeCloseTo(0.99, 5);
    expect(w[1]).toBeCloseTo(1.01, 5);
  });
});
