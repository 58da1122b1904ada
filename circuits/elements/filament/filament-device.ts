import {
  type FilamentPhysics,
  filamentCurrentInto,
  filamentRateInto,
  filamentResistance,
  steadyTemperature,
} from "#devices/index";
import type { SwitchingDevice } from "../switching-device.ts";
import { filamentModel } from "./filament.ts";
import {
  filamentStart,
  KILOKELVIN,
  lengthNode,
  NANOMETRE,
  placeFilament,
  temperatureNode,
} from "./filament-equations.ts";

/** The filament as a device that switches. */
export const filamentDevice: SwitchingDevice<FilamentPhysics> = {
  currentInto: filamentCurrentInto,
  rateInto: filamentRateInto,
  resistance: filamentResistance,
  fieldVoltage: (p) => p.fieldVoltage,
  leastLength: (p) => p.leastFilament,
  mostLength: (p) => p.mostFilament,
  steadyTemperature,
  thermalCapacitance: (p) => p.thermalCapacitance,
  thermalTime: (p) => p.thermalTime,
  model: filamentModel,
  place: placeFilament,
  start: filamentStart,
  lengthNode,
  temperatureNode,
  lengthUnit: NANOMETRE,
  temperatureUnit: KILOKELVIN,
};
