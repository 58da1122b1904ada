import type { LayerKind, WeightedLayer } from "#src/networks/layers";
import { showSides, type Tensor } from "../../arrays/tensor.ts";
import { weightsOf } from "../../weights.ts";
import { numberAt, numbersAt } from "../operators/operator.ts";
import { transposed } from "../operators/shapes.ts";
import { thenAdd } from "./affine.ts";
import { type Builder, imageOf } from "./builder.ts";
import { arithmetic } from "./element-rules.ts";
import { byChannel, constantAt, pairOf, type Rule, valueAt } from "./rule.ts";
import { type Activation, type Constant, shapeOf, type Value } from "./values.ts";
import { imageWindow } from "./window-rules.ts";

/** Weights, outputs first, as a layer of them and their scales, and what is added to it. */
const weighted = (
  layer: (weights: Pick<WeightedLayer, "weights" | "scale">) => LayerKind,
  constant: Constant,
  outputs: number,
  input: Value,
  shape: readonly number[],
  builder: Builder,
  bias: Float64Array | null,
): Activation => {
  const { of, factor } = builder.factored(input);
  const { kind, levels, scales } = weightsOf(constant.tensor, constant.quantized, outputs);
  const all = factor === 1 ? scales : (scales ?? Float32Array.of(1)).map((s) => s * factor);
  const scale = all === null ? "none" : all.length === 1 ? "tensor" : "channel";
  const made = builder.add(
    layer({ weights: kind, scale }),
    [of],
    { weight: levels, ...(all === null ? {} : { scale: all }) },
    shape,
  );
  return bias ? { ...made, affine: thenAdd(made.affine, bias) } : made;
};

/** Weights in another order, and the levels and scales that they stand on. */
const inOrder = ({ tensor, quantized }: Constant, ordered: (x: Tensor) => Tensor): Constant => ({
  kind: "constant",
  tensor: ordered(tensor),
  quantized: quantized && { ...quantized, levels: ordered(quantized.levels), scales: ordered(quantized.scales) },
});

const turnedConstant = (weights: Constant): Constant => inOrder(weights, (x) => transposed(x, [1, 0]));

/** Weights (outputs x inputs) whose inputs come in another order. */
const reordered = (weights: Constant, elements: Int32Array): Constant =>
  inOrder(weights, (x) => {
    const values = new Float64Array(x.values.length);
    x.values.forEach((w, k) => {
      values[Math.floor(k / elements.length) * elements.length + elements[k % elements.length]] = w;
    });
    return { ...x, values };
  });

/** A dense layer. @param weights Outputs x inputs. */
const dense = (input: Value, weights: Constant, builder: Builder, bias: Float64Array | null): Activation => {
  if (input.kind === "permuted" && weights.tensor.shape[1] === input.elements.length)
    return dense(input.of, reordered(weights, input.elements), builder, bias);
  const [outputs, inputs] = weights.tensor.shape;
  const shape = shapeOf(input);
  if (shape.length !== 2)
    throw new RangeError(`it multiplies a value of ${showSides(shape)} by weights; a batch of vectors is known`);
  if (shape[1] !== inputs)
    throw new RangeError(`its weights take ${inputs} inputs, and ${shape[1]} come in (${showSides(shape)})`);
  return weighted(
    (how) => ({ kind: "dense", outputs, ...how }),
    weights,
    outputs,
    input,
    [shape[0], outputs],
    builder,
    bias,
  );
};

export const matMul: Rule = (_node, inputs, builder) => {
  if (valueAt(inputs, 0).kind === "constant")
    throw new RangeError("its first factor is a constant; weights come second");
  const weights = constantAt(inputs, 1, "second factor");
  if (weights.tensor.shape.length !== 2)
    throw new RangeError(`its weights are of ${showSides(weights.tensor.shape)}; inputs x outputs are known`);
  return dense(valueAt(inputs, 0), turnedConstant(weights), builder, null);
};

export const gemm: Rule = (node, inputs, builder) => {
  if (numberAt(node, "transA", 0) === 1) throw new RangeError("transA = 1, which no layer here does");
  const [alpha, beta] = [numberAt(node, "alpha", 1), numberAt(node, "beta", 1)];
  const weights = constantAt(inputs, 1, "second factor");
  const turned = numberAt(node, "transB", 0) === 1 ? weights : turnedConstant(weights);
  const made = dense(valueAt(inputs, 0), turned, builder, null);
  const scaled = alpha === 1 ? made : arithmetic("Mul", made, Float64Array.of(alpha), false);
  if (!inputs[2]) return scaled;
  const bias = byChannel(constantAt(inputs, 2, "bias"), made.shape);
  return arithmetic("Add", scaled, beta === 1 ? bias : bias.map((x) => beta * x), false);
};

const settledUnlessSteps = (value: Value, builder: Builder) =>
  value.kind === "stepped" || value.kind === "activation" ? value : builder.settled(value);

export const conv: Rule = (node, inputs, builder) => {
  const value = valueAt(inputs, 0);
  const input = settledUnlessSteps(value.kind === "padded" ? value.of : value, builder);
  const weights = constantAt(inputs, 1, "weights");
  const shape = shapeOf(input);
  const [batch, channels, ...sides] = shape;
  const [outputs, share, ...size] = weights.tensor.shape;
  const groups = numberAt(node, "group", 1);
  const kernel = numbersAt(node, "kernel_shape") ?? size;
  if (weights.tensor.shape.length !== shape.length || kernel.join() !== size.join())
    throw new RangeError(
      `its weights are of ${showSides(weights.tensor.shape)}, its kernel_shape is ${showSides(kernel)}, and ${showSides(shape)} come in`,
    );
  if (share * groups !== channels)
    throw new RangeError(
      `its weights of ${showSides(weights.tensor.shape)} take ${share * groups} channels, and ${channels} come in (${showSides(shape)})`,
    );
  const window = imageWindow(node, sides, size, value.kind === "padded" ? value.padding : undefined);
  const bias = inputs[2] ? constantAt(inputs, 2, "bias").tensor.values : null;
  if (bias && bias.length !== outputs)
    throw new RangeError(`its bias is of ${bias.length} channels, and its weights give ${outputs}`);
  const whole = { channels: outputs, groups };
  const one = { size: window.size[0], stride: window.stride[0], padding: window.padding[0] };
  const kind = (how: Pick<WeightedLayer, "weights" | "scale">): LayerKind =>
    sides.length === 1
      ? { kind: "conv1d", ...whole, ...one, ...how }
      : {
          kind: "conv2d",
          ...whole,
          size: pairOf(window.size),
          stride: pairOf(window.stride),
          padding: pairOf(window.padding),
          ...how,
        };
  return weighted(kind, weights, outputs, input, [batch, outputs, ...window.places], builder, bias);
};

export const batchNormalization: Rule = (node, inputs, builder) => {
  if (numberAt(node, "training_mode", 0) === 1)
    throw new RangeError("training_mode = 1; export the network for inference");
  const of = builder.settled(valueAt(inputs, 0));
  const { channels } = imageOf(of.shape);
  const [gain, shift, mean, variance] = ["gain", "shift", "mean", "variance"].map((what, k) => {
    const { values } = constantAt(inputs, k + 1, what).tensor;
    if (values.length !== channels)
      throw new RangeError(
        `its ${what} is of ${values.length} channels, and ${channels} come in (${showSides(of.shape)})`,
      );
    return Float32Array.from(values);
  });
  const epsilon = numberAt(node, "epsilon", 1e-5);
  return builder.add({ kind: "batchNorm", epsilon }, [of], { gain, shift, mean, variance }, of.shape);
};
