import { REFERENCE_TEMPERATURE } from "#devices/temperature";
import { type Idle, idleWhere } from "#src/montecarlo/index";
import { deviceFor } from "../../files/named-devices.ts";
import { showQuantity } from "../../units/show.ts";

/** Of the supply's ripple. */
export const idleRipple = ({ rippleAmplitude }: { readonly rippleAmplitude: number }): Idle<"rippleFrequency">[] =>
  idleWhere([rippleAmplitude === 0, "without a ripple (rippleAmplitude 0 V)", "rippleFrequency"]);

interface Heated {
  readonly temperature: number;
  readonly device: string;
  readonly activationEnergyLrs: number;
  readonly activationEnergyHrs: number;
}

/** What temperature does not do where transistors follow it. */
export const heatRemarks = (points: readonly Heated[]): string[] => remarksOnHeat(points, "only the transistors do");

/** What temperature does not do where it is resistances' alone. */
export const heatAloneRemarks = (points: readonly Heated[]): string[] =>
  remarksOnHeat(points, "and nothing else does here");

/**
 * Resistances without an activation energy stay as they are, and with one they are given at the reference temperature.
 * `others`: what else follows it, or that nothing does.
 */
const remarksOnHeat = (points: readonly Heated[], others: string): string[] => {
  const heated = points.some(({ temperature }) => temperature !== REFERENCE_TEMPERATURE);
  const added = points.some((p) => p.activationEnergyLrs !== 0 || p.activationEnergyHrs !== 0);
  const still = [...new Set(points.map(({ device }) => device))]
    .map(deviceFor)
    .filter(({ lrs, hrs }) => !(lrs.activationEnergy || hrs.activationEnergy));
  if (heated && !added && still.length > 0)
    return [
      `device "${still.map(({ name }) => name).join('", "')}" has no activation energy: its resistances do not follow temperature, ${others}. Give it one with activationEnergyLrs and activationEnergyHrs, or in a --device file`,
    ];
  if (!heated && added)
    return [
      `activation energies change nothing at ${showQuantity(REFERENCE_TEMPERATURE, "K")}, where resistances are given: set temperature too`,
    ];
  return [];
};
