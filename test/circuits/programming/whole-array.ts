import { expect } from "@jest/globals";
import { compileCircuit } from "#circuits/circuit";
import { selectCell } from "#circuits/crossbar/biasing";
import { filamentStart, lengthNode, placeFilament } from "#circuits/filament-equations";
import type { Element, ElementModel, Netlist } from "#circuits/netlist";
import { pulseArray } from "#circuits/programming/array-pulse";
import type { ArrayPulse } from "#circuits/programming/array-pulse-contract";
import type { CellAccess, FilamentArray, FilamentArrayDesign } from "#circuits/programming/filament-array";
import { sampleFilamentArray } from "#circuits/programming/filament-array";
import { transient } from "#circuits/transient";
import { sky130, sky130Reram, transistorParams } from "#devices/index";
import { bernoulli, fold, type Key, rootKey } from "#src/random/index";

const PULSE = { width: 1e-6, edge: 10e-9 };
const WEAK = 5e-9 - 1.7e-9;
const STRONG = 5e-9 - 0.15e-9;

/** Half of the cells at random in either state (gaps of 1.7 and 0.15 nm), the last of row 0 as the pulse needs it. */
export const patterned = (design: FilamentArrayDesign, voltage: number, key: Key): FilamentArray => {
  const array = sampleFilamentArray(design, { logCurrent: 0.2, barrier: 0.01 }, WEAK, fold(key, "devices"));
  const lengths = array.lengths.map((_, k) => (bernoulli(fold(key, "pattern"), 0.5, k) ? STRONG : WEAK));
  lengths[design.lines.columns - 1] = voltage > 0 ? WEAK : STRONG;
  return { ...array, lengths };
};

/** Voltages of all drivers, and which lines have none. */
const driven = ({ design: { lines, access } }: FilamentArray, { row, column, voltage }: ArrayPulse) => {
  if (access.kind === "cross-point") return selectCell(lines, { row, column, voltage, scheme: access.scheme });
  // The source line of the row is where SET ends and RESET begins; the other bit lines follow it.
  const [set, reset] = [Math.max(0, voltage), Math.max(0, -voltage)];
  return {
    wordLines: { voltages: Float64Array.from({ length: lines.rows }, (_, i) => (i === row ? reset : 0)) },
    bitLines: { voltages: Float64Array.from({ length: lines.columns }, (_, j) => (j === column ? set : reset)) },
  };
};

/** The whole array under a pulse as one netlist: every filament, every segment of line, every transistor. */
export const wholeArray = (array: FilamentArray, pulse: ArrayPulse): Netlist => {
  const { lines, access, ambient } = array.design;
  const { rows, columns } = lines;
  const { wordLines, bitLines } = driven(array, pulse);
  const floats = (line: { readonly floating?: Uint8Array }, k: number): boolean => Boolean(line.floating?.[k]);
  const elements: Element[] = [];
  const models: Record<string, ElementModel> = {};
  const initial: Record<string, number> = {};
  const { edge, width } = pulse;
  const source = (name: string, high: number): void => {
    const waveform =
      high === 0
        ? ({ kind: "dc", value: 0 } as const)
        : ({ kind: "pulse", low: 0, high, delay: edge, rise: edge, fall: edge, width, period: 1 } as const);
    elements.push({ name: `V${name}`, type: "voltage", nodes: [name, "0"], waveform });
  };
  const wire = (name: string, a: string, b: string, resistance: number): void => {
    elements.push({ name, type: "resistor", nodes: [a, b], resistance });
  };
  const terminal = ({ segmentResistance, terminalResistance }: typeof lines.wordLines | typeof lines.bitLines) =>
    segmentResistance + terminalResistance;
  for (let i = 0; i < rows; i++) {
    if (!floats(wordLines, i)) {
      source(`w${i}`, wordLines.voltages[i]);
      wire(`RD${i}`, `w${i}`, `w${i}_0`, terminal(lines.wordLines));
    }
    for (let j = 1; j < columns; j++)
      wire(`RW${i}_${j}`, `w${i}_${j - 1}`, `w${i}_${j}`, lines.wordLines.segmentResistance);
  }
  for (let j = 0; j < columns; j++) {
    if (!floats(bitLines, j)) {
      source(`b${j}`, bitLines.voltages[j]);
      wire(`RS${j}`, `b${j}`, `b${rows - 1}_${j}`, terminal(lines.bitLines));
    }
    for (let i = 1; i < rows; i++)
      wire(`RB${i}_${j}`, `b${i - 1}_${j}`, `b${i}_${j}`, lines.bitLines.segmentResistance);
  }
  if (access.kind === "1T1R") {
    models["access"] = { type: "mosfet", params: access.params };
    for (let i = 0; i < rows; i++) {
      const value = i === pulse.row ? (pulse.gateVoltage ?? 0) : 0;
      elements.push({ name: `VG${i}`, type: "voltage", nodes: [`g${i}`, "0"], waveform: { kind: "dc", value } });
    }
  }
  array.devices.forEach((params, k) => {
    const [i, j] = [Math.floor(k / columns), k % columns];
    models[`m${k}`] = { type: "filament", params };
    if (access.kind === "1T1R")
      elements.push(...placeFilament(`F${k}`, `m${k}`, `b${i}_${j}`, `x${k}`), {
        name: `M${k}`,
        type: "mosfet",
        model: "access",
        drain: `x${k}`,
        gate: `g${i}`,
        source: `w${i}_${j}`,
        bulk: "0",
        ...access.gate,
      });
    else elements.push(...placeFilament(`F${k}`, `m${k}`, `w${i}_${j}`, `b${i}_${j}`));
    Object.assign(initial, filamentStart(`F${k}`, array.lengths[k], ambient));
  });
  return { title: "whole array", temperature: ambient, models, elements, initial };
};

/** Filaments' lengths [m] after the pulse and the energy from all sources [J], by the transient of the whole netlist. */
export const pulseWholeArray = (array: FilamentArray, pulse: ArrayPulse) => {
  const stop = pulse.width + 4 * pulse.edge;
  const circuit = compileCircuit(wholeArray(array, pulse));
  const found = transient(circuit, { stop, times: [stop], tolerance: 1e-5, energyAt: [stop] });
  if (!found.ok) throw new Error(found.reason);
  const lengths = array.lengths.map((_, k) => 1e-9 * found.voltages[lengthNode(`F${k}`)][0]);
  const energy = Object.values(found.energies).reduce((sum, [joule]) => sum + joule, 0);
  return { lengths, energy };
};

export const ONE_T_ONE_R: CellAccess = {
  kind: "1T1R",
  params: transistorParams(sky130, "tt", "access", 1e-6),
  gate: { width: 1e-6, length: 0.15e-6 },
};
/** A square array of the sky130 ReRAM filament; resistance of a segment and of a driver [ohm]. */
export const squareArray = (size: number, access: CellAccess, wire = 1, driver = 200): FilamentArrayDesign => {
  const line = { segmentResistance: wire, terminalResistance: driver };
  return {
    lines: { rows: size, columns: size, wordLines: { ...line, ends: "left" }, bitLines: { ...line, ends: "bottom" } },
    access,
    filament: sky130Reram,
    ambient: 300,
    largestTemperature: 3000,
  };
};

/** How far a pulse on the far cell is from one netlist of all cells, each as a share of the netlist's. */
export const deviation = (of: FilamentArrayDesign, voltage: number, seed: number, gateVoltage?: number) => {
  const { columns } = of.lines;
  const array = patterned(of, voltage, fold(rootKey("moving"), seed));
  const pulse: ArrayPulse = {
    row: 0,
    column: columns - 1,
    voltage,
    ...PULSE,
    ...(gateVoltage === undefined ? {} : { gateVoltage }),
  };
  const ours = pulseArray(array, pulse);
  if (!ours.ok) throw new Error(ours.reason);
  const whole = pulseWholeArray(array, pulse);
  const ways = whole.lengths.map((length, m) => (m === columns - 1 ? 0 : length - array.lengths[m]));
  const furthest = ways.reduce((best, way, m) => (Math.abs(way) > Math.abs(ways[best]) ? m : best), 0);
  const gap = (length: number): number => 5e-9 - length;
  const own = ours.array.lengths[columns - 1];
  return {
    energy: ours.energy / whole.energy - 1,
    gap: gap(own) / gap(whole.lengths[columns - 1]) - 1,
    // A millionth of a nanometre is what both methods leave.
    way:
      Math.abs(ways[furthest]) < 1e-15
        ? 0
        : (ours.array.lengths[furthest] - array.lengths[furthest]) / ways[furthest] - 1,
    furthest: Math.abs(ways[furthest]),
  };
};
/** Every deviation is within this share. */
export const expectWithin = (found: ReturnType<typeof deviation>, share: number): void => {
  for (const name of ["energy", "gap", "way"] as const)
    expect([name, found[name], Math.abs(found[name]) < share]).toEqual([name, found[name], true]);
};
