import { type LayerRecord, layerRecords } from "./layer-records.ts";
import { isWeighted } from "./layers.ts";
import { type Network, placeNetwork, weightedLayers } from "./network.ts";
import { showShape, sizeOf } from "./shapes.ts";
import type { Model, TrainingRecord } from "./training-record.ts";

/** A network in a few words: "784-64-10" where all weighted layers are dense on a vector, else its input and weighted layers. */
export const describeNetwork = (network: Pick<Network, "input" | "layers">): string => {
  const weighted = weightedLayers(placeNetwork(network));
  const { shape } = network.input;
  if (weighted.every(({ layer }) => layer.kind === "dense"))
    return [sizeOf(shape), ...weighted.map(({ to }) => to.channels)].join("-");
  const shown = weighted.map(({ layer, to }) => `${layer.kind === "dense" ? "dense" : "conv"} ${to.channels}`);
  return [`${showShape(shape)}:`, shown.join(", ")].join(" ");
};

/** Kinds of weights that a network has, in the order in which they first occur. */
export const weightKinds = ({ layers }: Pick<Network, "layers">): readonly string[] => [
  ...new Set(layers.filter(isWeighted).map(({ weights }) => weights.kind)),
];

/** A network that a run takes from a file. */
export interface NetworkRecord {
  /** The file's path, as it was asked for. */
  readonly asked: string;
  readonly described: string;
  /** Its weighted layers. */
  readonly layers: readonly LayerRecord[];
  readonly trained: TrainingRecord | null;
  /** Of a network that another program wrote: what it was, and how near it came. */
  readonly imported: string | null;
  readonly sha256: string;
}

/** What a plan keeps of a network. */
export const recordOfNetwork = ({ network, trained }: Model): Omit<NetworkRecord, "asked" | "sha256" | "imported"> => ({
  described: describeNetwork(network),
  layers: layerRecords(network),
  trained,
});
