import { countOf, showSides, type Tensor } from "../../arrays/tensor.ts";
import type { OnnxNode } from "../model.ts";
import { mapped, zipped } from "./element-wise.ts";
import { axisOf, given, listAt, numberAt, numbersAt, type Operator, textAt } from "./operator.ts";
import { transposed } from "./shapes.ts";

/** A window over any number of sides, with all that ONNX says of it. */
export interface OnnxWindow {
  readonly size: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  /** Before and after each side. */
  readonly before: readonly number[];
  readonly after: readonly number[];
  /** Places along each side. */
  readonly places: readonly number[];
}

/** The window of a node over sides (those behind batch and channels). */
export const windowOf = (node: OnnxNode, sides: readonly number[], size: readonly number[]): OnnxWindow => {
  const one = sides.map(() => 1);
  const stride = numbersAt(node, "strides") ?? one;
  const dilation = numbersAt(node, "dilations") ?? one;
  const pads = numbersAt(node, "pads") ?? [...one, ...one].fill(0);
  const auto = textAt(node, "auto_pad", "NOTSET");
  const ceil = numberAt(node, "ceil_mode", 0) === 1;
  if (size.length !== sides.length) throw new RangeError(`a window ${showSides(size)} over ${sides.length} sides`);
  const reach = size.map((n, k) => (n - 1) * dilation[k] + 1);
  const isSame = auto === "SAME_UPPER" || auto === "SAME_LOWER";
  if (!isSame && auto !== "NOTSET" && auto !== "VALID") throw new RangeError(`auto_pad ${auto}`);
  const missing = sides.map((n, k) =>
    isSame ? Math.max(0, (Math.ceil(n / stride[k]) - 1) * stride[k] + reach[k] - n) : 0,
  );
  const upper = auto === "SAME_UPPER";
  const before = isSame
    ? missing.map((n) => (upper ? Math.floor(n / 2) : Math.ceil(n / 2)))
    : pads.slice(0, sides.length);
  const after = isSame ? missing.map((n, k) => n - before[k]) : pads.slice(sides.length);
  const places = sides.map((n, k) => {
    const room = (n + before[k] + after[k] - reach[k]) / stride[k];
    return (ceil ? Math.ceil(room) : Math.floor(room)) + 1;
  });
  if (places.some((n) => !(n >= 1)))
    throw new RangeError(`a window ${showSides(size)} does not fit ${showSides(sides)}`);
  return { size, stride, dilation, before, after, places };
};

/** Calls `at` with the place of an element, or -1 where it is padding, for each element of each place of a window over one map. */
const overWindow = (
  { size, stride, dilation, before, places }: OnnxWindow,
  sides: readonly number[],
  at: (place: number, element: number, source: number) => void,
): void => {
  const [count, elements] = [countOf(places), countOf(size)];
  for (let p = 0; p < count; p++)
    for (let e = 0; e < elements; e++) {
      let [source, block, placeLeft, elementLeft] = [0, 1, p, e];
      for (let k = sides.length - 1; k >= 0; k--) {
        const along = (placeLeft % places[k]) * stride[k] + (elementLeft % size[k]) * dilation[k] - before[k];
        if (along < 0 || along >= sides[k]) source = -1;
        if (source >= 0) source += along * block;
        block *= sides[k];
        placeLeft = Math.floor(placeLeft / places[k]);
        elementLeft = Math.floor(elementLeft / size[k]);
      }
      at(p, e, source);
    }
};

const conv: Operator = (inputs, node) => {
  const [x, w] = [given(inputs, 0), given(inputs, 1)];
  const [batch, channels, ...sides] = x.shape;
  const [outputs, share, ...size] = w.shape;
  const groups = numberAt(node, "group", 1);
  if (share * groups !== channels || outputs % groups !== 0)
    throw new RangeError(`weights ${showSides(w.shape)} of ${groups} groups for ${showSides(x.shape)}`);
  const window = windowOf(node, sides, size);
  const [places, elements, plane] = [countOf(window.places), countOf(size), countOf(sides)];
  const sources = new Int32Array(places * elements);
  overWindow(window, sides, (p, e, source) => {
    sources[p * elements + e] = source;
  });
  const values = new Float64Array(batch * outputs * places);
  for (let b = 0; b < batch; b++)
    for (let o = 0; o < outputs; o++) {
      const first = b * channels + Math.floor((o * groups) / outputs) * share;
      for (let p = 0; p < places; p++) {
        let sum = 0;
        for (let c = 0; c < share; c++)
          for (let e = 0; e < elements; e++) {
            const source = sources[p * elements + e];
            if (source >= 0) sum += x.values[(first + c) * plane + source] * w.values[(o * share + c) * elements + e];
          }
        values[(b * outputs + o) * places + p] = Math.fround(sum + (inputs[2]?.values[o] ?? 0));
      }
    }
  return [{ ...x, shape: [batch, outputs, ...window.places], values }];
};

const pool =
  (isMax: boolean): Operator =>
  (inputs, node) => {
    const x = given(inputs, 0);
    const [batch, channels, ...sides] = x.shape;
    const window = windowOf(node, sides, numbersAt(node, "kernel_shape") ?? []);
    const countsPadding = numberAt(node, "count_include_pad", 0) === 1;
    const [places, plane] = [countOf(window.places), countOf(sides)];
    const values = new Float64Array(batch * channels * places);
    for (let map = 0; map < batch * channels; map++) {
      const own = values.subarray(map * places, (map + 1) * places).fill(isMax ? Number.NEGATIVE_INFINITY : 0);
      const counts = new Float64Array(places);
      overWindow(window, sides, (p, _e, source) => {
        if (source < 0) {
          if (countsPadding) counts[p]++;
          return;
        }
        const value = x.values[map * plane + source];
        own[p] = isMax ? Math.max(own[p], value) : own[p] + value;
        counts[p]++;
      });
      if (!isMax) for (let p = 0; p < places; p++) own[p] = Math.fround(own[p] / counts[p]);
    }
    return [{ ...x, shape: [batch, channels, ...window.places], values }];
  };

/** Sums of products of the last side of `a` and the last but one of `b`. */
const matMul: Operator = (inputs) => {
  const [a, b] = [given(inputs, 0), given(inputs, 1)];
  if (a.shape.length < 1 || b.shape.length !== 2)
    throw new RangeError(`a product of ${showSides(a.shape)} and ${showSides(b.shape)}; the second needs two sides`);
  const [inner, columns] = b.shape;
  if (a.shape[a.shape.length - 1] !== inner)
    throw new RangeError(`shapes ${showSides(a.shape)} and ${showSides(b.shape)} do not fit`);
  const rows = a.values.length / inner;
  const values = new Float64Array(rows * columns);
  for (let r = 0; r < rows; r++) {
    const own = values.subarray(r * columns, (r + 1) * columns);
    for (let i = 0; i < inner; i++) {
      const x = a.values[r * inner + i];
      for (let c = 0; c < columns; c++) own[c] += x * b.values[i * columns + c];
    }
  }
  return [{ ...a, shape: a.shape.with(-1, columns), values: values.map(Math.fround) }];
};

const gemm: Operator = (inputs, node, opset) => {
  const side = (x: Tensor, name: string): Tensor => (numberAt(node, name, 0) === 1 ? transposed(x, [1, 0]) : x);
  const [product] = matMul([side(given(inputs, 0), "transA"), side(given(inputs, 1), "transB")], node, opset);
  const alpha = numberAt(node, "alpha", 1);
  const scaled = alpha === 1 ? product : mapped(product, (x) => alpha * x);
  const beta = numberAt(node, "beta", 1);
  return [inputs[2] ? zipped([scaled, inputs[2]], scaled.type, (x, c) => x + beta * c) : scaled];
};

const batchNormalization: Operator = (inputs, node) => {
  const x = given(inputs, 0);
  const [gain, shift, mean, variance] = [1, 2, 3, 4].map((at) => given(inputs, at).values);
  const epsilon = numberAt(node, "epsilon", 1e-5);
  const channels = x.shape[1];
  const plane = countOf(x.shape.slice(2));
  if ([gain, shift, mean, variance].some((list) => list.length !== channels))
    throw new RangeError(`parameters of ${gain.length} channels for ${showSides(x.shape)}`);
  const values = x.values.map((value, k) => {
    const c = Math.floor(k / plane) % channels;
    return Math.fround((gain[c] * (value - mean[c])) / Math.sqrt(variance[c] + epsilon) + shift[c]);
  });
  return [{ ...x, values }];
};

/** Elements along axes as one: by the number of the element that stays, how many it is of. */
const reduced =
  (start: number, of: (sofar: number, x: number) => number, end: (sum: number, count: number) => number): Operator =>
  (inputs, node) => {
    const x = given(inputs, 0);
    const rank = x.shape.length;
    const listed = listAt(inputs, 1, node, "axes") ?? [];
    const axes = new Set((listed.length > 0 ? listed : x.shape.map((_, k) => k)).map((axis) => axisOf(axis, rank)));
    const kept = x.shape.map((side, k) => (axes.has(k) ? 1 : side));
    const values = new Float64Array(countOf(kept)).fill(start);
    for (let e = 0; e < x.values.length; e++) {
      let [at, block, left] = [0, 1, e];
      for (let k = rank - 1; k >= 0; k--) {
        if (!axes.has(k)) at += (left % x.shape[k]) * block;
        block *= kept[k];
        left = Math.floor(left / x.shape[k]);
      }
      values[at] = of(values[at], x.values[e]);
    }
    const count = x.values.length / values.length;
    const shape = numberAt(node, "keepdims", 1) === 1 ? kept : x.shape.filter((_, k) => !axes.has(k));
    return [mapped({ ...x, shape, values }, (sum) => end(sum, count))];
  };

const globalAveragePool: Operator = (inputs) => {
  const x = given(inputs, 0);
  const plane = countOf(x.shape.slice(2));
  const values = Float64Array.from({ length: x.values.length / plane }, (_, k) =>
    Math.fround(x.values.subarray(k * plane, (k + 1) * plane).reduce((a, b) => a + b, 0) / plane),
  );
  return [{ ...x, shape: [...x.shape.slice(0, 2), ...x.shape.slice(2).map(() => 1)], values }];
};

/** Operators of networks' layers. */
export const OF_LAYERS: Readonly<Record<string, Operator>> = {
  Conv: conv,
  MaxPool: pool(true),
  AveragePool: pool(false),
  GlobalAveragePool: globalAveragePool,
  MatMul: matMul,
  Gemm: gemm,
  BatchNormalization: batchNormalization,
  ReduceMean: reduced(
    0,
    (sum, x) => sum + x,
    (sum, count) => sum / count,
  ),
  ReduceSum: reduced(
    0,
    (sum, x) => sum + x,
    (sum) => sum,
  ),
  ReduceMax: reduced(Number.NEGATIVE_INFINITY, Math.max, (most) => most),
};
