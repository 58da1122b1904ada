import { countOf, showSides } from "../../arrays/tensor.ts";
import { axisOf, listAt, numberAt, numbersAt, textAt } from "../operators/operator.ts";
import { SHAPES, transposed } from "../operators/shapes.ts";
import { constantAt, type Rule, settledUnlessActivation, tensorsOf, valueAt } from "./rule.ts";
import { shapeOf, type Turned } from "./values.ts";

/** Where the elements of a turned value, flattened, are in the activation that was turned. */
const elementsOf = ({ of, order }: Turned): Int32Array => {
  const sides = of.shape.slice(1);
  const count = countOf(sides);
  const places = {
    type: "int32" as const,
    shape: [1, ...sides],
    values: Float64Array.from({ length: count }, (_, k) => k),
  };
  return Int32Array.from(transposed(places, order).values);
};

/** Shapes that change, elements that do not. */
export const relabelled: Rule = (node, inputs, builder, opset) => {
  const value = valueAt(inputs, 0);
  if (value.kind === "ended") return value;
  const shapeAfter = (from: readonly number[]): number[] => [
    ...SHAPES[node.operator](from, tensorsOf(inputs), node, opset),
  ];
  if (value.kind === "turned") {
    const to = shapeAfter(shapeOf(value));
    if (value.order[0] !== 0 || to.length !== 2 || to[0] !== value.of.shape[0])
      throw new RangeError(
        `${showSides(shapeOf(value))}, turned round, becomes ${showSides(to)}; only vectors are made of such`,
      );
    return { kind: "permuted", of: builder.reshaped(value.of, to), elements: elementsOf(value) };
  }
  const of = settledUnlessActivation(value, builder);
  return builder.reshaped(of, shapeAfter(of.shape));
};

/** Images whose channels come last, as Keras has them, are turned at the input; what is turned later is flattened next, or turned back. */
export const transpose: Rule = (node, inputs, builder) => {
  const value = valueAt(inputs, 0);
  const before = value.kind === "turned" ? value : null;
  const of = before ? before.of : settledUnlessActivation(value, builder);
  const rank = of.shape.length;
  const asked = numbersAt(node, "perm") ?? of.shape.map((_, k) => rank - 1 - k);
  if ([...asked].sort((a, b) => a - b).join() !== of.shape.map((_, k) => k).join())
    throw new RangeError(`the order ${asked.join(", ")} of a value of ${rank} sides`);
  const order = before ? asked.map((axis) => before.order[axis]) : asked;
  const shape = order.map((axis) => of.shape[axis]);
  // Sides of one do not count: where the others keep their order, no element moves.
  const moved = order.filter((axis) => of.shape[axis] !== 1);
  if (moved.every((axis, k) => k === 0 || axis > moved[k - 1])) return builder.reshaped(of, shape);
  return builder.turnedInput(of, order) ?? { kind: "turned", of, order };
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
