import { choice, integer, mean, type NumberSpec, type Parameters, type ValuesOf } from "#src/montecarlo/index";
import { PARAMETERS as WRITING } from "../arrays/write-disturb-parameters.ts";
import { NETWORK_PARAMETERS } from "../networks/network-parameters.ts";
import { PARAMETERS as COMPARISON } from "../networks/ternary-versus-binary-parameters.ts";
import { SENSE_PARAMETERS } from "../sensing/sense-parameters.ts";

const { setVoltage, resetVoltage, setGate, resetGate, pulseWidth, accessWidth, logCurrent, barrier } = WRITING;

/** Parameters of pulses on filaments. */
const PULSES = {
  setVoltage,
  resetVoltage,
  setGate,
  resetGate,
  pulseWidth,
  accessTransistorWidth: accessWidth,
  logCurrent,
  barrier,
  cells: integer(
    200,
    [20, 100_000],
    "filaments that are programmed, whose resistances the statistics are of",
    "chosen",
  ),
} as const satisfies Parameters;

/** What the study lets the user set. */
export const PARAMETERS = {
  ...SENSE_PARAMETERS,
  ...NETWORK_PARAMETERS,
  seeds: { ...NETWORK_PARAMETERS.seeds, default: 3 },
  network: { ...NETWORK_PARAMETERS.network, says: "file of the ternary network; empty: both are trained here" },
  binaryNetwork: COMPARISON.binaryNetwork,
  samples: COMPARISON.samples,
  conditions: choice(
    ["filament", "device"],
    "filament",
    "where programming conditions come from: pulses on SkyWater's filament model in 1T1R cells; or devices that say what programming them takes (`rramlab conditions TABLE.csv`)",
    "filament: no measured table is at hand",
  ),
  ...PULSES,
} as const satisfies Parameters;

export type Params = ValuesOf<typeof PARAMETERS>;

/** Parameters of the filament model's pulses alone. */
export const OF_PULSES = [
  "setVoltage",
  "resetVoltage",
  "setGate",
  "resetGate",
  "pulseWidth",
  "accessTransistorWidth",
  "logCurrent",
  "barrier",
  "cells",
] as const satisfies readonly (keyof Params)[];

/** Those that a device has of itself, and a filament has not. */
export const OF_DEVICE = [
  "device",
  "activationEnergyLrs",
  "activationEnergyHrs",
  "lrsMedianFactor",
  "hrsMedianFactor",
  "lrsSpreadFactor",
  "hrsSpreadFactor",
] as const satisfies readonly (keyof Params)[];

/** What a trial, which is a chip of each kind, reports. */
export const NUMBERS = {
  setEnergy: mean("J", "from all drivers in one SET pulse, mean over cells"),
  resetEnergy: mean("J", "from all drivers in one RESET pulse, mean over cells"),
  lowMedian: mean("ohm", "median resistance after SET"),
  lowSpread: mean("1", "standard deviation of ln R after SET"),
  highMedian: mean("ohm", "median resistance after RESET"),
  highSpread: mean("1", "standard deviation of ln R after RESET"),
  single: mean("1", "rate at which a 1T1R bit is wrong against the best reference, amplifier without offset"),
  secded: mean("1", "rate at which a bit is still wrong after SECDED(8,4), words of eight such cells"),
  differential: mean("1", "rate at which a 2T2R bit is wrong, amplifier without offset"),
  flip: mean("1", "rate at which a sense amplifier reads a 2T2R bit wrong at its best strobe"),
  type1: mean("1", "rate at which it reads a ternary ±1 with the other sign, at the best strobe for ternary reads"),
  type2: mean("1", "rate at which it reads a ternary ±1 as 0"),
  type3: mean("1", "rate at which it reads a ternary 0 as ±1"),
  singleEnergy: mean("J", "to program a weight: binary, 1T1R"),
  pairEnergy: mean("J", "binary, two cells: 2T2R, or 1T1R with the check bits of SECDED(8,4)"),
  ternaryEnergy: mean("J", "ternary, 2T2R: a 0 is two RESETs"),
  binarySingle: mean("1", "accuracy of the binary network, 1T1R"),
  binarySecded: mean("1", "accuracy of the binary network, 1T1R with SECDED(8,4)"),
  binaryPair: mean("1", "accuracy of the binary network, 2T2R by an amplifier without offset"),
  binaryRead: mean("1", "accuracy of the binary network, 2T2R by sense amplifiers"),
  ternaryPair: mean("1", "accuracy of the ternary network, 2T2R by sense amplifiers"),
  binaryClean: mean("1", "accuracy of the binary network without errors"),
  ternaryClean: mean("1", "accuracy of the ternary network without errors"),
} as const satisfies Readonly<Record<string, NumberSpec>>;

export type NumberName = keyof typeof NUMBERS;
