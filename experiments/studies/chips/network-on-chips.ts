import { binaryErrors, checkAnalogDesign, programAnalogNetwork, type ReadCounts, ternaryErrors } from "#circuits/index";
import { firstImages } from "#src/datasets/labelled-images";
import { defineExperiment, idleWhere } from "#src/montecarlo/index";
import {
  accuracyOf,
  layerRecords,
  multiplicationsIn,
  type Network,
  NO_ERRORS,
  tilesFor,
  type WeightErrors,
  weightsIn,
} from "#src/networks/index";
import { fold, type Key } from "#src/random/index";
import { dataFor } from "../../files/data-sets.ts";
import { networkFor, networkRecord } from "../../files/network-files.ts";
import { OWN_MODULE } from "../../own-module.ts";
import { deviceEnergy } from "../arrays/analog-energy.ts";
import { analogDesignOf } from "../arrays/analog-parameters.ts";
import { readNetwork } from "../networks/chip-network.ts";
import { cleanClassesOf, evaluatorFor, type LayerErrors } from "../networks/evaluator.ts";
import {
  checkNetwork,
  idleOfFile,
  kindOf,
  parseWidths,
  trainedPart,
  trainingSeeds,
} from "../networks/network-parameters.ts";
import { type Reads, readsAt } from "../networks/ternary-versus-binary.ts";
import { heatRemarks, idleRipple } from "../sensing/idle-parameters.ts";
import { checkSense, SENSE_NAMES } from "../sensing/sense-parameters.ts";
import { NUMBERS, OF_ANALOG, OF_RATES, OF_READS, PARAMETERS, type Params } from "./network-on-chips-parameters.ts";
import { concludeChips, drawChips, notesOfChips } from "./network-on-chips-report.ts";
import { type Placed, placeLayers } from "./placement.ts";

/** What sense amplifiers do at a condition, at the strobe that is used. */
interface UsedReads {
  readonly counts: ReadCounts;
  readonly strobe: number;
  /** Of a read from rest [J]. */
  readonly energy: number;
}

const usesAmplifiers = ({ mode }: Pick<Params, "mode">): boolean =>
  mode === "sense amplifiers" || mode === "whole chips";

/** Reads of the strobe that is given, or of the best for ternary weights where there are some, else for binary ones. */
const usedReads = (reads: Reads, { strobes, strobe }: Params, placed: readonly Placed[]): UsedReads => {
  const { energies } = reads;
  if (strobes === "given") return { counts: reads.common, strobe, energy: energies.precharge + energies.common };
  const isTernary = placed.some(({ layer, place }) => place === "2T2R" && layer.weights === "ternary");
  const best = isTernary ? reads.ternaryBest : reads.binaryBest;
  return { ...best, energy: energies.precharge + (isTernary ? energies.ternaryBest : energies.binaryBest) };
};

/** The layers of a network of this study's own training, before it is trained. */
const checkedLayers = (params: Params) => {
  if (params.network !== "") return layerRecords(networkFor(params.network, params.pixels).network);
  const widths = parseWidths(params.widths);
  return widths.slice(1).map((outputs, l) => ({
    name: `dense${l + 1}`,
    weights: params.weights,
    groups: 1,
    inputs: widths[l],
    outputs,
    places: 1,
    zeros: 0,
    digital: null,
  }));
};

/** What befalls the weights of each layer at these rates. */
const errorsOf = (placed: readonly Placed[], ternary: WeightErrors, flip: number): LayerErrors => {
  const binary = { ...NO_ERRORS, type1: flip };
  const byName = new Map(
    placed.map(({ layer, place }) => [
      layer.name,
      place !== "2T2R" ? NO_ERRORS : layer.weights === "binary" ? binary : ternary,
    ]),
  );
  return (layer) => byName.get(layer) ?? NO_ERRORS;
};

const testImages = ({ data, images }: Params) => {
  const { train, test } = dataFor(data);
  return { train, test: images === 0 ? test : firstImages(test, images) };
};

/** Cells, arrays, energy of an image, and what share of the products arrays do. */
const costs = (network: Network, params: Params, placed: readonly Placed[], perRead: number | null) => {
  const on = placed.flatMap(({ layer, place }) => (place === "digital" ? [] : [layer]));
  const sum = (of: (layer: (typeof on)[number]) => number): number => on.reduce((total, layer) => total + of(layer), 0);
  const products = placed.reduce((total, { layer }) => total + multiplicationsIn(layer), 0);
  const isAnalog = params.mode === "analog arrays";
  const { test } = testImages(params);
  const kept = keptOf(placed);
  const energy = isAnalog ? deviceEnergy(network, params, test.images, kept) : perRead;
  // A 2T2R cell, as a differential pair, has two devices; an offset column is one more in each array.
  const devices =
    isAnalog && params.mapping === "offset column"
      ? sum((layer) => weightsIn(layer) + layer.groups * layer.inputs * Math.ceil(layer.outputs / params.tile))
      : 2 * sum(weightsIn);
  return {
    devices,
    tiles: sum((layer) => tilesFor(layer, params.tile, params.tile)),
    share: sum(multiplicationsIn) / products,
    ...(energy === null ? {} : { energy: isAnalog ? energy : energy * sum(multiplicationsIn) }),
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

const onWholeChip = (
  network: Network,
  params: Params,
  placed: readonly Placed[],
  strobe: number,
  key: Key,
): OnChip | null => {
  const { train, test } = testImages(params);
  const evaluator = evaluatorFor(network, test, train, "digital");
  const kinds = new Map(placed.map(({ layer, place }) => [layer.name, place === "2T2R" ? layer.weights : null]));
  const places = evaluator.layers.map((name) => kinds.get(name) ?? null);
  const inCells = evaluator.weights.filter((_, k) => places[k] !== null);
  const read = readNetwork({ ...params, arrayRows: params.tile }, inCells, params.columns, [strobe], fold(key, "chip"));
  if ("failed" in read) return null;
  const [chip] = read;
  let next = 0;
  const weights = evaluator.weights.map((ideal, k) => {
    if (places[k] === null) return ideal;
    const at = next++;
    return (places[k] === "binary" ? chip.binary : chip.ternary)[at];
  });
  return {
    accuracy: evaluator.accuracyWith(weights),
    rates: usedRates(placed, ternaryErrors(chip.counts), binaryErrors(chip.counts).type1),
  };
};

const onChip = (
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

/** Ternary where a layer is, else binary or float. */
const kindOfWeights = ({ network, weights }: Pick<Params, "network" | "weights">) =>
  network === "" ? weights : kindOf(network);

/** Any network on chips of any kind: the study to begin with. */
export const networkOnChips = defineExperiment({
  name: "network-on-chips",
  summary: "Any network on chips: by sense-amplifier reads, at given error rates, or as analog products.",
  module: OWN_MODULE,
  parameters: PARAMETERS,
  axes: [
    "network",
    "mode",
    "supply",
    "strobe",
    "strobes",
    "temperature",
    "corner",
    "device",
    "technology",
    "mismatch",
    "bitLineCapacitance",
    "conduction",
    "type1",
    "type2",
    "type3",
    "digital",
    "errors",
    "tile",
    "converterBits",
    "inputBits",
    "levels",
    "programmingError",
    "readNoise",
    "wireResistance",
    "mapping",
    "weights",
    "seed",
  ],
  grid: (params) => {
    const kind = kindOfWeights(params);
    const weights = { weights: [kind === "ternary" ? ("ternary" as const) : ("binary" as const)] };
    if (usesAmplifiers(params)) return [{ ...weights, supply: [1.2, 1.0, 0.9, 0.8] }];
    return [
      params.mode === "given rates"
        ? { ...weights, type1: [0.001, 0.01, 0.1] }
        : { ...weights, converterBits: [4, 6, 8] },
    ];
  },
  replicates: trainingSeeds,
  trials: 10,
  block: 5,
  numbers: NUMBERS,
  prepare: {
    network: trainedPart<Params>(null),
    reads: {
      uses: [...SENSE_NAMES, "strobe", "samples", "mode"],
      make: (params, key): Reads | null => (usesAmplifiers(params as Params) ? readsAt(params as Params, key) : null),
    },
  },
  idle: (params) => [
    ...(usesAmplifiers(params) ? idleRipple(params) : []),
    ...idleOfFile(params, "seeds"),
    ...idleWhere<keyof Params>(
      [!usesAmplifiers(params), `of the mode "${params.mode}", which reads by no amplifier (mode)`, ...OF_READS],
      [params.mode !== "given rates", `of the mode "${params.mode}", whose rates are not given (mode)`, ...OF_RATES],
      [
        params.mode === "given rates" && kindOfWeights(params) === "binary",
        "with binary weights alone, which have no zero: only type1, a flip, befalls them (network, weights)",
        "type2",
        "type3",
      ],
      [
        params.mode !== "analog arrays",
        `of the mode "${params.mode}", which has no analog arrays (mode)`,
        ...OF_ANALOG,
      ],
      [
        params.mode !== "whole chips",
        `of the mode "${params.mode}", where no column shares an amplifier (mode)`,
        "columns",
      ],
      [
        params.mode === "whole chips" || params.mode === "analog arrays",
        `of the mode "${params.mode}", whose errors come with the chip (mode)`,
        "errors",
      ],
      [params.mode === "analog arrays", 'of the mode "analog arrays", which holds any weights (mode)', "others"],
    ),
  ],
  remarks: heatRemarks,
  check: (params) => {
    checkSense(params);
    checkNetwork(params.network === "" ? params : { ...params, weights: "float" });
    placeLayers(checkedLayers(params), params);
    if (params.mode === "analog arrays") checkAnalogDesign(analogDesignOf(params));
  },
  facts: ({ network, reads }, params) => {
    const { train, test } = testImages(params);
    const placed = placeLayers(layerRecords(network), params);
    const used = reads && usedReads(reads, params, placed);
    return {
      numbers: {
        clean: accuracyOf(cleanClassesOf(network, test, train), test.labels),
        ...(used ? { usedStrobe: used.strobe } : {}),
        ...costs(network, params, placed, used?.energy ?? null),
      },
    };
  },
  trial: ({ network, reads }, params, key) => {
    const { train, test } = testImages(params);
    const placed = placeLayers(layerRecords(network), params);
    const found = onChip(network, params, placed, reads, key);
    if (!found) return { failed: "reads of the chip failed numerically" };
    const clean = accuracyOf(cleanClassesOf(network, test, train), test.labels);
    return { numbers: { accuracy: found.accuracy, loss: clean - found.accuracy, ...found.rates } };
  },
  figures: drawChips,
  conclude: concludeChips,
  notes: (params, points) =>
    notesOfChips(params, points, (point) =>
      point.network === "" ? null : placeLayers(networkRecord(point.network).layers, point),
    ),
});
