import { countOf, showSides } from "../../arrays/tensor.ts";
import { axisOf, listAt, numberAt, numbersAt } from "../operators/operator.ts";
import { SHAPES } from "../operators/shapes.ts";
import { type Rule, settledUnlessActivation, tensorsOf, valueAt } from "./rule.ts";

/** Shapes that change, elements that do not. */
export const relabelled: Rule = (node, inputs, builder, opset) => {
  const value = valueAt(inputs, 0);
  if (value.kind === "ended") return value;
  const of = settledUnlessActivation(value, builder);
  return builder.reshaped(of, [...SHAPES[node.operator](of.shape, tensorsOf(inputs), node, opset)]);
};

export const transpose: Rule = (node, inputs, builder) => {
  const of = settledUnlessActivation(valueAt(inputs, 0), builder);
  const order = numbersAt(node, "perm") ?? of.shape.map((_, k) => of.shape.length - 1 - k);
  if ([...order].sort((a, b) => a - b).join() !== of.shape.map((_, k) => k).join())
    throw new RangeError(`the order ${order.join(", ")} of a value of ${of.shape.length} sides`);
  // Sides of one do not count: where the others keep their order, no element moves.
  const moved = order.filter((axis) => of.shape[axis] !== 1);
  if (moved.some((axis, k) => k > 0 && axis < moved[k - 1]))
    throw new RangeError(
      `it turns ${showSides(of.shape)} round (${order.join(", ")}); export the network with channels first, and flatten before nothing is turned`,
    );
  return builder.reshaped(
    of,
    order.map((axis) => of.shape[axis]),
  );
};

export const pad: Rule = (node, inputs) => {
  const pads = listAt(tensorsOf(inputs), 1, node, "pads") ?? [];
  if (pads.some((n) => n !== 0))
    throw new RangeError(`padding ${pads.join(", ")}; put it into the convolution that follows (padding=...)`);
  return valueAt(inputs, 0);
};

export const ended: Rule = (node, inputs, builder) => {
  const value = valueAt(inputs, 0);
  if (value.kind === "ended") return value;
  const of = settledUnlessActivation(value, builder);
  const axis =
    node.operator === "Sigmoid"
      ? 1
      : axisOf(numberAt(node, "axis", node.operator === "ArgMax" ? 0 : -1), of.shape.length);
  if (axis !== 1 || countOf(of.shape.slice(2)) !== 1)
    throw new RangeError(
      `along side ${axis} of ${showSides(of.shape)}; classes are along side 1 of a batch of vectors`,
    );
  return { kind: "ended", of, before: node.inputs[0], operator: node.operator };
};
