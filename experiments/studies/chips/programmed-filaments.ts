import {
  type FilamentArrayDesign,
  filamentConductances,
  filamentDevice,
  pulseArray,
  sampleFilamentArray,
} from "#circuits/index";
import { type RramParams, type RramStateParams, sky130, sky130Reram, transistorParams } from "#devices/index";
import { momentsOf, standardDeviation } from "#src/numerics/moments";
import { fold, type Key } from "#src/random/index";
import type { Params } from "./programming-energy-parameters.ts";

/** Beyond it a filament counts as run away [K]; as `write-disturb`. */
const LARGEST_TEMPERATURE = 1500;
/** Gap of a cell before its first SET: the model's largest [m]. */
const OPEN_GAP = 1.7e-9;
/** Of drivers and of a cell's piece of line [ohm]; as `write-disturb`. */
const [DRIVER, LINE] = [200, 1];

const designOf = ({ accessTransistorWidth: width }: Params): FilamentArrayDesign => {
  const line = { segmentResistance: LINE, terminalResistance: DRIVER };
  return {
    lines: { rows: 1, columns: 1, wordLines: { ...line, ends: "left" }, bitLines: { ...line, ends: "bottom" } },
    access: {
      kind: "1T1R",
      params: transistorParams(sky130, "tt", "access", width),
      gate: { width, length: sky130.gateLength },
    },
    device: filamentDevice,
    filament: sky130Reram,
    ambient: 300,
    largestTemperature: LARGEST_TEMPERATURE,
  };
};

/** Logarithms of resistances after SET and after RESET, and the energy of each pulse [J]. */
interface Programmed {
  readonly low: readonly number[];
  readonly high: readonly number[];
  readonly set: readonly number[];
  readonly reset: readonly number[];
}

/** Pulses that store nothing, or could not be solved. */
export interface NotProgrammed {
  readonly failed: string;
}

/** One SET pulse on each of several cells, then one RESET pulse: a cell, its transistor and the drivers in one transient each. */
const programmed = (params: Params, key: Key): Programmed | NotProgrammed => {
  const design = designOf(params);
  const { pulseWidth, logCurrent, barrier } = params;
  const pulse = { row: 0, column: 0, width: pulseWidth, edge: pulseWidth / 100 };
  const found = { low: [] as number[], high: [] as number[], set: [] as number[], reset: [] as number[] };
  for (let cell = 0; cell < params.cells; cell++) {
    const open = sky130Reram.oxideThickness - OPEN_GAP;
    const array = sampleFilamentArray(design, { logCurrent, barrier }, open, fold(key, cell));
    const set = pulseArray(array, { ...pulse, voltage: params.setVoltage, gateVoltage: params.setGate });
    if (!set.ok) return { failed: `a SET pulse: ${set.reason}` };
    const reset = pulseArray(set.array, { ...pulse, voltage: -params.resetVoltage, gateVoltage: params.resetGate });
    if (!reset.ok) return { failed: `a RESET pulse: ${reset.reason}` };
    found.low.push(-Math.log(filamentConductances(set.array)[0]));
    found.high.push(-Math.log(filamentConductances(reset.array)[0]));
    found.set.push(set.energy);
    found.reset.push(reset.energy);
  }
  return found;
};

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.ceil((sorted.length - 1) / 2)]) / 2;
};

const meanOf = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;

/**
 * Filaments that these pulses program, as resistance statistics: lognormal states of their medians and spreads, and what a pulse takes. The
 * spread is between cells, which stay as they are; no cycle differs from another in this model. Failed, where low resistances are not below
 * high ones after them.
 */
export const programmedFilaments = (params: Params, key: Key): RramParams | NotProgrammed => {
  const cells = programmed(params, key);
  if ("failed" in cells) return cells;
  const { low, high, set, reset } = cells;
  const state = (logs: readonly number[]): RramStateParams => {
    return {
      medianResistance: Math.exp(median(logs)),
      spread: { deviceToDevice: standardDeviation(momentsOf(logs)), cycleToCycle: 0, readToRead: 0 },
      activationEnergy: 0,
    };
  };
  const [lrs, hrs] = [state(low), state(high)];
  if (lrs.medianResistance >= hrs.medianResistance)
    return {
      failed: `nothing is stored: after these pulses the low resistance's median is ${lrs.medianResistance.toPrecision(3)} ohm, the high one's ${hrs.medianResistance.toPrecision(3)} ohm; raise setGate, resetVoltage or pulseWidth`,
    };
  return {
    name: "filament",
    standing: "simulated: SkyWater's ReRAM cell model with ASSUMED spreads from cell to cell",
    source: "one SET and one RESET pulse on each cell, 1T1R",
    valid: "300 K; lognormal states assumed",
    lrs,
    hrs,
    conduction: { kind: "ohmic" },
    stuck: { lrs: 0, hrs: 0 },
    programming: { setEnergy: meanOf(set), resetEnergy: meanOf(reset) },
  };
};
