import { checkAnalogDesign } from "#circuits/index";
import { defineExperiment, idleWhere } from "#src/montecarlo/index";
import { accuracyOf, layerRecords } from "#src/networks/index";
import { networkFor, networkRecord } from "../../files/network-files.ts";
import { OWN_MODULE } from "../../own-module.ts";
import { analogDesignOf } from "../arrays/analog-parameters.ts";
import { cleanClassesOf } from "../networks/evaluator.ts";
import {
  checkNetwork,
  idleOfFile,
  kindOf,
  parseWidths,
  testImages,
  trainedPart,
  trainingSeeds,
} from "../networks/network-parameters.ts";
import { type Reads, readsAt } from "../networks/network-reads.ts";
import { heatRemarks, idleRipple } from "../sensing/idle-parameters.ts";
import { checkSense } from "../sensing/sense-design.ts";
import { SENSE_NAMES } from "../sensing/sense-parameters.ts";
import { NUMBERS, OF_ANALOG, OF_RATES, OF_READS, PARAMETERS, type Params } from "./network-on-chips-parameters.ts";
import { answerChips, concludeChips, drawChips, notesOfChips } from "./network-on-chips-report.ts";
import { costs, onChip, usedReads, usesAmplifiers } from "./on-chip.ts";
import { placeLayers } from "./placement.ts";

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
    "copies",
    "copied",
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
  quick: { images: 500 },
  quickTrials: 4,
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
      [
        params.mode === "analog arrays",
        'of the mode "analog arrays", which holds any weights (mode)',
        "others",
        "copies",
      ],
      [params.mode === "analog arrays" || params.copies === 1, "with one cell a weight (copies)", "copied"],
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
  answer: answerChips,
  notes: (params, points) =>
    notesOfChips(params, points, (point) =>
      point.network === "" ? null : placeLayers(networkRecord(point.network).layers, point),
    ),
});
