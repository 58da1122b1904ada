import { drainCurrentInto, MOSFET_COEFFICIENTS, mosfetCoefficientsInto } from "#devices/index";
import type { CrossbarDesign } from "../crossbar/crossbar-design.ts";
import type { ArrayPulse, ArrayPulseFailure, ArrayPulseOutcome } from "./array-pulse-contract.ts";
import { type PulsePath, pulseCell } from "./cell-pulse.ts";
import type { FilamentArray } from "./filament-array.ts";
import { mostDisturbed } from "./most-disturbed.ts";
import { standingLength } from "./standing-cell.ts";

type Lines = CrossbarDesign["wordLines"] | CrossbarDesign["bitLines"];

/** Resistance of a line from its terminals to crossing `at` of `count` [ohm]. */
const lineTo = (lines: Lines, at: number, count: number): number => {
  const from = (crossings: number): number => lines.segmentResistance * crossings + lines.terminalResistance;
  const [low, high] = [from(at + 1), from(count - at)];
  if (lines.ends === "both") return low + high > 0 ? (low * high) / (low + high) : 0;
  return lines.ends === "left" || lines.ends === "top" ? low : high;
};

/**
 * Resistance of a line seen from crossing `at` [ohm], where its other crossings lead to the voltage of its terminals by conductances
 * of their own too [S].
 */
const loadedLineTo = (lines: Lines, at: number, shunts: readonly number[]): number => {
  const segment = lines.segmentResistance;
  const terminal = 1 / (segment + lines.terminalResistance);
  const near = lines.ends === "left" || lines.ends === "top" || lines.ends === "both";
  const far = lines.ends === "right" || lines.ends === "bottom" || lines.ends === "both";
  const from = (side: readonly number[], ended: boolean): number =>
    side.reduce((seen, shunt) => 1 / (segment + 1 / (seen + shunt)), ended ? terminal : 0);
  const seen = from(shunts.slice(0, at), near) + from(shunts.slice(at + 1).reverse(), far);
  return seen < Number.POSITIVE_INFINITY ? 1 / seen : 0;
};

/**
 * Conductances from a source line to the other bit lines' drivers, which hold the voltage of its own, by way of the selected row's
 * other cells [S]: of filament, open transistor and bit line in series, at low voltage. 0 for the selected column.
 */
const rowShunts = <P>(
  { design, devices, lengths }: FilamentArray<P>,
  { row, column, voltage, gateVoltage }: ArrayPulse,
) => {
  const { lines, access, ambient } = design;
  if (access.kind !== "1T1R") throw new Error("rowShunts: 1T1R arrays only.");
  const coefficients = new Float64Array(MOSFET_COEFFICIENTS);
  mosfetCoefficientsInto(coefficients, 0, access.params, access.gate, ambient);
  const out = new Float64Array(5);
  const held = Math.max(0, -voltage);
  drainCurrentInto(out, coefficients, 0, held, gateVoltage ?? 0, held, 0);
  const byDrain = out[1];
  const bitLine = lineTo(lines.bitLines, row, lines.rows);
  return Array.from({ length: lines.columns }, (_, j) => {
    const m = row * lines.columns + j;
    if (j === column || !(byDrain > 0)) return 0;
    return 1 / (1 / byDrain + design.device.resistance(devices[m], lengths[m]) + bitLine);
  });
};

/**
 * A pulse on a 1T1R array: unselected rows are off. The selected cell's current returns by its source line, and a little by the
 * other cells of its row to their bit lines, which follow the source line's driver; these cells see what the source line loses.
 */
export const transistorPulse = <P>(
  array: FilamentArray<P>,
  pulse: ArrayPulse,
): ArrayPulseOutcome<P> | ArrayPulseFailure => {
  const { design, devices, lengths } = array;
  const { lines, access, ambient, largestTemperature } = design;
  if (access.kind !== "1T1R") throw new Error("transistorPulse: 1T1R arrays only.");
  const { row, column } = pulse;
  const k = row * lines.columns + column;
  const path: PulsePath = {
    before: lineTo(lines.bitLines, row, lines.rows),
    after: loadedLineTo(lines.wordLines, column, rowShunts(array, pulse)),
    transistor: access,
  };
  const selected = pulseCell(design.device, devices[k], path, pulse, lengths[k], ambient, largestTemperature);
  if (!selected.ok) return { ok: false, reason: `the selected cell: ${selected.reason} at ${selected.time} s` };
  const moved = lengths.slice();
  moved[k] = selected.length;
  const total = pulse.width + pulse.edge;
  const sign = Math.sign(pulse.voltage);
  for (let j = 0; j < lines.columns; j++) {
    if (j === column) continue;
    // Shared length of source line: from its terminal to the nearer of both cells.
    const shared = Math.min(lineTo(lines.wordLines, j, lines.columns), path.after);
    const volts = -sign * selected.peakCurrent * shared;
    const m = row * lines.columns + j;
    moved[m] = standingLength(design.device, devices[m], lengths[m], volts, total, ambient);
  }
  return {
    ok: true,
    array: { ...array, lengths: moved },
    selected,
    arriving: selected.firstVoltage / pulse.voltage,
    sneakCurrent: 0,
    energy: selected.energy,
    disturbed: mostDisturbed(lengths, moved, k, lines.columns),
  };
};
