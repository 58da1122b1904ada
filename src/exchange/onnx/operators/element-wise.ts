import { roundHalfEven } from "#src/numerics/round-half-even";
import { countOf, type ElementType, isFloating, limited, showSides, type Tensor } from "../../arrays/tensor.ts";
import { given, numberAt, type Operator } from "./operator.ts";

/** The shape of two tensors together, as NumPy broadcasts. */
export const broadcast = (a: readonly number[], b: readonly number[]): number[] => {
  const rank = Math.max(a.length, b.length);
  return limited(
    Array.from({ length: rank }, (_, k) => {
      const [x, y] = [a[k - rank + a.length] ?? 1, b[k - rank + b.length] ?? 1];
      if (x !== y && x !== 1 && y !== 1) throw new RangeError(`shapes ${showSides(a)} and ${showSides(b)} do not fit`);
      return x === 1 ? y : x;
    }),
  );
};

/** Where each element of `shape` is found in a tensor that is broadcast to it. */
const placesIn = (own: readonly number[], shape: readonly number[]): Int32Array => {
  const count = countOf(shape);
  const places = new Int32Array(count);
  let stride = 1;
  let block = 1;
  for (let k = shape.length - 1; k >= 0; k--) {
    const side = own[k - shape.length + own.length] ?? 1;
    if (side !== 1) for (let e = 0; e < count; e++) places[e] += (Math.floor(e / block) % shape[k]) * stride;
    stride *= side;
    block *= shape[k];
  }
  return places;
};

/** Whole numbers of few bits, which begin anew where they end. */
const WRAPPED: Readonly<Partial<Record<ElementType, (x: number) => number>>> = {
  int8: (x) => (x << 24) >> 24,
  uint8: (x) => x & 255,
  int16: (x) => (x << 16) >> 16,
  uint16: (x) => x & 65535,
  int32: (x) => x | 0,
  uint32: (x) => x >>> 0,
};

/** A number as its type holds it. */
const heldAs = (type: ElementType): ((x: number) => number) => {
  if (type === "float64") return (x) => x;
  if (isFloating(type)) return Math.fround;
  if (type === "bool") return (x) => (x === 0 ? 0 : 1);
  const wrapped = WRAPPED[type];
  return wrapped ?? Math.trunc;
};

export const mapped = (x: Tensor, of: (value: number) => number, type = x.type): Tensor => {
  const held = heldAs(type);
  return { type, shape: x.shape, values: x.values.map((value) => held(of(value))) };
};

/** An element of `shape` as a function of those of tensors broadcast to it. */
export const zipped = (
  tensors: readonly Tensor[],
  type: ElementType,
  of: (...values: readonly number[]) => number,
): Tensor => {
  const shape = tensors.map((t) => t.shape).reduce(broadcast);
  const count = countOf(shape);
  const held = heldAs(type);
  const values = new Float64Array(count);
  // A number beside a tensor, the common case, needs no places.
  const readers = tensors.map((t): ((e: number) => number) => {
    const own = t.values;
    if (own.length === count) return (e) => own[e];
    if (own.length === 1) return () => own[0];
    const places = placesIn(t.shape, shape);
    return (e) => own[places[e]];
  });
  const [a, b, c] = readers;
  if (readers.length === 2) for (let e = 0; e < count; e++) values[e] = held(of(a(e), b(e)));
  else if (readers.length === 3) for (let e = 0; e < count; e++) values[e] = held(of(a(e), b(e), c(e)));
  else for (let e = 0; e < count; e++) values[e] = held(of(...readers.map((read) => read(e))));
  return { type, shape, values };
};

const unary =
  (of: (x: number) => number): Operator =>
  (inputs) => [mapped(given(inputs, 0), of)];

const binary =
  (of: (a: number, b: number) => number, type?: ElementType): Operator =>
  (inputs) => {
    const [a, b] = [given(inputs, 0), given(inputs, 1)];
    return [zipped([a, b], type ?? a.type, of as (...values: readonly number[]) => number)];
  };

const many =
  (of: (...values: readonly number[]) => number): Operator =>
  (inputs) => [
    zipped(
      inputs.map((_, k) => given(inputs, k)),
      given(inputs, 0).type,
      of,
    ),
  ];

const raised = (x: number, exponent: number): number => {
  if (exponent === 0.5) return Math.sqrt(x);
  if (exponent === 1 || exponent === 2) return exponent === 1 ? x : x * x;
  if (exponent === -1) return 1 / x;
  throw new RangeError(`power ${exponent}; 0.5, 1, 2 and -1 are known`);
};

const clip: Operator = (inputs, node) => {
  const low = inputs[1]?.values[0] ?? numberAt(node, "min", Number.NEGATIVE_INFINITY);
  const high = inputs[2]?.values[0] ?? numberAt(node, "max", Number.POSITIVE_INFINITY);
  return [mapped(given(inputs, 0), (x) => Math.min(high, Math.max(low, x)))];
};

/** Operators whose outputs have an element for each of their inputs'. */
export const ELEMENT_WISE: Readonly<Record<string, Operator>> = {
  Add: binary((a, b) => a + b),
  Sub: binary((a, b) => a - b),
  Mul: binary((a, b) => a * b),
  Div: binary((a, b) => a / b),
  Pow: binary(raised),
  Sqrt: unary(Math.sqrt),
  Reciprocal: unary((x) => 1 / x),
  Neg: unary((x) => -x),
  Abs: unary(Math.abs),
  Floor: unary(Math.floor),
  Ceil: unary(Math.ceil),
  Round: unary(roundHalfEven),
  Sign: unary(Math.sign),
  Relu: unary((x) => Math.max(x, 0)),
  Sigmoid: unary((x) => 1 / (1 + Math.exp(-x))),
  Max: many((...values) => Math.max(...values)),
  Min: many((...values) => Math.min(...values)),
  Sum: many((...values) => values.reduce((a, b) => a + b)),
  Clip: clip,
  Less: binary((a, b) => Number(a < b), "bool"),
  LessOrEqual: binary((a, b) => Number(a <= b), "bool"),
  Greater: binary((a, b) => Number(a > b), "bool"),
  GreaterOrEqual: binary((a, b) => Number(a >= b), "bool"),
  Equal: binary((a, b) => Number(a === b), "bool"),
  And: binary((a, b) => a * b, "bool"),
  Or: binary((a, b) => Math.max(a, b), "bool"),
  Not: unary((x) => 1 - x),
  Where: (inputs) => {
    const [condition, yes, no] = [given(inputs, 0), given(inputs, 1), given(inputs, 2)];
    return [zipped([condition, yes, no], yes.type, (holds, a, b) => (holds === 0 ? b : a))];
  },
};
