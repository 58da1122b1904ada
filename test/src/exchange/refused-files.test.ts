import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { importOnnx } from "#src/exchange/index";
import type { Attribute, OnnxNode } from "#src/exchange/onnx/model";
import { readOnnx } from "#src/exchange/onnx/read-model";
import { parsePixels } from "#src/networks/index";
import { fold, rootKey, uniform } from "#src/random/index";
import { model, node, tensor } from "./onnx-model.ts";

const read = (name: string): Uint8Array => readFileSync(join(import.meta.dirname, "networks", `${name}.onnx`));
const open = (bytes: Uint8Array) => importOnnx(bytes, parsePixels("0..1"), "net.onnx");

const whole = (value: number): Attribute => ({ kind: "whole", value });

describe("files that are no network here", () => {
  test("the one that all others change is one", () => {
    expect(open(model()).network.layers).toMatchObject([{ kind: "dense", outputs: 3 }]);
  });

  const then = (...nodes: OnnxNode[]) => ({ nodes: [node("MatMul", ["x", "w"], "h"), ...nodes] });
  const cases: [string, Uint8Array, RegExp][] = [
    ["nothing at all", new Uint8Array(0), /^net.onnx: not an ONNX file: it holds no graph\.$/],
    ["text", new TextEncoder().encode("layers: 3\nnothing"), /^net.onnx: not an ONNX file/],
    [
      "an operator that no layer is",
      model(then(node("Tanh", ["h"], "y"))),
      /^net.onnx: node 2 "the Tanh" \(Tanh\): no layer here does what it does; use HardTanh, Relu or a quantizer\.$/,
    ],
    ["a misspelt one", model(then(node("Reluu", ["h"], "y"))), /node 2 .*Did you mean "Relu"\?/],
    [
      "a domain of its own",
      model(then(node("Fold", ["h"], "y", { domain: "acme.ops" }))),
      /\(acme\.ops\.Fold\): domain "acme\.ops" is not known; the standard one and QONNX's \(onnx\.brevitas, /,
    ],
    [
      "bits cut off",
      model(then(node("Trunc", ["h", "w", "w", "w", "w"], "y", { domain: "qonnx.custom_op.general" }))),
      /Trunc\): bits cut off a sum have no place in a layer here; use Quant/,
    ],
    [
      "shapes that do not chain",
      model({ initializers: { w: tensor([5, 3]) } }),
      /node 1 "the MatMul" \(MatMul\): its weights take 5 inputs, and 4 come in \(1 x 4\)\.$/,
    ],
    [
      "convolutions whose channels do not fit",
      model({
        nodes: [node("Conv", ["x", "w"], "y")],
        inputs: [{ name: "x", type: "float32", shape: [null, 3, 8, 8] }],
        initializers: { w: tensor([4, 2, 3, 3]) },
      }),
      /its weights of 4 x 2 x 3 x 3 take 2 channels, and 3 come in \(1 x 3 x 8 x 8\)/,
    ],
    [
      "a window that does not fit",
      model({
        nodes: [node("Conv", ["x", "w"], "y")],
        inputs: [{ name: "x", type: "float32", shape: [null, 2, 2, 2] }],
        initializers: { w: tensor([4, 2, 3, 3]) },
      }),
      /a window 3 x 3 does not fit 2 x 2/,
    ],
    [
      "dilated windows",
      model({
        nodes: [node("Conv", ["x", "w"], "y", { attributes: { dilations: { kind: "numbers", value: [2, 2] } } })],
        inputs: [{ name: "x", type: "float32", shape: [null, 2, 8, 8] }],
        initializers: { w: tensor([4, 2, 3, 3]) },
      }),
      /dilation 2 x 2; 1 is known\. Train it without/,
    ],
    [
      "padding on one side",
      model({
        nodes: [node("Conv", ["x", "w"], "y", { attributes: { pads: { kind: "numbers", value: [0, 0, 1, 1] } } })],
        inputs: [{ name: "x", type: "float32", shape: [null, 2, 8, 8] }],
        initializers: { w: tensor([4, 2, 3, 3]) },
      }),
      /padding 0, 0 before and 1, 1 after; the same at both sides is known/,
    ],
    [
      "NaN among weights",
      model({ initializers: { w: tensor([4, 3], Number.NaN) } }),
      /its second factor holds NaN at 0/,
    ],
    [
      "weights that are missing",
      model({ initializers: {} }),
      /it takes "w", which no node before it gives and no initializer/,
    ],
    [
      "nodes out of order",
      model({ nodes: [node("Relu", ["h"], "y"), node("MatMul", ["x", "w"], "h")] }),
      /node 1 "the Relu" \(Relu\): it takes "h", which no node before it gives/,
    ],
    [
      "a value given twice",
      model(then(node("Relu", ["h"], "h"), node("Relu", ["h"], "y"))),
      /it gives "h", which is given already/,
    ],
    ["an output that nothing gives", model({ outputs: ["z"] }), /its output depends on no input/],
    [
      "an open side",
      model({ inputs: [{ name: "x", type: "float32", shape: [null, null] }] }),
      /side 1 of its input "x" is open/,
    ],
    [
      "two inputs",
      model({
        nodes: [node("Add", ["x", "z"], "y")],
        inputs: ["x", "z"].map((name) => ({ name, type: "float32", shape: [null, 3] })),
      }),
      /it takes 2 inputs \("x", "z"\)/,
    ],
    ["an operator set of long ago", model({ opsets: { "": 8 } }), /operator set 8; 9 \.\. 22 are read/],
    [
      "a constant for each element",
      model({
        nodes: [node("Add", ["x", "b"], "y")],
        inputs: [{ name: "x", type: "float32", shape: [null, 2, 2, 2] }],
        initializers: { b: { ...tensor([2, 2, 2]), values: Float64Array.from([1, 2, 3, 4, 5, 6, 7, 8]) } },
      }),
      /a constant of 2 x 2 x 2 meets a value of 1 x 2 x 2 x 2; one number, or one a channel, is known/,
    ],
    [
      "a quantizer of no scale",
      model({
        ...then(node("Quant", ["h", "s", "z", "b"], "y", { domain: "onnx.brevitas" })),
        initializers: { w: tensor([4, 3]), s: tensor([], -1), z: tensor([], 0), b: tensor([], 4) },
      }),
      /its scale is -1; expected more than 0/,
    ],
    [
      "a quantizer of 40 bits",
      model({
        ...then(node("Quant", ["h", "s", "z", "b"], "y", { domain: "onnx.brevitas" })),
        initializers: { w: tensor([4, 3]), s: tensor([]), z: tensor([], 0), b: tensor([], 40) },
      }),
      /40 bits; one whole number 1 \.\. 32 is known/,
    ],
    [
      "a variance below 0",
      model({
        ...then(node("BatchNormalization", ["h", "g", "g", "g", "v"], "y")),
        initializers: { w: tensor([4, 3]), g: tensor([3]), v: tensor([3], -1) },
      }),
      /tensor "norm1\.variance" holds -1 at 0; expected numbers from 0/,
    ],
    [
      "batches that are taken apart",
      model({
        ...then(node("Reshape", ["h", "s"], "y")),
        initializers: { w: tensor([4, 3]), s: { type: "int64", shape: [2], values: Float64Array.of(3, 1) } },
      }),
      /1 x 3 becomes 3 x 1, and the batch does not stay by itself/,
    ],
    [
      "a value behind the end",
      model(then(node("Softmax", ["h"], "s"), node("Relu", ["s"], "y"))),
      /"the Relu" \(Relu\): it takes what Softmax gives, which is known at the end alone; between layers use Relu/,
    ],
    [
      "a side too many",
      model({ initializers: { w: tensor([1, 4, 3]) } }),
      /its weights are of 1 x 4 x 3; inputs x outputs are known/,
    ],
    [
      "training",
      model({
        ...then(
          node("BatchNormalization", ["h", "g", "g", "g", "g"], "y", { attributes: { training_mode: whole(1) } }),
        ),
        initializers: { w: tensor([4, 3]), g: tensor([3]) },
      }),
      /training_mode = 1; export the network for inference/,
    ],
  ];
  test.each(cases)("%s", (_what, bytes, says) => {
    expect(() => open(bytes)).toThrow(RangeError);
    expect(() => open(bytes)).toThrow(says);
  });
});

/** A field of a message: its number, and bytes with their length before them. */
const field = (tag: number, bytes: readonly number[] | Uint8Array, length = bytes.length): number[] => {
  const varint = (n: number): number[] => (n < 128 ? [n] : [(n % 128) + 128, ...varint(Math.floor(n / 128))]);
  return [...varint(tag * 8 + 2), ...varint(length), ...bytes];
};
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("hostile bytes", () => {
  test("of a tensor of 2^63 rows, of more elements than memory, of a file elsewhere, of strings", () => {
    const graphOf = (tensorBytes: number[]): Uint8Array => Uint8Array.from(field(7, field(5, tensorBytes)));
    const [most, huge] = [
      [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
      [0xff, 0xff, 0xff, 0xff, 0x7f],
    ];
    expect(() => readOnnx(graphOf([...field(1, most), 16, 1]), "it")).toThrow(/expected sides from 0, and at most/);
    expect(() => readOnnx(graphOf([...field(1, huge), 16, 1]), "it")).toThrow(/expected sides from 0, and at most/);
    expect(() => readOnnx(graphOf([16, 1, ...field(13, [])]), "it")).toThrow(/lies in a file of its own/);
    expect(() => readOnnx(graphOf([16, 8]), "it")).toThrow(/holds strings/);
  });
  test("of lengths beyond the file, and of graphs within graphs within graphs", () => {
    expect(() => readOnnx(Uint8Array.from(field(7, [1, 2, 3], 2 ** 31)), "it")).toThrow(/a field of 2147483648 bytes/);
    let inner: number[] = field(1, []);
    for (let depth = 0; depth < 500; depth++)
      inner = field(1, [
        ...field(4, bytes("If")),
        ...field(5, [...field(1, bytes("then_branch")), ...field(6, inner)]),
      ]);
    const nested = Uint8Array.from([
      ...field(7, [...inner, ...field(11, field(1, bytes("x"))), ...field(12, field(1, bytes("y")))]),
    ]);
    expect(() => open(nested)).toThrow(RangeError);
  });
  test("truncated anywhere", () => {
    const file = read("qonnx-w1a1");
    for (let length = 0; length < file.length; length += 7)
      expect(() => open(file.subarray(0, length))).toThrow(/^net\.onnx: /);
  });
  test("changed anywhere: a network still, or one line that names the file", () => {
    const key = rootKey("changed bytes");
    let refused = 0;
    for (const name of ["qonnx-conv", "torch-qdq", "torch-cnn-9"])
      for (let n = 0; n < 100; n++) {
        const file = Uint8Array.from(read(name));
        for (let k = 0; k < 3; k++) {
          const own = fold(fold(key, `${name} ${n}`), k);
          file[Math.floor(uniform(own, 0) * file.length)] = Math.floor(uniform(own, 1) * 256);
        }
        try {
          open(file);
        } catch (error) {
          refused++;
          expect(error).toBeInstanceOf(RangeError);
          expect((error as Error).message).toMatch(/^net\.onnx: [^\n]{1,500}$/);
        }
      }
    expect(refused).toBeGreaterThan(50);
  });
});
