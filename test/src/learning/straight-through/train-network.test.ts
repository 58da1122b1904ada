import { describe, expect, test } from "@jest/globals";
import type { LabelledImages } from "#src/datasets/labelled-images";
import {
  Diverged,
  type NetworkTraining,
  type NetworkTrainingState,
  RECIPE,
  type Recipe,
  trainNetwork,
} from "#src/learning/index";
import { scheduledAt } from "#src/learning/straight-through/recipe";
import { accuracyOf, classifyFloat, perceptronLayers, TERNARY_WEIGHTS, vggNetwork } from "#src/networks/index";
import { fold, rootKey, uniform } from "#src/random/index";

const SIDE = 8;
const CLASSES = 3;

/** Images of three channels, the class's own bright on the left. */
const images = (count: number, name: string): LabelledImages => {
  const labels = Uint8Array.from({ length: count }, (_, b) => b % CLASSES);
  const pixels = 3 * SIDE * SIDE;
  const own = fold(rootKey("train-network"), name);
  return {
    count,
    pixels,
    sides: [3, SIDE, SIDE],
    classes: CLASSES,
    images: Uint8Array.from({ length: count * pixels }, (_, k) => {
      const [b, p] = [Math.floor(k / pixels), k % pixels];
      const isBright = Math.floor(p / SIDE ** 2) === labels[b] && p % SIDE < SIDE / 2;
      return (isBright ? 255 : 90) * uniform(own, k);
    }),
    labels,
  };
};
const [TRAIN, TEST] = [images(150, "train"), images(61, "test")];
const small = (kind: "binary" | "ternary" | "float", filters = 2) =>
  vggNetwork({
    input: { channels: 3, height: SIDE, width: SIDE },
    filters,
    weights: { kind },
    activation: kind === "float" ? { kind: "relu" } : { kind: "sign" },
    classes: CLASSES,
  });
const recipe = (over: Partial<Recipe> = {}): Recipe => ({
  ...RECIPE,
  epochs: 3,
  batch: 32,
  learningRate: 0.01,
  schedule: { kind: "cosine", periods: [1, 2] },
  augmentation: { kind: "flip and move", reach: 1 },
  ...over,
});
const training = (over: Partial<NetworkTraining> = {}): NetworkTraining => ({
  design: small("ternary"),
  recipe: recipe(),
  train: TRAIN,
  test: TEST,
  key: rootKey("a"),
  ...over,
});
const bytesOf = ({ network }: ReturnType<typeof trainNetwork>): string => JSON.stringify(network);

describe("training a network", () => {
  test.each(["binary", "ternary", "float"] as const)(
    "a %s one learns, and the executor sees what the trainer saw",
    (kind) => {
      const plan = recipe({
        epochs: 14,
        batch: 16,
        schedule: { kind: "cosine", periods: [14] },
        augmentation: RECIPE.augmentation,
      });
      const { network, epochs } = trainNetwork(training({ design: small(kind, 6), recipe: plan }));
      expect(epochs).toHaveLength(14);
      expect(epochs[13].accuracy).toBeGreaterThan(0.9);
      expect(epochs[13].loss).toBeLessThan(epochs[0].loss);
      expect(accuracyOf(classifyFloat(network, TEST.images), TEST.labels)).toBe(epochs[13].accuracy);
    },
  );
  test.each([
    ["adam", {}],
    ["adamw", { optimiser: { kind: "adamw", weightDecay: 0.05 } }],
    ["sgd", { optimiser: { kind: "sgd", momentum: 0.9, weightDecay: 1e-3 }, learningRate: 0.1 }],
  ] as const)("that is stopped after any epoch ends with the same bytes: %s", (_name, over) => {
    const plan = training({ recipe: recipe(over) });
    const states: NetworkTrainingState[] = [];
    const whole = trainNetwork(plan, { onEpoch: (state) => states.push(state) });
    expect(states.map(({ epochs }) => epochs.length)).toEqual([1, 2, 3]);
    // Five batches an epoch; the optimiser begins anew after the first.
    expect(states.map(({ step }) => step)).toEqual([5, 5, 10]);
    for (const state of states.slice(0, 2)) {
      const again = trainNetwork(plan, {}, state);
      expect(bytesOf(again)).toBe(bytesOf(whole));
      expect(again.epochs).toEqual(whole.epochs);
    }
  });
  test("another seed, optimiser, decay, schedule or augmentation gives other bytes", () => {
    const variants = [
      training(),
      training({ key: rootKey("b") }),
      training({ recipe: recipe({ optimiser: { kind: "adamw", weightDecay: 1 } }) }),
      training({ recipe: recipe({ optimiser: { kind: "sgd", momentum: 0, weightDecay: 0 } }) }),
      training({ recipe: recipe({ optimiser: { kind: "sgd", momentum: 0.5, weightDecay: 0 } }) }),
      training({ recipe: recipe({ schedule: { kind: "cosine", periods: [3] } }) }),
      training({ recipe: recipe({ schedule: { kind: "constant" } }) }),
      training({ recipe: recipe({ augmentation: { kind: "move", reach: 1 } }) }),
      training({ recipe: recipe({ ternaryThreshold: 0.03 }) }),
    ];
    expect(new Set(variants.map((of) => bytesOf(trainNetwork(of)))).size).toBe(variants.length);
  });
  test("weight decay draws latent weights to 0, and no gain", () => {
    const states: NetworkTrainingState[] = [];
    const watch = { onEpoch: (state: NetworkTrainingState) => states.push(state) };
    for (const weightDecay of [0, 3])
      trainNetwork(
        training({
          recipe: recipe({ epochs: 1, schedule: { kind: "constant" }, optimiser: { kind: "adamw", weightDecay } }),
        }),
        watch,
      );
    const size = ({ arrays }: NetworkTrainingState): number =>
      (arrays["parameters"] as Float32Array).subarray(0, 54).reduce((sum, w) => sum + Math.abs(w), 0);
    expect(size(states[1])).toBeLessThan(0.95 * size(states[0]));
  });
  test("a cosine begins anew with each period, and ends near 0", () => {
    const at = (epoch: number, batch: number) =>
      scheduledAt({ schedule: { kind: "cosine", periods: [1, 3] } }, epoch, batch, 10);
    expect(
      [at(0, 0), at(0, 5), at(1, 0), at(2, 5), at(3, 0)].map(({ factor, since }) => [Number(factor.toFixed(6)), since]),
    ).toEqual([
      [1, 0],
      [0.5, 0],
      [1, 1],
      [0.5, 1],
      [0.25, 1],
    ]);
    expect(at(3, 9).factor).toBeLessThan(0.003);
  });
  test("a perceptron learns as well", () => {
    const design = perceptronLayers({
      widths: [3 * SIDE ** 2, 16, CLASSES],
      weights: TERNARY_WEIGHTS,
      activation: { kind: "binary" },
    });
    const flat = { ...design, input: { ...design.input, shape: { channels: 3 * SIDE ** 2, height: 1, width: 1 } } };
    const { epochs } = trainNetwork(
      training({
        design: flat,
        recipe: recipe({ augmentation: RECIPE.augmentation, epochs: 8, schedule: { kind: "constant" } }),
      }),
    );
    expect(epochs[7].accuracy).toBeGreaterThan(0.9);
  });

  const loud = { ...TRAIN, labels: TRAIN.labels.map((label, b) => (b === 7 ? 9 : label)) };
  const refused: readonly (readonly [string, NetworkTraining, string])[] = [
    ["labels out of range", training({ train: loud }), "training image 8 has label 9; expected 0 .. 2"],
    [
      "images of another size",
      training({ test: { ...TEST, pixels: 64, count: 183, sides: [1, 8, 8] } }),
      "test images of 1 x 8 x 8 for a network that takes 3 x 8 x 8",
    ],
    [
      "a batch larger than the set",
      training({ recipe: recipe({ batch: 151 }) }),
      "batches of 151 images from a set of 150",
    ],
    ["a batch of one", training({ recipe: recipe({ batch: 1 }) }), "batches of 1; expected a whole number from 2"],
    [
      "restarts that do not add up",
      training({ recipe: recipe({ schedule: { kind: "cosine", periods: [2, 2] } }) }),
      "2 + 2 = 4 epochs in a training of 3",
    ],
    [
      "a momentum of one",
      training({ recipe: recipe({ optimiser: { kind: "sgd", momentum: 1, weightDecay: 0 } }) }),
      "momentum 1; expected from 0, below 1",
    ],
    ["a threshold beyond all weights", training({ recipe: recipe({ ternaryThreshold: 1 }) }), "ternary threshold of 1"],
    ["no epochs", training({ recipe: recipe({ epochs: 0 }) }), "0 epochs"],
    [
      "an output that is an image",
      training({ design: { ...small("binary"), layers: small("binary").layers.slice(0, 3) } }),
      "the last layer gives 2 x 8 x 8; expected a vector",
    ],
  ];
  test.each(refused)("refuses %s", (_name, of, message) => {
    expect(() => trainNetwork(of)).toThrow(message);
  });
  test("a learning rate that loses the loss is told with epoch, batch and what to do", () => {
    const wild = training({
      design: small("float"),
      recipe: recipe({
        learningRate: 1e6,
        optimiser: { kind: "sgd", momentum: 0, weightDecay: 0 },
        epochs: 20,
        schedule: { kind: "constant" },
      }),
    });
    expect(() => trainNetwork(wild)).toThrow(Diverged);
    expect(() => trainNetwork(wild)).toThrow(/epoch \d+, batch \d+ of 5: .*lower the learning rate \(1000000\)/);
  });
});
