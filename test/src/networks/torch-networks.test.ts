import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { kernelsFor } from "#src/kernels/kernels";
import {
  classesOf,
  classify,
  foldNetwork,
  frozenErrors,
  idealArray,
  inputValues,
  integerImages,
  type Network,
  packedArrays,
  parseNetwork,
  placeNetwork,
  redrawnErrors,
  runInteger,
  runNetwork,
  type Synapses,
  type WeightMatrix,
} from "#src/networks/index";
import { fold, rootKey } from "#src/random/index";
import { naiveSynapses } from "./naive-synapses.ts";

// Made and run by PyTorch: torch/networks.py.
const FOLDER = join(import.meta.dirname, "torch");
interface Expected {
  readonly pixels: readonly number[];
  readonly output: readonly number[];
  readonly kept?: { readonly type1: number; readonly chips: number; readonly mean: number; readonly deviation: number };
}
const expected = JSON.parse(readFileSync(join(FOLDER, "expected.json"), "utf8")) as Record<string, Expected>;
const KEY = rootKey("torch");

const read = (name: string): Network =>
  parseNetwork(readFileSync(join(FOLDER, `${name}.safetensors`)), `${name}.safetensors`).network;

const largestDifference = (a: ArrayLike<number>, b: readonly number[]): number =>
  b.reduce((most, value, k) => Math.max(most, Math.abs(value - a[k])), 0);

describe.each(Object.entries(expected))("network %s", (name, { pixels, output }) => {
  const network = read(name);
  const placed = placeNetwork(network);
  const images = Uint8Array.from(pixels);
  const batch = output.length / classesOf(placed);
  const folded = foldNetwork(network);
  const shown = integerImages(folded, images);

  test("in floating point it gives PyTorch's outputs", () => {
    const mine = runNetwork(network, placed, inputValues(images, network.input), batch);
    expect(mine.length).toBe(output.length);
    expect(largestDifference(mine, output)).toBeLessThan(1e-9);
  });
  test("in whole numbers it gives them too, and every weighted layer is on arrays", () => {
    const mine = runInteger(
      folded,
      folded.arrays.map(({ weights }) => naiveSynapses(weights)),
      shown,
      KEY,
    );
    expect(folded.digital).toEqual([]);
    expect(largestDifference(mine, output)).toBeLessThan(1e-9);
  });
  test("packed it gives the same bits as in whole numbers", () => {
    const kernels = kernelsFor(packedArrays(folded));
    const packed = folded.arrays.map((array) => idealArray(kernels, array));
    const twin = folded.arrays.map(({ weights }) => naiveSynapses(weights));
    expect(runInteger(folded, packed, shown, KEY)).toEqual(runInteger(folded, twin, shown, KEY));
  });
});

describe("read errors of a convolutional network", () => {
  const { pixels, output, kept } = expected["binary"];
  const network = read("binary");
  const folded = foldNetwork(network);
  const shown = integerImages(folded, Uint8Array.from(pixels));
  const { batch } = shown;
  const kernels = kernelsFor(packedArrays(folded));
  const clean = classify(
    folded,
    folded.arrays.map((array) => idealArray(kernels, array)),
    shown,
    KEY,
  );
  const CHIPS = 200;
  const keptOn = (chip: number, make: (k: number, weights: WeightMatrix, own: typeof KEY) => Synapses): number =>
    kernels.scoped(() => {
      const own = fold(KEY, chip);
      const synapses = folded.arrays.map(({ weights }, k) => make(k, weights, fold(own, k)));
      const found = classify(folded, synapses, shown, fold(own, "read"));
      return found.filter((c, b) => c === clean[b]).length / batch;
    });
  const errors = { type1: kept?.type1 ?? Number.NaN, type2: 0, type3: 0 };
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

  test("frozen on 200 chips they cost what PyTorch and NumPy lose on 400, within four standard errors", () => {
    expect(output.length).toBe(batch * 5);
    const mine = Array.from({ length: CHIPS }, (_, chip) =>
      keptOn(chip, (k, weights, own) => idealArray(kernels, folded.arrays[k], frozenErrors(weights, errors, own))),
    );
    const { mean: theirs, deviation, chips } = kept as Required<NonNullable<typeof kept>>;
    expect(Math.abs(mean(mine) - theirs)).toBeLessThan(4 * deviation * Math.sqrt(1 / CHIPS + 1 / chips));
    expect(mean(mine)).toBeLessThan(0.95);
  });
  test("drawn anew at every read of every place they repeat under their key, and at a rate of 0 lose nothing", () => {
    const redrawn = (chip: number, type1: number): number =>
      keptOn(chip, (_k, weights) => redrawnErrors(naiveSynapses(weights), weights, { ...errors, type1 }));
    expect(redrawn(1, 0)).toBe(1);
    expect(redrawn(2, errors.type1)).toBeLessThan(1);
    expect(redrawn(2, errors.type1)).toBe(redrawn(2, errors.type1));
  });
});
