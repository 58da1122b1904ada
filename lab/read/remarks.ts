import { RRAM_SETS, type RramParams } from "#devices/index";
import { REFERENCE_TEMPERATURE } from "#devices/temperature";
import { rangeNotes } from "#experiments/studies/sensing/sense-range";
import { ownOf } from "#src/words/named";
import type { ReadValues } from "../state/lab-parameters.ts";

/** What must be said beside a read: where the transistors' fits end, and what temperature does not do. */
export const remarksOn = (values: ReadValues, medians: { readonly low: number; readonly high: number }): string[] => {
  const { temperature, device, activationEnergyLrs, activationEnergyHrs } = values;
  const set = ownOf<RramParams>(RRAM_SETS, device);
  const isHeated = temperature !== REFERENCE_TEMPERATURE;
  const still =
    set !== undefined &&
    [set.lrs.activationEnergy, set.hrs.activationEnergy, activationEnergyLrs, activationEnergyHrs].every(
      (e) => e === 0,
    );
  return [
    ...rangeNotes([values]),
    ...(values.lrsMedianFactor * medians.low > values.hrsMedianFactor * medians.high
      ? ["The low resistance is above the high one: signs are read the other way round."]
      : []),
    ...(isHeated && still ? ["Only transistors follow the temperature: the cells have no activation energy."] : []),
  ];
};
