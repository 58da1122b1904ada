import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import { RECIPE, trainNetwork } from "#src/learning/index";
import {
  accuracyOf,
  layerRecords,
  parseNetwork,
  perceptronLayers,
  TERNARY_WEIGHTS,
  totalShareOfZeros,
} from "#src/networks/index";
import { fold, rootKey } from "#src/random/index";
import { loadDataSet } from "../../experiments/files/load-data-set.ts";
import { cleanClassesOf } from "../../experiments/studies/networks/evaluator.ts";
import { stateDigest } from "../../experiments/training/checkpoint.ts";

const folder = fileURLToPath(new URL("../../models", import.meta.url));
const names = readdirSync(folder).filter((name) => name.endsWith(".safetensors"));
const log = (name: string): string => readFileSync(join(folder, name.replace(".safetensors", ".log")), "utf8");
const model = (name: string) => parseNetwork(readFileSync(join(folder, name)), name);

describe("the networks that ship", () => {
  test("are small, and each has its log with command and epochs", () => {
    expect(names).toEqual([
      "cifar-binary.safetensors",
      "cifar-ternary.safetensors",
      "digits-binary.safetensors",
      "digits-ternary.safetensors",
    ]);
    expect(names.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)).toBeLessThan(2e6);
    for (const name of names)
      expect(log(name)).toMatch(/^\$ rramlab (train|run laborieux-2020) .*\n[\s\S]*epoch (\d+)\/\2: loss/);
  });
  test.each(names)("%s has the weights that its name says, all on arrays", (name) => {
    const { network, trained } = model(name);
    const kind = name.includes("ternary") ? "ternary" : "binary";
    const layers = layerRecords(network);
    expect(layers.map(({ weights, digital }) => [weights, digital])).toEqual(layers.map(() => [kind, null]));
    expect(totalShareOfZeros(network) > 0).toBe(kind === "ternary");
    expect(trained?.recipe).toContain("adam, cosine over");
  });
  test.each(["digits-binary.safetensors", "digits-ternary.safetensors"])("%s classifies as its log says", (name) => {
    const { train, test: images } = loadDataSet("mnist-10k");
    const right = accuracyOf(cleanClassesOf(model(name).network, images, train), images.labels);
    expect(log(name)).toContain(`test accuracy ${(100 * right).toFixed(2)} % [`);
  });
  test("digits-ternary: its first epoch, trained again, stands at the bytes of its log", () => {
    const { train, test: images } = loadDataSet("mnist-10k");
    const training = {
      design: perceptronLayers({ widths: [784, 64, 64, 10], weights: TERNARY_WEIGHTS, activation: { kind: "binary" } }),
      recipe: { ...RECIPE, epochs: 10, batch: 50, learningRate: 0.01, schedule: { kind: "cosine", periods: [10] } },
      train,
      test: images,
      key: fold(rootKey("rramlab"), "network"),
    } as const;
    const told: string[] = [];
    class FirstEpoch extends Error {}
    const onEpoch = (state: Parameters<typeof stateDigest>[0]): void => {
      told.push(stateDigest(state));
      throw new FirstEpoch();
    };
    expect(() => trainNetwork(training, { onEpoch })).toThrow(FirstEpoch);
    expect(/^epoch 1\/10: .* state (\w+)$/m.exec(log("digits-ternary.safetensors"))?.[1]).toBe(told[0]);
  });
});
