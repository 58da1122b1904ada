import type { VariedCoefficient } from "./element-kind.ts";

/** "resistance is -1 ohm; expected ...", or null where the value is above 0 and finite. */
export const notPositive = (what: string, value: number, unit: string): string | null =>
  value > 0 && value < Number.POSITIVE_INFINITY
    ? null
    : `${what} is ${value} ${unit}; expected > 0 ${unit} and finite.`;

/** ohm as MOhm, siemens as uS: what kernels count in. */
export const MICRO = 1e6;

/** Place of the resistance [ohm] among the coefficients of an element that has this one. */
export const RESISTANCE = 0;

/** Instances that differ in a resistance: `conductance` [uS] is its slot. */
export const VARIED_RESISTANCE: VariedCoefficient = {
  place: RESISTANCE,
  vary: (_, ohm) => ohm,
  slot: "conductance",
  varySlot: (_, ohm) => MICRO / ohm,
};
