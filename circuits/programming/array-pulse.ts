import { checkCell } from "../crossbar/crossbar-design.ts";
import type { ArrayPulse, ArrayPulseFailure, ArrayPulseOutcome } from "./array-pulse-contract.ts";
import { crossPointPulse } from "./cross-point-pulse.ts";
import type { FilamentArray } from "./filament-array.ts";
import { transistorPulse } from "./transistor-pulse.ts";

/**
 * Applies a programming pulse to one cell of an array.
 * @throws RangeError for a cell outside the array, or a pulse of no duration.
 */
export const pulseArray = <P>(array: FilamentArray<P>, pulse: ArrayPulse): ArrayPulseOutcome<P> | ArrayPulseFailure => {
  checkCell(array.design.lines, pulse, "array pulse");
  if (!(pulse.width > 0 && pulse.edge > 0 && Number.isFinite(pulse.voltage) && pulse.voltage !== 0))
    throw new RangeError(
      `array pulse: ${pulse.voltage} V for ${pulse.width} s with edges of ${pulse.edge} s; expected a voltage, and times above 0 s.`,
    );
  const { kind } = array.design.access;
  if (kind === "1T1R" && !Number.isFinite(pulse.gateVoltage))
    throw new RangeError("array pulse: 1T1R cells need the gate voltage of the selected row, gateVoltage [V].");
  return kind === "1T1R" ? transistorPulse(array, pulse) : crossPointPulse(array, pulse);
};
