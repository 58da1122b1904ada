import { BOLTZMANN, REFERENCE_TEMPERATURE } from "../temperature.ts";
import type { RramConduction } from "./params.ts";

/** Factor R(T) / R(300.15 K) = exp(Ea/k (1/T - 1/T0)) of a thermally activated resistance; Ea in eV, T in K. */
export const resistanceTemperatureFactor = (activationEnergy: number, temperature: number): number =>
  Math.exp((activationEnergy / BOLTZMANN) * (1 / temperature - 1 / REFERENCE_TEMPERATURE));

/**
 * Current [A] through a cell of low-field resistance `resistance` [ohm] at `voltage` [V], and its derivative [S], at
 * `out[0]` and `out[1]`: V/R, or (V0/R) sinh(V/V0).
 */
export const rramCurrentInto = (
  out: Float64Array,
  conduction: RramConduction,
  resistance: number,
  voltage: number,
): void => {
  if (conduction.kind === "ohmic") {
    out[0] = voltage / resistance;
    out[1] = 1 / resistance;
    return;
  }
  const x = voltage / conduction.fieldVoltage;
  out[0] = (conduction.fieldVoltage / resistance) * Math.sinh(x);
  out[1] = Math.cosh(x) / resistance;
};
