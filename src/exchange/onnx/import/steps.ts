import { scalar, type Tensor } from "../../arrays/tensor.ts";
import type { OnnxNode } from "../model.ts";
import { evaluate } from "../operators/index.ts";
import { isSameAs } from "./affine.ts";
import type { Activation, Constant, Cut, Stepped, Value } from "./values.ts";

const isBefore = (a: Cut, b: Cut): boolean => a.at < b.at || (a.at === b.at && !a.above && b.above);

const numbers = (values: readonly number[], type: Tensor["type"] = "float32"): Tensor => ({
  type,
  shape: [values.length],
  values: Float64Array.from(values),
});

const stepped = (of: Activation, cuts: readonly Cut[], values: readonly number[], type: Tensor["type"]): Stepped => ({
  kind: "stepped",
  of,
  cuts,
  values: numbers(values, type),
});

/** Cuts and values of x compared with a number. */
const COMPARED: Readonly<Record<string, (at: number) => readonly [readonly Cut[], readonly number[]]>> = {
  Less: (at) => [[{ at, above: false }], [1, 0]],
  LessOrEqual: (at) => [[{ at, above: true }], [1, 0]],
  Greater: (at) => [[{ at, above: true }], [0, 1]],
  GreaterOrEqual: (at) => [[{ at, above: false }], [0, 1]],
  Equal: (at) => [
    [
      { at, above: false },
      { at, above: true },
    ],
    [0, 1, 0],
  ],
};

/** The same comparison with its sides exchanged. */
const TURNED: Readonly<Record<string, string>> = {
  Less: "Greater",
  LessOrEqual: "GreaterOrEqual",
  Greater: "Less",
  GreaterOrEqual: "LessOrEqual",
  Equal: "Equal",
};

/** An activation compared with a number; `turned`: the number comes first. */
export const compared = (operator: string, of: Activation, at: number, turned: boolean): Stepped => {
  const [cuts, values] = COMPARED[turned ? TURNED[operator] : operator](at);
  return stepped(of, cuts, values, "bool");
};

/** |x| compared with a number. */
export const magnitudeCompared = (operator: string, of: Activation, at: number, turned: boolean): Stepped => {
  const name = turned ? TURNED[operator] : operator;
  const isTrivial = at === 0 && (name === "Less" || name === "GreaterOrEqual");
  if (at < 0 || isTrivial || name === "Equal")
    throw new RangeError(`|x| is compared with ${at} by ${name}; that is no threshold`);
  // |x| < t: -t < x < t; |x| <= t: -t <= x <= t; the others are what these are not.
  const isOpen = name === "Less" || name === "GreaterOrEqual";
  const inside = name === "Less" || name === "LessOrEqual" ? 1 : 0;
  const cuts: readonly Cut[] = [
    { at: -at, above: isOpen },
    { at, above: !isOpen },
  ];
  return stepped(of, cuts, [1 - inside, inside, 1 - inside], "bool");
};

export const signOf = (of: Activation): Stepped => {
  const [cuts] = COMPARED["Equal"](0);
  return stepped(of, cuts, [-1, 0, 1], "float32");
};

/** The one number that a constant holds, whatever its shape; null where it holds several. */
export const onlyNumber = ({ tensor }: Constant): number | null =>
  tensor.values.length > 0 && tensor.values.every((x) => x === tensor.values[0]) ? tensor.values[0] : null;

/** Of a stepped value: the value on a piece of finer cuts. */
const valueIn = ({ cuts, values }: Stepped, below: Cut | null): number => {
  const passed = below === null ? 0 : cuts.filter((cut) => !isBefore(below, cut)).length;
  return values.values[passed];
};

/**
 * What an operator that works element by element makes of steps of one activation, and of numbers: on each piece what it makes of the
 * pieces' values.
 */
export const steppedBy = (node: OnnxNode, opset: number, inputs: readonly (Value | null)[]): Stepped => {
  const steps = inputs.filter((value): value is Stepped => value?.kind === "stepped");
  const [{ of }] = steps;
  if (steps.some((other) => other.of.layer !== of.layer || !isSameAs(other.of.affine, of.affine)))
    throw new RangeError("it joins steps of two different values, which no layer here does");
  const cuts = steps
    .flatMap((value) => value.cuts)
    .sort((a, b) => (isBefore(a, b) ? -1 : isBefore(b, a) ? 1 : 0))
    .filter((cut, k, list) => k === 0 || isBefore(list[k - 1], cut));
  const taken = inputs.map((value): Tensor | null => {
    if (value === null) return null;
    if (value.kind === "stepped")
      return numbers(
        [null, ...cuts].map((below) => valueIn(value, below)),
        value.values.type,
      );
    const only = value.kind === "constant" ? onlyNumber(value) : null;
    if (only === null || value.kind !== "constant")
      throw new RangeError("it joins steps with something other than a number, which no layer here does");
    return scalar(only, value.tensor.type);
  });
  const [made] = evaluate(node, taken, opset);
  const kept = cuts.filter((_, k) => made.values[k] !== made.values[k + 1]);
  const values = made.values.filter((value, k) => k === 0 || value !== made.values[k - 1]);
  return stepped(of, kept, [...values], made.type);
};
