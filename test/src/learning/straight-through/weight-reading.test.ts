import { describe, expect, test } from "@jest/globals";
import type { LabelledImages } from "#src/datasets/labelled-images";
import { type NetworkTraining, RECIPE, type Recipe, trainNetwork, type WeightReading } from "#src/learning/index";
import { latentOf, quantizeInto } from "#src/learning/straight-through/latent-weights";
import {
  accuracyOf,
  type CellTable,
  classifyFloat,
  frozenCells,
  type Network,
  readCells,
  type WeightedLayer,
  weightedLayers,
} from "#src/networks/index";
import { geometryOf, placeNetwork } from "#src/networks/network";
import { fold, rootKey, uniform } from "#src/random/index";
import { keysOf } from "#src/words/named";

const [SIDE, CLASSES] = [8, 3];

/** Images whose class says which third of the columns is bright. */
const images = (count: number, name: string): LabelledImages => {
  const labels = Uint8Array.from({ length: count }, (_, b) => b % CLASSES);
  const own = fold(rootKey("weight reading"), name);
  return {
    count,
    pixels: SIDE * SIDE,
    sides: [1, SIDE, SIDE],
    classes: CLASSES,
    images: Uint8Array.from({ length: count * SIDE * SIDE }, (_, k) => {
      const [b, x] = [Math.floor(k / SIDE ** 2), k % SIDE];
      return (Math.floor((3 * x) / SIDE) === labels[b] ? 255 : 120) * uniform(own, k);
    }),
    labels,
  };
};
const [TRAIN, TEST] = [images(240, "train"), images(90, "test")];

const weighted = { scale: "none" } as const;
/** Convolutions in groups and a dense layer, of binary and ternary weights. */
const DESIGN: Pick<Network, "input" | "layers"> = {
  input: { shape: { channels: 1, height: SIDE, width: SIDE }, scale: 1 / 255, offset: 0, quantizer: null },
  layers: [
    {
      name: "c1",
      kind: "conv2d",
      channels: 6,
      size: [3, 3],
      stride: [1, 1],
      padding: [1, 1],
      groups: 1,
      weights: { kind: "ternary" },
      ...weighted,
    },
    { name: "n1", kind: "batchNorm", epsilon: 1e-5 },
    { name: "s1", kind: "sign" },
    {
      name: "c2",
      kind: "conv2d",
      channels: 6,
      size: [3, 3],
      stride: [2, 2],
      padding: [0, 0],
      groups: 3,
      weights: { kind: "binary" },
      ...weighted,
    },
    { name: "n2", kind: "batchNorm", epsilon: 1e-5 },
    { name: "s2", kind: "sign" },
    { name: "flat", kind: "flatten" },
    { name: "d1", kind: "dense", outputs: CLASSES, weights: { kind: "ternary" }, ...weighted },
    { name: "n3", kind: "batchNorm", epsilon: 1e-5 },
  ],
};
const HELD = weightedLayers(placeNetwork(DESIGN));
const shapeOf = (at: (typeof HELD)[number]) => {
  const { groups, inputs, outputs } = geometryOf(at.layer as WeightedLayer, at.from);
  return { inputs, outputs: groups * outputs, weights: at.layer.weights.kind as "binary" | "ternary" };
};
const recipe: Recipe = {
  ...RECIPE,
  epochs: 4,
  batch: 24,
  learningRate: 0.01,
  schedule: { kind: "cosine", periods: [4] },
};
const train = (over: Partial<NetworkTraining> = {}) =>
  trainNetwork({ design: DESIGN, recipe, train: TRAIN, test: TEST, key: rootKey("a"), ...over });
const bytesOf = (network: Network): string => JSON.stringify(network);
const cellsOf = (of: (at: (typeof HELD)[number]) => CellTable): WeightReading => ({
  kind: "chip",
  cells: Object.fromEntries(HELD.map((at) => [at.layer.name, of(at)])),
});
/** The weights as a chip reads them, in a network. */
const onChip = (network: Network, reading: WeightReading): Network => {
  if (reading.kind !== "chip") throw new Error("no chip");
  const tensors = { ...network.tensors };
  for (const at of HELD) {
    const { inputs, outputs } = shapeOf(at);
    const values = Int8Array.from(network.tensors[`${at.layer.name}.weight`]);
    tensors[`${at.layer.name}.weight`] = Float32Array.from(
      readCells(reading.cells[at.layer.name], { inputs, outputs, values }).values,
    );
  }
  return { ...network, tensors };
};
const accuracy = (network: Network): number => accuracyOf(classifyFloat(network, TEST.images), TEST.labels);

describe("weights that are read in training", () => {
  const plain = train().network;
  test("as they are, or with errors of no rate, give the bytes of a training that knows of no reading", () => {
    const none = { type1: 0, type2: 0, type3: 0 };
    const errors = Object.fromEntries(HELD.map(({ layer }) => [layer.name, none]));
    expect(bytesOf(train({ reading: { kind: "redrawn", errors } }).network)).toBe(bytesOf(plain));
    const perfect = cellsOf((at) => frozenCells(shapeOf(at), none, rootKey("x")));
    expect(bytesOf(train({ reading: perfect }).network)).toBe(bytesOf(plain));
  });
  test("with errors give other bytes, the same for the same key", () => {
    const errors = Object.fromEntries(HELD.map(({ layer }) => [layer.name, { type1: 0.1, type2: 0, type3: 0 }]));
    const [one, again, other] = ["a", "a", "b"].map((key) =>
      bytesOf(train({ reading: { kind: "redrawn", errors }, key: rootKey(key) }).network),
    );
    expect(one).toBe(again);
    expect(one).not.toBe(other);
    expect(one).not.toBe(bytesOf(plain));
  });
  test("by a chip of which a third of the cells are stuck are learned around these", () => {
    const reading = cellsOf((at) => {
      const { inputs, outputs } = shapeOf(at);
      const own = fold(rootKey("stuck"), at.layer.name);
      const cells = (stored: number): Int8Array =>
        Int8Array.from({ length: inputs * outputs }, (_, place) => (uniform(own, place) < 1 / 3 ? 1 : stored));
      return { minus: cells(-1), zero: at.layer.weights.kind === "ternary" ? cells(0) : null, plus: cells(1) };
    });
    const { network, epochs } = train({ reading });
    expect(accuracy(onChip(network, reading))).toBe(epochs[3].accuracy);
    expect(epochs[3].accuracy).toBeGreaterThan(accuracy(onChip(plain, reading)) + 0.1);
  });
  test("go back as they are stored: a layer that is read as nothing still tells those below what to learn", () => {
    const { layer } = HELD[2];
    const { inputs, outputs } = shapeOf(HELD[2]);
    const nothing = new Int8Array(inputs * outputs);
    const cells = { [layer.name]: { minus: nothing, zero: nothing, plus: nothing } };
    const { network } = train({ reading: { kind: "chip", cells }, start: plain });
    expect(network.tensors["c1.weight"]).not.toEqual(plain.tensors["c1.weight"]);
  });
  test("by one chip serve that chip better than another, from where a network stood", () => {
    const of = (name: string) =>
      cellsOf((at) => frozenCells(shapeOf(at), { type1: 0.2, type2: 0, type3: 0 }, fold(rootKey(name), at.layer.name)));
    const [own, other] = [of("own"), of("other")];
    const { network, epochs } = train({ reading: own, start: plain });
    expect(accuracy(onChip(network, own))).toBe(epochs[3].accuracy);
    expect(accuracy(onChip(network, own))).toBeGreaterThan(accuracy(onChip(plain, own)) + 0.1);
    expect(accuracy(onChip(network, own))).toBeGreaterThan(accuracy(onChip(network, other)) + 0.1);
  });
  test("are refused where layers, shapes, kinds or rates are not the network's", () => {
    const [first, second] = HELD;
    const table = frozenCells({ ...shapeOf(first), inputs: 4 }, { type1: 0, type2: 0, type3: 0 }, rootKey("x"));
    const twoStates = frozenCells(
      { ...shapeOf(first), weights: "binary" },
      { type1: 0, type2: 0, type3: 0 },
      rootKey("x"),
    );
    const chip = (cells: Record<string, CellTable>) => () => train({ reading: { kind: "chip", cells } });
    expect(chip({ c1: table })).toThrow(/layer "c1" has 6 x 9 = 54 weights, the chip 24 cells for it/);
    expect(chip({ c1: twoStates })).toThrow(/does not say what a stored 0 is read as/);
    expect(chip({ c9: table })).toThrow(/no layer "c9" has weights; expected c1, c2, d1/);
    const errors = { [second.layer.name]: { type1: 1.5, type2: 0, type3: 0 } };
    expect(() => train({ reading: { kind: "redrawn", errors } })).toThrow(/type1 is 1.5; expected a probability/);
  });
});

describe("a training that goes on from a network", () => {
  test("begins with its levels, its normalisations and all else", () => {
    const before = train().network;
    const still = { ...recipe, learningRate: 1e-12, epochs: 1, schedule: { kind: "constant" } as const };
    const { network } = train({ start: before, recipe: still, train: { ...TRAIN, count: 24 } });
    for (const { layer } of HELD)
      expect(network.tensors[`${layer.name}.weight`]).toEqual(before.tensors[`${layer.name}.weight`]);
    for (const name of keysOf(before.tensors))
      if (name.endsWith(".gain") || name.endsWith(".shift"))
        expect([...network.tensors[name]].map((x, k) => Math.abs(x - before.tensors[name][k]) < 1e-6)).not.toContain(
          false,
        );
  });
  test.each([
    { weights: { kind: "binary" } as const, levels: [-1, 1] },
    { weights: { kind: "ternary" } as const, levels: [-1, 0, 1] },
    { weights: { kind: "integer", bits: 4, narrow: false } as const, levels: [-7, -3, 0, 1, 7] },
  ])("has latent weights that $weights.kind levels come from", ({ weights, levels }) => {
    const quantizer = { weights, ternaryThreshold: 0.05 };
    const latent = Float32Array.from(levels, (level) => latentOf(level, quantizer));
    const found = new Float32Array(levels.length);
    quantizeInto(found, latent, quantizer);
    expect([...found]).toEqual(levels);
    expect(Math.max(...latent.map(Math.abs))).toBeLessThanOrEqual(1);
  });
  test("is refused where its layers are others", () => {
    const start = { ...train().network, layers: DESIGN.layers.slice(0, -1) };
    expect(() => train({ start })).toThrow(/has other layers/);
  });
});
