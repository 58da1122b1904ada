import { ownOf } from "#src/words/named";
import type { Tensor } from "../../arrays/tensor.ts";
import { neededFor, nodeText, type OnnxModel, type OnnxNode } from "../model.ts";
import { ELEMENT_WISE } from "./element-wise.ts";
import { OF_LAYERS } from "./layers.ts";
import type { Operator } from "./operator.ts";
import { AT_THE_END, OF_LEVELS, OF_QONNX } from "./quantizers.ts";
import { OF_SHAPES } from "./shapes.ts";

const STANDARD: Readonly<Record<string, Operator>> = {
  ...ELEMENT_WISE,
  ...OF_SHAPES,
  ...OF_LAYERS,
  ...OF_LEVELS,
  ...AT_THE_END,
};

/** Domains that QONNX's operators have had. */
export const QONNX_DOMAINS: readonly string[] = ["onnx.brevitas", "qonnx.custom_op.general", "finn.custom_op.general"];

/** Operator sets that are read. */
export const OPSETS = [9, 22] as const;

/** What a node's operator does; null where it is not known. */
const operatorOf = ({ domain, operator }: OnnxNode): Operator | null => {
  if (domain === "") return ownOf(STANDARD, operator) ?? null;
  return QONNX_DOMAINS.includes(domain) ? (ownOf(OF_QONNX, operator) ?? null) : null;
};

/** The outputs of a node. @throws RangeError for operators that are not known, and for inputs that they do not take. */
export const evaluate = (node: OnnxNode, inputs: readonly (Tensor | null)[], opset: number): readonly Tensor[] => {
  const operator = operatorOf(node);
  if (!operator) throw new RangeError("its operator is not known here");
  return operator(inputs, node, opset);
};

/**
 * Runs a graph node by node as ONNX's and QONNX's definitions say, in single precision but for sums of products, which are rounded once.
 *
 * @param inputs A tensor for each of the model's inputs.
 * @param want The name of a value; the first output where nothing is said.
 */
export const runOnnx = (
  model: OnnxModel,
  inputs: Readonly<Record<string, Tensor>>,
  want: string = model.outputs[0],
): Tensor => {
  const values = new Map<string, Tensor>([...Object.entries(model.initializers), ...Object.entries(inputs)]);
  const needed = neededFor(model, want);
  model.nodes.forEach((node, number) => {
    if (!node.outputs.some((name) => needed.has(name))) return;
    try {
      const taken = node.inputs.map((name) => (name === "" ? null : (values.get(name) ?? null)));
      for (const [k, value] of evaluate(node, taken, model.opsets[node.domain] ?? 0).entries())
        values.set(node.outputs[k], value);
    } catch (error) {
      throw new RangeError(`${nodeText(node, number)}: ${(error as Error).message}`);
    }
  });
  const found = values.get(want);
  if (!found) throw new RangeError(`no node gives "${want}"`);
  return found;
};
