import type { AnalogDesign, Converter, WeightMapping } from "#circuits/index";
import type { Parameters, ValuesOf } from "#src/montecarlo/index";

const count = (what: string, value: number, min: number, max: number, source: string) =>
  ({ kind: "integer", unit: "1", default: value, min, max, says: what, source }) as const;
const share = (what: string, value: number, source: string) =>
  ({ kind: "quantity", unit: "1", default: value, min: 0, max: 2, says: what, source }) as const;
const ohm = (what: string, value: number, min: number, source: string) =>
  ({ kind: "quantity", unit: "ohm", default: value, min, max: 1e12, says: what, source }) as const;

/** What every study of analog multiplication lets the user set. */
export const ANALOG_PARAMETERS = {
  mapping: {
    kind: "choice",
    choices: ["differential pair", "offset column"],
    default: "differential pair",
    says: "how signed weights become conductances",
    source: "chosen",
  },
  tile: count("most rows and columns (of weights) of one array", 128, 2, 4096, "chosen: a common array size"),
  wireResistance: ohm(
    "of word and bit lines from cell to cell",
    1,
    0,
    "about a micrometre of sky130 met2 at its least width, 0.125 ohm/sq and 0.14 um (technology LEF)",
  ),
  lowResistance: ohm(
    "of a device at the top of its range",
    10e3,
    1,
    "the read sets' low state, illustrative: docs/devices.md",
  ),
  highResistance: ohm("of a device at the bottom of its range", 1e6, 10, "chosen: a hundred times the low one"),
  levels: count(
    "states of a device, evenly spaced in conductance; 0: any",
    0,
    0,
    65536,
    "0: none of the loss is quantization",
  ),
  inputBits: count("bits of the voltage an input becomes; 0: any", 8, 0, 16, "8: the images' own"),
  converterBits: count("bits of the converter behind a column; 0: none", 8, 0, 16, "chosen"),
  converterRange: {
    kind: "quantity",
    unit: "1",
    default: 0.999,
    min: 0.01,
    max: 1,
    says: "share of calibration currents that the converters' range covers",
    source: "chosen",
  },
  programmingError: share(
    "standard deviation of a programmed conductance, as a share of it",
    0.05,
    "chosen: write and verify within 5 %",
  ),
  readNoise: share("standard deviation of a conductance from read to read, as a share of it", 0.01, "assumed"),
  readVoltage: {
    kind: "quantity",
    unit: "V",
    default: 0.2,
    min: 1e-3,
    max: 1,
    says: "largest voltage on a word line",
    source: "chosen: far below what moves a filament (docs/devices.md)",
  },
} as const satisfies Parameters;

export type AnalogValues = ValuesOf<typeof ANALOG_PARAMETERS>;

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
    mapping: p.mapping as WeightMapping,
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
