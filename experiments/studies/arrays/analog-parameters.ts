import type { AnalogDesign, Converter } from "#circuits/index";
import { choice, integer, type Parameters, quantity, type ValuesOf } from "#src/montecarlo/index";

/** What every study of analog multiplication lets the user set. */
export const ANALOG_PARAMETERS = {
  mapping: choice(
    ["differential pair", "offset column"],
    "differential pair",
    "how signed weights become conductances",
    "chosen",
  ),
  tile: integer(128, [2, 4096], "most rows and columns (of weights) of one array", "chosen: a common array size"),
  wireResistance: quantity(
    "ohm",
    1,
    [0, 1e12],
    "of word and bit lines from cell to cell",
    "about a micrometre of sky130 met2 at its least width, 0.125 ohm/sq and 0.14 um (technology LEF)",
  ),
  lowResistance: quantity(
    "ohm",
    10e3,
    [1, 1e12],
    "of a device at the top of its range",
    "the read sets' low state, illustrative: docs/devices.md",
  ),
  highResistance: quantity(
    "ohm",
    1e6,
    [10, 1e12],
    "of a device at the bottom of its range",
    "chosen: a hundred times the low one",
  ),
  levels: integer(
    0,
    [0, 65536],
    "states of a device, evenly spaced in conductance; 0: any",
    "0: none of the loss is quantization",
  ),
  inputBits: integer(8, [0, 16], "bits of the voltage an input becomes; 0: any", "8: the images' own"),
  converterBits: integer(8, [0, 16], "bits of the converter behind a column; 0: none", "chosen"),
  converterRange: quantity(
    "1",
    0.999,
    [0.01, 1],
    "share of calibration currents that the converters' range covers",
    "chosen",
  ),
  programmingError: quantity(
    "1",
    0.05,
    [0, 2],
    "standard deviation of a programmed conductance, as a share of it",
    "chosen: write and verify within 5 %",
  ),
  readNoise: quantity(
    "1",
    0.01,
    [0, 2],
    "standard deviation of a conductance from read to read, as a share of it",
    "assumed",
  ),
  readVoltage: quantity(
    "V",
    0.2,
    [1e-3, 1],
    "largest voltage on a word line",
    "chosen: far below what moves a filament (docs/devices.md)",
  ),
} as const satisfies Parameters;

/** How long a read of analog arrays takes, for studies that count its energy. */
export const READ_TIME = quantity("s", 10e-9, [1e-12, 1e-3], "word lines of analog arrays are driven", "chosen");

type AnalogValues = ValuesOf<typeof ANALOG_PARAMETERS>;

/** @throws RangeError where the range of conductances is none. */
export const analogDesignOf = (p: AnalogValues): AnalogDesign => {
  if (p.highResistance <= p.lowResistance)
    throw new RangeError(`highResistance ${p.highResistance} ohm is not above lowResistance ${p.lowResistance} ohm.`);
  const converter: Converter | null =
    p.converterBits === 0
      ? null
      : {
          kind: "SAR",
          bits: p.converterBits,
          range: { kind: "calibrated", quantile: p.converterRange },
          gain: 0,
          offset: 0,
          mismatch: 0,
        };
  return {
    mapping: p.mapping,
    conductances: [1 / p.highResistance, 1 / p.lowResistance],
    levels: p.levels === 0 ? null : p.levels,
    slices: 1,
    readVoltage: p.readVoltage,
    input: { kind: "voltage", bits: p.inputBits === 0 ? null : p.inputBits },
    converter,
    tile: { rows: p.tile, columns: p.tile },
    wires: { wordLine: p.wireResistance, bitLine: p.wireResistance },
    programmingError: p.programmingError,
    readNoise: p.readNoise,
  };
};
