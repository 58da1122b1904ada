import { binaryErrors, ternaryErrors } from "#circuits/index";
import {
  type CellTable,
  cellsByLayer,
  cellTable,
  frozenCells,
  isWeighted,
  type Network,
  NO_ERRORS,
  type WeightErrors,
  type WeightMatrix,
} from "#src/networks/index";
import { fold, type Key } from "#src/random/index";
import { readNetwork } from "../networks/chip-network.ts";
import type { LayerErrors } from "../networks/evaluator.ts";
import type { Reads } from "../networks/network-reads.ts";
import type { Params } from "./error-aware-parameters.ts";

type Kind = "binary" | "ternary";

/** What reads of both kinds of weights do, and when they end. */
export interface ReadRates {
  readonly ternary: WeightErrors;
  readonly binary: WeightErrors;
  /** Strobe of each kind's reads [s]; NaN where rates are given. */
  readonly strobes: { readonly [kind in Kind]: number };
}

/** The rates that are asked for, or those of reads by amplifiers. */
export const ratesOf = (params: Params, reads: Reads | null): ReadRates => {
  if (!reads) {
    const asked = { ...NO_ERRORS, [params.error]: params.rate };
    return {
      ternary: asked,
      binary: { ...NO_ERRORS, type1: asked.type1 },
      strobes: { binary: Number.NaN, ternary: Number.NaN },
    };
  }
  const given = { strobe: params.strobe, counts: reads.common };
  const [ternary, binary] = params.strobes === "given" ? [given, given] : [reads.ternaryBest, reads.binaryBest];
  return {
    ternary: ternaryErrors(ternary.counts),
    binary: binaryErrors(binary.counts),
    strobes: { binary: binary.strobe, ternary: ternary.strobe },
  };
};

/** Kind of the weights of each layer of a network that is in cells. */
export const kindsOf = (network: Pick<Network, "layers">, layers: readonly string[]): readonly Kind[] =>
  layers.map((name) => {
    const layer = network.layers.filter(isWeighted).find((found) => found.name === name);
    return layer?.weights.kind === "binary" ? "binary" : "ternary";
  });

/** Arrays of a network as an evaluator has them: one a layer, or one a group of a convolution. */
interface Held {
  readonly layers: readonly string[];
  readonly weights: readonly WeightMatrix[];
}

/** What cells are read as that err independently, at each layer's rates. */
export const drawnCells = (
  { layers, weights }: Held,
  kinds: readonly Kind[],
  errors: LayerErrors,
  chip: Key,
): Readonly<Record<string, CellTable>> =>
  cellsByLayer(
    layers,
    weights.map(({ inputs, outputs }, l) =>
      frozenCells({ inputs, outputs, weights: kinds[l] }, errors(layers[l]), fold(fold(chip, "layer"), l)),
    ),
  );

/**
 * What every cell of one chip, layer by layer, is read as for each value that it may store: independent errors, or transients of the columns' amplifiers.
 * Cells, amplifiers and the draws of programming stay the chip's own while weights change.
 *
 * @returns Null where reads failed numerically.
 */
export const chipCells = (
  params: Params,
  network: Pick<Network, "layers">,
  { layers, weights }: Held,
  rates: ReadRates,
  chip: Key,
): Readonly<Record<string, CellTable>> | null => {
  const kinds = kindsOf(network, layers);
  if (params.mode !== "whole chips")
    return drawnCells({ layers, weights }, kinds, (name) => rates[kinds[layers.indexOf(name)]], chip);
  const strobe = rates.strobes[kinds.includes("ternary") ? "ternary" : "binary"];
  const readAll = (value: number): readonly WeightMatrix[] | null => {
    const stored = weights.map((layer) => ({ ...layer, values: new Int8Array(layer.values.length).fill(value) }));
    const read = readNetwork(params, stored, params.columns, [strobe], fold(chip, "chip"));
    return "failed" in read ? null : kinds.map((kind, l) => read[0][kind][l]);
  };
  const known = new Map([-1, 0, 1].map((value) => [value, readAll(value)] as const));
  if ([...known.values()].includes(null)) return null;
  return cellsByLayer(
    layers,
    weights.map(({ inputs, outputs }, l) =>
      cellTable({ inputs, outputs, weights: kinds[l] }, ({ values }) => known.get(values[0])?.[l].values ?? values),
    ),
  );
};
