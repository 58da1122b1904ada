import {
  type ChipWeights,
  type Columns,
  compileSenseAmplifier,
  type ReadCounts,
  readWeights,
  sumCounts,
  weightsAtRate,
} from "#circuits/index";
import { integer } from "#src/montecarlo/index";
import type { WeightMatrix } from "#src/networks/index";
import { fold, type Key } from "#src/random/index";
import { designOf, deviceOf } from "../sensing/sense-design.ts";
import { MONTE_CARLO_TOLERANCE } from "../sensing/sense-errors.ts";
import type { SenseValues } from "../sensing/sense-parameters.ts";

/** How weights share sense amplifiers, as studies let the user choose it. */
export const COLUMNS = {
  "column per output": "output",
  "column per input": "input",
} as const satisfies Readonly<Record<string, Columns>>;

/** Rows of cells that an array has, as studies let the user choose it. */
export const ARRAY_ROWS = integer(
  0,
  [0, 65536],
  "rows of cells of an array: a column that needs more is split over arrays, each with an amplifier of its own; 0: as many as it needs",
  "0: one array a layer, or a group of a convolution",
);

/** What studies of whole chips let the user set. */
type ChipValues = SenseValues & { readonly arrayRows: number };

/** Places of a layer's weights (outputs x inputs) in arrays of so many rows at most. */
const arraysOf = ({ inputs, outputs }: WeightMatrix, columns: Columns, most: number): number[][] => {
  const rows = columns === "output" ? inputs : outputs;
  const size = most === 0 ? rows : most;
  return Array.from({ length: Math.ceil(rows / size) }, (_, t) => {
    const places: number[] = [];
    for (let o = 0; o < outputs; o++)
      for (let i = 0; i < inputs; i++)
        if (Math.floor((columns === "output" ? i : o) / size) === t) places.push(o * inputs + i);
    return places;
  });
};

/** Calls `read` with the part of a layer that each of its arrays holds; `place` puts what it reads where the layer has it. */
const byArray = <R>(
  layer: WeightMatrix,
  columns: Columns,
  most: number,
  key: Key,
  read: (part: WeightMatrix, own: Key) => R,
): { readonly found: readonly R[]; readonly join: (of: (found: R) => WeightMatrix) => WeightMatrix } => {
  const parts = arraysOf(layer, columns, most);
  if (parts.length === 1) {
    const found = read(layer, key);
    return { found: [found], join: (of) => of(found) };
  }
  const found = parts.map((places, t) => {
    const values = Int8Array.from(places, (place) => layer.values[place]);
    const shape =
      columns === "output"
        ? { outputs: layer.outputs, inputs: places.length / layer.outputs }
        : { outputs: places.length / layer.inputs, inputs: layer.inputs };
    return read({ ...shape, values }, fold(fold(key, "array"), t));
  });
  const join = (of: (found: R) => WeightMatrix): WeightMatrix => {
    const values = new Int8Array(layer.values.length);
    parts.forEach((places, t) => {
      const read = of(found[t]).values;
      places.forEach((place, k) => {
        values[place] = read[k];
      });
    });
    return { ...layer, values };
  };
  return { found, join };
};

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
  params: ChipValues,
  weights: readonly WeightMatrix[],
  columns: keyof typeof COLUMNS,
  error: "type1" | "type2" | "type3",
  rate: number,
  chip: Key,
): readonly WeightMatrix[] | null => {
  const design = arrayOf(params);
  const at = COLUMNS[columns];
  const layers = weights.map((layer, l) => {
    const { found, join } = byArray(layer, at, params.arrayRows, fold(fold(chip, "layer"), l), (part, own) =>
      weightsAtRate(design, part, at, error, rate, MONTE_CARLO_TOLERANCE, own),
    );
    return found.includes(null) ? null : join((read) => read as WeightMatrix);
  });
  return layers.every((layer): layer is WeightMatrix => layer !== null) ? layers : null;
};

/**
 * Reads all layers of a network from one chip, an array or several a layer, by transients.
 * @returns What each strobe sees, or the number of reads that failed numerically.
 */
export const readNetwork = (
  params: ChipValues,
  weights: readonly WeightMatrix[],
  columns: keyof typeof COLUMNS,
  strobes: readonly number[],
  chip: Key,
): readonly ChipNetwork[] | { readonly failed: number } => {
  const design = arrayOf(params);
  const at = COLUMNS[columns];
  const layers = weights.map((layer, l): ChipWeights => {
    const { found, join } = byArray(layer, at, params.arrayRows, fold(fold(chip, "layer"), l), (part, own) =>
      readWeights(design, part, at, strobes, MONTE_CARLO_TOLERANCE, own),
    );
    return {
      ternary: strobes.map((_, s) => join((read) => read.ternary[s])),
      binary: strobes.map((_, s) => join((read) => read.binary[s])),
      counts: strobes.map((_, s) => sumCounts(found.map((read) => read.counts[s]))),
      failed: found.reduce((sum, read) => sum + read.failed, 0),
    };
  });
  const failed = layers.reduce((sum, layer) => sum + layer.failed, 0);
  if (failed > 0) return { failed };
  return strobes.map((_, s) => ({
    ternary: layers.map((layer) => layer.ternary[s]),
    binary: layers.map((layer) => layer.binary[s]),
    counts: sumCounts(layers.map((layer) => layer.counts[s])),
  }));
};
