import { describe, expect, test } from "@jest/globals";
import { programAnalogNetwork } from "#circuits/index";
import { classifyFloat, classifySingle, type Layer, type Network, placeNetwork } from "#src/networks/index";
import { tensorsOf } from "#src/networks/network";
import { fold, normal, rootKey, uniform } from "#src/random/index";
import { IDEAL } from "./ideal-design.ts";

const KEY = rootKey("analog network");
const CONV: Layer = {
  name: "conv",
  kind: "conv2d",
  channels: 4,
  size: [3, 3],
  stride: [1, 1],
  padding: [1, 1],
  groups: 2,
  weights: { kind: "float" },
  scale: "channel",
};
const DENSE: Layer = { name: "dense", kind: "dense", outputs: 5, weights: { kind: "float" }, scale: "none" };
const FLAT: Layer = { name: "flat", kind: "flatten" };

/** A network of 2 x 6 x 6 pixels whose numbers are drawn. */
const drawn = (...layers: Layer[]): Network => {
  const input = { shape: { channels: 2, height: 6, width: 6 }, scale: 1 / 255, offset: 0, quantizer: null };
  const tensors: Record<string, Float32Array> = {};
  for (const at of placeNetwork({ input, layers }))
    for (const [part, length] of Object.entries(tensorsOf(at))) {
      const own = fold(fold(KEY, at.layer.name), part);
      tensors[`${at.layer.name}.${part}`] = Float32Array.from({ length }, (_, k) =>
        part === "variance" || part === "scale" ? 0.01 + 0.02 * uniform(own, k) : normal(own, k),
      );
    }
  return { input, layers, tensors };
};

describe("a network on ideal analog arrays", () => {
  const images = Uint8Array.from({ length: 200 * 72 }, (_, k) => Math.floor(256 * uniform(fold(KEY, "images"), k)));
  test.each<[string, Layer[]]>([
    ["dense", [FLAT, DENSE]],
    ["a convolution of two groups, padded", [CONV, { name: "relu", kind: "relu" }, FLAT, DENSE]],
    // What enters the array reaches far beyond what pixels are.
    ["normalised before its first array", [{ name: "norm", kind: "batchNorm", epsilon: 1e-5 }, FLAT, DENSE]],
    ["pooled before it", [{ name: "pool", kind: "averagePool", size: [2, 2], stride: [2, 2] }, CONV, FLAT, DENSE]],
  ])("gives the classes of floating point, as the kernels do: %s", (_, layers) => {
    const network = drawn(...layers);
    const chip = programAnalogNetwork({ ...IDEAL, tile: { rows: 64, columns: 64 } }, network, images, KEY);
    const mine = chip.classify(images, KEY);
    const theirs = classifyFloat(network, images);
    // Single precision in the array: two outputs may be too near to each other.
    expect(mine.filter((c, b) => c !== theirs[b]).length).toBeLessThanOrEqual(1);
    expect(new Set(theirs).size).toBeGreaterThan(1);
    const single = classifySingle(network, images);
    expect(single.filter((c, b) => c !== theirs[b]).length).toBeLessThanOrEqual(1);
  });
});
