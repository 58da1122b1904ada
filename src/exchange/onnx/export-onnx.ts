import { isWeighted, type Layer, type Steps, type UniformQuantizer, type WeightedLayer } from "#src/networks/layers";
import { checkTensors, type Network, type NetworkLayer, placeNetwork, windowOf } from "#src/networks/network";
import type { ImageShape } from "#src/networks/shapes";
import { named } from "#src/words/named";
import type { ElementType, Tensor } from "../arrays/tensor.ts";
import type { Attribute, OnnxNode } from "./model.ts";
import { writeOnnx } from "./write-model.ts";

const STANDARD_SET = 13;
const QONNX = "qonnx.custom_op.general";

const whole = (value: number): Attribute => ({ kind: "whole", value });
const wholes = (value: readonly number[]): Attribute => ({ kind: "numbers", value });

const tensor = (values: ArrayLike<number>, shape: readonly number[], type: ElementType = "float32"): Tensor => ({
  type,
  shape,
  values: Float64Array.from(values),
});

const isVector = ({ height, width }: ImageShape): boolean => height === 1 && width === 1;

/** A batch of vectors, or of images. */
const sidesOf = (shape: ImageShape): readonly number[] =>
  isVector(shape) ? [shape.channels] : [shape.channels, shape.height, shape.width];

/** Nodes and tensors of a graph as they are written, each under a name that no other has. */
const createGraph = () => {
  const nodes: OnnxNode[] = [];
  const initializers = named<Tensor>();
  const taken = new Set<string>(["input"]);
  const claim = (name: string): void => {
    if (taken.has(name))
      throw new RangeError(`network: two values of its graph would be called "${name}"; give a layer another name.`);
    taken.add(name);
  };
  const node = (
    operator: string,
    inputs: readonly string[],
    output: string,
    attributes: Readonly<Record<string, Attribute>> = {},
    domain = "",
  ): string => {
    claim(output);
    nodes.push({ name: `${operator} ${output}`, operator, domain, inputs, outputs: [output], attributes });
    return output;
  };
  const constant = (name: string, value: Tensor): string => {
    claim(name);
    initializers[name] = value;
    return name;
  };
  const number = (name: string, value: number): string => constant(name, tensor([value], []));
  return { nodes, initializers, node, constant, number };
};

type Graph = ReturnType<typeof createGraph>;

const quantNode = (
  { node, number, constant }: Graph,
  x: string,
  scale: Tensor,
  { bits, signed, narrow, zeroPoint }: Omit<UniformQuantizer, "scale">,
  output: string,
): string => {
  const inputs = [
    x,
    constant(`${output}.quantizer.scale`, scale),
    number(`${output}.quantizer.zeroPoint`, zeroPoint),
    number(`${output}.quantizer.bits`, bits),
  ];
  const attributes: Record<string, Attribute> = {
    signed: whole(Number(signed)),
    narrow: whole(Number(signed && narrow)),
    rounding_mode: { kind: "text", value: "ROUND" },
  };
  return node("Quant", inputs, output, attributes, QONNX);
};

/** Weights with the node that puts them on their levels, outputs first, of the shape of a Conv's or of a matrix. */
const weightsNode = (graph: Graph, at: NetworkLayer, { tensors }: Network): string => {
  const layer = at.layer as WeightedLayer;
  const levels = tensors[`${layer.name}.weight`];
  const window = windowOf(layer, at.from);
  const outputs = at.to.channels;
  const inputs = levels.length / outputs;
  const [rows, columns] = window?.size ?? [1, 1];
  const shape = layer.kind === "dense" ? [outputs, inputs] : [outputs, inputs / (rows * columns), rows, columns];
  const name = `${layer.name}.weight`;
  const kept = layer.scale === "none" ? [1] : tensors[`${layer.name}.scale`];
  const scaled = levels.map((w, k) => w * kept[kept.length === 1 ? 0 : Math.floor(k / inputs)]);
  const weights = graph.constant(name, tensor(scaled, shape));
  const scale = tensor(kept, kept.length === 1 ? [] : [outputs, ...shape.slice(1).map(() => 1)]);
  const of = layer.weights;
  if (of.kind === "float") return weights;
  if (of.kind === "binary")
    return graph.node("BipolarQuant", [weights, graph.constant(`${name}.scale`, scale)], `${name}.levels`, {}, QONNX);
  const quantizer = of.kind === "ternary" ? { bits: 2, narrow: true } : of;
  const { bits, narrow } = quantizer;
  return quantNode(graph, weights, scale, { bits, narrow, signed: true, zeroPoint: 0 }, `${name}.levels`);
};

/** A sum of comparisons, each times the height of its step. */
const stepsNodes = ({ node, number }: Graph, x: string, { at, above, values }: Steps, output: string): string =>
  at.reduce(
    (sum, border, k) => {
      const name = `${output}.step${k + 1}`;
      const passes = node(above[k] ? "Greater" : "GreaterOrEqual", [x, number(`${name}.at`, border)], `${name}.passes`);
      const one = node("Cast", [passes], `${name}.one`, { to: whole(1) });
      const height = node("Mul", [one, number(`${name}.height`, values[k + 1] - values[k])], name);
      return node("Add", [height, sum], k === at.length - 1 ? output : `${name}.sum`);
    },
    number(`${output}.lowest`, values[0]),
  );

const ternaryNodes = (graph: Graph, x: string, threshold: number, output: string): string => {
  const { node, number } = graph;
  if (threshold === 0) return node("Sign", [x], output);
  // Half to even: a value of one half is 0, as |x| > 1/2 has it.
  if (threshold === 0.5)
    return quantNode(graph, x, tensor([1], []), { bits: 2, signed: true, narrow: true, zeroPoint: 0 }, output);
  const side = (operator: string, at: number, name: string): string =>
    node("Cast", [node(operator, [x, number(`${name}.at`, at)], `${name}.passes`)], name, { to: whole(1) });
  const [above, below] = [side("Greater", threshold, `${output}.above`), side("Less", -threshold, `${output}.below`)];
  return node("Sub", [above, below], output);
};

const clipNode = ({ node, number }: Graph, x: string, low: number, high: number, output: string): string =>
  node("Clip", [x, number(`${output}.low`, low), number(`${output}.high`, high)], output);

/** Of an operator that works on images: a vector is an image of one pixel before it, and what it makes of one pixel a vector. */
const onImages = (
  { node, constant }: Graph,
  { from, to }: NetworkLayer,
  x: string,
  output: string,
  operate: (x: string, output: string) => string,
): string => {
  const shape = (): string => constant(`${output}.shape`, tensor([0, from.channels, 1, 1], [4], "int64"));
  const image = isVector(from) ? node("Reshape", [x, shape()], `${output}.image`) : x;
  if (!isVector(to)) return operate(image, output);
  return node("Flatten", [operate(image, `${output}.pixel`)], output, { axis: whole(1) });
};

/** The nodes of a layer on these values. */
const layerNodes = (
  graph: Graph,
  at: NetworkLayer,
  network: Network,
  values: readonly string[],
  output: string,
): string => {
  const { node, constant } = graph;
  const { from, to } = at;
  const layer: Layer = at.layer;
  const [x] = values;
  if (isWeighted(layer)) {
    const weights = weightsNode(graph, at, network);
    if (layer.kind === "dense")
      return node("MatMul", [x, node("Transpose", [weights], `${output}.matrix`, { perm: wholes([1, 0]) })], output);
    const { size, stride, padding } = windowOf(layer, from) as NonNullable<ReturnType<typeof windowOf>>;
    const attributes = {
      kernel_shape: wholes(size),
      strides: wholes(stride),
      pads: wholes([...padding, ...padding]),
      group: whole(layer.groups),
    };
    return onImages(graph, at, x, output, (image, name) => node("Conv", [image, weights], name, attributes));
  }
  switch (layer.kind) {
    case "maxPool":
    case "averagePool": {
      const operator = layer.kind === "maxPool" ? "MaxPool" : "AveragePool";
      const padding = layer.padding ?? [0, 0];
      const attributes = {
        kernel_shape: wholes(layer.size),
        strides: wholes(layer.stride),
        pads: wholes([...padding, ...padding]),
        ...(layer.kind === "averagePool" ? { count_include_pad: whole(1) } : {}),
      };
      return onImages(graph, at, x, output, (image, name) => node(operator, [image], name, attributes));
    }
    case "globalAveragePool":
      return onImages(graph, at, x, output, (image, name) => node("GlobalAveragePool", [image], name));
    case "batchNorm": {
      const parts = ["gain", "shift", "mean", "variance"].map((part) => {
        const name = `${layer.name}.${part}`;
        return constant(name, tensor(network.tensors[name], [from.channels]));
      });
      return node("BatchNormalization", [x, ...parts], output, { epsilon: { kind: "real", value: layer.epsilon } });
    }
    case "bias": {
      const name = `${layer.name}.bias`;
      const shape = sidesOf(to).map((_, k) => (k === 0 ? from.channels : 1));
      return node("Add", [x, constant(name, tensor(network.tensors[name], shape))], output);
    }
    case "flatten":
      return node("Flatten", [x], output, { axis: whole(1) });
    case "add":
      return node("Add", values, output);
    case "sign":
      return node("BipolarQuant", [x, graph.number(`${output}.scale`, 1)], output, {}, QONNX);
    case "ternary":
      return ternaryNodes(graph, x, layer.threshold, output);
    case "relu":
      return node("Relu", [x], output);
    case "hardTanh":
      return clipNode(graph, x, -1, 1, output);
    case "clip":
      return clipNode(graph, x, layer.low, layer.high, output);
    case "steps":
      return stepsNodes(graph, x, layer, output);
    case "uniform":
      return quantNode(graph, x, tensor([layer.scale], []), layer, output);
  }
};

/** What is done to a pixel of 0 .. 1 before the first layer. */
const entryNodes = (graph: Graph, { scale, offset, quantizer }: Network["input"], x: string): string => {
  const { node, number } = graph;
  const factor = Math.fround(255 * scale);
  const scaled = factor === 1 ? x : node("Mul", [x, number("input.scale", factor)], "input.scaled");
  const moved = offset === 0 ? scaled : node("Add", [scaled, number("input.offset", offset)], "input.entered");
  return quantizer ? quantNode(graph, moved, tensor([quantizer.scale], []), quantizer, "input.quantized") : moved;
};

/**
 * A network as an ONNX file: standard operators of set 13 and QONNX's quantizers. Its input is pixel / 255; weights are written as they
 * multiply, level times scale, behind a node that names their levels.
 */
export const exportOnnx = (network: Network, producer: string): Uint8Array => {
  const placed = placeNetwork(network);
  checkTensors(network, placed);
  const graph = createGraph();
  const { input } = network;
  const last = network.layers.some(({ name }) => name === "output") ? network.layers[placed.length - 1].name : "output";
  const values = [entryNodes(graph, input, "input")];
  placed.forEach((at, l) => {
    const taken = at.takes.map((number) => values[number]);
    const output = l === placed.length - 1 ? last : at.layer.name;
    values.push(layerNodes(graph, at, network, taken, output));
  });
  const shape = (of: ImageShape): (number | null)[] => [null, ...sidesOf(of)];
  const model = {
    producer,
    opsets: { "": STANDARD_SET, [QONNX]: 1 },
    nodes: graph.nodes,
    initializers: graph.initializers,
    inputs: [{ name: "input", type: "float32" as const, shape: shape(input.shape) }],
    outputs: [last],
  };
  return writeOnnx(model, [{ name: last, shape: shape(placed[placed.length - 1].to) }]);
};
