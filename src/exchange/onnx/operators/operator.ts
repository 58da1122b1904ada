import { ownOf } from "#src/words/named";
import type { Tensor } from "../../arrays/tensor.ts";
import type { OnnxNode } from "../model.ts";

/** What an operator does with tensors; an input that is left out is null. `opset`: the version of its domain. */
export type Operator = (inputs: readonly (Tensor | null)[], node: OnnxNode, opset: number) => readonly Tensor[];

export const numberAt = (node: OnnxNode, name: string, otherwise: number): number => {
  const found = ownOf(node.attributes, name);
  if (!found) return otherwise;
  if (found.kind !== "real" && found.kind !== "whole") throw new RangeError(`attribute ${name} is no number`);
  return found.value;
};

export const numbersAt = (node: OnnxNode, name: string): readonly number[] | null => {
  const found = ownOf(node.attributes, name);
  if (!found) return null;
  if (found.kind !== "numbers") throw new RangeError(`attribute ${name} is no list of numbers`);
  return found.value;
};

export const textAt = (node: OnnxNode, name: string, otherwise: string): string => {
  const found = ownOf(node.attributes, name);
  if (!found) return otherwise;
  if (found.kind !== "text") throw new RangeError(`attribute ${name} is no text`);
  return found.value;
};

/** An input that must be there. */
export const given = (inputs: readonly (Tensor | null)[], at: number): Tensor => {
  const found = inputs[at];
  if (!found) throw new RangeError(`input ${at + 1} is missing`);
  return found;
};

/** Numbers of an input, or, in earlier operator sets, of an attribute. */
export const listAt = (
  inputs: readonly (Tensor | null)[],
  at: number,
  node: OnnxNode,
  name: string,
): readonly number[] | null => (inputs[at] ? [...inputs[at].values] : numbersAt(node, name));

/** An axis counted from either end. */
export const axisOf = (axis: number, rank: number): number => {
  const found = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(found) || found < 0 || found >= rank)
    throw new RangeError(`axis ${axis} of a tensor of ${rank} sides`);
  return found;
};
