import { foldNetwork } from "./integer-form.ts";
import { isWeighted, type Layer, levelRange, type WeightLevels } from "./layers.ts";
import { geometryOf, type Network, type NetworkLayer } from "./network.ts";
import { patchRows } from "./patches.ts";
import { showShape } from "./shapes.ts";
import { zerosOf } from "./zeros.ts";

/** A weighted layer in numbers: what a chip must hold and do of it. */
export interface LayerRecord {
  readonly name: string;
  readonly weights: WeightLevels["kind"];
  /** Its arrays: how many, their inputs and outputs, and how often each is read for an image. */
  readonly groups: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly places: number;
  /** Share of weights that are 0. */
  readonly zeros: number;
  /** Why cells that hold levels cannot hold it; null where they can. */
  readonly digital: string | null;
}

export const layerRecords = (network: Network): readonly LayerRecord[] => {
  const { placed, digital } = foldNetwork(network);
  return placed.flatMap((at): LayerRecord[] => {
    const { layer, from } = at;
    if (!isWeighted(layer)) return [];
    const geometry = geometryOf(layer, from);
    const { groups, inputs, outputs } = geometry;
    const weights = network.tensors[`${layer.name}.weight`];
    return [
      {
        name: layer.name,
        weights: layer.weights.kind,
        groups,
        inputs,
        outputs,
        places: patchRows(from, geometry, 1),
        zeros: zerosOf(weights) / weights.length,
        digital: digital.find((other) => other.layer === layer.name)?.why ?? null,
      },
    ];
  });
};

export const weightsIn = ({ groups, inputs, outputs }: LayerRecord): number => groups * inputs * outputs;

/** Products of a weight and an input for one image. */
export const multiplicationsIn = (layer: LayerRecord): number => weightsIn(layer) * layer.places;

/** Arrays of so many rows and columns (of weights) that a layer needs. */
export const tilesFor = ({ groups, inputs, outputs }: LayerRecord, rows: number, columns: number): number =>
  groups * Math.ceil(inputs / rows) * Math.ceil(outputs / columns);

const scaleText = { none: "", tensor: ", one scale", channel: ", a scale a channel" } as const;

/** What a layer's weights, or its own values, can be, in words. */
const levelsText = (layer: Layer): string => {
  if (isWeighted(layer)) {
    const { weights } = layer;
    const kind = weights.kind === "integer" ? `${weights.bits} bits` : weights.kind;
    return `${kind}${scaleText[layer.scale]}`;
  }
  if (layer.kind === "sign") return "-1, +1";
  if (layer.kind === "ternary") return "-1, 0, +1";
  if (layer.kind === "steps") return `${layer.values.length} levels`;
  if (layer.kind !== "uniform") return "";
  const [low, high] = levelRange(layer);
  return `${layer.bits} bits, ${low} .. ${high}`;
};

/** A layer in words and numbers, as tables list it. */
export interface ShownLayer {
  readonly name: string;
  readonly kind: string;
  /** Its value's shape. */
  readonly gives: string;
  readonly levels: string;
  readonly weighted: LayerRecord | null;
}

const kindText = ({ layer }: NetworkLayer): string => {
  if (layer.kind === "conv2d")
    return `conv2d ${layer.size.join(" x ")}${layer.groups > 1 ? `, ${layer.groups} groups` : ""}`;
  if (layer.kind === "conv1d") return `conv1d ${layer.size}${layer.groups > 1 ? `, ${layer.groups} groups` : ""}`;
  return layer.kind === "maxPool" || layer.kind === "averagePool"
    ? `${layer.kind} ${layer.size.join(" x ")}`
    : layer.kind;
};

/** All layers of a network, in order. */
export const shownLayers = (network: Network): readonly ShownLayer[] => {
  const records = layerRecords(network);
  return foldNetwork(network).placed.map((at) => ({
    name: at.layer.name,
    kind: kindText(at),
    gives: showShape(at.to),
    levels: levelsText(at.layer),
    weighted: records.find(({ name }) => name === at.layer.name) ?? null,
  }));
};
