import { fold } from "#src/random/index";
import { idealRead, inputValues, type ReadLayer, runNetwork } from "./executor.ts";
import {
  geometryOf,
  groupWeights,
  type Network,
  type NetworkLayer,
  placeNetwork,
  type WeightedGeometry,
  weightedLayers,
} from "./network.ts";
import { patchesInto, patchRows, placeSums } from "./patches.ts";
import { sizeOf } from "./shapes.ts";
import type { Synapses } from "./synapses.ts";

/** The weights of one group of a weighted layer, to be put on an array. */
export interface GroupWeights {
  readonly at: NetworkLayer;
  readonly geometry: WeightedGeometry;
  /** Number of the weighted layer, and of the group in it. */
  readonly number: number;
  readonly group: number;
  /** How often the array is read for one image: places of a convolution. */
  readonly places: number;
  /** Outputs x inputs, as levels. */
  readonly weights: Float32Array;
}

/** All weights of a network, group by group, in the order in which they are read. */
export const groupsOf = (network: Network): readonly GroupWeights[] =>
  weightedLayers(placeNetwork(network)).flatMap((at, number) => {
    const geometry = geometryOf(at.layer, at.from);
    return Array.from({ length: geometry.groups }, (_, group) => ({
      at,
      geometry,
      number,
      group,
      places: patchRows(at.from, geometry, 1),
      weights: groupWeights(at, network.tensors, group),
    }));
  });

/**
 * Weighted layers as arrays of any numbers read them, patch by patch. Groups of a layer are read under keys below its own where there
 * are several.
 *
 * @param arrayFor The synapses of a group, whose patches (rows x inputs) are given so that arrays can be made for what they see; null: the weights
 * themselves.
 */
export const readThrough = (
  network: Network,
  arrayFor: (of: GroupWeights, patches: Float32Array, rows: number) => Synapses | null,
): ReadLayer => {
  const groups = groupsOf(network);
  const ideal = idealRead(network.tensors);
  return (at, x, batch, key) => {
    const own = groups.filter((group) => group.at.layer.name === at.layer.name);
    const { geometry } = own[0];
    const rows = patchRows(at.from, geometry, batch);
    const patches = new Float32Array(rows * geometry.inputs);
    const value = new Float64Array(batch * sizeOf(at.to));
    for (const group of own) {
      patchesInto(patches, x, batch, at.from, geometry, group.group);
      const synapses = arrayFor(group, patches, rows);
      if (!synapses) return ideal(at, x, batch, key);
      const sums = new Float32Array(rows * geometry.outputs);
      const seen = { batch: rows, width: geometry.inputs, levels: "real", values: patches } as const;
      synapses.forwardInto(sums, seen, own.length === 1 ? key : fold(key, group.group));
      placeSums(value, sums, batch, group.places, geometry, group.group);
    }
    return value;
  };
};

/** Whether a group's inputs are pixels as they enter, at most flattened or the largest of several. */
export const seesPixels = (network: Network, { at }: GroupWeights): boolean => {
  const placed = placeNetwork(network);
  let value = at.takes[0];
  while (value > 0) {
    const { layer, takes } = placed[value - 1];
    if (layer.kind !== "flatten" && layer.kind !== "maxPool") return false;
    value = takes[0];
  }
  return true;
};

/** What an array sees of these images in floating point: rows (image, place) x inputs. */
export const patchesSeen = (
  network: Network,
  group: GroupWeights,
  pixels: Uint8Array,
  images: number,
): Float32Array => {
  const patches = new Float32Array(images * group.places * group.geometry.inputs);
  const ideal = idealRead(network.tensors);
  const read: ReadLayer = (at, x, batch, key) => {
    if (at.layer.name === group.at.layer.name) patchesInto(patches, x, batch, at.from, group.geometry, group.group);
    return ideal(at, x, batch, key);
  };
  runNetwork(network, placeNetwork(network), inputValues(pixels, network.input), images, read);
  return patches;
};
