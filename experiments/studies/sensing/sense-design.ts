import { compileSenseAmplifier, type SenseAmplifier, type SenseAmplifierDesign } from "#circuits/index";
import type { RramConduction, RramParams, RramStateParams } from "#devices/index";
import { defaultsOf, oncePerPoint, type Value } from "#src/montecarlo/index";
import { deviceFor } from "../../files/named-devices.ts";
import { showQuantity } from "../../units/show.ts";
import { type SenseValues, SIZING_PARAMETERS, type SizingValues, technologyOf } from "./sense-parameters.ts";

/** V0 of the other law [V]: see `conduction`. */
const FIELD_VOLTAGE = 0.43;

/** How the cells' current follows voltage. */
export const conductionOf = ({
  device,
  conduction,
}: {
  readonly device: string;
  readonly conduction?: Value;
}): RramConduction => {
  if (conduction === "ohmic") return { kind: "ohmic" };
  return conduction === "sinh 0.43 V" ? { kind: "sinh", fieldVoltage: FIELD_VOLTAGE } : deviceFor(device).conduction;
};

/** The law in words, for captions. */
export const lawOf = (conduction: RramConduction): string =>
  conduction.kind === "ohmic" ? "ohmic cells" : `cells of sinh law, V0 ${showQuantity(conduction.fieldVoltage, "V")}`;

const DEFAULT_SIZING: SizingValues = defaultsOf(SIZING_PARAMETERS);

/** The amplifier that the parameters describe; of the reference sizes where they say none. */
export const designOf = (
  params: Pick<SenseValues, "technology" | "corner" | "supply" | "temperature" | "bitLineCapacitance" | "device"> &
    Partial<Pick<SenseValues, "conduction" | "rippleAmplitude" | "rippleFrequency"> & SizingValues>,
): SenseAmplifierDesign => {
  const size = { ...DEFAULT_SIZING, ...params };
  return {
    technology: technologyOf(params),
    corner: params.corner,
    supply: params.supply,
    temperature: params.temperature,
    widths: {
      latchN: size.latchWidth,
      latchP: size.latchPWidth,
      precharge: size.prechargeWidth,
      foot: size.footWidth,
      access: size.accessWidth,
    },
    capacitances: {
      output: size.outputCapacitance,
      bitLine: params.bitLineCapacitance,
      cell: size.cellCapacitance,
      sourceLine: size.sourceLineCapacitance,
    },
    timing: { precharge: size.prechargeTime, edge: size.senseEdge },
    conduction: conductionOf(params),
    ripple: { amplitude: params.rippleAmplitude ?? 0, frequency: params.rippleFrequency ?? 0 },
  };
};

/** The compiled amplifier that the parameters describe. */
export const amplifierOf = oncePerPoint(
  (params: SenseValues): SenseAmplifier => compileSenseAmplifier(designOf(params)),
);

/** @throws RangeError where the device is no set, before anything is computed. */
export const checkSense = (params: Pick<SenseValues, "device">): void => {
  deviceFor(params.device);
};

/** The resistance statistics that the parameters describe. */
export const deviceOf = (
  params: Pick<SenseValues, "device" | "activationEnergyLrs" | "activationEnergyHrs" | FactorName>,
): RramParams => {
  const set = deviceFor(params.device);
  const changed = (state: RramStateParams, activation: number, median: number, spread: number): RramStateParams => ({
    ...state,
    medianResistance: state.medianResistance * median,
    spread: {
      deviceToDevice: state.spread.deviceToDevice * spread,
      cycleToCycle: state.spread.cycleToCycle * spread,
      readToRead: state.spread.readToRead * spread,
    },
    activationEnergy: state.activationEnergy + activation,
  });
  return {
    ...set,
    lrs: changed(set.lrs, params.activationEnergyLrs, params.lrsMedianFactor, params.lrsSpreadFactor),
    hrs: changed(set.hrs, params.activationEnergyHrs, params.hrsMedianFactor, params.hrsSpreadFactor),
  };
};

export const FACTORS = ["lrsMedianFactor", "hrsMedianFactor", "lrsSpreadFactor", "hrsSpreadFactor"] as const;
type FactorName = (typeof FACTORS)[number];
