import type { ArrayPulse, ArrayPulseFailure, ArrayPulseOutcome } from "./array-pulse-contract.ts";
import { type CellPulse, MOVED } from "./cell-pulse.ts";
import { crossPointTransient, type PulsePoint } from "./cross-point-transient.ts";
import { type FilamentArray, filamentConductances } from "./filament-array.ts";
import { mostDisturbed } from "./most-disturbed.ts";
import { pulsedLines } from "./pulsed-lines.ts";

const largest = (points: readonly PulsePoint[], of: (point: PulsePoint) => number): number =>
  points.reduce((most, point) => Math.max(most, of(point)), 0);

/** What the selected cell went through. */
const selectedPulse = <P>(
  array: FilamentArray<P>,
  { edge }: ArrayPulse,
  points: readonly PulsePoint[],
  energy: number,
): CellPulse => {
  const [start, end] = [points[0].length, points[points.length - 1].length];
  const half = (start + end) / 2;
  const direction = Math.sign(end - start);
  const switched =
    Math.abs(end - start) > MOVED ? points.find(({ length }) => direction * (length - half) > 0) : undefined;
  const risen = points.find(({ time }) => time >= 2 * edge) ?? points[0];
  const hot = points.find(({ kelvin }) => kelvin > array.design.largestTemperature);
  return {
    ok: true,
    length: end,
    switchedAt: switched?.time ?? null,
    firstVoltage: Math.abs(risen.across),
    peakTemperature: largest(points, ({ kelvin }) => kelvin),
    runawayAt: hot?.time ?? null,
    peakCurrent: largest(points, ({ current }) => Math.abs(current)),
    energy,
  };
};

/** A pulse on a cross-point array: all its filaments and lines together (`crossPointTransient`). */
export const crossPointPulse = <P>(
  array: FilamentArray<P>,
  pulse: ArrayPulse,
): ArrayPulseOutcome<P> | ArrayPulseFailure => {
  const { columns } = array.design.lines;
  const { row, column, voltage } = pulse;
  const k = row * columns + column;
  const before = pulsedLines(array.design, pulse).solve(1, filamentConductances(array));
  if (typeof before === "string") return { ok: false, reason: before };
  const pulsed = crossPointTransient(array, pulse);
  if (!pulsed.ok) return { ok: false, reason: `${pulsed.reason}, at ${pulsed.time} s` };
  const { lengths, points, energy, selectedEnergy } = pulsed;
  const { device, filament } = array.design;
  const [least, most] = [device.leastLength(filament), device.mostLength(filament)];
  // The solution may lie a tolerance beyond the bounds.
  const within = lengths.map((length) => Math.min(most, Math.max(least, length)));
  let driven = 0;
  for (let j = 0; j < columns; j++) driven += before.currents[row * columns + j];
  return {
    ok: true,
    array: { ...array, lengths: within },
    selected: selectedPulse(array, pulse, points, selectedEnergy),
    arriving: before.across[k] / voltage,
    sneakCurrent: driven - before.currents[k],
    energy,
    disturbed: mostDisturbed(array.lengths, within, k, columns),
  };
};
