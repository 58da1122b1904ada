import { inputValues, runNetwork } from "#src/networks/executor";
import { foldNetwork } from "#src/networks/integer-form";
import { checkTensors, type Network, placeNetwork } from "#src/networks/network";
import { type PixelMap, parsePixels, withPixels } from "#src/networks/pixels";
import { sizeOf } from "#src/networks/shapes";
import { rootKey, uniformsInto } from "#src/random/index";
import { type ElementType, isFloating, type Tensor } from "../arrays/tensor.ts";
import { located } from "../located.ts";
import { type ImportedGraph, importGraph } from "./import/import-graph.ts";
import type { OnnxModel } from "./model.ts";
import { runOnnx } from "./operators/index.ts";
import { transposed } from "./operators/shapes.ts";
import { readOnnx } from "./read-model.ts";

/** How far a network is from the graph that it was made of, on a few inputs. */
export interface Compared {
  readonly inputs: number;
  /** The largest difference of two outputs, and the largest output. */
  readonly difference: number;
  readonly largest: number;
  /** Inputs of which graph and layers take another output for the largest. */
  readonly otherwise: number;
}

/** What is to be said of an import. */
export interface ImportReport {
  /** What wrote it, in a few words. */
  readonly format: string;
  readonly inputOrder: readonly number[] | null;
  /** Operators at the end that are left out. */
  readonly leftOut: readonly string[];
  readonly compared: Compared;
}

/**
 * Signs for ternary values of threshold 0 whose sums in whole numbers are never exactly on it: ONNX's Sign gives 0 at 0, which no input
 * of such a layer is.
 */
const signsWhereNoneIsZero = (network: Network): Network => {
  const { steps } = foldNetwork(network);
  const layers = network.layers.map((layer, l) => {
    const step = steps[l];
    if (layer.kind !== "ternary" || layer.threshold !== 0 || step.kind !== "thresholds") return layer;
    const { steps: at, direction } = step.thresholds;
    const isNever = direction.every((d, c) => d !== 0 && at[2 * c] === at[2 * c + 1]);
    const { threshold: _threshold, ...rest } = layer;
    return isNever ? { ...rest, kind: "sign" as const } : layer;
  });
  return { ...network, layers };
};

const COMPARED_INPUTS = 4;
/** Difference of outputs, as a share of the largest, that is no rounding. */
const FAR = 0.01;
/** Pixels as they are. */
const AS_THEY_ARE: PixelMap = { scale: [1], offset: [0] };
/** What a pixel is where nobody says it: 0 .. 1 to a graph of real numbers, itself to one of bytes. */
const usual = (type: ElementType): PixelMap => (isFloating(type) ? parsePixels("0..1") : AS_THEY_ARE);

/** The graph's own input, of one as the network has it. */
const asGraphHas = (x: Tensor, order: readonly number[] | null): Tensor => {
  if (!order) return x;
  const back = order.map((_, axis) => order.indexOf(axis));
  return transposed({ ...x, shape: order.map((axis) => x.shape[axis]) }, back);
};

/** Inputs as a graph takes them, as its network takes them. */
export const asNetworkHas = (x: Tensor, order: readonly number[] | null): Tensor =>
  order && x.shape.length === order.length ? transposed(x, order) : x;

/** Runs drawn images through the graph itself and through the layers. */
const compare = (model: OnnxModel, graph: ImportedGraph, network: Network, pixels: PixelMap | null): Compared => {
  const { shape, name, type } = graph.input;
  const [batch] = shape;
  const size = sizeOf(network.input.shape);
  const runs = Math.ceil(COMPARED_INPUTS / batch);
  const uniforms = new Float64Array(runs * batch * size);
  uniformsInto(uniforms, rootKey("images that an import is compared on"));
  const images = Uint8Array.from(uniforms, (u) => Math.floor(u * 256));
  const placed = placeNetwork(network);
  const { channels } = network.input.shape;
  const plane = size / channels;
  const entry = (pixel: number, k: number): number => {
    const { scale, offset } = pixels ?? AS_THEY_ARE;
    const c = scale.length === 1 ? 0 : Math.floor(k / plane) % channels;
    const x = pixel * scale[c] + offset[c];
    return isFloating(type) ? Math.fround(x) : Math.round(x);
  };
  let [difference, largest, otherwise, far] = [0, 0, 0, 0];
  for (let run = 0; run < runs; run++) {
    const own = images.subarray(run * batch * size, (run + 1) * batch * size);
    const given = asGraphHas({ type, shape, values: Float64Array.from(own, entry) }, graph.inputOrder);
    const wanted = runOnnx(model, { [name]: given }, graph.output).values;
    const found = runNetwork(network, placed, inputValues(own, network.input), batch);
    if (wanted.length !== found.length)
      throw new RangeError(`the graph gives ${wanted.length / batch} outputs, the layers ${found.length / batch}`);
    const width = found.length / batch;
    for (let b = 0; b < batch; b++) {
      const [a, z] = [wanted, found].map((of) => of.subarray(b * width, (b + 1) * width));
      const apart = a.reduce((most, x, k) => Math.max(most, Math.abs(x - z[k])), 0);
      const height = a.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
      [difference, largest] = [Math.max(difference, apart), Math.max(largest, height)];
      if (!(apart <= FAR * height)) far++;
      const best = (of: Float64Array): number => of.indexOf(of.reduce((p, q) => Math.max(p, q)));
      if (best(a) !== best(z)) otherwise++;
    }
  }
  // One input may end on a threshold that single precision rounds to the other side; most of them do not.
  if (far > (runs * batch) / 2)
    throw new RangeError(
      `the layers that were made of it differ from the graph by ${difference} (largest output ${largest}) on ${far} of ${runs * batch} drawn images; the import is wrong, or its numbers are beyond single precision`,
    );
  return { inputs: runs * batch, difference, largest, otherwise };
};

const formatOf = ({ producer, opsets, nodes }: OnnxModel): string => {
  const sets = Object.entries(opsets).map(([domain, version]) => (domain === "" ? `operators ${version}` : domain));
  return `ONNX of ${[producer || "an unnamed producer", ...sets].join(", ")}, ${nodes.length} nodes`;
};

/**
 * A network from an ONNX file: standard operators of sets 9 to 22, and QONNX's quantizers.
 *
 * @param pixels What a pixel is to the network, which no ONNX file says; null: the usual; "as they are": inputs are no pixels, but numbers as the graph takes them.
 * @param where The file's name, for errors.
 * @throws RangeError where the file is none, or holds what networks here do not have, with node, operator and reason.
 */
export const importOnnx = (
  file: Uint8Array,
  pixels: PixelMap | "as they are" | null,
  where: string,
): { readonly network: Network; readonly report: ImportReport } => {
  const model = readOnnx(file, where);
  const graph = importGraph(model, where);
  return located(where, () => {
    const isNumbers = pixels === "as they are";
    const map = isNumbers ? null : (pixels ?? usual(graph.input.type));
    const entered = map ? withPixels(graph.network, map) : graph.network;
    checkTensors(entered, placeNetwork(entered));
    // Of pixels alone it is known what sums can be.
    const network = map ? signsWhereNoneIsZero(entered) : entered;
    const compared = compare(model, graph, network, map);
    return {
      network,
      report: { format: formatOf(model), inputOrder: graph.inputOrder, leftOut: graph.leftOut, compared },
    };
  });
};
