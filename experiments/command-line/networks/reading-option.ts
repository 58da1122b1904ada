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
import { showQuantity } from "../../units/show.ts";
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
  /** Strobe and rates of an amplifier's reads, in words; null where rates are given, or come with a file. */
  readonly told: string | null;
}

/** Whether `--errors` gives settings of an amplifier, not rates. */
export const isOfAmplifier = (text: string): boolean => {
  const own = text.split(",").map((part) => {
    const [name] = part.split("=");
    return [...OF_READS, ...OF_CHIPS].some((known) => known.toLowerCase() === name.trim().toLowerCase());
  });
  if (own.includes(true) && own.includes(false))
    throw new Misuse(
      `--errors ${text}: rates and settings of an amplifier do not mix; give type1=P,type2=P,type3=P, or settings alone (${[...OF_READS].slice(0, 4).join(", ")}, ...).`,
    );
  return own.every(Boolean);
};

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
  if (chip === "") throw new Misuse('--chip "": expected a name, or FILE.safetensors.');
  if (held.length === 0)
    throw new Misuse(
      `${text === undefined ? "--chip" : "--errors"}: read errors are of binary and ternary weights; the network has none.`,
    );
  if (chip !== undefined && /\.safetensors$/i.test(chip)) {
    if (text !== undefined)
      throw new Misuse(
        `--errors ${text}: the chip of --chip ${chip} has its own; leave --errors out, or name a chip to be drawn.`,
      );
    const cells = readChipFile(
      chip,
      held.map(({ layer, from }) => {
        const { groups, outputs, inputs } = geometryOf(layer, from);
        const states = layer.weights.kind === "ternary" ? 3 : 2;
        return { layer: layer.name, outputs: groups * outputs, inputs, states };
      }),
    );
    orMisuse(() => checkReading(network, { kind: "chip", cells }));
    return { errors: null, cells, told: null };
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
      told: ratesText(rates, params.samples, [...new Set(kinds.values())]),
    };
  }
  const asked = (await parseErrors(text))([...kinds.keys()]);
  if ([...kinds.values()].every((kind) => kind === "binary"))
    for (const layer of kinds.keys())
      if (asked(layer).type2 + asked(layer).type3 > 0)
        throw new Misuse("--errors: binary weights have no zero; only type1 (a flip) befalls them.");
  const errors = ratesByKind(kinds, (layer) => asKinds(asked(layer)));
  if (chip === undefined) return { errors, cells: null, told: null };
  const key = fold(rootKey(chip), "chip");
  return { told: null, errors, cells: drawnCells(shape, kindsOf(network, shape.layers), errors, key) };
};

/** What an amplifier's reads do, in a line: at which strobe, how often wrong. */
const ratesText = (rates: ReadRates, samples: number, kinds: readonly string[]): string => {
  const percent = (x: number): string => (x === 0 ? "none seen" : `${Number((100 * x).toPrecision(2))} %`);
  const told = kinds.map((kind) => {
    if (kind === "binary")
      return `binary: strobe ${showQuantity(Number(rates.strobes.binary.toPrecision(3)), "s")}, flip ${percent(rates.binary.type1)}`;
    const { type1, type2, type3 } = rates.ternary;
    return `ternary: strobe ${showQuantity(Number(rates.strobes.ternary.toPrecision(3)), "s")}, type1 ${percent(type1)}, type2 ${percent(type2)}, type3 ${percent(type3)}`;
  });
  const lost = kinds.includes("binary") ? rates.binary.type1 > LOST : rates.ternary.type2 > LOST;
  return `reads (${samples} of each state) ${told.join("; ")}${lost ? ". Most are undecided at this strobe: strobes=best takes the best one" : ""}`;
};

/** Wrong reads from which on an amplifier decides next to nothing. */
const LOST = 0.25;

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
