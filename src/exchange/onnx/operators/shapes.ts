import { countOf, type ElementType, limited, showSides, type Tensor } from "../../arrays/tensor.ts";
import { typeOf } from "../read-model.ts";
import { broadcast, mapped, zipped } from "./element-wise.ts";
import { axisOf, given, listAt, numberAt, type Operator, textAt } from "./operator.ts";

const strides = (shape: readonly number[]): number[] => {
  const found = shape.map(() => 1);
  for (let k = shape.length - 2; k >= 0; k--) found[k] = found[k + 1] * shape[k + 1];
  return found;
};

export const transposed = (x: Tensor, order: readonly number[]): Tensor => {
  if (order.length !== x.shape.length || [...order].sort((a, b) => a - b).some((axis, k) => axis !== k))
    throw new RangeError(`the order ${order.join(", ")} of a tensor of ${x.shape.length} sides`);
  const shape = order.map((axis) => x.shape[axis]);
  const own = strides(x.shape);
  const steps = order.map((axis) => own[axis]);
  const at = shape.map(() => 0);
  let place = 0;
  const values = new Float64Array(x.values.length);
  for (let e = 0; e < values.length; e++) {
    values[e] = x.values[place];
    for (let k = shape.length - 1; k >= 0; k--) {
      place += steps[k];
      if (++at[k] < shape[k]) break;
      place -= steps[k] * shape[k];
      at[k] = 0;
    }
  }
  return { ...x, shape, values };
};

/** The shape that a Reshape's list means: 0 keeps a side, one -1 is what is left. */
export const reshaped = (from: readonly number[], wanted: readonly number[], keepsZero = false): number[] => {
  const shape = wanted.map((n, k) => (n === 0 && !keepsZero ? (from[k] ?? 0) : n));
  const open = shape.indexOf(-1);
  const known = countOf(shape.filter((n) => n !== -1));
  const count = countOf(from);
  if (open >= 0) shape[open] = known === 0 ? 0 : count / known;
  if (!shape.every((n) => Number.isInteger(n) && n >= 0) || countOf(shape) !== count)
    throw new RangeError(`${showSides(from)} is no ${wanted.join(" x ")}`);
  return shape;
};

const squeezed = (from: readonly number[], axes: readonly number[] | null): number[] => {
  const left = new Set(axes?.map((axis) => axisOf(axis, from.length)) ?? from.flatMap((n, k) => (n === 1 ? [k] : [])));
  return from.filter((_, k) => !left.has(k));
};

const unsqueezed = (from: readonly number[], axes: readonly number[]): number[] => {
  const rank = from.length + axes.length;
  const added = new Set(axes.map((axis) => axisOf(axis, rank)));
  let k = 0;
  return Array.from({ length: rank }, (_, axis) => (added.has(axis) ? 1 : from[k++]));
};

/** What a shape becomes, of operators that move no element; null of the others. */
export const SHAPES: Readonly<
  Record<string, (from: readonly number[], ...rest: Parameters<Operator>) => readonly number[]>
> = {
  Identity: (from) => from,
  Dropout: (from) => from,
  Reshape: (from, inputs, node) =>
    reshaped(from, listAt(inputs, 1, node, "shape") ?? [], numberAt(node, "allowzero", 0) === 1),
  Flatten: (from, _inputs, node) => {
    const axis = numberAt(node, "axis", 1);
    const at = axis < 0 ? axis + from.length : axis;
    return [countOf(from.slice(0, at)), countOf(from.slice(at))];
  },
  Squeeze: (from, inputs, node) => squeezed(from, listAt(inputs, 1, node, "axes")),
  Unsqueeze: (from, inputs, node) => unsqueezed(from, listAt(inputs, 1, node, "axes") ?? []),
};

const relabelled =
  (name: string): Operator =>
  (inputs, node, opset) => {
    const x = given(inputs, 0);
    return [{ ...x, shape: SHAPES[name](x.shape, inputs, node, opset) }];
  };

const tensorAt = (node: Parameters<Operator>[1], name: string): Tensor | null => {
  const found = node.attributes[name];
  return found?.kind === "tensor" ? found.value : null;
};

const constant: Operator = (_inputs, node) => {
  const tensor = tensorAt(node, "value");
  if (tensor) return [tensor];
  for (const [name, type] of [
    ["value_float", "float32"],
    ["value_int", "int64"],
    ["value_floats", "float32"],
    ["value_ints", "int64"],
  ] as const) {
    const found = node.attributes[name];
    if (found?.kind === "real" || found?.kind === "whole")
      return [{ type, shape: [], values: Float64Array.of(found.value) }];
    if (found?.kind === "numbers")
      return [{ type, shape: [found.value.length], values: Float64Array.from(found.value) }];
  }
  throw new RangeError("it holds no tensor of numbers");
};

const gather: Operator = (inputs, node) => {
  const [x, indices] = [given(inputs, 0), given(inputs, 1)];
  const axis = axisOf(numberAt(node, "axis", 0), x.shape.length);
  const [outer, side, inner] = [countOf(x.shape.slice(0, axis)), x.shape[axis], countOf(x.shape.slice(axis + 1))];
  const values: number[] = [];
  for (let o = 0; o < outer; o++)
    for (const index of indices.values) {
      const at = axisOf(index, side);
      for (let i = 0; i < inner; i++) values.push(x.values[(o * side + at) * inner + i]);
    }
  const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
  return [{ ...x, shape, values: Float64Array.from(values) }];
};

const concat: Operator = (inputs, node) => {
  const tensors = [given(inputs, 0), ...inputs.slice(1).map((_, k) => given(inputs, k + 1))];
  const axis = axisOf(numberAt(node, "axis", 0), tensors[0].shape.length);
  const outer = countOf(tensors[0].shape.slice(0, axis));
  const side = tensors.reduce((sum, { shape }) => sum + shape[axis], 0);
  limited(tensors[0].shape.with(axis, side));
  const values: number[] = [];
  for (let o = 0; o < outer; o++)
    for (const { shape, values: own } of tensors) {
      const block = countOf(shape.slice(axis));
      for (let i = 0; i < block; i++) values.push(own[o * block + i]);
    }
  return [{ ...tensors[0], shape: tensors[0].shape.with(axis, side), values: Float64Array.from(values) }];
};

const slice: Operator = (inputs, node) => {
  const x = given(inputs, 0);
  const rank = x.shape.length;
  const starts = listAt(inputs, 1, node, "starts") ?? [];
  const ends = listAt(inputs, 2, node, "ends") ?? [];
  const axes = (listAt(inputs, 3, node, "axes") ?? starts.map((_, k) => k)).map((axis) => axisOf(axis, rank));
  const steps = listAt(inputs, 4, node, "steps") ?? starts.map(() => 1);
  const picked = x.shape.map((side, axis): number[] => {
    const k = axes.indexOf(axis);
    if (k < 0) return Array.from({ length: side }, (_, i) => i);
    const step = steps[k];
    if (!Number.isInteger(step) || step === 0) throw new RangeError(`steps of ${step}`);
    // Backwards the first element is the last one at most, and the end may lie before all.
    const [lowest, highest] = step > 0 ? [0, side] : [-1, side - 1];
    const bound = (n: number): number => Math.min(highest, Math.max(lowest, n < 0 ? n + side : n));
    const [from, to] = [bound(starts[k]), bound(ends[k])];
    return Array.from({ length: Math.max(0, Math.ceil((to - from) / step)) }, (_, i) => from + i * step);
  });
  const shape = picked.map((list) => list.length);
  const [own, made] = [strides(x.shape), strides(shape)];
  const values = Float64Array.from(
    { length: countOf(shape) },
    (_, e) =>
      x.values[picked.reduce((at, list, axis) => at + list[Math.floor(e / made[axis]) % shape[axis]] * own[axis], 0)],
  );
  return [{ ...x, shape, values }];
};

/** Zeros, or another number, around each side. */
const pad: Operator = (inputs, node) => {
  const x = given(inputs, 0);
  const pads = listAt(inputs, 1, node, "pads") ?? [];
  if (textAt(node, "mode", "constant") !== "constant" || pads.length !== 2 * x.shape.length || pads.some((n) => n < 0))
    throw new RangeError(`padding ${pads.join(", ")} of ${showSides(x.shape)} by ${textAt(node, "mode", "constant")}`);
  const shape = limited(x.shape.map((n, k) => n + pads[k] + pads[k + x.shape.length]));
  const values = new Float64Array(countOf(shape)).fill(inputs[2]?.values[0] ?? numberAt(node, "value", 0));
  const [own, made] = [strides(x.shape), strides(shape)];
  for (let e = 0; e < x.values.length; e++) {
    const at = own.reduce((sum, stride, k) => sum + ((Math.floor(e / stride) % x.shape[k]) + pads[k]) * made[k], 0);
    values[at] = x.values[e];
  }
  return [{ ...x, shape, values }];
};

const filled = (shape: readonly number[], value: number, type: ElementType): Tensor => ({
  type,
  shape,
  values: new Float64Array(countOf(limited(shape))).fill(value),
});

/** What a Shape node gives: all sides, or those from `start` to `end`. */
export const shapeAsTensor = (shape: readonly number[], node: Parameters<Operator>[1]): Tensor => {
  const sides = shape.slice(numberAt(node, "start", 0), numberAt(node, "end", shape.length));
  return { type: "int64", shape: [sides.length], values: Float64Array.from(sides) };
};

/** Operators of shapes, of constants and of the order of elements. */
export const OF_SHAPES: Readonly<Record<string, Operator>> = {
  Identity: relabelled("Identity"),
  Dropout: relabelled("Dropout"),
  Reshape: relabelled("Reshape"),
  Flatten: relabelled("Flatten"),
  Squeeze: relabelled("Squeeze"),
  Unsqueeze: relabelled("Unsqueeze"),
  Constant: constant,
  Shape: (inputs, node) => [shapeAsTensor(given(inputs, 0).shape, node)],
  Gather: gather,
  Pad: pad,
  Concat: concat,
  Slice: slice,
  Cast: (inputs, node) => [mapped(given(inputs, 0), (x) => x, typeOf(numberAt(node, "to", 0), "a Cast's output"))],
  CastLike: (inputs) => [mapped(given(inputs, 0), (x) => x, given(inputs, 1).type)],
  Transpose: (inputs, node) => {
    const x = given(inputs, 0);
    const order = node.attributes["perm"];
    return [transposed(x, order?.kind === "numbers" ? order.value : x.shape.map((_, k) => x.shape.length - 1 - k))];
  },
  ConstantOfShape: (inputs, node) => {
    const value = tensorAt(node, "value");
    return [filled([...given(inputs, 0).values], value?.values[0] ?? 0, value?.type ?? "float32")];
  },
  Expand: (inputs) => {
    const x = given(inputs, 0);
    const shape = broadcast(x.shape, [...given(inputs, 1).values]);
    return [zipped([x, filled(shape, 0, x.type)], x.type, (value) => value)];
  },
};
