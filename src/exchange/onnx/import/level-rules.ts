import { scalar, type Tensor } from "../../arrays/tensor.ts";
import type { OnnxNode } from "../model.ts";
import { isOneBit, linearOf, quantOf } from "../operators/quantizers.ts";
import { gainOf } from "./affine.ts";
import { byChannel, constantAt, numberOf, onSettled, type Rule, tensorsOf, valueAt } from "./rule.ts";
import type { Activation, Constant, Value } from "./values.ts";

const quantizerScale = (constant: Constant): number => {
  const scale = numberOf(constant, "scale");
  if (!(scale > 0)) throw new RangeError(`its scale is ${scale}; expected more than 0`);
  return scale;
};

export const quant: Rule = (node, inputs, builder) => {
  const { bits, signed, narrow } = quantOf(tensorsOf(inputs), node);
  if (narrow && !signed)
    throw new RangeError("narrow without a sign leaves out the highest level; no quantizer here does");
  const scale = quantizerScale(constantAt(inputs, 1, "scale"));
  const zeroPoint = numberOf(constantAt(inputs, 2, "zero point"), "zero point");
  if (isOneBit({ bits, signed })) {
    if (zeroPoint !== 0) throw new RangeError(`one bit with a sign and a zero point of ${zeroPoint}; 0 is known`);
    const made = onSettled({ kind: "sign" })(node, inputs, builder, 0) as Activation;
    return { ...made, affine: gainOf(Float64Array.of(scale)) };
  }
  return onSettled({ kind: "uniform", bits, signed, narrow, scale, zeroPoint })(node, inputs, builder, 0);
};

export const bipolar: Rule = (node, inputs, builder) => {
  const made = onSettled({ kind: "sign" })(node, inputs, builder, 0) as Activation;
  return { ...made, affine: gainOf(byChannel(constantAt(inputs, 1, "scale"), made.shape)) };
};

const linearQuantizer = (node: OnnxNode, inputs: readonly (Value | null)[], type: Tensor["type"]) => {
  const tensors = tensorsOf(inputs);
  const { signed } = linearOf([scalar(0, type), tensors[1], tensors[2]], node);
  const zeroPoint = inputs[2] ? numberOf(constantAt(inputs, 2, "zero point"), "zero point") : 0;
  const scale = quantizerScale(constantAt(inputs, 1, "scale"));
  return { bits: 8, signed, narrow: false, scale, zeroPoint, rounds: "value" as const };
};

export const quantizeLinear: Rule = (node, inputs, builder) => ({
  kind: "codes",
  of: builder.settled(valueAt(inputs, 0)),
  quantizer: linearQuantizer(node, inputs, "float32"),
});

export const dequantizeLinear: Rule = (node, inputs, builder) => {
  const codes = valueAt(inputs, 0);
  if (codes.kind !== "codes") throw new RangeError("it takes levels that no QuantizeLinear gave");
  const own = linearQuantizer(node, inputs, codes.quantizer.signed ? "int8" : "uint8");
  if (JSON.stringify(own) !== JSON.stringify(codes.quantizer))
    throw new RangeError("its scale or zero point is not that of the QuantizeLinear before it");
  return builder.add({ kind: "uniform", ...own }, [codes.of], {}, codes.of.shape);
};
