import type { LayerKind, WeightedLayer } from "#src/networks/layers";
import { countOf, isFloating, scalar, showSides, type Tensor } from "../../arrays/tensor.ts";
import { weightsOf } from "../../weights.ts";
import type { OnnxNode } from "../model.ts";
import { windowOf } from "../operators/layers.ts";
import { axisOf, listAt, numberAt, numbersAt } from "../operators/operator.ts";
import { linearOf, quantOf } from "../operators/quantizers.ts";
import { SHAPES, transposed } from "../operators/shapes.ts";
import { typeOf } from "../read-model.ts";
import { gainOf, thenAdd, thenMultiply } from "./affine.ts";
import { type Builder, imageOf } from "./builder.ts";
import { compared, magnitudeCompared, onlyNumber, signOf, steppedBy } from "./steps.ts";
import type { Activation, Constant, Value } from "./values.ts";

/** What a node makes of its inputs, one of which depends on the network's; an input that is left out is null. */
export type Rule = (node: OnnxNode, inputs: readonly (Value | null)[], builder: Builder, opset: number) => Value;

const valueAt = (inputs: readonly (Value | null)[], at: number): Value => {
  const found = inputs[at];
  if (!found) throw new RangeError(`input ${at + 1} is missing`);
  return found;
};

const constantAt = (inputs: readonly (Value | null)[], at: number, what: string): Constant => {
  const found = valueAt(inputs, at);
  if (found.kind !== "constant")
    throw new RangeError(`its ${what} depends on the network's input; only numbers are known`);
  const strange = found.tensor.values.findIndex((x) => !Number.isFinite(x));
  if (strange >= 0) throw new RangeError(`its ${what} holds ${found.tensor.values[strange]} at ${strange}`);
  return found;
};

const numberOf = (constant: Constant, what: string): number => {
  const only = onlyNumber(constant);
  if (only === null)
    throw new RangeError(`its ${what} is of ${showSides(constant.tensor.shape)}; one number for all channels is known`);
  return only;
};

/** A constant as it meets an activation of `shape`: one number, or one a channel. */
const byChannel = (constant: Constant, shape: readonly number[]): Float64Array => {
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

const negated = (list: Float64Array): Float64Array => list.map((x) => -x);
const inverted = (list: Float64Array): Float64Array => list.map((x) => 1 / x);

/** x with a constant added or multiplied; `first`: the constant comes first. */
const arithmetic = (operator: string, x: Activation, c: Float64Array, first: boolean): Activation => {
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

const isStepped = (value: Value | null): boolean => value?.kind === "stepped";

const withoutNull = (inputs: readonly (Value | null)[]): Value[] => inputs.map((_, k) => valueAt(inputs, k));

/** Operators that work element by element: on steps by their pieces, on an activation and a constant as an affine map. */
const elementWise: Rule = (node, inputs, builder, opset) => {
  if (inputs.some(isStepped) && inputs.every((value) => isStepped(value) || value?.kind === "constant"))
    return steppedBy(node, opset, withoutNull(inputs));
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

const settledUnlessActivation = (value: Value, builder: Builder): Activation =>
  value.kind === "activation" ? value : builder.settled(value);

const added = (a: Value, b: Value, builder: Builder): Activation => {
  const [one, other] = [builder.factored(a), builder.factored(b)];
  const sum = (x: Activation, y: Activation): Activation => {
    if (x.shape.join() !== y.shape.join())
      throw new RangeError(`it adds ${showSides(x.shape)} and ${showSides(y.shape)}; two of one shape are known`);
    return builder.add({ kind: "add" }, [x, y], {}, x.shape);
  };
  if (one.factor === other.factor) return { ...sum(one.of, other.of), affine: gainOf(Float64Array.of(one.factor)) };
  return sum(builder.settled(a), builder.settled(b));
};

const comparison: Rule = (node, inputs, builder, opset) => {
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

/** Weights, outputs first, as a layer of them and their scales, and what is added to it. */
const weighted = (
  layer: (weights: Pick<WeightedLayer, "weights" | "scale">) => LayerKind,
  constant: Constant,
  outputs: number,
  input: Value,
  shape: readonly number[],
  builder: Builder,
  bias: Float64Array | null,
): Activation => {
  const { of, factor } = builder.factored(input);
  const { kind, levels, scales } = weightsOf(constant.tensor, constant.quantized, outputs);
  const all = factor === 1 ? scales : (scales ?? Float32Array.of(1)).map((s) => s * factor);
  const scale = all === null ? "none" : all.length === 1 ? "tensor" : "channel";
  const made = builder.add(
    layer({ weights: kind, scale }),
    [of],
    { weight: levels, ...(all === null ? {} : { scale: all }) },
    shape,
  );
  return bias ? { ...made, affine: thenAdd(made.affine, bias) } : made;
};

const turnedConstant = ({ tensor, quantized }: Constant): Constant => {
  const turn = (x: Tensor): Tensor => transposed(x, [1, 0]);
  return {
    kind: "constant",
    tensor: turn(tensor),
    quantized: quantized && {
      ...quantized,
      levels: turn(quantized.levels),
      scales: turn(quantized.scales),
      zeroPoints: quantized.zeroPoints,
    },
  };
};

/** A dense layer. @param weights Outputs x inputs. */
const dense = (input: Value, weights: Constant, builder: Builder, bias: Float64Array | null): Activation => {
  const [outputs, inputs] = weights.tensor.shape;
  const shape = "shape" in input ? input.shape : input.kind === "constant" ? [] : input.of.shape;
  if (shape.length !== 2)
    throw new RangeError(`it multiplies a value of ${showSides(shape)} by weights; a batch of vectors is known`);
  if (shape[1] !== inputs)
    throw new RangeError(`its weights take ${inputs} inputs, and ${shape[1]} come in (${showSides(shape)})`);
  return weighted(
    (how) => ({ kind: "dense", outputs, ...how }),
    weights,
    outputs,
    input,
    [shape[0], outputs],
    builder,
    bias,
  );
};

const matMul: Rule = (_node, inputs, builder) => {
  if (valueAt(inputs, 0).kind === "constant")
    throw new RangeError("its first factor is a constant; weights come second");
  const weights = constantAt(inputs, 1, "second factor");
  if (weights.tensor.shape.length !== 2)
    throw new RangeError(`its weights are of ${showSides(weights.tensor.shape)}; inputs x outputs are known`);
  return dense(valueAt(inputs, 0), turnedConstant(weights), builder, null);
};

const gemm: Rule = (node, inputs, builder) => {
  if (numberAt(node, "transA", 0) === 1) throw new RangeError("transA = 1, which no layer here does");
  const [alpha, beta] = [numberAt(node, "alpha", 1), numberAt(node, "beta", 1)];
  const weights = constantAt(inputs, 1, "second factor");
  const turned = numberAt(node, "transB", 0) === 1 ? weights : turnedConstant(weights);
  const made = dense(valueAt(inputs, 0), turned, builder, null);
  const scaled = alpha === 1 ? made : arithmetic("Mul", made, Float64Array.of(alpha), false);
  if (!inputs[2]) return scaled;
  const bias = byChannel(constantAt(inputs, 2, "bias"), made.shape);
  return arithmetic("Add", scaled, beta === 1 ? bias : bias.map((x) => beta * x), false);
};

/** A window, one row high where the value has rows alone. @throws RangeError for what windows here cannot be. */
const imageWindow = (node: OnnxNode, sides: readonly number[], size: readonly number[]) => {
  if (sides.length < 1 || sides.length > 2)
    throw new RangeError(`a window over ${sides.length} sides; images and rows are known`);
  const { stride, dilation, before, after, places } = windowOf(node, sides, size);
  if (dilation.some((n) => n !== 1)) throw new RangeError(`dilation ${showSides(dilation)}; 1 is known`);
  if (before.some((n, k) => n !== after[k]))
    throw new RangeError(
      `padding ${before.join(", ")} before and ${after.join(", ")} after; the same at both sides is known. Pad both sides alike`,
    );
  const floors = sides.map((n, k) => Math.floor((n + 2 * before[k] - size[k]) / stride[k]) + 1);
  if (floors.some((n, k) => n !== places[k])) throw new RangeError("ceil_mode adds places at the edge; none is known");
  return { size, stride, padding: before, places };
};

const conv: Rule = (node, inputs, builder) => {
  const input = settledUnlessSteps(valueAt(inputs, 0), builder);
  const weights = constantAt(inputs, 1, "weights");
  const { shape } = input.kind === "stepped" ? input.of : input;
  const [batch, channels, ...sides] = shape;
  const [outputs, share, ...size] = weights.tensor.shape;
  const groups = numberAt(node, "group", 1);
  if (share * groups !== channels)
    throw new RangeError(
      `its weights of ${showSides(weights.tensor.shape)} take ${share * groups} channels, and ${channels} come in (${showSides(shape)})`,
    );
  const window = imageWindow(node, sides, size);
  const bias = inputs[2] ? constantAt(inputs, 2, "bias").tensor.values : null;
  const whole = { channels: outputs, groups };
  const [one] = [window].map((w) => ({ size: w.size[0], stride: w.stride[0], padding: w.padding[0] }));
  const kind = (how: Pick<WeightedLayer, "weights" | "scale">): LayerKind =>
    sides.length === 1
      ? { kind: "conv1d", ...whole, ...one, ...how }
      : {
          kind: "conv2d",
          ...whole,
          size: pairOf(window.size),
          stride: pairOf(window.stride),
          padding: pairOf(window.padding),
          ...how,
        };
  return weighted(kind, weights, outputs, input, [batch, outputs, ...window.places], builder, bias);
};

const settledUnlessSteps = (value: Value, builder: Builder) =>
  value.kind === "stepped" || value.kind === "activation" ? value : builder.settled(value);

const pairOf = (list: readonly number[]): readonly [number, number] =>
  list.length === 1 ? [1, list[0]] : [list[0], list[1]];

const pool =
  (kind: "maxPool" | "averagePool"): Rule =>
  (node, inputs, builder) => {
    const { of, factor } = builder.factored(valueAt(inputs, 0));
    const [batch, channels, ...sides] = of.shape;
    const window = imageWindow(node, sides, numbersAt(node, "kernel_shape") ?? []);
    if (window.padding.some((n) => n > 0))
      throw new RangeError(`padding ${showSides(window.padding)}; pooling here has none`);
    const made = builder.add({ kind, size: pairOf(window.size), stride: pairOf(window.stride) }, [of], {}, [
      batch,
      channels,
      ...window.places,
    ]);
    return { ...made, affine: gainOf(Float64Array.of(factor)) };
  };

const meanOfImage = (value: Value, shape: readonly number[], builder: Builder): Activation => {
  const { of, factor } = builder.factored(value);
  const made = builder.add({ kind: "globalAveragePool" }, [of], {}, shape);
  return { ...made, affine: gainOf(Float64Array.of(factor)) };
};

const globalAveragePool: Rule = (_node, inputs, builder) => {
  const { shape } = builder.settled(valueAt(inputs, 0));
  return meanOfImage(valueAt(inputs, 0), [...shape.slice(0, 2), ...shape.slice(2).map(() => 1)], builder);
};

const tensorsOf = (inputs: readonly (Value | null)[]): (Tensor | null)[] =>
  inputs.map((value) => (value?.kind === "constant" ? value.tensor : null));

const reduceMean: Rule = (node, inputs, builder) => {
  const of = builder.settled(valueAt(inputs, 0));
  const { shape } = of;
  const axes = (listAt(tensorsOf(inputs), 1, node, "axes") ?? []).map((axis) => axisOf(axis, shape.length)).sort();
  if (
    shape.length < 3 ||
    axes.join() !==
      shape
        .slice(2)
        .map((_, k) => k + 2)
        .join()
  )
    throw new RangeError(
      `a mean along ${axes.join(", ") || "all"} of ${showSides(shape)}; that of whole images is known`,
    );
  const kept = shape.map((n, k) => (k < 2 ? n : 1));
  return meanOfImage(of, numberAt(node, "keepdims", 1) === 1 ? kept : kept.slice(0, 2), builder);
};

const batchNormalization: Rule = (node, inputs, builder) => {
  if (numberAt(node, "training_mode", 0) === 1)
    throw new RangeError("training_mode = 1; export the network for inference");
  const of = builder.settled(valueAt(inputs, 0));
  const { channels } = imageOf(of.shape);
  const [gain, shift, mean, variance] = ["gain", "shift", "mean", "variance"].map((what, k) => {
    const { values } = constantAt(inputs, k + 1, what).tensor;
    if (values.length !== channels)
      throw new RangeError(
        `its ${what} is of ${values.length} channels, and ${channels} come in (${showSides(of.shape)})`,
      );
    return Float32Array.from(values);
  });
  const epsilon = numberAt(node, "epsilon", 1e-5);
  return builder.add({ kind: "batchNorm", epsilon }, [of], { gain, shift, mean, variance }, of.shape);
};

const onSettled =
  (kind: LayerKind): Rule =>
  (_node, inputs, builder) => {
    const of = builder.settled(valueAt(inputs, 0));
    return builder.add(kind, [of], {}, of.shape);
  };

const clip: Rule = (node, inputs, builder, opset) => {
  const bound = (at: number, name: string, otherwise: number): number =>
    inputs[at] ? numberOf(constantAtOrInfinite(inputs, at), name) : numberAt(node, name, otherwise);
  const [low, high] = [bound(1, "min", Number.NEGATIVE_INFINITY), bound(2, "max", Number.POSITIVE_INFINITY)];
  if (isStepped(inputs[0])) return elementWise({ ...node, operator: "Clip" }, inputs, builder, opset);
  if (low === 0 && !(high < LARGEST)) return onSettled({ kind: "relu" })(node, inputs, builder, opset);
  if (low === -1 && high === 1) return onSettled({ kind: "hardTanh" })(node, inputs, builder, opset);
  if (!(low > -LARGEST && high < LARGEST))
    throw new RangeError(`from ${low} to ${high}; two bounds, or 0 and none (Relu), are known`);
  return onSettled({ kind: "clip", low, high })(node, inputs, builder, opset);
};

/** The largest numbers of single precision stand for none. */
const LARGEST = 3e38;

const constantAtOrInfinite = (inputs: readonly (Value | null)[], at: number): Constant => {
  const found = valueAt(inputs, at);
  return found.kind === "constant" ? found : constantAt(inputs, at, "bound");
};

const quantizerScale = (constant: Constant): number => {
  const scale = numberOf(constant, "scale");
  if (!(scale > 0)) throw new RangeError(`its scale is ${scale}; expected more than 0`);
  return scale;
};

const quant: Rule = (node, inputs, builder) => {
  const { bits, signed, narrow } = quantOf(tensorsOf(inputs), node);
  if (narrow && !signed)
    throw new RangeError("narrow without a sign leaves out the highest level; no quantizer here does");
  const scale = quantizerScale(constantAt(inputs, 1, "scale"));
  const zeroPoint = numberOf(constantAt(inputs, 2, "zero point"), "zero point");
  return onSettled({ kind: "uniform", bits, signed, narrow, scale, zeroPoint })(node, inputs, builder, 0);
};

const bipolar: Rule = (node, inputs, builder) => {
  const made = onSettled({ kind: "sign" })(node, inputs, builder, 0) as Activation;
  return { ...made, affine: gainOf(byChannel(constantAt(inputs, 1, "scale"), made.shape)) };
};

const linearQuantizer = (node: OnnxNode, inputs: readonly (Value | null)[], type: Tensor["type"]) => {
  const tensors = tensorsOf(inputs);
  const { signed } = linearOf([scalar(0, type), tensors[1], tensors[2]], node);
  const zeroPoint = inputs[2] ? numberOf(constantAt(inputs, 2, "zero point"), "zero point") : 0;
  const scale = quantizerScale(constantAt(inputs, 1, "scale"));
  return { bits: 8, signed, narrow: false, scale, zeroPoint };
};

const quantizeLinear: Rule = (node, inputs, builder) => ({
  kind: "codes",
  of: builder.settled(valueAt(inputs, 0)),
  quantizer: linearQuantizer(node, inputs, "float32"),
});

const dequantizeLinear: Rule = (node, inputs, builder) => {
  const codes = valueAt(inputs, 0);
  if (codes.kind !== "codes") throw new RangeError("it takes levels that no QuantizeLinear gave");
  const own = linearQuantizer(node, inputs, codes.quantizer.signed ? "int8" : "uint8");
  if (JSON.stringify(own) !== JSON.stringify(codes.quantizer))
    throw new RangeError("its scale or zero point is not that of the QuantizeLinear before it");
  return builder.add({ kind: "uniform", ...own }, [codes.of], {}, codes.of.shape);
};

/** Shapes that change, elements that do not. */
const relabelled: Rule = (node, inputs, builder, opset) => {
  const value = valueAt(inputs, 0);
  if (value.kind === "ended") return value;
  const of = settledUnlessActivation(value, builder);
  return builder.reshaped(of, [...SHAPES[node.operator](of.shape, tensorsOf(inputs), node, opset)]);
};

const same: Rule = (_node, inputs) => valueAt(inputs, 0);

const transpose: Rule = (node, inputs, builder) => {
  const of = settledUnlessActivation(valueAt(inputs, 0), builder);
  const order = numbersAt(node, "perm") ?? of.shape.map((_, k) => of.shape.length - 1 - k);
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

const cast: Rule = (node, inputs) => {
  const type = node.operator === "Cast" ? typeOf(numberAt(node, "to", 0), "a Cast's output") : "float32";
  if (!isFloating(type)) throw new RangeError(`it cuts values of the network to ${type}; no layer here does`);
  return valueAt(inputs, 0);
};

const pad: Rule = (node, inputs) => {
  const pads = listAt(tensorsOf(inputs), 1, node, "pads") ?? [];
  if (pads.some((n) => n !== 0))
    throw new RangeError(`padding ${pads.join(", ")}; put it into the convolution that follows (padding=...)`);
  return valueAt(inputs, 0);
};

const abs: Rule = (node, inputs, builder, opset) =>
  isStepped(inputs[0])
    ? steppedBy(node, opset, withoutNull(inputs))
    : { kind: "magnitude", of: settledUnlessActivation(valueAt(inputs, 0), builder) };

const stepsOr =
  (otherwise: Rule): Rule =>
  (node, inputs, builder, opset) =>
    isStepped(inputs[0]) ? steppedBy(node, opset, withoutNull(inputs)) : otherwise(node, inputs, builder, opset);

const ended: Rule = (node, inputs, builder) => {
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

/** Rules by operator, of the standard domain. */
export const RULES: Readonly<Record<string, Rule>> = {
  Identity: same,
  Dropout: same,
  Cast: stepsOr(cast),
  CastLike: stepsOr(cast),
  Reshape: relabelled,
  Flatten: relabelled,
  Squeeze: relabelled,
  Unsqueeze: relabelled,
  Transpose: transpose,
  Pad: pad,
  Add: elementWise,
  Sub: elementWise,
  Mul: elementWise,
  Div: elementWise,
  And: elementWise,
  Or: elementWise,
  Where: elementWise,
  Not: stepsOr((_node, _inputs, _builder) => {
    throw new RangeError("it negates what is no comparison");
  }),
  Neg: stepsOr((_node, inputs, builder) =>
    arithmetic("Mul", settledUnlessActivation(valueAt(inputs, 0), builder), Float64Array.of(-1), false),
  ),
  Abs: abs,
  Sign: stepsOr((_node, inputs, builder) => signOf(settledUnlessActivation(valueAt(inputs, 0), builder))),
  Less: comparison,
  LessOrEqual: comparison,
  Greater: comparison,
  GreaterOrEqual: comparison,
  Equal: comparison,
  MatMul: matMul,
  Gemm: gemm,
  Conv: conv,
  BatchNormalization: batchNormalization,
  Relu: onSettled({ kind: "relu" }),
  Clip: clip,
  MaxPool: pool("maxPool"),
  AveragePool: pool("averagePool"),
  GlobalAveragePool: globalAveragePool,
  ReduceMean: reduceMean,
  QuantizeLinear: quantizeLinear,
  DequantizeLinear: dequantizeLinear,
  Softmax: ended,
  LogSoftmax: ended,
  Sigmoid: ended,
  ArgMax: ended,
};

/** Those of QONNX. */
export const QONNX_RULES: Readonly<Record<string, Rule>> = { Quant: quant, IntQuant: quant, BipolarQuant: bipolar };
