import { selectCell } from "../crossbar/biasing.ts";
import { resistor } from "../elements/resistor.ts";
import { voltageSource } from "../elements/sources.ts";
import { transistor, transistorModel } from "../elements/transistor/transistor.ts";
import { dc } from "../elements/waveform.ts";
import type { Element, ElementModel, Netlist } from "../netlist/netlist.ts";
import type { ArrayPulse } from "./array-pulse-contract.ts";
import type { FilamentArray } from "./filament-array.ts";

const LEAST_OHM = 1e-3;

/** Voltages of all drivers, and which lines have none. */
const driven = <P>({ design: { lines, access } }: FilamentArray<P>, { row, column, voltage }: ArrayPulse) => {
  if (access.kind === "cross-point") return selectCell(lines, { row, column, voltage, scheme: access.scheme });
  // The source line of the row is where SET ends and RESET begins; the other bit lines follow it.
  const [set, reset] = [Math.max(0, voltage), Math.max(0, -voltage)];
  return {
    wordLines: { voltages: Float64Array.from({ length: lines.rows }, (_, i) => (i === row ? reset : 0)) },
    bitLines: { voltages: Float64Array.from({ length: lines.columns }, (_, j) => (j === column ? set : reset)) },
  };
};

/**
 * An array under a pulse as one netlist: every filament (F0, F1, ... by row * columns + column), every segment of line, every
 * transistor. For `transient` and SPICE: exact, and what `pulseArray` is held to; its time grows with the cube of the cells. The pulse
 * rises an edge after the start. Segments and drivers of 0 ohm are taken for 1 mohm.
 */
export const pulsedArrayNetlist = <P>(array: FilamentArray<P>, pulse: ArrayPulse): Netlist => {
  const { lines, access, ambient, device } = array.design;
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
    elements.push(voltageSource(`V${name}`, name, "0", waveform));
  };
  const wire = (name: string, a: string, b: string, resistance: number): void => {
    elements.push(resistor(name, a, b, Math.max(resistance, LEAST_OHM)));
  };
  type Line = typeof lines.wordLines | typeof lines.bitLines;
  const join = (name: string, line: Line, crossings: readonly string[], high: number | null): void => {
    if (high !== null) {
      source(name, high);
      const near = line.ends !== "right" && line.ends !== "bottom";
      const far = line.ends !== "left" && line.ends !== "top";
      const last = crossings.length - 1;
      for (const [end, at] of [near ? 0 : -1, far ? last : -1].entries())
        if (at >= 0) wire(`R${name}.${end}`, name, crossings[at], line.segmentResistance + line.terminalResistance);
    }
    for (let k = 1; k < crossings.length; k++)
      wire(`R${crossings[k]}`, crossings[k - 1], crossings[k], line.segmentResistance);
  };
  const word = (i: number, j: number): string => `w${i}_${j}`;
  const bit = (i: number, j: number): string => `b${i}_${j}`;
  const [rowsOf, columnsOf] = [rows, columns].map((count) => [...new Array(count).keys()]);
  for (const i of rowsOf) {
    const crossings = columnsOf.map((j) => word(i, j));
    join(`w${i}`, lines.wordLines, crossings, floats(wordLines, i) ? null : wordLines.voltages[i]);
  }
  for (const j of columnsOf) {
    const crossings = rowsOf.map((i) => bit(i, j));
    join(`b${j}`, lines.bitLines, crossings, floats(bitLines, j) ? null : bitLines.voltages[j]);
  }
  if (access.kind === "1T1R") {
    models["access"] = transistorModel(access.params);
    for (let i = 0; i < rows; i++) {
      const value = i === pulse.row ? (pulse.gateVoltage ?? 0) : 0;
      elements.push(voltageSource(`VG${i}`, `g${i}`, "0", dc(value)));
    }
  }
  array.devices.forEach((params, k) => {
    const [i, j] = [Math.floor(k / columns), k % columns];
    models[`m${k}`] = device.model(params);
    if (access.kind === "1T1R")
      elements.push(
        ...device.place(`F${k}`, `m${k}`, bit(i, j), `x${k}`),
        transistor(`M${k}`, "access", [`x${k}`, `g${i}`, word(i, j), "0"], access.gate),
      );
    else elements.push(...device.place(`F${k}`, `m${k}`, word(i, j), bit(i, j)));
    Object.assign(initial, device.start(`F${k}`, array.lengths[k], ambient));
  });
  const kinds = device.kinds ? { kinds: device.kinds } : {};
  return { title: "whole array", temperature: ambient, models, elements, initial, ...kinds };
};
