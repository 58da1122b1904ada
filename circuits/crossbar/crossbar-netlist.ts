import { cell, cellModel } from "../elements/cell.ts";
import { resistor } from "../elements/resistor.ts";
import { voltageSource } from "../elements/sources.ts";
import { transistor, transistorModel } from "../elements/transistor/transistor.ts";
import { dc } from "../elements/waveform.ts";
import type { Element, Netlist, Node } from "../netlist/netlist.ts";
import type { CellConduction } from "./cell-conduction.ts";
import type { ArrayLines, CrossbarDesign, CrossbarInput } from "./crossbar-design.ts";

/** Node names of a crossing: `w row column` on the word line, `b row column` on the bit line. */
const wordNode = (i: number, j: number): Node => `w${i}_${j}`;
const bitNode = (i: number, j: number): Node => `b${i}_${j}`;

const modelsOf = (conduction: CellConduction): Netlist["models"] => {
  switch (conduction.kind) {
    case "ohmic":
    case "sinh":
      return { cell: cellModel(conduction) };
    case "selector":
      throw new RangeError("crossbar netlist: a netlist has no two-terminal selector; use another kind of cell.");
    case "access transistor": {
      const { fieldVoltage, params } = conduction;
      const device = cellModel(fieldVoltage === null ? { kind: "ohmic" } : { kind: "sinh", fieldVoltage });
      return { cell: device, access: transistorModel(params) };
    }
  }
};

/**
 * The array as a netlist of resistors, cells and sources, for the transient engines and for SPICE: the same circuit that the
 * crossbar solver solves. Open devices are left out; ideal segments and terminals become 1 uohm, as a netlist has no zero.
 * @throws RangeError for selectors and for shorted devices.
 */
export const crossbarNetlist = (
  design: CrossbarDesign,
  conductances: Float64Array,
  input: CrossbarInput,
  conduction: CellConduction = { kind: "ohmic" },
  temperature = conduction.kind === "access transistor" ? conduction.temperature : 300.15,
): Netlist => {
  const { rows, columns } = design;
  const elements: Element[] = [];
  const wire = (name: string, a: Node, b: Node, ohm: number): void => {
    elements.push(resistor(name, a, b, Math.max(ohm, 1e-6)));
  };
  const source = (name: string, node: Node, value: number): void => {
    elements.push(voltageSource(name, node, "0", dc(value)));
  };
  const terminal = (name: string, lines: ArrayLines<string>, node: Node, at: Node): void => {
    wire(name, at, node, lines.segmentResistance + lines.terminalResistance);
  };
  for (let i = 0; i < rows; i++) {
    for (let j = 1; j < columns; j++)
      wire(`RW${i}_${j}`, wordNode(i, j - 1), wordNode(i, j), design.wordLines.segmentResistance);
    if (conduction.kind === "access transistor") source(`VG${i}`, `g${i}`, input.gates?.[i] ?? 0);
    if (input.wordLines.floating?.[i]) continue;
    source(`VW${i}`, `w${i}`, input.wordLines.voltages[i]);
    const { ends } = design.wordLines;
    if (ends !== "right") terminal(`RWL${i}`, design.wordLines, wordNode(i, 0), `w${i}`);
    if (ends !== "left") terminal(`RWR${i}`, design.wordLines, wordNode(i, columns - 1), `w${i}`);
  }
  for (let j = 0; j < columns; j++) {
    for (let i = 1; i < rows; i++)
      wire(`RB${i}_${j}`, bitNode(i - 1, j), bitNode(i, j), design.bitLines.segmentResistance);
    if (input.bitLines.floating?.[j]) continue;
    source(`VB${j}`, `b${j}`, input.bitLines.voltages[j]);
    const { ends } = design.bitLines;
    if (ends !== "bottom") terminal(`RBT${j}`, design.bitLines, bitNode(0, j), `b${j}`);
    if (ends !== "top") terminal(`RBB${j}`, design.bitLines, bitNode(rows - 1, j), `b${j}`);
  }
  for (let k = 0; k < conductances.length; k++) {
    const [i, j, g] = [Math.floor(k / columns), k % columns, conductances[k]];
    if (g === Number.POSITIVE_INFINITY)
      throw new RangeError(`crossbar netlist: row ${i}, column ${j} is shorted; a netlist has no zero resistance.`);
    if (g === 0) continue;
    const [word, bit, inner] = [wordNode(i, j), bitNode(i, j), `x${i}_${j}`];
    const placeCell = (a: Node, b: Node): void => {
      elements.push(cell(`C${i}_${j}`, "cell", a, b, 1 / g));
    };
    if (conduction.kind !== "access transistor") {
      placeCell(word, bit);
      continue;
    }
    const onBitLine = conduction.on === "bit line";
    if (onBitLine) placeCell(word, inner);
    else placeCell(inner, bit);
    const [drain, source] = onBitLine ? [inner, bit] : [word, inner];
    elements.push(transistor(`M${i}_${j}`, "access", [drain, `g${i}`, source, "0"], conduction.gate));
  }
  return {
    title: `crossbar of ${rows} x ${columns} cells`,
    temperature,
    models: modelsOf(conduction),
    elements,
    initial: null,
  };
};
