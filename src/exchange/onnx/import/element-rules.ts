import { showSides } from "../../arrays/tensor.ts";
import { numberAt } from "../operators/operator.ts";
import { typeOf } from "../read-model.ts";
import { gainOf, thenAdd, thenMultiply } from "./affine.ts";
import type { Builder } from "./builder.ts";
import {
  byChannel,
  constantAt,
  isStepped,
  numberOf,
  onSettled,
  type Rule,
  settledUnlessActivation,
  stepsOr,
  valueAt,
} from "./rule.ts";
import { compared, magnitudeCompared, onlyNumber, steppedBy } from "./steps.ts";
import type { Activation, Constant, Value } from "./values.ts";

const negated = (list: Float64Array): Float64Array => list.map((x) => -x);

const inverted = (list: Float64Array): Float64Array => list.map((x) => 1 / x);

/** x with a constant added or multiplied; `first`: the constant comes first. */
export const arithmetic = (operator: string, x: Activation, c: Float64Array, first: boolean): Activation => {
  const { affine } = x;
  if (operator === "Add") return { ...x, affine: thenAdd(affine, c) };
  if (operator === "Mul") return { ...x, affine: thenMultiply(affine, c) };
  if (operator === "Sub")
    return {
      ...x,
      affine: first ? thenAdd(thenMultiply(affine, Float64Array.of(-1)), c) : thenAdd(affine, negated(c)),
    };
  if (first) throw new RangeError("it divides by a value of the network, which no layer here does");
  if (c.some((d) => d === 0)) throw new RangeError("it divides by 0");
  return { ...x, affine: thenMultiply(affine, inverted(c)) };
};

const added = (a: Value, b: Value, builder: Builder): Activation => {
  const [one, other] = [builder.factored(a), builder.factored(b)];
  const sum = (x: Activation, y: Activation): Activation => {
    if (x.shape.join() !== y.shape.join())
      throw new RangeError(`it adds ${showSides(x.shape)} and ${showSides(y.shape)}; two of one shape are known`);
    return builder.add({ kind: "add" }, [x, y], {}, x.shape);
  };
  if (one.factor === other.factor) return { ...sum(one.of, other.of), affine: gainOf(Float64Array.of(one.factor)) };
  const settled = ({ of, factor }: typeof one): Activation =>
    builder.settled({ ...of, affine: gainOf(Float64Array.of(factor)) });
  return sum(settled(one), settled(other));
};

/** Operators that work element by element: on steps by their pieces, on an activation and a constant as an affine map. */
export const elementWise: Rule = (node, inputs, builder, opset) => {
  const isPieces = (value: Value | null): boolean =>
    value === null || isStepped(value) || (value.kind === "constant" && onlyNumber(value) !== null);
  if (inputs.some(isStepped) && inputs.every(isPieces)) return steppedBy(node, opset, inputs);
  const { operator } = node;
  if (!["Add", "Sub", "Mul", "Div"].includes(operator))
    throw new RangeError("it takes a value of the network that is no comparison; only steps are made of such");
  const [a, b] = [valueAt(inputs, 0), valueAt(inputs, 1)];
  if (a.kind !== "constant" && b.kind !== "constant") {
    if (operator !== "Add") throw new RangeError("it joins two values of the network; only Add does here");
    return added(a, b, builder);
  }
  const [value, constant, first] = a.kind === "constant" ? [b, a, true] : [a, b as Constant, false];
  const of = settledUnlessActivation(value, builder);
  return arithmetic(operator, of, byChannel(constantAt([constant], 0, "constant"), of.shape), first);
};

export const comparison: Rule = (node, inputs, builder, opset) => {
  if (inputs.some(isStepped)) return elementWise(node, inputs, builder, opset);
  const [a, b] = [valueAt(inputs, 0), valueAt(inputs, 1)];
  const turned = a.kind === "constant";
  const [value, constant] = turned ? [b, a] : [a, b];
  const list = constantAt([constant], 0, "threshold");
  if (value.kind === "magnitude")
    return magnitudeCompared(node.operator, value.of, numberOf(list, "threshold"), turned);
  const of = settledUnlessActivation(value, builder);
  const only = onlyNumber(list);
  if (only !== null) return compared(node.operator, of, only, turned);
  const shifted = { ...of, affine: thenAdd(of.affine, negated(byChannel(list, of.shape))) };
  return compared(node.operator, shifted, 0, turned);
};

/** The largest numbers of single precision stand for none. */
const LARGEST = 3e38;

/** A constant that may be infinite: no bound. */
const boundAt = (inputs: readonly (Value | null)[], at: number): Constant => {
  const found = valueAt(inputs, at);
  if (found.kind !== "constant")
    throw new RangeError("its bound depends on the network's input; only numbers are known");
  return found;
};

export const clip: Rule = (node, inputs, builder, opset) => {
  const bound = (at: number, name: string, otherwise: number): number =>
    inputs[at] ? numberOf(boundAt(inputs, at), name) : numberAt(node, name, otherwise);
  const [low, high] = [bound(1, "min", Number.NEGATIVE_INFINITY), bound(2, "max", Number.POSITIVE_INFINITY)];
  if (isStepped(inputs[0])) return elementWise(node, inputs, builder, opset);
  if (low === 0 && !(high < LARGEST)) return onSettled({ kind: "relu" })(node, inputs, builder, opset);
  if (low === -1 && high === 1) return onSettled({ kind: "hardTanh" })(node, inputs, builder, opset);
  if (!(low > -LARGEST && high < LARGEST))
    throw new RangeError(`from ${low} to ${high}; two bounds, or 0 and none (Relu), are known`);
  return onSettled({ kind: "clip", low, high })(node, inputs, builder, opset);
};

export const cast: Rule = (node, inputs) => {
  const type = node.operator === "Cast" ? typeOf(numberAt(node, "to", 0), "a Cast's output") : "float32";
  if (type !== "float32" && type !== "float64")
    throw new RangeError(`it rounds values of the network to ${type}; no layer here does`);
  return valueAt(inputs, 0);
};

export const abs: Rule = stepsOr((_node, inputs, builder) => ({
  kind: "magnitude",
  of: settledUnlessActivation(valueAt(inputs, 0), builder),
}));
