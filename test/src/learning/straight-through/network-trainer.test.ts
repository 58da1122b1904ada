import { describe, expect, test } from "@jest/globals";
import { alone, SLICES } from "#src/learning/straight-through/exchange";
import { networkTrainer } from "#src/learning/straight-through/network-trainer";
import { initialiseTrained, trainedNetwork } from "#src/learning/straight-through/parameters";
import { RECIPE } from "#src/learning/straight-through/recipe";
import { showInto } from "#src/learning/straight-through/show-batch";
import { type NetworkDesign, trainingSteps } from "#src/learning/straight-through/training-steps";
import type { Layer, WeightLevels } from "#src/networks/layers";
import { sizeOf } from "#src/networks/shapes";
import { fold, normal, rootKey, uniform } from "#src/random/index";
import { dense, SMOOTH, taking } from "./designs.ts";
import { naiveLoss } from "./naive-loss.ts";

const BATCH = 21;
/** Of central differences: small enough that few numbers pass a kink. */
const STEP = 2e-5;
const key = rootKey("gradients");

/** A trainer with a batch of random images before it, parameters a little off their start. */
const withBatch = (design: NetworkDesign, batch = BATCH, spread = 0.3) => {
  const steps = trainingSteps(design);
  const exchange = alone(steps);
  const trainer = networkTrainer(design, RECIPE, batch, exchange, steps);
  initialiseTrained(exchange.parameters, design, steps, RECIPE, key);
  for (let i = 0; i < steps.length; i++) exchange.parameters[i] += spread * normal(fold(key, "off"), i);
  trainer.load();
  const pixels = sizeOf(design.input.shape);
  const images = Uint8Array.from({ length: batch * pixels }, (_, i) => 256 * uniform(fold(key, "pixel"), i));
  const classes = Math.max(2, steps.classes);
  const labels = Uint8Array.from({ length: batch }, (_, i) => classes * uniform(fold(key, "label"), i));
  const show = showInto(
    trainer.input,
    trainer.labels,
    design.input,
    { count: batch, pixels, classes, images, labels },
    RECIPE.augmentation,
  );
  for (let b = 0; b < batch; b++) show(b, b, null);
  const gradients = (): Float64Array => {
    trainer.gradients(batch);
    return Float64Array.from({ length: steps.length }, (_, i) => {
      let sum = 0;
      for (let s = 0; s < SLICES; s++) sum += exchange.gradients[s * steps.length + i];
      return sum;
    });
  };
  const network = () => trainedNetwork(design, steps, RECIPE, exchange.parameters, trainer.running);
  return { trainer, exchange, steps, images, labels, gradients, network };
};

describe("a network in training", () => {
  describe.each(Object.entries(SMOOTH))("%s", (_name, design) => {
    test("has the loss of the executor in double precision", () => {
      const { trainer, images, labels, network } = withBatch(design);
      expect(trainer.gradients(BATCH)).toBeCloseTo(naiveLoss(network(), images, labels), 4);
    });
    test("has the gradients of central differences of that loss, of every tensor", () => {
      const { exchange, steps, images, labels, gradients, network } = withBatch(design);
      const found = gradients();
      const { parameters } = exchange;
      for (const { layer, part, from, length } of steps.parameters) {
        const name = `${layer}.${part}`;
        const places = Array.from(
          { length: Math.min(length, 9) },
          (_, k) => from + Math.floor((k * length) / Math.min(length, 9)),
        );
        const most = Math.max(1e-3, ...found.subarray(from, from + length).map(Math.abs));
        for (const i of places) {
          const own = parameters[i];
          const at = (shift: number): readonly [number, number] => {
            parameters[i] = own + shift;
            return [parameters[i], naiveLoss(network(), images, labels)];
          };
          const [[high, above], [low, below]] = [at(STEP), at(-STEP)];
          parameters[i] = own;
          expect({ name, i, gradient: Math.abs(found[i] - (above - below) / (high - low)) < 3e-3 * most }).toEqual({
            name,
            i,
            gradient: true,
          });
        }
      }
    });
  });

  const ACTIVATIONS: readonly (readonly [string, Layer, (y: number) => number, (y: number) => boolean])[] = [
    ["sign", { name: "a", kind: "sign" }, (y) => (y >= 0 ? 1 : -1), (y) => Math.abs(y) <= 1],
    [
      "ternary",
      { name: "a", kind: "ternary", threshold: 0.5 },
      (y) => (Math.abs(y) > 0.5 ? Math.sign(y) : 0),
      (y) => Math.abs(y) <= 1,
    ],
    ["hardTanh", { name: "a", kind: "hardTanh" }, (y) => Math.min(1, Math.max(-1, y)), (y) => Math.abs(y) <= 1],
    ["relu", { name: "a", kind: "relu" }, (y) => Math.max(0, y), (y) => y > 0],
    [
      "clip",
      { name: "a", kind: "clip", low: -0.4, high: 0.7 },
      (y) => Math.min(0.7, Math.max(-0.4, y)),
      (y) => y >= -0.4 && y <= 0.7,
    ],
    [
      "steps",
      { name: "a", kind: "steps", at: [-0.3, 0.3], above: [true, true], values: [-0.8, 0, 0.6] },
      (y) => (y > 0.3 ? 0.6 : y > -0.3 ? 0 : -0.8),
      (y) => y >= -0.8 && y <= 0.6,
    ],
    [
      "uniform",
      { name: "a", kind: "uniform", bits: 3, signed: true, narrow: false, scale: 0.25, zeroPoint: 0 },
      (y) => 0.25 * Math.min(3, Math.max(-4, Math.round(y / 0.25))),
      (y) => y >= -1 && y <= 0.75,
    ],
  ];
  const KINDS: readonly (readonly [string, WeightLevels, (w: number) => number, number])[] = [
    ["float", { kind: "float" }, (w) => w, 1],
    ["binary", { kind: "binary" }, (w) => (w >= 0 ? 1 : -1), 1],
    ["ternary", { kind: "ternary" }, (w) => (Math.abs(w) > 0.05 ? Math.sign(w) : 0), 1],
    ["3-bit", { kind: "integer", bits: 3, narrow: true }, (w) => Math.min(3, Math.max(-3, Math.floor(3 * w + 0.5))), 3],
  ];
  describe.each(ACTIVATIONS)("through %s", (_name, activation, value, passes) => {
    test.each(KINDS)("and %s weights, gradients are those of the stated surrogate", (_kind, weights, level) => {
      const [inputs, classes] = [6, 3];
      const design = {
        input: taking(inputs, 1, 1),
        layers: [{ name: "b", kind: "bias" } as const, activation, dense("d", classes, weights)],
      };
      const { exchange, images, labels, gradients } = withBatch(design, BATCH, 0.9);
      const found = gradients();
      const [bias, latent] = [exchange.parameters.subarray(0, inputs), exchange.parameters.subarray(inputs)];
      const [byBias, byWeight] = [new Float64Array(inputs), new Float64Array(inputs * classes)];
      for (let b = 0; b < BATCH; b++) {
        const y = Array.from({ length: inputs }, (_, i) => images[b * inputs + i] / 255 - 0.5 + bias[i]);
        const a = y.map(value);
        const z = Array.from({ length: classes }, (_, o) =>
          a.reduce((sum, x, i) => sum + x * level(latent[i * classes + o]), 0),
        );
        const total = z.reduce((sum, x) => sum + Math.exp(x), 0);
        z.forEach((x, o) => {
          const g = (Math.exp(x) / total - (labels[b] === o ? 1 : 0)) / BATCH;
          for (let i = 0; i < inputs; i++) {
            byWeight[i * classes + o] += g * a[i];
            if (passes(y[i])) byBias[i] += g * level(latent[i * classes + o]);
          }
        });
      }
      [...byBias, ...byWeight].forEach((expected, i) => {
        expect(found[i]).toBeCloseTo(expected, 5);
      });
    });
  });
  test("a latent weight of several levels moves by the levels that its range stretches over", () => {
    const design = { input: taking(4, 1, 1), layers: [dense("d", 2, { kind: "integer", bits: 3, narrow: true })] };
    const { trainer, exchange, gradients } = withBatch(design, BATCH, 0);
    const before = exchange.parameters.slice();
    const found = gradients();
    const sgd = networkTrainer(
      design,
      { ...RECIPE, optimiser: { kind: "sgd", momentum: 0, weightDecay: 0 } },
      BATCH,
      exchange,
      trainer.steps,
    );
    sgd.descend({ rate: 0.01, step: 1 });
    exchange.parameters.forEach((w, i) => {
      expect(w).toBeCloseTo(before[i] - 0.03 * found[i], 6);
    });
  });
});
