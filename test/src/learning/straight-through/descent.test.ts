import { describe, expect, test } from "@jest/globals";
import { type RecipeOptimiser, trainingSteps } from "#src/learning/index";
import { descentOf } from "#src/learning/straight-through/descent";
import { alone, SLICES } from "#src/learning/straight-through/exchange";
import { quantizeInto } from "#src/learning/straight-through/latent-weights";
import { dense, norm, taking } from "./designs.ts";

const design = { input: taking(3, 1, 1), layers: [dense("d", 2, { kind: "binary" }), norm("n")] };

/** Parameters after steps under constant gradients, each slice having its share. */
const moved = (optimiser: RecipeOptimiser, gradient: number, rates: readonly number[], start = 0.5) => {
  const steps = trainingSteps(design);
  const exchange = alone(steps);
  exchange.parameters.fill(start);
  exchange.gradients.fill(gradient / SLICES);
  const descend = descentOf(steps, optimiser, exchange);
  rates.forEach((rate, k) => {
    expect(descend({ rate, step: k + 1 })).toBe(true);
  });
  const [weights, gain] = [exchange.parameters[0], exchange.parameters[6]];
  return { weights, gain };
};

describe("a step of training", () => {
  test("of Adam moves every parameter by the rate at first, whatever the gradient, and weights no further than 1", () => {
    for (const gradient of [1e-3, 7]) expect(moved({ kind: "adam" }, gradient, [0.01]).gain).toBeCloseTo(0.49, 5);
    expect(moved({ kind: "adam" }, -7, [0.01], 0.995)).toEqual({ weights: 1, gain: expect.closeTo(1.005, 5) });
  });
  test("of AdamW draws weights to 0 by their share, and leaves gains", () => {
    const { weights, gain } = moved({ kind: "adamw", weightDecay: 0.5 }, 0, [0.1, 0.1]);
    expect(weights).toBeCloseTo(0.5 * 0.95 ** 2, 6);
    expect(gain).toBe(0.5);
  });
  test("of SGD sums gradients with its momentum; the decay is of weights alone", () => {
    const { weights, gain } = moved({ kind: "sgd", momentum: 0.5, weightDecay: 1 }, 0.2, [0.1, 0.1]);
    expect(gain).toBeCloseTo(0.5 - 0.1 * 0.2 - 0.1 * 0.3, 6);
    const first = 0.5 - 0.1 * (0.2 + 0.5);
    expect(weights).toBeCloseTo(first - 0.1 * (0.5 * 0.7 + 0.2 + first), 6);
  });
  test("tells a gradient that is no number", () => {
    const steps = trainingSteps(design);
    const exchange = alone(steps);
    exchange.gradients[3] = Number.NaN;
    expect(descentOf(steps, { kind: "adam" }, exchange)({ rate: 0.1, step: 1 })).toBe(false);
  });
});

test.each([
  [{ kind: "binary" }, [-1, -1, 1, 1, 1]],
  [{ kind: "ternary" }, [-1, 0, 0, 0, 1]],
  [{ kind: "integer", bits: 3, narrow: true }, [-3, 0, 0, 0, 1]],
  [{ kind: "float" }, [-1, -0.05, 0, 0.04, 0.3]],
] as const)("latent weights -1, -0.05, 0, 0.04 and 0.3 become %j: %j", (weights, expected) => {
  const levels = new Float32Array(5);
  quantizeInto(levels, Float32Array.of(-1, -0.05, 0, 0.04, 0.3), { weights, ternaryThreshold: Math.fround(0.05) });
  expect([...levels].map((level) => level + 0)).toEqual(expected.map(Math.fround));
});
