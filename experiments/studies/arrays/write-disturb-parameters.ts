import { BIAS_SCHEMES } from "#circuits/index";
import { choice, integer, type Parameters, quantity, type ValuesOf } from "#src/montecarlo/index";

/** The choice of `access` that is no bias scheme. */
export const ONE_T_ONE_R = "1T1R";

const RECIPE = "SkyWater's 1T1R programming recipe (docs technology_specifications, 1T1R_5.csv)";

/** Parameters of `write-disturb`. */
export const PARAMETERS = {
  access: choice(
    [...BIAS_SCHEMES, ONE_T_ONE_R],
    "V/2",
    "how unselected lines are held in a cross-point array, or 1T1R cells",
    "chosen",
  ),
  size: integer(16, [2, 512], "rows and columns", "chosen"),
  lineResistance: quantity(
    "ohm",
    1,
    [0, 1e4],
    "of word and bit lines from cell to cell",
    "about a micrometre of sky130 met2 at its least width, 0.125 ohm/sq and 0.14 um (technology LEF)",
  ),
  driverResistance: quantity("ohm", 200, [0, 1e5], "of the driver at each line's terminal", "chosen"),
  setVoltage: quantity("V", 2.4, [0.1, 5], "amplitude of SET pulses", RECIPE),
  resetVoltage: quantity("V", 2.6, [0.1, 5], "amplitude of RESET pulses", RECIPE),
  setGate: quantity("V", 1.7, [0.1, 5], "gate voltage in SET, 1T1R", RECIPE),
  resetGate: quantity("V", 2.5, [0.1, 5], "gate voltage in RESET, 1T1R", RECIPE),
  pulseWidth: quantity("s", 1e-6, [1e-9, 1e-3], "of programming pulses; edges are a hundredth of it", RECIPE),
  accessWidth: quantity(
    "m",
    2e-6,
    [0.42e-6, 20e-6],
    "gate width of the access transistor, 1T1R",
    "chosen: wide enough for the recipe's RESET; the recipe does not tell it",
  ),
  lrsGap: quantity("m", 0.15e-9, [0.1e-9, 1.7e-9], "gap of cells in the low state", "chosen: 12 kohm in this model"),
  hrsGap: quantity("m", 1.7e-9, [0.1e-9, 1.7e-9], "gap of cells in the high state", "the model's largest"),
  logCurrent: quantity("1", 0.1, [0, 2], "spread of ln I from device to device", "assumed: no source at hand"),
  barrier: quantity("eV", 0.01, [0, 0.3], "spread of the barriers from device to device", "assumed: no source at hand"),
  verifyTarget: quantity(
    "S",
    5e-5,
    [1e-7, 1e-3],
    "conductance that write and verify seeks, within 5 %",
    "chosen: within the range after forming, 30 to 120 uS (SkyWater)",
  ),
  verifyPulses: integer(
    60,
    [1, 10000],
    "most pulses of write and verify, a tenth as long as programming pulses, from 1 V in steps of 0.05 V",
    "chosen",
  ),
} as const satisfies Parameters;

export type WriteValues = ValuesOf<typeof PARAMETERS>;
