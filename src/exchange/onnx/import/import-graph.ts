import type { Network } from "#src/networks/network";
import { ownOf } from "#src/words/named";
import { suggestion } from "#src/words/suggestion";
import { type ElementType, limited, showSides } from "../../arrays/tensor.ts";
import { located } from "../../located.ts";
import { neededFor, nodeText, type OnnxModel, type OnnxNode } from "../model.ts";
import { OPSETS, QONNX_DOMAINS } from "../operators/index.ts";
import { shapeAsTensor } from "../operators/shapes.ts";
import { createBuilder } from "./builder.ts";
import { constantOf } from "./constants.ts";
import { QONNX_RULES, RULES } from "./rules.ts";
import { type Constant, shapeOf, type Value } from "./values.ts";

/** A network that an ONNX graph is. */
export interface ImportedGraph {
  /** The network; its input is the graph's own, not pixels. */
  readonly network: Network;
  /** The graph's input: its name and shape, batch first. */
  readonly input: { readonly name: string; readonly type: ElementType; readonly shape: readonly number[] };
  /** Order of the graph's own sides in the network's input, where they were turned (channels last); null: as they are. */
  readonly inputOrder: readonly number[] | null;
  /** Name of the value that the network's output is. */
  readonly output: string;
  /** Operators at the end that change no order of the classes and are left out. */
  readonly leftOut: readonly string[];
}

/** Operators of the standard domain that are known but have no place, and what would work. */
const ADVICE: Readonly<Record<string, string>> = {
  LSTM: "networks here have no memory of the input before",
  GRU: "networks here have no memory of the input before",
  RNN: "networks here have no memory of the input before",
  If: "a graph within the graph is not entered; export the network without control flow (torch.jit.trace)",
  Loop: "a graph within the graph is not entered; export the network without control flow (torch.jit.trace)",
  Scan: "a graph within the graph is not entered; export the network without control flow (torch.jit.trace)",
  Tanh: "use HardTanh, Relu or a quantizer",
  LeakyRelu: "use Relu, HardTanh, Clip or a quantizer",
  PRelu: "use Relu, HardTanh, Clip or a quantizer",
  Elu: "use Relu, HardTanh, Clip or a quantizer",
  Gelu: "use Relu, HardTanh, Clip or a quantizer",
  HardSwish: "use Relu, HardTanh, Clip or a quantizer",
  Round: "write a quantizer as QONNX's Quant, or as QuantizeLinear and DequantizeLinear",
  Floor: "write a quantizer as QONNX's Quant, or as QuantizeLinear and DequantizeLinear",
  Concat: "branches join by Add alone",
  ConvTranspose: "only Conv is known",
  LayerNormalization: "use BatchNormalization",
  InstanceNormalization: "use BatchNormalization",
  QLinearConv: "quantize with QuantizeLinear and DequantizeLinear around Conv (format QDQ)",
  QLinearMatMul: "quantize with QuantizeLinear and DequantizeLinear around MatMul (format QDQ)",
  ConvInteger: "quantize with QuantizeLinear and DequantizeLinear around Conv (format QDQ)",
  MatMulInteger: "quantize with QuantizeLinear and DequantizeLinear around MatMul (format QDQ)",
  DynamicQuantizeLinear: "a scale that depends on the input is none of a chip's; use a fixed one (static quantization)",
};

const unknown = ({ domain, operator }: OnnxNode): RangeError => {
  if (domain !== "" && !QONNX_DOMAINS.includes(domain))
    return new RangeError(
      `domain "${domain}" is not known; the standard one and QONNX's (${QONNX_DOMAINS.join(", ")}) are`,
    );
  if (operator === "Trunc")
    return new RangeError("bits cut off a sum have no place in a layer here; use Quant, which rounds");
  const advice = domain === "" ? ownOf(ADVICE, operator) : undefined;
  const known = domain === "" ? Object.keys(RULES) : Object.keys(QONNX_RULES);
  return new RangeError(
    advice
      ? `no layer here does what it does; ${advice}`
      : `no layer here does what it does.${suggestion(operator, known)}`,
  );
};

/** Inputs at once at most of a graph whose batch is fixed. */
const MOST_AT_ONCE = 1024;

/** The one input and its shape. @throws RangeError where there are several, or sides other than the batch are open. */
const inputOf = ({ inputs }: OnnxModel, needed: ReadonlySet<string>): ImportedGraph["input"] => {
  const own = inputs.filter(({ name }) => needed.has(name));
  if (own.length !== 1)
    throw new RangeError(
      own.length === 0
        ? "its output depends on no input"
        : `it takes ${own.length} inputs (${own.map(({ name }) => `"${name}"`).join(", ")}); a network here takes one`,
    );
  const [{ name, type, shape }] = own;
  if (!shape) throw new RangeError(`its input "${name}" has no shape; export the network with one`);
  const open = shape.findIndex((side, k) => k > 0 && (side === null || side < 1));
  if (open >= 0)
    throw new RangeError(
      `side ${open} of its input "${name}" is open; the batch (side 0) may be, the others are numbers in a network here`,
    );
  const sides = shape.map((side) => (side !== null && side > 0 ? side : 1));
  if (sides.length === 0 || sides[0] > MOST_AT_ONCE)
    throw new RangeError(
      `its input "${name}" is of ${showSides(sides)}, batch first; export the network with the batch open, or of at most ${MOST_AT_ONCE}`,
    );
  return { name, type: type ?? "float32", shape: limited(sides) };
};

const checkOpsets = ({ opsets }: OnnxModel): void => {
  const version = opsets[""];
  if (version !== undefined && (version < OPSETS[0] || version > OPSETS[1]))
    throw new RangeError(
      `it is of operator set ${version}; ${OPSETS[0]} .. ${OPSETS[1]} are read (onnx.version_converter makes one of another)`,
    );
};

/**
 * The network that a graph is, by rules that know one operator each. What does not depend on the input is computed as the operators say
 * (shapes among it); products and sums with constants are kept beside a value until a layer needs it, and comparisons as steps.
 *
 * @throws RangeError naming the node whose operator, attributes or shapes networks here do not have.
 */
export const importGraph = (model: OnnxModel, where: string): ImportedGraph => {
  const [output] = model.outputs;
  if (output === undefined) throw new RangeError(`${where}: it has no output.`);
  const { needed, input, builder } = located(where, () => {
    checkOpsets(model);
    const needed = neededFor(model, output);
    const input = inputOf(model, needed);
    return { needed, input, builder: createBuilder(input.shape) };
  });
  const values = new Map<string, Value>([[input.name, builder.input]]);
  for (const [name, tensor] of Object.entries(model.initializers))
    values.set(name, { kind: "constant", tensor, quantized: null });
  const leftOut: string[] = [];
  model.nodes.forEach((node, number) => {
    if (!node.outputs.some((name) => needed.has(name))) return;
    const opset = model.opsets[node.domain] ?? 0;
    located(`${where}: ${nodeText(node, number)}`, () => {
      const inputs = node.inputs.map((name): Value | null => {
        if (name === "") return null;
        const found = values.get(name);
        if (!found) throw new RangeError(`it takes "${name}", which no node before it gives and no initializer`);
        return found;
      });
      for (const value of Object.values(node.attributes))
        if (value.kind === "other" && value.value !== "a list") throw unknown(node);
      const isConstant = inputs.every((value): value is Constant | null => value === null || value.kind === "constant");
      const [name] = node.outputs;
      if (values.has(name)) throw new RangeError(`it gives "${name}", which is given already`);
      if (isConstant) {
        values.set(name, constantOf(node, inputs, opset));
        return;
      }
      if (node.operator === "Shape" && node.domain === "") {
        const [of] = inputs;
        const shape = of ? shapeOf(of) : [];
        values.set(name, { kind: "constant", tensor: shapeAsTensor(shape, node), quantized: null });
        return;
      }
      const rule =
        node.domain === ""
          ? ownOf(RULES, node.operator)
          : QONNX_DOMAINS.includes(node.domain)
            ? ownOf(QONNX_RULES, node.operator)
            : undefined;
      if (!rule) throw unknown(node);
      values.set(name, rule(node, inputs, builder, opset));
    });
  });
  const found = values.get(output);
  if (!found) throw new RangeError(`${where}: no node gives its output "${output}".`);
  if (found.kind === "ended") leftOut.push(found.operator);
  const last = found.kind === "ended" ? found.of : found;
  const network = located(where, () => builder.network(builder.settled(last)));
  return {
    network,
    input,
    inputOrder: builder.inputOrder(),
    output: found.kind === "ended" ? found.before : output,
    leftOut,
  };
};
