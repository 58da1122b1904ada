import { type CrossbarDesign, type CrossbarInput, checkCell, checkCrossbarDesign } from "./crossbar-design.ts";

/**
 * Where the lines are that a cell under access does not use, with its word line at V and its bit line at 0 V:
 *
 *     V/2        all others at V/2: half-selected cells see V/2, the rest nothing
 *     V/3        other word lines at V/3, other bit lines at 2V/3: every unselected cell sees V/3, some with its sign changed
 *     floating   connected to nothing: sneak paths of three cells in series share V
 *     grounded   at 0 V: cells of the selected word line see V, the rest nothing
 */
export type BiasScheme = "V/2" | "V/3" | "floating" | "grounded";

export const BIAS_SCHEMES: readonly BiasScheme[] = ["V/2", "V/3", "floating", "grounded"];

export interface SelectedCell {
  readonly row: number;
  readonly column: number;
  /** Of its word line; its bit line is at 0 V [V]. Negative: the other direction. */
  readonly voltage: number;
  readonly scheme: BiasScheme;
}

const OTHERS: Readonly<Record<BiasScheme, readonly [wordLines: number, bitLines: number]>> = {
  "V/2": [1 / 2, 1 / 2],
  "V/3": [1 / 3, 2 / 3],
  floating: [0, 0],
  grounded: [0, 0],
};

/** The lines' voltages that select one cell. @throws RangeError for a cell outside the array or an unknown scheme. */
export const selectCell = (design: CrossbarDesign, { row, column, voltage, scheme }: SelectedCell): CrossbarInput => {
  checkCrossbarDesign(design);
  const { rows, columns } = design;
  checkCell(design, { row, column }, "crossbar");
  if (!BIAS_SCHEMES.includes(scheme))
    throw new RangeError(`crossbar: bias scheme "${scheme}"; expected ${BIAS_SCHEMES.join(", ")}.`);
  const floats = scheme === "floating" ? 1 : 0;
  const [word, bit] = OTHERS[scheme];
  const lines = (count: number, selected: number, at: number, other: number) => {
    const voltages = new Float64Array(count).fill(other);
    const floating = new Uint8Array(count).fill(floats);
    voltages[selected] = at;
    floating[selected] = 0;
    return { voltages, floating };
  };
  return {
    wordLines: lines(rows, row, voltage, word * voltage),
    bitLines: lines(columns, column, 0, bit * voltage),
  };
};
