import type { Layer, WeightLevels } from "#src/networks/layers";
import { checkTensors, type Network, placeNetwork } from "#src/networks/network";
import { type PixelMap, parsePixels, withPixels } from "#src/networks/pixels";
import type { ImageShape } from "#src/networks/shapes";
import { named, ownOf } from "#src/words/named";
import { suggestion } from "#src/words/suggestion";
import { showSides, type Tensor } from "./arrays/tensor.ts";
import type { Entry, LayerFile } from "./layer-file-schema.ts";
import { layerNames } from "./layer-names.ts";
import { located } from "./located.ts";
import { transposed } from "./onnx/operators/shapes.ts";
import { type ImportedWeights, weightsOf } from "./weights.ts";

const shapeOf = (input: LayerFile["input"]): ImageShape => {
  const [channels, ...sides] = typeof input === "number" ? [input] : input;
  const [height, width] = sides.length === 2 ? sides : [1, sides[0] ?? 1];
  return { channels, height, width };
};

const pair = (of: number | readonly [number, number]): readonly [number, number] =>
  typeof of === "number" ? [of, of] : of;

/** Arrays by name, and which of them were used. */
const takeFrom = (arrays: Readonly<Record<string, Tensor>>) => {
  const used = new Set<string>();
  const find = (...names: readonly string[]): Tensor | null => {
    for (const name of names) {
      const found = ownOf(arrays, name);
      if (!found) continue;
      used.add(name);
      return found;
    }
    return null;
  };
  const need = (...names: readonly string[]): Tensor => {
    const found = find(...names);
    if (found) return found;
    const known = Object.keys(arrays);
    throw new RangeError(
      `no array "${names[0]}"; there are ${known.slice(0, 20).join(", ")}${known.length > 20 ? ", ..." : ""}.${suggestion(names[0], known)}`,
    );
  };
  return {
    find,
    need,
    has: (name: string) => Object.hasOwn(arrays, name),
    unused: () => Object.keys(arrays).filter((name) => !used.has(name)),
  };
};

type Taken = ReturnType<typeof takeFrom>;

const floats = ({ values }: Tensor): Float32Array => Float32Array.from(values);

/** Weights with outputs first. */
const outputsFirst = (tensor: Tensor, sides: number, { layout }: LayerFile): Tensor => {
  if (tensor.shape.length !== sides)
    throw new RangeError(`its weights are of ${showSides(tensor.shape)}; ${sides} sides are expected`);
  if (layout === "pytorch") return tensor;
  const [inputs, outputs] = [sides - 2, sides - 1];
  return transposed(tensor, [outputs, inputs, ...Array.from({ length: sides - 2 }, (_, k) => k)]);
};

/** Weights put on levels as an entry says, or on those that they have. */
const levelled = (
  tensor: Tensor,
  quantize: WeightedEntry["quantize"],
  scales: Float32Array | null,
): ImportedWeights => {
  const outputs = tensor.shape[0];
  if (!quantize) {
    if (scales) throw new RangeError("a scale is of weights that are quantized here (quantize)");
    return weightsOf(tensor, null, outputs);
  }
  const threshold = quantize === "sign" ? null : quantize.ternary;
  const kind: WeightLevels = { kind: threshold === null ? "binary" : "ternary" };
  const level = (w: number): number => {
    if (!Number.isFinite(w)) throw new RangeError(`its weights hold ${w}`);
    if (threshold === null) return w >= 0 ? 1 : -1;
    return Math.abs(w) > threshold ? Math.sign(w) : 0;
  };
  return { kind, levels: Float32Array.from(tensor.values, level), scales };
};

const STATISTICS = {
  gain: ["weight", "gamma"],
  shift: ["bias", "beta"],
  mean: ["running_mean", "moving_mean"],
  variance: ["running_var", "moving_variance"],
} as const;

const statistics = (
  { array }: Extract<Entry, { readonly kind: "batchNorm" }>,
  { find, need }: Taken,
): Record<string, Float32Array> => {
  const namesOf = (part: keyof typeof STATISTICS): readonly string[] => {
    if (typeof array !== "string") return [array[part] ?? ""];
    return STATISTICS[part].flatMap((name) => [`${array}.${name}`, `${array}/${name}`, `${array}/${name}:0`]);
  };
  const mean = floats(need(...namesOf("mean")));
  const or = (part: "gain" | "shift", value: number): Float32Array => {
    const isNamed = typeof array !== "string" && array[part] !== undefined;
    const found = isNamed ? need(...namesOf(part)) : find(...namesOf(part));
    return found ? floats(found) : new Float32Array(mean.length).fill(value);
  };
  return { gain: or("gain", 1), shift: or("shift", 0), mean, variance: floats(need(...namesOf("variance"))) };
};

interface MadeLayer {
  readonly layer: Layer;
  readonly tensors: Readonly<Record<string, Float32Array>>;
}

type WeightedEntry = Extract<Entry, { readonly kind: "dense" | "conv2d" | "conv1d" }>;

/** A layer of weights, and one of its bias where it has one. */
const weightedLayers = (
  own: WeightedEntry,
  name: { readonly name: string; readonly from?: readonly string[] },
  file: LayerFile,
  { find, need, has }: Taken,
  biasName: () => string,
): readonly MadeLayer[] => {
  const { array, scale } = own;
  const [weightNames, biasNames] =
    typeof array === "string"
      ? [
          [array, `${array}.weight`, `${array}/kernel`, `${array}/kernel:0`],
          [`${array}.bias`, `${array}/bias`, `${array}/bias:0`],
        ]
      : [[array.weight], array.bias === undefined ? [] : [array.bias]];
  const [, module] = (typeof array === "string" && /^(.+)\.weight$/.exec(array)) || [];
  if (module && has(`${module}.bias`))
    throw new RangeError(
      `array "${array}" leaves "${module}.bias" out; write array: ${module} for both, or {weight: ${array}} for the weights alone`,
    );
  const weights = outputsFirst(need(...weightNames), { dense: 2, conv1d: 3, conv2d: 4 }[own.kind], file);
  const [outputs, , rows, columns] = weights.shape;
  const given = typeof scale === "string" ? floats(need(scale)) : scale === undefined ? null : Float32Array.of(scale);
  const { kind, levels, scales } = levelled(weights, own.quantize, given);
  const how = {
    ...name,
    weights: kind,
    scale: scales === null ? ("none" as const) : scales.length === 1 ? ("tensor" as const) : ("channel" as const),
  };
  const layer = ((): Layer => {
    if (own.kind === "dense") return { ...how, kind: "dense", outputs };
    const { groups } = own;
    if (own.kind === "conv1d")
      return {
        ...how,
        kind: "conv1d",
        channels: outputs,
        size: rows,
        stride: own.stride,
        padding: own.padding,
        groups,
      };
    const [stride, padding] = [pair(own.stride), pair(own.padding)];
    return { ...how, kind: "conv2d", channels: outputs, size: [rows, columns], stride, padding, groups };
  })();
  const main = { layer, tensors: { weight: levels, ...(scales ? { scale: scales } : {}) } };
  const bias = typeof array === "string" ? find(...biasNames) : biasNames.length > 0 ? need(...biasNames) : null;
  if (!bias) return [main];
  return [main, { layer: { name: biasName(), kind: "bias", from: [name.name] }, tensors: { bias: floats(bias) } }];
};

/** The layers of an entry. */
const layersOf = (
  own: Entry,
  name: { readonly name: string; readonly from?: readonly string[] },
  file: LayerFile,
  taken: Taken,
  biasName: () => string,
): readonly MadeLayer[] => {
  switch (own.kind) {
    case "dense":
    case "conv2d":
    case "conv1d":
      return weightedLayers(own, name, file, taken, biasName);
    case "batchNorm":
      return [
        {
          layer: { ...name, kind: "batchNorm", epsilon: own.epsilon ?? (file.layout === "keras" ? 1e-3 : 1e-5) },
          tensors: statistics(own, taken),
        },
      ];
    case "bias": {
      const bias = floats(taken.need(own.array, `${own.array}.bias`));
      return [{ layer: { ...name, kind: "bias" }, tensors: { bias } }];
    }
    case "maxPool":
    case "averagePool": {
      // Of rows a window is one row high.
      const isRow = Array.isArray(file.input) && file.input.length === 2;
      const sides = (of: number | readonly [number, number]): readonly [number, number] =>
        isRow && typeof of === "number" ? [1, of] : pair(of);
      const size = sides(own.size);
      const stride = own.stride === undefined ? size : sides(own.stride);
      const padding = isRow && typeof own.padding === "number" ? ([0, own.padding] as const) : pair(own.padding);
      const edge = padding.some((n) => n > 0) ? { padding } : {};
      return [{ layer: { ...name, kind: own.kind, size, stride, ...edge }, tensors: {} }];
    }
    default: {
      const { from: _from, ...rest } = own;
      return [{ layer: { ...rest, ...name } as Layer, tensors: {} }];
    }
  }
};

/**
 * The same network where images are flattened channels first: Keras has rows, columns and then channels, so what follows a flattened
 * image has its arrays in that order, up to the next weights.
 */
const channelsFirst = (network: Network): Network => {
  const placed = placeNetwork(network);
  const tensors = { ...network.tensors };
  // Of each value where its elements are among Keras's; null: where they are.
  const orders: (Int32Array | null)[] = [null];
  for (const { layer, takes, from } of placed) {
    const order = orders[takes[0]];
    const { channels, height, width } = from;
    const plane = height * width;
    const turned = (name: string, width: number): void => {
      const own = tensors[name];
      if (order) tensors[name] = own.map((_, k) => own[Math.floor(k / width) * width + order[k % width]]);
    };
    if (layer.kind === "dense") turned(`${layer.name}.weight`, channels);
    if (layer.kind === "bias") turned(`${layer.name}.bias`, channels);
    if (layer.kind === "batchNorm")
      for (const part of ["gain", "shift", "mean", "variance"]) turned(`${layer.name}.${part}`, channels);
    const made = (): Int32Array =>
      Int32Array.from({ length: channels * plane }, (_, k) => (k % plane) * channels + Math.floor(k / plane));
    const isTurned = layer.kind === "flatten" && plane > 1 && channels > 1;
    orders.push(isTurned ? made() : layer.kind === "dense" ? null : order);
  }
  return { ...network, tensors };
};

/** A network of bare arrays. */
export interface NetworkOfArrays {
  readonly network: Network;
  /** Arrays that no layer takes. */
  readonly unused: readonly string[];
}

/**
 * The network that a layer file makes of arrays.
 *
 * @param pixels What a pixel is to it; null: what the file says, or 0 .. 1; "as they are": inputs are numbers as its first layer takes them.
 * @throws RangeError naming the layer whose array is missing or has another shape.
 */
export const networkOfArrays = (
  file: LayerFile,
  arrays: Readonly<Record<string, Tensor>>,
  pixels: PixelMap | "as they are" | null,
  where: string,
): NetworkOfArrays => {
  const taken = takeFrom(arrays);
  const nameFor = layerNames(new Set(file.layers.flatMap(({ name }) => name ?? [])));
  const layers: Layer[] = [];
  const tensors = named<Float32Array>();
  /** The value that an entry's name stands for: of weights with a bias what comes after it. */
  const values = new Map<string, string>();
  file.layers.forEach((own, l) => {
    const name = own.name ?? nameFor(own.kind);
    const from = own.from?.map((of) => values.get(of) ?? of);
    const made = located(`${where}: layer ${l + 1} (${own.kind})`, () =>
      layersOf(own, { name, ...(from ? { from } : {}) }, file, taken, () => nameFor("bias")),
    );
    values.set(name, made[made.length - 1].layer.name);
    for (const { layer, tensors: parts } of made) {
      layers.push(layer);
      for (const [part, values] of Object.entries(parts)) tensors[`${layer.name}.${part}`] = values;
    }
  });
  return located(where, () => {
    const input = { shape: shapeOf(file.input), scale: 1, offset: 0, quantizer: null };
    const own = file.layout === "keras" ? channelsFirst({ input, layers, tensors }) : { input, layers, tensors };
    const network = pixels === "as they are" ? own : withPixels(own, pixels ?? parsePixels(file.pixels ?? "0..1"));
    checkTensors(network, placeNetwork(network));
    // What PyTorch counts beside its statistics is no part of a network.
    return { network, unused: taken.unused().filter((name) => !name.endsWith(".num_batches_tracked")) };
  });
};
