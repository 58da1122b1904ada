import { binaryErrors, programAnalogNetwork, type ReadCounts, sumCounts, ternaryErrors } from "#circuits/index";
import {
  accuracyOf,
  type LayerRecord,
  majorityErrors,
  majorityFlips,
  majorityOf,
  multiplicationsIn,
  type Network,
  NO_ERRORS,
  tilesFor,
  type WeightErrors,
  type WeightMatrix,
  weightsIn,
} from "#src/networks/index";
import { fold, type Key } from "#src/random/index";
import { deviceEnergy } from "../arrays/analog-energy.ts";
import { analogDesignOf } from "../arrays/analog-parameters.ts";
import { readNetwork } from "../networks/chip-network.ts";
import { evaluatorFor, type LayerErrors } from "../networks/evaluator.ts";
import { testImages } from "../networks/network-parameters.ts";
import type { Reads } from "../networks/network-reads.ts";
import type { Params } from "./network-on-chips-parameters.ts";
import type { Placed } from "./placement.ts";

/** What sense amplifiers do at a condition, at the strobe that is used. */
interface UsedReads {
  readonly counts: ReadCounts;
  readonly strobe: number;
  /** Of a read from rest [J]. */
  readonly energy: number;
}

export const usesAmplifiers = ({ mode }: Pick<Params, "mode">): boolean =>
  mode === "sense amplifiers" || mode === "whole chips";

/** Reads of the strobe that is given, or of the best for ternary weights where there are some, else for binary ones. */
export const usedReads = (reads: Reads, { strobes, strobe }: Params, placed: readonly Placed[]): UsedReads => {
  const { energies } = reads;
  if (strobes === "given") return { counts: reads.common, strobe, energy: energies.precharge + energies.common };
  const isTernary = placed.some(({ layer, place }) => place === "2T2R" && layer.weights === "ternary");
  const best = isTernary ? reads.ternaryBest : reads.binaryBest;
  return { ...best, energy: energies.precharge + (isTernary ? energies.ternaryBest : energies.binaryBest) };
};

/** What befalls the weights of each layer at these rates. */
const errorsOf = (placed: readonly Placed[], ternary: WeightErrors, flip: number): LayerErrors => {
  const befallen = ({ layer, copies }: Placed): WeightErrors =>
    layer.weights === "binary" ? { ...NO_ERRORS, type1: majorityFlips(flip, copies) } : majorityErrors(ternary, copies);
  const byName = new Map(placed.map((at) => [at.layer.name, at.place === "2T2R" ? befallen(at) : NO_ERRORS] as const));
  return (layer) => byName.get(layer) ?? NO_ERRORS;
};

/** Cells, arrays, energy of an image, and what share of the products arrays do. */
export const costs = (network: Network, params: Params, placed: readonly Placed[], perRead: number | null) => {
  const on = placed.filter(({ place }) => place !== "digital");
  const sum = (of: (layer: LayerRecord) => number): number => on.reduce((total, { layer }) => total + of(layer), 0);
  const cells = (of: (layer: LayerRecord) => number): number =>
    on.reduce((total, { layer, copies }) => total + copies * of(layer), 0);
  const products = placed.reduce((total, { layer }) => total + multiplicationsIn(layer), 0);
  const isAnalog = params.mode === "analog arrays";
  const { test } = testImages(params);
  const kept = keptOf(placed);
  const energy = isAnalog ? deviceEnergy(network, params, test.images, kept) : perRead;
  // A 2T2R cell, as a differential pair, has two devices; an offset column is one more in each array.
  const devices =
    isAnalog && params.mapping === "offset column"
      ? sum((layer) => weightsIn(layer) + layer.groups * layer.inputs * Math.ceil(layer.outputs / params.tile))
      : 2 * cells(weightsIn);
  return {
    devices,
    tiles: cells((layer) => tilesFor(layer, params.tile, params.tile)),
    share: sum(multiplicationsIn) / products,
    ...(energy === null ? {} : { energy: isAnalog ? energy : energy * cells(multiplicationsIn) }),
  };
};

const keptOf = (placed: readonly Placed[]) => {
  const kept = new Set(placed.flatMap(({ layer, place }) => (place === "digital" ? [layer.name] : [])));
  return (layer: string): boolean => kept.has(layer);
};

/** A network's kinds of weights in cells, at the rates of these reads. */
const usedRates = (placed: readonly Placed[], ternary: WeightErrors, flip: number) => {
  const kinds = placed.flatMap(({ layer, place }) => (place === "2T2R" ? [layer.weights] : []));
  const { type1: usedType1, type2: usedType2, type3: usedType3 } = ternary;
  return {
    ...(kinds.includes("ternary") ? { usedType1, usedType2, usedType3 } : {}),
    ...(kinds.includes("binary") ? { usedFlip: flip } : {}),
  };
};

interface OnChip {
  readonly accuracy: number;
  readonly rates: Readonly<Record<string, number>>;
}

/** One copy of a network's weights as its cells are read; null where a layer has no such copy. */
interface ReadChip {
  readonly matrices: readonly (WeightMatrix | null)[];
  readonly counts: ReadCounts;
}

const onWholeChip = (
  network: Network,
  params: Params,
  placed: readonly Placed[],
  strobe: number,
  key: Key,
): OnChip | null => {
  const { train, test } = testImages(params);
  const evaluator = evaluatorFor(network, test, train, "digital");
  const at = new Map(placed.map((own) => [own.layer.name, own]));
  const places = evaluator.layers.map((name) => at.get(name) as Placed);
  const most = Math.max(...placed.map(({ copies }) => copies));
  const chips: ReadChip[] = [];
  // Every copy is a chip's worth of cells of its own; only layers that have so many are read again.
  for (let copy = 0; copy < most; copy++) {
    const held = places.map(({ place, copies }) => place === "2T2R" && copy < copies);
    const inCells = evaluator.weights.filter((_, k) => held[k]);
    const own = copy === 0 ? fold(key, "chip") : fold(fold(key, "copy"), copy);
    const read = readNetwork({ ...params, arrayRows: params.tile }, inCells, params.columns, [strobe], own);
    if ("failed" in read) return null;
    const [chip] = read;
    let next = 0;
    const matrices = places.map(({ layer }, k) => {
      if (!held[k]) return null;
      const number = next++;
      return (layer.weights === "binary" ? chip.binary : chip.ternary)[number];
    });
    chips.push({ matrices, counts: chip.counts });
  }
  const weights = evaluator.weights.map((ideal, k) => {
    const readings = chips.flatMap(({ matrices }) => matrices[k]?.values ?? []);
    return readings.length === 0 ? ideal : { ...ideal, values: majorityOf(readings) };
  });
  const counts = sumCounts(chips.map((chip) => chip.counts));
  return {
    accuracy: evaluator.accuracyWith(weights),
    rates: usedRates(placed, ternaryErrors(counts), binaryErrors(counts).type1),
  };
};

export const onChip = (
  network: Network,
  params: Params,
  placed: readonly Placed[],
  reads: Reads | null,
  key: Key,
): OnChip | null => {
  const { train, test } = testImages(params);
  if (params.mode === "analog arrays") {
    const chip = programAnalogNetwork(analogDesignOf(params), network, train.images, fold(key, "chip"), keptOf(placed));
    return { accuracy: accuracyOf(chip.classify(test.images, fold(key, "read")), test.labels), rates: {} };
  }
  const used = reads && usedReads(reads, params, placed);
  if (params.mode === "whole chips" && used) return onWholeChip(network, params, placed, used.strobe, key);
  const { type1, type2, type3 } = used ? ternaryErrors(used.counts) : params;
  const ternary = { type1, type2, type3 };
  const flip = used ? binaryErrors(used.counts).type1 : params.type1;
  const evaluator = evaluatorFor(network, test, train, "digital");
  return {
    accuracy: evaluator.accuracy(errorsOf(placed, ternary, flip), params.errors, "trained", key),
    rates: usedRates(placed, ternary, flip),
  };
};
