import { abs, arithmetic, cast, clip, comparison, elementWise } from "./element-rules.ts";
import { bipolar, dequantizeLinear, quant, quantizeLinear } from "./level-rules.ts";
import { onSettled, type Rule, settledUnlessActivation, stepsOr, valueAt } from "./rule.ts";
import { ended, pad, relabelled, transpose } from "./shape-rules.ts";
import { signOf } from "./steps.ts";
import { batchNormalization, conv, gemm, matMul } from "./weight-rules.ts";
import { globalAveragePool, pool, reduceMean } from "./window-rules.ts";

const same: Rule = (_node, inputs) => valueAt(inputs, 0);

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
