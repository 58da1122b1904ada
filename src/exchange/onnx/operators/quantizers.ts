import { levelRange } from "#src/networks/layers";
import { roundHalfEven } from "#src/numerics/round-half-even";
import { countOf, isFloating, showSides, type Tensor } from "../../arrays/tensor.ts";
import type { OnnxNode } from "../model.ts";
import { mapped, zipped } from "./element-wise.ts";
import { axisOf, given, numberAt, type Operator, textAt } from "./operator.ts";

/** Levels and what they stand for: value = (level - zeroPoint) scale. */
export interface Quantized {
  readonly levels: Tensor;
  readonly scales: Tensor;
  readonly zeroPoints: Tensor;
  readonly bits: number;
  readonly signed: boolean;
  readonly narrow: boolean;
}

/** Lowest and highest level of a QONNX Quant: narrow without a sign leaves out the highest, which no layer here does. */
const quantRange = (of: Pick<Quantized, "bits" | "signed" | "narrow">): readonly [number, number] => {
  const [low, high] = levelRange(of);
  return [low, of.narrow && !of.signed ? high - 1 : high];
};

/** What a Quant's attributes and its input of bits say. */
export const quantOf = (
  inputs: readonly (Tensor | null)[],
  node: OnnxNode,
): Pick<Quantized, "bits" | "signed" | "narrow"> => {
  const mode = textAt(node, "rounding_mode", "ROUND").toUpperCase();
  if (mode !== "ROUND" && mode !== "HALF_EVEN")
    throw new RangeError(`rounding mode ${mode}; ROUND (half to even) is known`);
  const bits = given(inputs, 3);
  if (bits.values.length !== 1 || !Number.isInteger(bits.values[0]) || bits.values[0] < 1 || bits.values[0] > 32)
    throw new RangeError(`${[...bits.values.subarray(0, 4)].join(", ")} bits; one whole number 1 .. 32 is known`);
  return { bits: bits.values[0], signed: numberAt(node, "signed", 1) === 1, narrow: numberAt(node, "narrow", 0) === 1 };
};

export const isOneBit = ({ bits, signed }: Pick<Quantized, "bits" | "signed">): boolean => bits === 1 && signed;

/** The levels of x by a QONNX Quant or IntQuant. */
export const quantLevels = (inputs: readonly (Tensor | null)[], node: OnnxNode): Quantized => {
  const [x, scales, zeroPoints] = [given(inputs, 0), given(inputs, 1), given(inputs, 2)];
  const of = quantOf(inputs, node);
  const [low, high] = quantRange(of);
  // One bit with a sign is a sign: qonnx's own definition has it so.
  const level = isOneBit(of)
    ? (q: number): number => (q >= 0 ? 1 : -1)
    : (q: number): number => Math.min(high, Math.max(low, roundHalfEven(q)));
  const levels = zipped([x, scales, zeroPoints], x.type, (value, s, z) =>
    level(Math.fround(Math.fround(value / s) + z)),
  );
  return { levels, scales, zeroPoints, ...of };
};

const valuesOf = ({ levels, scales, zeroPoints }: Pick<Quantized, "levels" | "scales" | "zeroPoints">): Tensor =>
  zipped([levels, scales, zeroPoints], "float32", (level, s, z) => (level - z) * s);

const quant: Operator = (inputs, node) => [valuesOf(quantLevels(inputs, node))];

const bipolar: Operator = (inputs) => [
  zipped([given(inputs, 0), given(inputs, 1)], "float32", (x, s) => (x >= 0 ? s : -s)),
];

/** A list of one number an index of an axis, shaped to be broadcast along it. */
const alongAxis = (list: Tensor, x: Tensor, node: OnnxNode): Tensor => {
  if (list.values.length === 1) return { ...list, shape: [] };
  const axis = axisOf(numberAt(node, "axis", 1), x.shape.length);
  if (numberAt(node, "block_size", 0) !== 0)
    throw new RangeError("a scale a block; one for all, or one an index of an axis, is known");
  if (list.shape.length !== 1 || list.values.length !== x.shape[axis])
    throw new RangeError(`scales of ${showSides(list.shape)} along side ${axis} of ${showSides(x.shape)}`);
  return { ...list, shape: x.shape.map((side, k) => (k === axis ? side : 1)) };
};

const NO_ZERO: Tensor = { type: "uint8", shape: [], values: Float64Array.of(0) };

/** Of QuantizeLinear and DequantizeLinear: scales and zero points as they are broadcast. */
export const linearOf = (inputs: readonly (Tensor | null)[], node: OnnxNode) => {
  const x = given(inputs, 0);
  const zero = inputs[2] ?? { ...NO_ZERO, type: isFloating(x.type) ? ("uint8" as const) : x.type };
  // Biases are of 32 bits, and only read back.
  if (zero.type !== "int8" && zero.type !== "uint8" && !(zero.type === "int32" && x.type === "int32"))
    throw new RangeError(`levels of type ${zero.type}; int8 and uint8 are known`);
  return {
    x,
    scales: alongAxis(given(inputs, 1), x, node),
    zeroPoints: alongAxis(zero, x, node),
    type: zero.type,
    bits: zero.type === "int32" ? 32 : 8,
    signed: zero.type !== "uint8",
  };
};

const quantizeLinear: Operator = (inputs, node) => {
  const { x, scales, zeroPoints, type, signed } = linearOf(inputs, node);
  const [low, high] = levelRange({ bits: 8, signed, narrow: false });
  return [
    zipped([x, scales, zeroPoints], type, (value, s, z) =>
      Math.min(high, Math.max(low, roundHalfEven(Math.fround(value / s)) + z)),
    ),
  ];
};

const dequantizeLinear: Operator = (inputs, node) => {
  const { x, scales, zeroPoints } = linearOf(inputs, node);
  return [valuesOf({ levels: x, scales, zeroPoints })];
};

/** Operators that put values on levels, the standard ones. */
export const OF_LEVELS: Readonly<Record<string, Operator>> = {
  QuantizeLinear: quantizeLinear,
  DequantizeLinear: dequantizeLinear,
};

/** Those of QONNX, in whatever domain. */
export const OF_QONNX: Readonly<Record<string, Operator>> = { Quant: quant, IntQuant: quant, BipolarQuant: bipolar };

/** Probabilities of the last side. */
const softmax =
  (isLog: boolean): Operator =>
  (inputs) => {
    const x = given(inputs, 0);
    const width = x.shape[x.shape.length - 1];
    const values = new Float64Array(x.values.length);
    for (let from = 0; from < values.length; from += width) {
      const own = x.values.subarray(from, from + width);
      const most = own.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
      const sum = own.reduce((total, value) => total + Math.exp(value - most), 0);
      own.forEach((value, k) => {
        values[from + k] = isLog ? value - most - Math.log(sum) : Math.exp(value - most) / sum;
      });
    }
    return [mapped({ ...x, values }, (value) => value)];
  };

/** Operators that a classifier may end in. */
export const AT_THE_END: Readonly<Record<string, Operator>> = {
  Softmax: softmax(false),
  LogSoftmax: softmax(true),
  ArgMax: (inputs, node) => {
    const x = given(inputs, 0);
    const axis = axisOf(numberAt(node, "axis", 0), x.shape.length);
    if (axis !== x.shape.length - 1) throw new RangeError(`ArgMax along side ${axis}; the last one is known`);
    const width = x.shape[axis];
    const values = Float64Array.from({ length: countOf(x.shape) / width }, (_, row) => {
      const own = x.values.subarray(row * width, (row + 1) * width);
      return own.indexOf(own.reduce((a, b) => Math.max(a, b)));
    });
    const keeps = numberAt(node, "keepdims", 1) === 1;
    return [{ type: "int64", shape: keeps ? x.shape.with(axis, 1) : x.shape.slice(0, -1), values }];
  },
};
