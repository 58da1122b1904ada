import type { LayerKind } from "#src/networks/layers";
import { showSides, type Tensor } from "../../arrays/tensor.ts";
import type { OnnxNode } from "../model.ts";
import type { Builder } from "./builder.ts";
import { onlyNumber, steppedBy } from "./steps.ts";
import type { Activation, Constant, Value } from "./values.ts";

/** What a node makes of its inputs, one of which depends on the network's; an input that is left out is null. */
export type Rule = (node: OnnxNode, inputs: readonly (Value | null)[], builder: Builder, opset: number) => Value;

export const valueAt = (inputs: readonly (Value | null)[], at: number): Value => {
  const found = inputs[at];
  if (!found) throw new RangeError(`input ${at + 1} is missing`);
  return found;
};

export const constantAt = (inputs: readonly (Value | null)[], at: number, what: string): Constant => {
  const found = valueAt(inputs, at);
  if (found.kind !== "constant")
    throw new RangeError(`its ${what} depends on the network's input; only numbers are known`);
  const strange = found.tensor.values.findIndex((x) => !Number.isFinite(x));
  if (strange >= 0) throw new RangeError(`its ${what} holds ${found.tensor.values[strange]} at ${strange}`);
  return found;
};

export const numberOf = (constant: Constant, what: string): number => {
  const only = onlyNumber(constant);
  if (only === null)
    throw new RangeError(`its ${what} is of ${showSides(constant.tensor.shape)}; one number for all channels is known`);
  return only;
};

/** A constant as it meets an activation of `shape`: one number, or one a channel. */
export const byChannel = (constant: Constant, shape: readonly number[]): Float64Array => {
  const only = onlyNumber(constant);
  if (only !== null) return Float64Array.of(only);
  const { tensor } = constant;
  const sides = [...shape.map(() => 1), ...tensor.shape].slice(-shape.length);
  if (tensor.shape.length > shape.length || sides.some((n, k) => n !== 1 && (k !== 1 || n !== shape[1])))
    throw new RangeError(
      `a constant of ${showSides(tensor.shape)} meets a value of ${showSides(shape)}; one number, or one a channel, is known`,
    );
  return tensor.values;
};

export const isStepped = (value: Value | null): boolean => value?.kind === "stepped";

export const tensorsOf = (inputs: readonly (Value | null)[]): (Tensor | null)[] =>
  inputs.map((value) => (value?.kind === "constant" ? value.tensor : null));

export const settledUnlessActivation = (value: Value, builder: Builder): Activation =>
  value.kind === "activation" ? value : builder.settled(value);

export const onSettled =
  (kind: LayerKind): Rule =>
  (_node, inputs, builder) => {
    const of = builder.settled(valueAt(inputs, 0));
    return builder.add(kind, [of], {}, of.shape);
  };

export const stepsOr =
  (otherwise: Rule): Rule =>
  (node, inputs, builder, opset) =>
    isStepped(inputs[0]) ? steppedBy(node, opset, inputs) : otherwise(node, inputs, builder, opset);

export const pairOf = (list: readonly number[]): readonly [number, number] =>
  list.length === 1 ? [1, list[0]] : [list[0], list[1]];
