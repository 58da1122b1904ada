import { countOf, showSides } from "../../arrays/tensor.ts";
import { axisOf, listAt, numberAt, numbersAt, textAt } from "../operators/operator.ts";
import { SHAPES } from "../operators/shapes.ts";
import { constantAt, type Rule, settledUnlessActivation, tensorsOf, valueAt } from "./rule.ts";

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

export const pad: Rule = (node, inputs, builder) => {
  const pads = listAt(tensorsOf(inputs), 1, node, "pads") ?? [];
  if (pads.every((n) => n === 0)) return valueAt(inputs, 0);
  const mode = textAt(node, "mode", "constant");
  const filling = inputs[2] ? constantAt(inputs, 2, "filling").tensor.values[0] : numberAt(node, "value", 0);
  if (mode !== "constant" || filling !== 0)
    throw new RangeError(`padding by ${mode === "constant" ? filling : mode}; by 0 is known`);
  const rank = pads.length / 2;
  const [before, after] = [pads.slice(0, rank), pads.slice(rank)];
  if (before[0] !== 0 || before[1] !== 0 || before.some((n, k) => n !== after[k] || n < 0))
    throw new RangeError(
      `padding ${before.join(", ")} before and ${after.join(", ")} after; the same at both sides of rows and columns is known`,
    );
  const value = valueAt(inputs, 0);
  const of = value.kind === "stepped" ? value : builder.settled(value);
  return { kind: "padded", of, padding: before.slice(2) };
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
