import { capacitor } from "../elements/capacitor.ts";
import { resistor } from "../elements/resistor.ts";
import type { Element, Node } from "../netlist/netlist.ts";
import { type Drawn, placeTransistor } from "../netlist/placed-elements.ts";

/**
 * Where a cell sits in a column of 2T2R cells, and what the column's lines are made of. The two bit lines and the source line
 * run side by side from the amplifier past every row; only the selected row's word line is high.
 */
export interface ColumnPosition {
  readonly rows: number;
  /** 0: next to the amplifier. */
  readonly row: number;
  /** Of each line, from row to row [ohm]. */
  readonly lineResistance: number;
  /** Wiring of each line, from row to row [F]. */
  readonly lineCapacitance: number;
  /** Ladder sections from the amplifier to the cell, and as many beyond it. */
  readonly sections: number;
}

/** What of an amplifier's design a column depends on: its transistors, and the wiring of a cell [F]. */
type ColumnDesign = Drawn & { readonly capacitances: { readonly cell: number } };

/** What one row of unselected cells adds to a bit line and to the source line [F], transistors and wiring. */
interface RowLoad {
  readonly bitLine: number;
  readonly sourceLine: number;
}

/**
 * Capacitance of a row: the wiring; on a bit line the node between device and access transistor, as if the device were of low
 * resistance (an upper bound for the others); on the source line both cells' sources.
 */
export const rowLoad = (design: ColumnDesign, column: ColumnPosition): RowLoad => {
  const access = design.technology.capacitances.access;
  const width = design.widths.access;
  return {
    bitLine: column.lineCapacitance + design.capacitances.cell + (access.gateDrain + access.drainBulk) * width,
    sourceLine: column.lineCapacitance + 2 * (access.gateSource + access.sourceBulk) * width,
  };
};

/** @throws RangeError for a column that cannot be. */
export const checkColumn = ({ rows, row, lineResistance, lineCapacitance, sections }: ColumnPosition): void => {
  const whole = [rows, row, sections].every(Number.isInteger);
  if (!whole || rows < 1 || row < 0 || row >= rows || sections < 1)
    throw new RangeError(
      `sense column: row ${row} of ${rows} in ${sections} sections; expected whole numbers, rows counted from 0, and at least one section.`,
    );
  if (!(lineResistance > 0 && lineCapacitance >= 0))
    throw new RangeError(
      `sense column: ${lineResistance} ohm and ${lineCapacitance} F a row; expected more than 0 ohm, and 0 F or more.`,
    );
};

/** A ladder of pi sections between two nodes, of `resistance` and `capacitance` in all. */
const ladder = (
  name: string,
  from: Node,
  to: Node,
  resistance: number,
  capacitance: number,
  sections: number,
): Element[] =>
  Array.from({ length: sections }, (_, s): Element[] => {
    const node = (k: number): Node => (k === 0 ? from : k === sections ? to : `${name.toLowerCase()}${k}`);
    const [a, b] = [node(s), node(s + 1)];
    const half = capacitance / (2 * sections);
    return [
      resistor(`R${name}${s}`, a, b, resistance / sections),
      capacitor(`C${name}${s}a`, a, "0", half),
      capacitor(`C${name}${s}b`, b, "0", half),
    ];
  }).flat();

/** Nodes of the selected cell, at its place on the lines. */
export const CELL_NODES = { bl: "blcell", blb: "blbcell", sl: "slcell" } as const;

/**
 * The lines of a column between the amplifier's nodes bl, blb, sl and the selected cell, what hangs on beyond it, and the
 * leakage of all unselected cells, lumped at the selected one (their devices' resistance is small beside an off transistor's).
 */
export const columnLines = (design: ColumnDesign, column: ColumnPosition): Element[] => {
  checkColumn(column);
  const { rows, row, lineResistance, sections } = column;
  const load = rowLoad(design, column);
  // The selected cell's own transistors are in the netlist.
  const line = (name: string, from: Node, cell: Node, perRow: number): Element[] => {
    const cells = perRow - column.lineCapacitance;
    const near = (row + 1) * column.lineCapacitance + row * cells;
    const beyond = rows - 1 - row;
    return [
      ...ladder(name, from, cell, (row + 1) * lineResistance, near, sections),
      ...(beyond > 0 ? ladder(`${name}T`, cell, `${cell}end`, beyond * lineResistance, beyond * perRow, sections) : []),
    ];
  };
  const off = (name: string, bitLine: Node): Element => {
    const one = placeTransistor(design, name, "access", [bitLine, "0", CELL_NODES.sl, "0"]);
    return { ...one, width: (rows - 1) * one.width };
  };
  return [
    ...line("BLL", "bl", CELL_NODES.bl, load.bitLine),
    ...line("BLR", "blb", CELL_NODES.blb, load.bitLine),
    ...line("SLL", "sl", CELL_NODES.sl, load.sourceLine),
    ...(rows > 1 ? [off("MOL", CELL_NODES.bl), off("MOR", CELL_NODES.blb)] : []),
  ];
};
