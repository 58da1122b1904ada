import { describe, expect, test } from "@jest/globals";
import { kernelsFor } from "#src/kernels/kernels";
import {
  foldNetwork,
  idealArray,
  inputValues,
  integerImages,
  type Layer,
  type Network,
  packedArrays,
  placeNetwork,
  recalibrate,
  runInteger,
  runNetwork,
  sizeOf,
} from "#src/networks/index";
import { fold, type Key, rootKey, uniform } from "#src/random/index";
import { drawnNetwork } from "./drawn-network.ts";
import { naiveSynapses } from "./naive-synapses.ts";

const KEY = rootKey("drawn networks");

const BATCH = 2;
const imagesOf = ({ input }: Network, key: Key): Uint8Array =>
  Uint8Array.from({ length: BATCH * sizeOf(input.shape) }, (_, k) => Math.floor(256 * uniform(fold(key, "image"), k)));

describe("200 networks drawn at random, of all kinds of layers", () => {
  test("give one output in floating point, in whole numbers, and packed", () => {
    const different: string[] = [];
    for (let n = 0; n < 200; n++) {
      const key = fold(KEY, n);
      const network = drawnNetwork(key);
      const images = imagesOf(network, key);
      const folded = foldNetwork(network);
      const shown = integerImages(folded, images);
      const kernels = kernelsFor(packedArrays(folded));
      const truth = runNetwork(network, placeNetwork(network), inputValues(images, network.input), BATCH);
      const whole = runInteger(
        folded,
        folded.arrays.map(({ weights }) => naiveSynapses(weights)),
        shown,
        KEY,
      );
      const packed = runInteger(
        folded,
        folded.arrays.map((array) => idealArray(kernels, array)),
        shown,
        KEY,
      );
      if (packed.some((value, k) => value !== whole[k])) different.push(`${n}: packed`);
      if (truth.some((value, k) => !(Math.abs(value - whole[k]) <= 1e-9 * (1 + Math.abs(value)))))
        different.push(`${n}: whole numbers ${[...whole]}, floating point ${[...truth]}`);
    }
    expect(different).toEqual([]);
  });
});

describe("what a network drawn at random does not often meet", () => {
  const of = (layers: Layer[], tensors: Network["tensors"], scale = 1): Network => ({
    input: { shape: { channels: 1, height: 1, width: 2 }, scale, offset: 0, quantizer: null },
    layers,
    tensors,
  });
  test("a quantizer of 16 bits stays in floating point and is exact", () => {
    const uniform16: Layer = {
      name: "q",
      kind: "uniform",
      bits: 16,
      signed: true,
      narrow: false,
      scale: 1,
      zeroPoint: 0,
    };
    const network = of([{ name: "b", kind: "bias" }, uniform16], { "b.bias": Float32Array.of(0.25) });
    const folded = foldNetwork(network);
    expect(folded.steps[1].kind).toBe("real");
    expect([...runInteger(folded, [], integerImages(folded, Uint8Array.of(3, 250)), KEY)]).toEqual([3, 250]);
  });
  test("one image to recalibrate by leaves no NaN", () => {
    const network = of(
      [
        { name: "flat", kind: "flatten" },
        { name: "norm", kind: "batchNorm", epsilon: 0 },
      ],
      Object.fromEntries(["gain", "shift", "mean", "variance"].map((part) => [`norm.${part}`, Float32Array.of(1, 1)])),
    );
    const folded = foldNetwork(network);
    const again = recalibrate(network, [], integerImages(folded, Uint8Array.of(7, 9)), KEY);
    expect([...again.network.tensors["norm.mean"]]).toEqual([7, 9]);
    expect([...again.network.tensors["norm.variance"]]).toEqual([1, 1]);
  });
});
