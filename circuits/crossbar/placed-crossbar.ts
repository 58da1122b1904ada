import { createLineGrid, type LineFamily, type LineGrid, lineGridBytes } from "#src/kernels/line-grid";
import {
  type ArrayLines,
  type CrossbarDesign,
  type CrossbarInput,
  checkCrossbarDesign,
  type LineVoltages,
} from "./crossbar-design.ts";
import { type FactoredLines, factorLines } from "./line-solve.ts";

/** What a solver keeps beside what currents alone need. */
export interface KeptByGrid {
  /** Node voltages, for warm starts too: one more number a cell. */
  readonly nodes: boolean;
  /** A source of its own for every cell, for shorts and cells that bend: two more, with `nodes`. */
  readonly cells: boolean;
}

/** A crossbar laid on a line grid, whose row 0 and column 0 are at the terminals. */
export interface PlacedCrossbar {
  readonly design: CrossbarDesign;
  readonly grid: LineGrid;
  /** Place of cell k = row * columns + column in the grid's planes. */
  readonly cell: (k: number) => number;
  /** Writes cell values, rows x columns, into a plane of the grid. */
  setCells(plane: Float64Array, values: Float64Array): void;
  /** A plane's cell values, rows x columns. */
  cells(plane: Float64Array): Float64Array;
  /** Values of the grid's columns in the order of the bit lines. */
  byBitLine<T extends Float64Array | Uint8Array>(values: T): T;
  drive(input: CrossbarInput): void;
  /** Voltages the lines are driven at, in the order of word and bit lines [V]. */
  driven(): { readonly wordLines: Float64Array; readonly bitLines: Float64Array };
  /** Lines factored for the conductances held and the lines that float; `moved` says the conductances changed. */
  lines(input: CrossbarInput, moved: boolean): FactoredLines;
}

/** The most a WebAssembly memory holds [bytes]. */
const MOST_BYTES = 65536 * 65535;

/** Memory a solver takes [bytes]. */
export const crossbarBytes = ({ rows, columns }: CrossbarDesign, kept: KeptByGrid): number =>
  lineGridBytes(rows, columns, { drops: kept.nodes || kept.cells, sources: kept.cells });

const familyOf = (lines: ArrayLines<string>, floating: (line: number) => boolean, count: number): LineFamily => {
  const segment = lines.segmentResistance;
  const terminal = segment + lines.terminalResistance;
  // An ideal line at an ideal terminal has that one voltage everywhere: a second terminal adds nothing.
  const second = lines.ends === "both" && terminal > 0 ? terminal : Number.POSITIVE_INFINITY;
  const at = (ohm: number): Float64Array =>
    Float64Array.from({ length: count }, (_, k) => (floating(k) ? Number.POSITIVE_INFINITY : ohm));
  return { segment, near: at(terminal), far: at(second) };
};

/** @throws RangeError where the design cannot be built, or needs more memory than WebAssembly can address. */
export const placeCrossbar = (design: CrossbarDesign, kept: KeptByGrid): PlacedCrossbar => {
  checkCrossbarDesign(design);
  const { rows, columns } = design;
  const bytes = crossbarBytes(design, kept);
  if (bytes > MOST_BYTES)
    throw new RangeError(
      `crossbar: ${rows} x ${columns} cells need ${(bytes / 2 ** 30).toFixed(1)} GiB; at most 4 GiB can be addressed. Split the array into tiles.`,
    );
  const grid = createLineGrid(rows, columns, { drops: kept.nodes || kept.cells, sources: kept.cells });
  const row = design.bitLines.ends === "top" ? (i: number) => i : (i: number) => rows - 1 - i;
  const mirrored = design.wordLines.ends === "right";
  const column = mirrored ? (j: number) => columns - 1 - j : (j: number) => j;
  let factored: { readonly lines: FactoredLines; readonly pattern: string } | null = null;
  return {
    design,
    grid,
    cell: (k) => row(Math.floor(k / columns)) * grid.stride + column(k % columns),
    setCells: (plane, values) => {
      for (let i = 0; i < rows; i++) {
        const to = row(i) * grid.stride;
        const from = values.subarray(i * columns, (i + 1) * columns);
        if (mirrored) for (let j = 0; j < columns; j++) plane[to + columns - 1 - j] = from[j];
        else plane.set(from, to);
      }
    },
    cells: (plane) => {
      const values = new Float64Array(rows * columns);
      for (let i = 0; i < rows; i++)
        for (let j = 0; j < columns; j++) values[i * columns + j] = plane[row(i) * grid.stride + column(j)];
      return values;
    },
    byBitLine: (values) => (mirrored ? values.slice().reverse() : values) as typeof values,
    drive: ({ wordLines, bitLines }) => {
      const voltage = ({ voltages, floating }: LineVoltages, k: number): number => (floating?.[k] ? 0 : voltages[k]);
      for (let i = 0; i < rows; i++) grid.rowVoltages[row(i)] = voltage(wordLines, i);
      for (let j = 0; j < columns; j++) grid.columnVoltages[column(j)] = voltage(bitLines, j);
    },
    driven: () => ({
      wordLines: Float64Array.from({ length: rows }, (_, i) => grid.rowVoltages[row(i)]),
      bitLines: Float64Array.from({ length: columns }, (_, j) => grid.columnVoltages[column(j)]),
    }),
    lines: ({ wordLines, bitLines }, moved) => {
      const pattern = `${wordLines.floating ?? ""}/${bitLines.floating ?? ""}`;
      if (moved || factored?.pattern !== pattern)
        factored = {
          pattern,
          lines: factorLines(
            grid,
            familyOf(design.wordLines, (line) => Boolean(wordLines.floating?.[row(line)]), rows),
            familyOf(design.bitLines, (line) => Boolean(bitLines.floating?.[column(line)]), columns),
          ),
        };
      return factored.lines;
    },
  };
};
