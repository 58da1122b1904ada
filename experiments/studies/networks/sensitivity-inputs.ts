import { keysOf } from "#src/words/named";
import type { SenseValues } from "../sensing/sense-parameters.ts";

/** What an input of the analysis stands for, and which range it varies over. */
interface SensitivityInput {
  readonly says: string;
  /** The parameter whose half-range it has. */
  readonly range: "deviceRange" | "circuitRange" | "supplyRange" | "strobeRange" | "temperatureRange";
  readonly parameter: keyof SenseValues | "strobe";
}

/** The inputs whose variance is shared out: device first, then circuit, then the conditions of operation. */
export const SENSITIVITY_INPUTS = {
  lrsMedian: { says: "median of the low resistance", range: "deviceRange", parameter: "lrsMedianFactor" },
  hrsMedian: { says: "median of the high resistance", range: "deviceRange", parameter: "hrsMedianFactor" },
  lrsSpread: { says: "spread of the low resistance", range: "deviceRange", parameter: "lrsSpreadFactor" },
  hrsSpread: { says: "spread of the high resistance", range: "deviceRange", parameter: "hrsSpreadFactor" },
  mismatch: { says: "transistor mismatch", range: "circuitRange", parameter: "mismatch" },
  bitLineCapacitance: { says: "bit-line capacitance", range: "circuitRange", parameter: "bitLineCapacitance" },
  supply: { says: "supply", range: "supplyRange", parameter: "supply" },
  strobe: { says: "time of the strobe", range: "strobeRange", parameter: "strobe" },
  temperature: { says: "temperature", range: "temperatureRange", parameter: "temperature" },
} as const satisfies Readonly<Record<string, SensitivityInput>>;

export type InputName = keyof typeof SENSITIVITY_INPUTS;
export const INPUT_NAMES = keysOf(SENSITIVITY_INPUTS);
