import { describe, expect, test } from "@jest/globals";
import { zipSync } from "fflate";
import { crc32 } from "#src/exchange/arrays/zip-checksums";
import { importOnnx, networkOfArrays, parseArrays, parseLayerFile, type Tensor, writeNpy } from "#src/exchange/index";
import type { OnnxModel } from "#src/exchange/onnx/model";
import { inputValues, type Network, parsePixels, placeNetwork, runNetwork } from "#src/networks/index";
import { model, node, tensor } from "./onnx-model.ts";

const values = (shape: number[], ...list: number[]): Tensor => ({ ...tensor(shape), values: Float64Array.from(list) });
const number = (x: number): Tensor => values([], x);
const typed = (type: Tensor["type"], of: Tensor): Tensor => ({ ...of, type });

const outputs = (network: Network, ...x: number[]): number[] => [
  ...runNetwork(network, placeNetwork(network), inputValues(x, network.input), 1),
];
/** The graph's outputs for numbers as it takes them, from layers. */
const given = (change: Partial<OnnxModel>, ...x: number[]): number[] =>
  outputs(importOnnx(model(change), "as they are", "it").network, ...x);

const identity = values([4, 4], 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1);

describe("operators mean what their definitions say", () => {
  test.each([
    ["uint8", 3, [0, 2, 2, 0]],
    ["int8", -3, [0, 2, 2, 0]],
    ["uint8", 128, [0, 2, 2, 0]],
  ] as const)("QuantizeLinear of %s rounds before it adds its zero point %d", (type, zeroPoint, wanted) => {
    const found = given(
      {
        nodes: [
          node("QuantizeLinear", ["x", "s", "z"], "q"),
          node("DequantizeLinear", ["q", "s", "z"], "d"),
          node("MatMul", ["d", "w"], "y"),
        ],
        initializers: { s: number(1), z: typed(type, number(zeroPoint)), w: identity },
      },
      ...[0.5, 1.5, 2.5, -0.5],
    );
    expect(found.map((y) => y + 0)).toEqual(wanted);
  });
  test("a Quant of one bit with a sign is a sign, of weights and of values", () => {
    const quant = (x: string, output: string) =>
      node("Quant", [x, "s", "z", "b"], output, {
        domain: "qonnx.custom_op.general",
        attributes: { signed: { kind: "whole", value: 1 }, narrow: { kind: "whole", value: 0 } },
      });
    const found = given(
      {
        nodes: [quant("w", "q"), quant("x", "v"), node("MatMul", ["v", "q"], "y")],
        initializers: {
          w: values([4, 3], 1, -1, 0, 2, -2, 0, 3, -3, 0, 4, -4, 0),
          s: number(0.5),
          z: number(0),
          b: number(1),
        },
      },
      ...[0, -1, 2, 3],
    );
    expect(found).toEqual([0.5, -0.5, 0.5]);
  });
  test.each([
    ["Less", [0, 0, 1, 0]],
    ["LessOrEqual", [0, 1, 1, 1]],
    ["Greater", [1, 0, 0, 0]],
    ["GreaterOrEqual", [1, 1, 0, 1]],
  ])("|x| compared by %s keeps its borders where they are", (operator, wanted) => {
    const change = {
      nodes: [
        node("Abs", ["x"], "a"),
        node(operator, ["a", "t"], "c"),
        node("Cast", ["c"], "s", { attributes: { to: { kind: "whole" as const, value: 1 } } }),
        // What is at both borders and what is within is told apart by a threshold of the values' own sign.
        node("Greater", ["x", "zero"], "p"),
        node("Cast", ["p"], "q", { attributes: { to: { kind: "whole" as const, value: 1 } } }),
        node("Mul", ["s", "q"], "m"),
        node("Add", ["m", "q"], "n"),
        node("MatMul", ["n", "w"], "y"),
      ],
      initializers: { t: number(0.5), zero: number(0), w: identity },
    };
    // Rising over x > 0: 0 where x is not, else 1 and 1 more where it holds; LessOrEqual and Less fall, and are refused.
    const isRising = operator.startsWith("Greater");
    if (!isRising) {
      expect(() => given(change, 1, 0.5, 0.25, 0.5)).toThrow(/neither rise nor fall/);
      return;
    }
    expect(given(change, 1, 0.5, 0.25, 0.5)).toEqual(wanted.map((one) => 1 + one));
  });
  test.each([
    ["Greater", [1, -1, 1, -1]],
    ["GreaterOrEqual", [-1, -1, 1, -1]],
  ])("steps that fall have their border where %s has it", (operator, wanted) => {
    const change = {
      nodes: [
        node(operator, ["x", "zero"], "c"),
        node("Where", ["c", "minus", "one"], "s"),
        node("MatMul", ["s", "w"], "y"),
      ],
      initializers: { zero: number(0), one: number(1), minus: number(-1), w: identity },
    };
    expect(given(change, 0, 2, -2, 1e-30)).toEqual(wanted);
  });
  test("a number a channel after a comparison scales it", () => {
    const found = given(
      {
        nodes: [
          node("GreaterOrEqual", ["x", "zero"], "c"),
          node("Where", ["c", "one", "minus"], "s"),
          node("Mul", ["s", "a"], "m"),
          node("MatMul", ["m", "w"], "y"),
        ],
        initializers: { zero: number(0), one: number(1), minus: number(-1), a: values([4], 1, 2, 3, 4), w: identity },
      },
      ...[1, -1, 0, -2],
    );
    expect(found).toEqual([1, -2, 3, -4]);
  });
  test("a sign that is 0 at 0 stays one for inputs that are no pixels", () => {
    const change = {
      nodes: [node("MatMul", ["x", "w"], "h"), node("Add", ["h", "b"], "g"), node("Sign", ["g"], "y")],
      initializers: { w: tensor([4, 3]), b: values([3], 0.5, 0.5, 0.5) },
    };
    expect(given(change, -0.5, 0, 0, 0)).toEqual([0, 0, 0]);
    const { network } = importOnnx(model(change), parsePixels("0..255"), "it");
    expect(network.layers.map(({ kind }) => kind)).toEqual(["dense", "bias", "sign"]);
  });
  test("a graph of bytes takes pixels as they are where nobody says what they are", () => {
    const { network } = importOnnx(
      model({
        nodes: [
          node("Cast", ["x"], "f", { attributes: { to: { kind: "whole", value: 1 } } }),
          node("MatMul", ["f", "w"], "y"),
        ],
        inputs: [{ name: "x", type: "uint8", shape: [null, 4] }],
      }),
      null,
      "it",
    );
    expect(network.input).toMatchObject({ scale: 1, offset: 0 });
  });
  test("what the output does not need may be anything", () => {
    expect(given({ nodes: [node("Tanh", ["x"], "aside"), node("MatMul", ["x", "w"], "y")] }, 1, 1, 1, 1)).toEqual([
      4, 4, 4,
    ]);
  });
  test("a value that is used twice is made once", () => {
    const { network } = importOnnx(
      model({
        nodes: [
          node("Greater", ["x", "zero"], "c"),
          node("Cast", ["c"], "s", { attributes: { to: { kind: "whole", value: 1 } } }),
          node("MatMul", ["s", "w"], "h"),
          node("Add", ["h", "s"], "y"),
        ],
        initializers: { zero: number(0), w: identity },
      }),
      parsePixels("0..1"),
      "it",
    );
    expect(network.layers.map(({ kind }) => kind)).toEqual(["steps", "dense", "add"]);
  });
});

describe("layer files", () => {
  const file = (content: object) => parseLayerFile({ arrays: "a.npz", ...content }, "it");
  const open = (content: object, arrays: Record<string, Tensor>): Network =>
    networkOfArrays(file(content), arrays, parsePixels("0..255"), "it").network;

  test("of Keras: a flattened image is rows, columns and then channels", () => {
    // Two channels of a 1 x 2 image; each weight names its row, column and channel.
    const arrays = { w: values([4, 1], 1, 10, 100, 1000) };
    const network = open(
      { layout: "keras", input: [2, 1, 2], layers: ["flatten", { kind: "dense", array: "w" }] },
      arrays,
    );
    // Channel first: (channel 0: 1, 2), (channel 1: 3, 4); Keras's order: 1, 3, 2, 4.
    expect(outputs(network, 1, 2, 3, 4)).toEqual([1 + 30 + 200 + 4000]);
  });
  test("of Keras: normalisation of a flattened image goes with it, and its epsilon is Keras's", () => {
    const arrays = {
      "bn/moving_mean": values([4], 1, 2, 3, 4),
      "bn/moving_variance": values([4], 0, 0, 0, 0),
    };
    const network = open(
      { layout: "keras", input: [2, 1, 2], layers: ["flatten", { kind: "batchNorm", array: "bn" }] },
      arrays,
    );
    expect(network.layers[1]).toMatchObject({ epsilon: 1e-3 });
    expect([...network.tensors["norm1.mean"]]).toEqual([1, 3, 2, 4]);
  });
  test("a name of the user's is not taken for a bias", () => {
    const arrays = { "fc.weight": values([1, 2], 1, 2), "fc.bias": values([1], 5) };
    const network = open(
      { input: 2, layers: [{ kind: "dense", array: "fc", name: "bias1" }, { kind: "relu" }] },
      arrays,
    );
    expect(network.layers.map(({ name }) => name)).toEqual(["bias1", "bias2", "relu1"]);
    expect(outputs(network, 1, 1)).toEqual([8]);
  });
  test("a weight's name alone leaves no bias out unseen", () => {
    const arrays = { "fc.weight": values([1, 2], 1, 2), "fc.bias": values([1], 5) };
    const of = (array: unknown) => () => open({ input: 2, layers: [{ kind: "dense", array }] }, arrays);
    expect(of("fc.weight")).toThrow(/leaves "fc\.bias" out; write array: fc for both/);
    expect(outputs(of({ weight: "fc.weight" })(), 1, 1)).toEqual([3]);
  });
  test("of rows a window of pooling is one row high", () => {
    const network = open({ input: [1, 4], layers: [{ kind: "maxPool", size: 2 }, "flatten"] }, {});
    expect(outputs(network, 1, 5, 3, 2)).toEqual([5, 3]);
  });
  test.each([
    [{ input: 2, layers: [{ kind: "dens", array: "w" }] }, /layer 1\.kind: .*'dense'/],
    [{ input: 2, layers: ["relu", { kind: "dense" }] }, /layer 2\.array/],
    [
      { input: 2, layers: [{ kind: "dense", array: "v" }] },
      /layer 1 \(dense\): no array "v"; there are w\. Did you mean "w"\?/,
    ],
    [
      { input: 3, layers: [{ kind: "dense", array: "w" }] },
      /tensor "dense1\.weight" is of 2 numbers; layer "dense1" needs 3/,
    ],
    [{ input: 2, layers: [{ kind: "dense", array: "w", scale: 2 }] }, /a scale is of weights that are quantized here/],
    [{ input: 2, layout: "tensorflow", layers: ["relu"] }, /layout/],
  ])("%j is refused by the layer that is wrong", (content, says) => {
    expect(() => open(content, { w: values([1, 2], 1, 2) })).toThrow(says);
  });
  test("latent weights are quantized as the file says", () => {
    const arrays = { w: values([1, 4], 0.01, -0.3, 0, 0.2), s: values([1], 0.5) };
    const of = (more: object) => open({ input: 4, layers: [{ kind: "dense", array: "w", ...more }] }, arrays);
    expect([...of({ quantize: "sign" }).tensors["dense1.weight"]]).toEqual([1, -1, 1, 1]);
    const ternary = of({ quantize: { ternary: 0.05 }, scale: "s" });
    expect([...ternary.tensors["dense1.weight"]]).toEqual([0, -1, 0, 1]);
    expect(outputs(ternary, 1, 1, 1, 4)).toEqual([1.5]);
  });
});

describe("archives", () => {
  const bytes = zipSync(
    { "w.npy": writeNpy(Float64Array.of(1, 2, 3, 4), [4]), "junk.npy": Uint8Array.of(1, 2, 3) },
    { level: 0 },
  );
  test("an array is compared with its checksum, and only those that are asked for are read", () => {
    expect([...parseArrays(bytes, "a.npz")["w"].values]).toEqual([1, 2, 3, 4]);
    expect(() => parseArrays(bytes, "a.npz")["junk"]).toThrow(/a\.npz: junk\.npy: not an \.npy file/);
    const changed = Uint8Array.from(bytes);
    // The last byte of the number 4, behind the header of 128 bytes and three numbers.
    const at = changed.findIndex((_, k) => changed[k] === 0x93 && changed[k + 1] === 0x4e) + 128 + 31;
    changed[at] ^= 1;
    expect(() => parseArrays(changed, "a.npz")["w"]).toThrow(/w\.npy does not have its checksum; is it corrupt\?/);
  });
  test("the checksum of the digits 1 to 9 is the one that its definition gives", () => {
    expect(crc32(new TextEncoder().encode("123456789"))).toBe(0xcbf43926);
  });
});
