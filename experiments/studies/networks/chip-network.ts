import {
  type ChipWeights,
  type Columns,
  compileSenseAmplifier,
  type ReadCounts,
  readWeights,
  sumCounts,
  weightsAtRate,
} from "#circuits/index";
import type { WeightMatrix } from "#src/networks/index";
import { fold, type Key } from "#src/random/index";
import { MONTE_CARLO_TOLERANCE } from "../sensing/sense-errors.ts";
import { designOf, deviceOf, type SenseValues } from "../sensing/sense-parameters.ts";

/** How weights share sense amplifiers, as studies let the user choose it. */
export const COLUMNS = {
  "column per output": "output",
  "column per input": "input",
} as const satisfies Readonly<Record<string, Columns>>;

/** A network's weights as one chip reads them at one strobe. */
interface ChipNetwork {
  readonly ternary: readonly WeightMatrix[];
  readonly binary: readonly WeightMatrix[];
  readonly counts: ReadCounts;
}

const arrayOf = (params: SenseValues) => ({
  amplifier: compileSenseAmplifier(designOf(params)),
  rram: deviceOf(params),
  mismatch: params.mismatch,
});

/** All layers with errors of one type at the rate asked for, as a chip's amplifiers make them; null where a read failed. */
export const networkAtRate = (
  params: SenseValues,
  weights: readonly WeightMatrix[],
  columns: keyof typeof COLUMNS,
  error: "type1" | "type2" | "type3",
  rate: number,
  chip: Key,
): readonly WeightMatrix[] | null => {
  const design = arrayOf(params);
  const layers = weights.map((layer, l) =>
    weightsAtRate(design, layer, COLUMNS[columns], error, rate, MONTE_CARLO_TOLERANCE, fold(fold(chip, "layer"), l)),
  );
  return layers.every((layer): layer is WeightMatrix => layer !== null) ? layers : null;
};

/**
 * Reads all layers of a network from one chip, an array a layer, by transients.
 * @returns What each strobe sees, or the number of reads that failed numerically.
 */
export const readNetwork = (
  params: SenseValues,
  weights: readonly WeightMatrix[],
  columns: keyof typeof COLUMNS,
  strobes: readonly number[],
  chip: Key,
): readonly ChipNetwork[] | { readonly failed: number } => {
  const design = arrayOf(params);
  const layers = weights.map(
    (layer, l): ChipWeights =>
      readWeights(design, layer, COLUMNS[columns], strobes, MONTE_CARLO_TOLERANCE, fold(fold(chip, "layer"), l)),
  );
  const failed = layers.reduce((sum, layer) => sum + layer.failed, 0);
  if (failed > 0) return { failed };
  return strobes.map((_, s) => ({
    ternary: layers.map((layer) => layer.ternary[s]),
    binary: layers.map((layer) => layer.binary[s]),
    counts: sumCounts(layers.map((layer) => layer.counts[s])),
  }));
};
