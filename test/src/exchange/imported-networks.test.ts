import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { asNetworkHas, exportOnnx, importOnnx } from "#src/exchange/index";
import { importGraph } from "#src/exchange/onnx/import/import-graph";
import { runOnnx } from "#src/exchange/onnx/operators/index";
import { readOnnx } from "#src/exchange/onnx/read-model";
import {
  inputValues,
  isWeighted,
  type Network,
  parsePixels,
  placeNetwork,
  runNetwork,
  sizeOf,
} from "#src/networks/index";
import { fold, rootKey, uniform } from "#src/random/index";
import { drawnNetwork } from "../networks/drawn-network.ts";

// Made and run by PyTorch 1.13, and by a NumPy executor of QONNX's definitions: networks/torch_networks.py, networks/qonnx_networks.py.
const FOLDER = join(import.meta.dirname, "networks");
interface Recorded {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}
interface Expected {
  readonly inputs: Recorded;
  readonly outputs: Recorded;
  readonly before?: Recorded;
}

const NAMES = readdirSync(FOLDER).flatMap((file) => (file.endsWith(".onnx") ? [file.slice(0, -".onnx".length)] : []));
const bytesOf = (name: string): Uint8Array => readFileSync(join(FOLDER, `${name}.onnx`));
const expectedOf = (name: string): Expected => JSON.parse(readFileSync(join(FOLDER, `${name}.json`), "utf8"));

const largestDifference = (a: ArrayLike<number>, b: readonly number[]): number =>
  b.reduce((most, value, k) => Math.max(most, Math.abs(value - a[k])), 0);

/** Kinds of a network's layers; of weights what they are, and one letter of their scale: none, tensor, channel. */
const kindsOf = ({ layers }: Network): string =>
  layers
    .map((layer) => (isWeighted(layer) ? `${layer.kind}:${layer.weights.kind}-${layer.scale[0]}` : layer.kind))
    .join(" ");

test("networks of two makers are there, as many as the page says", () => {
  expect(NAMES.length).toBeGreaterThan(20);
  const page = readFileSync(join(import.meta.dirname, "..", "..", "..", "docs", "networks-elsewhere.md"), "utf8");
  expect(page).toContain(`${NAMES.length} networks that PyTorch 1.13 exported and ran`);
});

describe.each(NAMES)("the ONNX file %s", (name) => {
  const model = readOnnx(bytesOf(name), name);
  const expected = expectedOf(name);
  const [count, ...sides] = expected.inputs.shape;
  const size = sides.reduce((a, b) => a * b, 1);
  const { network, input, inputOrder, output } = importGraph(model, name);
  const wanted = (expected.before ?? expected.outputs).values;
  const width = wanted.length / count;
  const near = 2e-6 * Math.max(1, ...wanted.map(Math.abs));
  // One by one: some graphs are of one input.
  const inputs = Array.from({ length: count }, (_, b) =>
    Float64Array.from(expected.inputs.values.slice(b * size, (b + 1) * size)),
  );

  test("gives the recorded outputs node by node", () => {
    inputs.forEach((values, b) => {
      const given = { [input.name]: { type: "float32" as const, shape: [1, ...sides], values } };
      const found = runOnnx(model, given, output).values;
      expect(found.length).toBe(width);
      expect(largestDifference(found, wanted.slice(b * width, (b + 1) * width))).toBeLessThan(near);
      const last = runOnnx(model, given).values;
      const all = expected.outputs.values;
      expect(largestDifference(last, all.slice(b * last.length, (b + 1) * last.length))).toBeLessThan(near);
    });
  });

  test("gives them as a network of layers, in floating point", () => {
    const placed = placeNetwork(network);
    inputs.forEach((values, b) => {
      const own = asNetworkHas({ type: "float32", shape: [1, ...sides], values }, inputOrder);
      const found = runNetwork(network, placed, inputValues(own.values, network.input), 1);
      expect(largestDifference(found, wanted.slice(b * width, (b + 1) * width))).toBeLessThan(near);
    });
  });
});

describe("what graphs become", () => {
  const kinds = (name: string): string => kindsOf(importGraph(readOnnx(bytesOf(name), name), name).network);

  test("binarizers as torch.onnx writes them are signs, and their weights binary", () => {
    const mlp = "flatten dense:binary-n batchNorm sign dense:binary-n batchNorm sign dense:binary-n batchNorm";
    expect(kinds("torch-binary-mlp")).toBe(mlp);
    expect(kinds("torch-binary-mlp-11")).toBe(mlp);
    expect(kinds("torch-binary-cnn")).toBe(
      "conv2d:binary-c batchNorm sign conv2d:binary-c maxPool batchNorm sign flatten dense:float-n bias",
    );
  });
  test("comparisons with two thresholds are ternary", () => {
    for (const name of ["torch-ternary-mlp", "torch-ternary-mlp-where"])
      expect(kinds(name)).toBe(
        "dense:ternary-n batchNorm ternary dense:ternary-n batchNorm ternary dense:ternary-n batchNorm",
      );
  });
  test("QONNX's quantizers keep their bits and their scales, the last normalisation is one layer", () => {
    expect(kinds("qonnx-w1a1")).toBe(
      "flatten sign dense:binary-n batchNorm sign dense:binary-n batchNorm sign dense:binary-n batchNorm",
    );
    expect(kinds("qonnx-kws")).toBe(
      "uniform flatten dense:integer-c batchNorm relu uniform dense:integer-c batchNorm relu uniform dense:integer-c",
    );
    expect(kinds("qonnx-conv")).toBe(
      "uniform conv2d:binary-t batchNorm maxPool sign conv2d:ternary-t globalAveragePool dense:float-n bias",
    );
  });
  test("the input's own normalisation is how pixels enter", () => {
    const { network } = importOnnx(bytesOf("torch-binary-mlp"), parsePixels("0..1"), "it");
    expect(network.input.scale).toBeCloseTo(2 / 255, 12);
    expect(network.input.offset).toBe(-1);
  });
  test("signs that are 0 at 0 are binary where no sum is exactly on 0", () => {
    const { network } = importOnnx(bytesOf("torch-ternary-mlp"), parsePixels("0..255"), "it");
    expect(kindsOf(network)).toBe(
      "dense:ternary-n batchNorm sign dense:ternary-n batchNorm sign dense:ternary-n batchNorm",
    );
  });
  test("images whose channels come last have them first, and flattened weights go with them", () => {
    const { network, report } = importOnnx(bytesOf("keras-cnn"), parsePixels("0..1"), "it");
    expect(network.input.shape).toEqual({ channels: 3, height: 6, width: 8 });
    expect(report.inputOrder).toEqual([0, 3, 1, 2]);
    expect(report.compared.difference).toBeLessThan(1e-5);
    expect(kindsOf(network)).toBe("conv2d:float-n relu maxPool uniform flatten dense:integer-t bias");
  });
  test("means and deviations by channel are a layer of their own", () => {
    const { network, report } = importOnnx(
      bytesOf("torch-residual-unfolded"),
      parsePixels("0.5,0.4,0.3/0.25,0.2,0.1"),
      "it",
    );
    expect(network.layers[0]).toMatchObject({ name: "pixels", kind: "batchNorm" });
    expect(report.compared.difference).toBeLessThan(1e-5);
    expect(report.compared.inputs).toBe(4);
  });
});

describe("200 networks drawn at random", () => {
  test("are read back from ONNX to the same outputs and the same weights", () => {
    const different: string[] = [];
    for (let n = 0; n < 200; n++) {
      const key = fold(rootKey("drawn and written"), n);
      const drawn = drawnNetwork(key);
      const network = { ...drawn, input: { ...drawn.input, scale: 1 / 255, offset: 0, quantizer: null } };
      const { network: again } = importGraph(readOnnx(exportOnnx(network, "test"), `${n}`), `${n}`);
      const x = Float64Array.from(
        { length: 2 * sizeOf(network.input.shape) },
        (_, k) => Math.round(64 * uniform(key, k)) / 8,
      );
      const [wanted, found] = [network, again].map((of) => runNetwork(of, placeNetwork(of), x, 2));
      if (found.some((value, k) => !(Math.abs(value - wanted[k]) <= 1e-5 * (1 + Math.abs(wanted[k])))))
        different.push(`${n}: ${[...wanted]}; ${[...found]}`);
      const weights = (of: Network): string[] =>
        of.layers.filter(isWeighted).map(({ name }) => of.tensors[`${name}.weight`].join());
      if (weights(network).join(";") !== weights(again).join(";")) different.push(`${n}: weights`);
    }
    expect(different).toEqual([]);
  });
});
