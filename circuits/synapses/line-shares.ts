import type { CrossbarDesign } from "../crossbar/crossbar-design.ts";
import { transferMatrix } from "../crossbar/transfer-matrix.ts";

/** Tiles of pairs in neighbouring columns, rows driven at one end, columns collected at the other. */
interface PairLines {
  readonly rows: number;
  readonly columns: number;
  /** From cell to cell, both kinds of line [ohm]. */
  readonly segmentResistance: number;
}

/** What of each device's current the lines leave, inputs x outputs, a side of the pairs each. */
export interface LineShares {
  readonly positive: Float64Array;
  readonly negative: Float64Array;
}

/**
 * What of each device's current the lines leave: transfer over conductance, both sides of the pairs, inputs x outputs. By reciprocity
 * the same whether rows or columns are driven.
 *
 * @param conductance Of device 2 k (positive) and 2 k + 1 (negative) of pair k [S].
 * @throws Error where the solve fails.
 */
export const lineShares = (
  lines: PairLines,
  inputs: number,
  outputs: number,
  conductance: (device: number) => number,
): LineShares => {
  const [positive, negative] = [new Float64Array(inputs * outputs), new Float64Array(inputs * outputs)];
  for (let i0 = 0; i0 < inputs; i0 += lines.rows)
    for (let o0 = 0; o0 < outputs; o0 += lines.columns) {
      const [rows, pairs] = [Math.min(lines.rows, inputs - i0), Math.min(lines.columns, outputs - o0)];
      const design: CrossbarDesign = {
        rows,
        columns: 2 * pairs,
        wordLines: { segmentResistance: lines.segmentResistance, ends: "left", terminalResistance: 0 },
        bitLines: { segmentResistance: lines.segmentResistance, ends: "bottom", terminalResistance: 0 },
      };
      const place = (c: number): number => {
        const [row, column] = [Math.floor(c / (2 * pairs)), c % (2 * pairs)];
        return 2 * ((i0 + row) * outputs + o0 + Math.floor(column / 2)) + (column % 2);
      };
      const devices = Float64Array.from({ length: rows * 2 * pairs }, (_, c) => conductance(place(c)));
      const transfer = transferMatrix(design, devices);
      if (!transfer.ok) throw new Error(`learning array: its lines: ${transfer.reason}.`);
      devices.forEach((g, c) => {
        const d = place(c);
        (d % 2 === 0 ? positive : negative)[d >> 1] = g > 0 ? transfer.conductances[c] / g : 1;
      });
    }
  return { positive, negative };
};
