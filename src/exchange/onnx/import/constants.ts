import { countOf, type Tensor } from "../../arrays/tensor.ts";
import type { OnnxNode } from "../model.ts";
import { zipped } from "../operators/element-wise.ts";
import { evaluate } from "../operators/index.ts";
import { linearOf, type Quantized, quantLevels } from "../operators/quantizers.ts";
import type { Constant } from "./values.ts";

/** A tensor as large as another. */
const asLargeAs = (x: Tensor, like: Tensor): Tensor =>
  x.values.length === countOf(like.shape) ? { ...x, shape: like.shape } : zipped([x, like], x.type, (value) => value);

/** Operators that move elements, and levels with them. */
const MOVES = ["Identity", "Dropout", "Transpose", "Reshape", "Flatten", "Squeeze", "Unsqueeze"];

const scaledBy = (quantized: Quantized, scales: Tensor): Quantized => ({ ...quantized, scales });

/** The levels of a constant that a node makes, where it makes or keeps some. */
const quantizedBy = (
  node: OnnxNode,
  inputs: readonly (Constant | null)[],
  made: Tensor,
  opset: number,
): Quantized | null => {
  const tensors = inputs.map((value) => value?.tensor ?? null);
  const [first, second] = inputs;
  const { operator } = node;
  if (operator === "Quant" || operator === "IntQuant") {
    const found = quantLevels(tensors, node);
    return scaledBy(found, asLargeAs(found.scales, made));
  }
  if (operator === "BipolarQuant") {
    const scales = asLargeAs(tensors[1] as Tensor, made);
    const levels = { ...made, values: made.values.map((x, k) => x / scales.values[k]) };
    const zeroPoints: Tensor = { type: "float32", shape: [], values: Float64Array.of(0) };
    return { levels, scales, zeroPoints, bits: 1, signed: true, narrow: true };
  }
  if (operator === "DequantizeLinear") {
    const { x, scales, zeroPoints, bits, signed } = linearOf(tensors, node);
    return { levels: x, scales: asLargeAs(scales, made), zeroPoints, bits, signed, narrow: false };
  }
  if (first?.quantized && MOVES.includes(operator)) {
    const moved = (x: Tensor): Tensor => evaluate(node, [x, ...tensors.slice(1)], opset)[0];
    const { levels, scales } = first.quantized;
    return { ...first.quantized, levels: moved(levels), scales: moved(scales) };
  }
  const [levelled, other] = first?.quantized ? [first, second] : [second, first];
  const isPositive = other?.tensor.values.every((x) => x > 0) ?? false;
  if (!levelled?.quantized || !other || !isPositive || levelled.tensor.values.length !== made.values.length)
    return null;
  const times = (operator === "Div" && levelled === first) || operator === "Mul";
  return times
    ? scaledBy(
        levelled.quantized,
        evaluate(
          { ...node, attributes: {} },
          levelled === first ? [levelled.quantized.scales, other.tensor] : [other.tensor, levelled.quantized.scales],
          opset,
        )[0],
      )
    : null;
};

/** What a node makes of constants. */
export const constantOf = (node: OnnxNode, inputs: readonly (Constant | null)[], opset: number): Constant => {
  const [tensor] = evaluate(
    node,
    inputs.map((value) => value?.tensor ?? null),
    opset,
  );
  return { kind: "constant", tensor, quantized: quantizedBy(node, inputs, tensor, opset) };
};
