import type { MosfetParams } from "./params.ts";
import type { Mismatch } from "./sample.ts";

export type Corner = "tt" | "ss" | "ff" | "sf" | "fs";
export const CORNERS: readonly Corner[] = ["tt", "ss", "ff", "sf", "fs"];

/**
 * Where a transistor sits in a sense amplifier: saturated latch devices with lifted sources and linear-region stack
 * devices could not be fitted by one set in sky130, so each role has its own parameters and capacitances.
 */
export type Role = "precharge" | "latchP" | "latchN" | "access" | "foot";

/** Small-signal capacitances of a transistor per metre of drawn width [F/m], constants (averages over a read). */
export interface TerminalCapacitances {
  readonly gateDrain: number;
  readonly gateSource: number;
  readonly gateBulk: number;
  readonly drainBulk: number;
  readonly sourceBulk: number;
}

/** A fit of the extended EKV equations to a foreign model, with how well it fits. */
export interface FittedTransistor {
  readonly params: Omit<MosfetParams, "vt0" | "kp">;
  /** Fitted [width in m, vt0 in V, kp in A/V^2]; other widths take the nearest entry. */
  readonly byWidth: readonly (readonly [number, number, number])[];
  /** Root mean square error of ln(current) in percent at 27 degC: weak, moderate, strong inversion. */
  readonly fitErrorPercent: readonly [number, number, number];
}

/** First-crossing time of this model over the foreign one, smallest and largest over seven resistance pairs. */
export interface TimingRatio {
  readonly corner: Corner;
  readonly temperatureCelsius: number;
  readonly supply: number;
  readonly low: number;
  readonly high: number;
}

/** A CMOS process as the simulator knows it. */
export interface Technology {
  readonly name: string;
  readonly says: string;
  /** Whether corners are the foundry's or a stated shift; printed wherever a corner is. */
  readonly cornersAre: string;
  readonly source: string;
  readonly gateLength: number;
  readonly supplyRange: readonly [number, number];
  readonly temperatureRange: readonly [number, number];
  readonly transistors: (corner: Corner, role: Role) => FittedTransistor;
  readonly capacitances: Readonly<Record<Role, TerminalCapacitances>>;
  readonly mismatch: { readonly nmos: Mismatch; readonly pmos: Mismatch };
  readonly timing: readonly TimingRatio[];
}

/** Parameters of a transistor of this role and width, from the nearest fitted width. */
export const transistorParams = (technology: Technology, corner: Corner, role: Role, width: number): MosfetParams => {
  const fitted = technology.transistors(corner, role);
  let best = fitted.byWidth[0];
  for (const entry of fitted.byWidth) if (Math.abs(entry[0] - width) < Math.abs(best[0] - width)) best = entry;
  return { ...fitted.params, vt0: best[1], kp: best[2] };
};
