import type { FilamentPhysics } from "#devices/index";
import type { CellPulse, Pulse } from "./cell-pulse.ts";
import type { FilamentArray } from "./filament-array.ts";

/** A pulse on one cell of an array. */
export interface ArrayPulse extends Pulse {
  readonly row: number;
  readonly column: number;
}

export interface ArrayPulseOutcome<P = FilamentPhysics> {
  readonly ok: true;
  readonly array: FilamentArray<P>;
  readonly selected: CellPulse;
  /** Across the selected filament when the pulse has risen, over the pulse's voltage: what lines and transistor leave of it. */
  readonly arriving: number;
  /** From the pulse's source into the selected word line beside the selected cell's own current, at its start [A]. */
  readonly sneakCurrent: number;
  /** From all drivers over the pulse [J]. */
  readonly energy: number;
  /** Of unselected cells: the one whose filament moved most, and how far [m]. */
  readonly disturbed: { readonly row: number; readonly column: number; readonly change: number };
}

export interface ArrayPulseFailure {
  readonly ok: false;
  readonly reason: string;
}
