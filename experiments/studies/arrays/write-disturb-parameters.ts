import { BIAS_SCHEMES } from "#circuits/index";
import type { Parameters, ValuesOf } from "#src/montecarlo/index";

/** The choice of `access` that is no bias scheme. */
export const ONE_T_ONE_R = "1T1R";

const volts = (what: string, value: number, source: string) =>
  ({ kind: "quantity", unit: "V", default: value, min: 0.1, max: 5, says: what, source }) as const;
const RECIPE = "SkyWater's 1T1R programming recipe (docs technology_specifications, 1T1R_5.csv)";

/** Parameters of `write-disturb`. */
export const PARAMETERS = {
  access: {
    kind: "choice",
    choices: [...BIAS_SCHEMES, ONE_T_ONE_R],
    default: "V/2",
    says: "how unselected lines are held in a cross-point array, or 1T1R cells",
    source: "chosen",
  },
  size: {
    kind: "integer",
    unit: "1",
    default: 16,
    min: 2,
    max: 512,
    says: "rows and columns",
    source: "chosen",
  },
  lineResistance: {
    kind: "quantity",
    unit: "ohm",
    default: 1,
    min: 0,
    max: 1e4,
    says: "of word and bit lines from cell to cell",
    source: "about a micrometre of sky130 met2 at its least width, 0.125 ohm/sq and 0.14 um (technology LEF)",
  },
  driverResistance: {
    kind: "quantity",
    unit: "ohm",
    default: 200,
    min: 0,
    max: 1e5,
    says: "of the driver at each line's terminal",
    source: "chosen",
  },
  setVoltage: volts("amplitude of SET pulses", 2.4, RECIPE),
  resetVoltage: volts("amplitude of RESET pulses", 2.6, RECIPE),
  setGate: volts("gate voltage in SET, 1T1R", 1.7, RECIPE),
  resetGate: volts("gate voltage in RESET, 1T1R", 2.5, RECIPE),
  pulseWidth: {
    kind: "quantity",
    unit: "s",
    default: 1e-6,
    min: 1e-9,
    max: 1e-3,
    says: "of programming pulses; edges are a hundredth of it",
    source: RECIPE,
  },
  accessWidth: {
    kind: "quantity",
    unit: "m",
    default: 2e-6,
    min: 0.42e-6,
    max: 20e-6,
    says: "gate width of the access transistor, 1T1R",
    source: "chosen: wide enough for the recipe's RESET; the recipe does not tell it",
  },
  lrsGap: {
    kind: "quantity",
    unit: "m",
    default: 0.15e-9,
    min: 0.1e-9,
    max: 1.7e-9,
    says: "gap of cells in the low state",
    source: "chosen: 12 kohm in this model",
  },
  hrsGap: {
    kind: "quantity",
    unit: "m",
    default: 1.7e-9,
    min: 0.1e-9,
    max: 1.7e-9,
    says: "gap of cells in the high state",
    source: "the model's largest",
  },
  logCurrent: {
    kind: "quantity",
    unit: "1",
    default: 0.1,
    min: 0,
    max: 2,
    says: "spread of ln I from device to device",
    source: "assumed: no source at hand",
  },
  barrier: {
    kind: "quantity",
    unit: "eV",
    default: 0.01,
    min: 0,
    max: 0.3,
    says: "spread of the barriers from device to device",
    source: "assumed: no source at hand",
  },
  verifyTarget: {
    kind: "quantity",
    unit: "S",
    default: 5e-5,
    min: 1e-7,
    max: 1e-3,
    says: "conductance that write and verify seeks, within 5 %",
    source: "chosen: within the range after forming, 30 to 120 uS (SkyWater)",
  },
  verifyPulses: {
    kind: "integer",
    unit: "1",
    default: 60,
    min: 1,
    max: 10000,
    says: "most pulses of write and verify, a tenth as long as programming pulses, from 1 V in steps of 0.05 V",
    source: "chosen",
  },
} as const satisfies Parameters;

export type WriteValues = ValuesOf<typeof PARAMETERS>;
