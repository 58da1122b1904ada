import type { Key } from "#src/random/index";
import { named, ownOf } from "#src/words/named";
import type { WeightMatrix } from "./bit-planes.ts";
import { frozenErrors, type WeightErrors } from "./weight-errors.ts";

/**
 * What each cell of a layer is read as (-1, 0, 1) for each value that may be stored in it: a chip whose cells and amplifiers stay as they
 * are while its weights change. Places are those of the layer's weights, outputs x inputs.
 */
export interface CellTable {
  readonly minus: Int8Array;
  /** Null of binary weights, which store no zero. */
  readonly zero: Int8Array | null;
  readonly plus: Int8Array;
}

/** A layer as far as a chip knows it. */
export interface CellLayer {
  readonly inputs: number;
  readonly outputs: number;
  readonly weights: "binary" | "ternary";
}

/** The table of a chip, from what it reads of layers that store one value everywhere. */
export const cellTable = (
  { inputs, outputs, weights }: CellLayer,
  read: (stored: WeightMatrix) => Int8Array,
): CellTable => {
  const of = (value: number): Int8Array =>
    read({ inputs, outputs, values: new Int8Array(inputs * outputs).fill(value) });
  return { minus: of(-1), zero: weights === "ternary" ? of(0) : null, plus: of(1) };
};

/** Cells that err independently, drawn once for a chip: what `frozenErrors` gives with the same key for any weights. */
export const frozenCells = (layer: CellLayer, errors: WeightErrors, chip: Key): CellTable =>
  cellTable(layer, (stored) => frozenErrors(stored, errors, chip).values);

/** What a cell is read as. */
export const readCell = ({ minus, zero, plus }: CellTable, place: number, stored: number): number => {
  if (stored === 0) return zero ? zero[place] : 0;
  return stored > 0 ? plus[place] : minus[place];
};

/** Weights as a chip reads them; the first of them is at cell `from` of the table. @throws RangeError for a chip of too few cells. */
export const readCells = (table: CellTable, weights: WeightMatrix, from = 0): WeightMatrix => {
  const { values } = weights;
  if (table.plus.length < from + values.length)
    throw new RangeError(`chip: ${table.plus.length} cells for ${from + values.length} weights; expected as many.`);
  return { ...weights, values: values.map((stored, place) => readCell(table, from + place, stored)) };
};

/** Tables of arrays as those of layers, whose weights are those of their groups, an array each, one after the other. */
export const cellsByLayer = (
  layers: readonly string[],
  tables: readonly CellTable[],
): Readonly<Record<string, CellTable>> => {
  const joined = (parts: readonly Int8Array[]): Int8Array => {
    const whole = new Int8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  };
  return named(
    [...new Set(layers)].map((layer) => {
      const own = tables.filter((_, l) => layers[l] === layer);
      const zeros = own.flatMap(({ zero }) => (zero ? [zero] : []));
      const table: CellTable = {
        minus: joined(own.map(({ minus }) => minus)),
        zero: zeros.length === 0 ? null : joined(zeros),
        plus: joined(own.map(({ plus }) => plus)),
      };
      return [layer, table] as const;
    }),
  );
};

/** Weights of arrays, of these layers, as a chip reads them; layers that it does not know are read as they are. */
export const readLayers = (
  cells: Readonly<Record<string, CellTable>>,
  layers: readonly string[],
  weights: readonly WeightMatrix[],
): readonly WeightMatrix[] => {
  const from = new Map<string, number>();
  return weights.map((array, l) => {
    const at = from.get(layers[l]) ?? 0;
    from.set(layers[l], at + array.values.length);
    const table = ownOf(cells, layers[l]);
    return table ? readCells(table, array, at) : array;
  });
};
