import type { FilamentPhysics } from "#devices/index";
import { checkCell } from "../crossbar/crossbar-design.ts";
import { pulseArray } from "./array-pulse.ts";
import type { ArrayPulse, ArrayPulseFailure } from "./array-pulse-contract.ts";
import type { FilamentArray } from "./filament-array.ts";

/** A cell's wanted conductance and the pulses that lead to it, stronger by a step each time the last was not enough. */
export interface WriteVerify {
  readonly row: number;
  readonly column: number;
  /** [S], met within `tolerance` of itself. */
  readonly target: number;
  readonly tolerance: number;
  readonly set: PulseLadder;
  readonly reset: PulseLadder;
  readonly mostPulses: number;
}

/** Pulses of growing voltage (and gate voltage), held at the last one. */
export interface PulseLadder {
  readonly width: number;
  readonly edge: number;
  readonly from: number;
  readonly to: number;
  readonly step: number;
  readonly gateVoltage?: number;
}

export interface WriteVerifyOutcome<P = FilamentPhysics> {
  readonly ok: true;
  readonly array: FilamentArray<P>;
  readonly outcome: "written" | "pulses spent" | "thermal runaway";
  readonly pulses: number;
  readonly energy: number;
  /** Conductance reached over the target, less 1. */
  readonly error: number;
  /** Seconds into the pulse that ran away, or null. */
  readonly runawayAt: number | null;
}

const voltageAt = ({ from, to, step }: PulseLadder, tries: number): number => Math.min(to, from + step * tries);

/**
 * Write and verify: read, then SET where the conductance is below its target, RESET where above, with the next stronger pulse
 * where the last of the same kind was not enough; the ladder starts again when the direction turns. Verification is exact: the
 * cell's own conductance, without the lines' losses.
 */
export const writeVerify = <P>(
  array: FilamentArray<P>,
  write: WriteVerify,
): WriteVerifyOutcome<P> | ArrayPulseFailure => {
  const { row, column, target, tolerance } = write;
  if (!(target > 0 && target < Number.POSITIVE_INFINITY && tolerance > 0))
    throw new RangeError(`write-verify: target ${target} S within ${tolerance}; expected both above 0.`);
  checkCell(array.design.lines, write, "write-verify");
  if (!(Number.isInteger(write.mostPulses) && write.mostPulses >= 0))
    throw new RangeError(`write-verify: at most ${write.mostPulses} pulses; expected a whole number.`);
  for (const [name, { from, to, step }] of [
    ["SET", write.set],
    ["RESET", write.reset],
  ] as const)
    if (!(from > 0 && to >= from && step >= 0 && Number.isFinite(to + step)))
      throw new RangeError(
        `write-verify: ${name} from ${from} V to ${to} V in steps of ${step} V; expected 0 V < from <= to, sizes without sign.`,
      );
  const k = row * array.design.lines.columns + column;
  let now = array;
  let [energy, tries, before] = [0, 0, 0];
  const errorOf = (): number => 1 / now.design.device.resistance(now.devices[k], now.lengths[k]) / target - 1;
  for (let pulses = 0; ; pulses++) {
    const error = errorOf();
    const done = { ok: true, array: now, pulses, energy, error, runawayAt: null } as const;
    if (Math.abs(error) <= tolerance) return { ...done, outcome: "written" };
    if (pulses >= write.mostPulses) return { ...done, outcome: "pulses spent" };
    const direction = error < 0 ? 1 : -1;
    tries = direction === before ? tries + 1 : 0;
    before = direction;
    const ladder = direction > 0 ? write.set : write.reset;
    const pulse: ArrayPulse = {
      row,
      column,
      voltage: direction * voltageAt(ladder, tries),
      width: ladder.width,
      edge: ladder.edge,
      ...(ladder.gateVoltage === undefined ? {} : { gateVoltage: ladder.gateVoltage }),
    };
    const outcome = pulseArray(now, pulse);
    if (!outcome.ok) return outcome;
    energy += outcome.energy;
    now = outcome.array;
    if (outcome.selected.runawayAt !== null)
      return {
        ok: true,
        array: now,
        outcome: "thermal runaway",
        pulses: pulses + 1,
        energy,
        error: errorOf(),
        runawayAt: outcome.selected.runawayAt,
      };
  }
};
