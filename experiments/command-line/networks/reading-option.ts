import type { DataSet } from "#src/datasets/labelled-images";
import { checkReading, type NetworkDesign, type WeightReading } from "#src/learning/index";
import { defaultsOf } from "#src/montecarlo/parameter";
import {
  type CellTable,
  type Network,
  placeNetwork,
  readLayers,
  type WeightErrors,
  type WeightedLayer,
  weightedLayers,
} from "#src/networks/index";
import { geometryOf } from "#src/networks/network";
import { fold, rootKey } from "#src/random/index";
import { named } from "#src/words/named";
import { readChipFile } from "../../files/chip-files.ts";
import { Misuse, orMisuse } from "../../misuse.ts";
import { chipCells, drawnCells, kindsOf, type ReadRates, ratesOf } from "../../studies/adaptation/chip-cells.ts";
import { OF_CHIPS, OF_READS, PARAMETERS, type Params } from "../../studies/adaptation/error-aware-parameters.ts";
import { errorAwareTraining, readsFor } from "../../studies/adaptation/error-aware-training.ts";
import { evaluatorFor, type LayerErrors } from "../../studies/networks/evaluator.ts";
import { parseSettings } from "../arguments.ts";
import { parseErrors } from "./weight-errors-option.ts";

export const ERRORS_SAY =
  'rates, type1=P,type2=P,type3=P (conv1:type1=P of one layer alone), or a sense amplifier\'s own: "supply=0.8 V,strobe=3 ns,corner=ss"';
export const CHIP_SAYS =
  "errors of one chip: a name draws it, with --errors (of amplifiers: every cell by a transient); FILE.safetensors holds what cells are read as";

/** Whether 2T2R cells hold a layer's weights. */
const isHeld = ({ weights }: WeightedLayer): boolean => weights.kind === "binary" || weights.kind === "ternary";

/** How weights are read, as flags ask for it. */
export interface AskedReading {
  /** Rates by layer; null where they come with a chip's file. */
  readonly errors: LayerErrors | null;
  /** Cells of the one chip that is asked for, by layer; null where none is. */
  readonly cells: Readonly<Record<string, CellTable>> | null;
}

/** Whether `--errors` gives settings of an amplifier, not rates. */
export const isOfAmplifier = (text: string): boolean =>
  text.split(",").every((part) => {
    const [name] = part.split("=");
    return [...OF_READS, ...OF_CHIPS].some((known) => known.toLowerCase() === name.trim().toLowerCase());
  });

/** Settings of an amplifier that `--errors` gives, checked as the study `error-aware-training` checks them. */
const readParams = async (text: string, isOneChip: boolean): Promise<Params> => {
  const given = await parseSettings(errorAwareTraining, text.split(","));
  const params = {
    ...defaultsOf(PARAMETERS),
    ...given,
    mode: isOneChip ? "whole chips" : "sense amplifiers",
  } as Params;
  orMisuse(() => errorAwareTraining.check?.(params));
  return params;
};

/** Rates of layers of binary weights, which have no zero, and of ternary ones. */
const ratesByKind =
  (kinds: ReadonlyMap<string, string>, of: (layer: string) => Pick<ReadRates, "binary" | "ternary">): LayerErrors =>
  (layer) =>
    of(layer)[kinds.get(layer) === "binary" ? "binary" : "ternary"];

const asKinds = (errors: WeightErrors): Pick<ReadRates, "binary" | "ternary"> => ({
  ternary: errors,
  binary: { type1: errors.type1, type2: 0, type3: 0 },
});

/**
 * How `--errors` and `--chip` ask weights of this network to be read; null where neither is given.
 * @throws Misuse for rates that are none, settings that an amplifier does not have, and a chip of other layers.
 */
export const askedReading = async (
  { errors: text, chip, seed }: { readonly errors?: string; readonly chip?: string; readonly seed: string },
  network: NetworkDesign,
): Promise<AskedReading | null> => {
  const held = weightedLayers(placeNetwork(network)).filter(({ layer }) => isHeld(layer));
  const kinds = new Map(held.map(({ layer }) => [layer.name, layer.weights.kind]));
  if (text === undefined && chip === undefined) return null;
  if (held.length === 0)
    throw new Misuse(
      `${text === undefined ? "--chip" : "--errors"}: read errors are of binary and ternary weights; the network has none.`,
    );
  if (chip !== undefined && /\.safetensors$/i.test(chip)) {
    if (text !== undefined)
      throw new Misuse(
        `--errors ${text}: the chip of --chip ${chip} has its own; leave --errors out, or name a chip to be drawn.`,
      );
    const cells = readChipFile(chip);
    orMisuse(() => checkReading(network, { kind: "chip", cells }));
    return { errors: null, cells };
  }
  if (text === undefined)
    throw new Misuse(`--chip ${chip}: say how its cells err with --errors, or give a chip's file, FILE.safetensors.`);
  const arrays = held.flatMap((at) => {
    const { groups, inputs, outputs } = geometryOf(at.layer, at.from);
    return Array.from({ length: groups }, () => ({
      layer: at.layer.name,
      weights: { inputs, outputs, values: new Int8Array(inputs * outputs) },
    }));
  });
  const shape = { layers: arrays.map(({ layer }) => layer), weights: arrays.map(({ weights }) => weights) };
  const onChip = (params: Params, rates: ReadRates): Readonly<Record<string, CellTable>> => {
    const cells = chipCells(params, network, shape, rates, fold(rootKey(chip ?? ""), "chip"));
    if (!cells) throw new Misuse(`--errors ${text}: reads of the chip failed numerically.`);
    return cells;
  };
  if (isOfAmplifier(text)) {
    const params = await readParams(text, chip !== undefined);
    const rates = ratesOf(params, readsFor(params, fold(rootKey(seed), "reads")));
    return {
      errors: ratesByKind(kinds, () => rates),
      cells: chip === undefined ? null : onChip(params, rates),
    };
  }
  const asked = (await parseErrors(text))([...kinds.keys()]);
  if ([...kinds.values()].every((kind) => kind === "binary"))
    for (const layer of kinds.keys())
      if (asked(layer).type2 + asked(layer).type3 > 0)
        throw new Misuse("--errors: binary weights have no zero; only type1 (a flip) befalls them.");
  const errors = ratesByKind(kinds, (layer) => asKinds(asked(layer)));
  if (chip === undefined) return { errors, cells: null };
  const key = fold(rootKey(chip), "chip");
  return { errors, cells: drawnCells(shape, kindsOf(network, shape.layers), errors, key) };
};

/** The same as a training takes it: the chip's cells, or errors drawn anew at each step. */
export const readingOf = (asked: AskedReading | null, network: NetworkDesign): WeightReading | null => {
  if (!asked) return null;
  const { errors, cells } = asked;
  if (cells) return { kind: "chip", cells };
  const held = weightedLayers(placeNetwork(network)).filter(({ layer }) => isHeld(layer));
  return {
    kind: "redrawn",
    errors: named(errors ? held.map(({ layer }) => [layer.name, errors(layer.name)] as const) : []),
  };
};

/** Accuracy of a network on test images as one chip reads it. */
export const accuracyOnChip = (
  network: Network,
  { train, test }: DataSet,
  cells: Readonly<Record<string, CellTable>>,
): number => {
  const evaluator = evaluatorFor(network, test, train, "digital");
  return evaluator.accuracyWith(readLayers(cells, evaluator.layers, evaluator.weights));
};
