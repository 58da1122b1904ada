import type { Tensor } from "#src/exchange/arrays/tensor";
import type { OnnxModel, OnnxNode } from "#src/exchange/onnx/model";
import { writeOnnx } from "#src/exchange/onnx/write-model";

export const node = (operator: string, inputs: string[], output: string, more: Partial<OnnxNode> = {}): OnnxNode => ({
  name: `the ${operator}`,
  operator,
  domain: "",
  inputs,
  outputs: [output],
  attributes: {},
  ...more,
});
export const tensor = (shape: number[], value = 1): Tensor => ({
  type: "float32",
  shape,
  values: new Float64Array(shape.reduce((a, b) => a * b, 1)).fill(value),
});

/** A perceptron of 4 inputs and 3 outputs, changed. */
export const model = (change: Partial<OnnxModel> = {}): Uint8Array => {
  const whole: OnnxModel = {
    producer: "test",
    opsets: { "": 13 },
    nodes: [node("MatMul", ["x", "w"], "y")],
    initializers: { w: tensor([4, 3]) },
    inputs: [{ name: "x", type: "float32", shape: [null, 4] }],
    outputs: ["y"],
    ...change,
  };
  return writeOnnx(
    whole,
    whole.outputs.map((name) => ({ name, shape: [null, 3] })),
  );
};
