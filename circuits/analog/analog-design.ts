/**
 * How a weight becomes conductances. Weights are divided by their layer's largest |w| first, so that they fill the range.
 *
 *     single             one device, weights >= 0: G = Gmin + w (Gmax - Gmin); what Gmin adds is subtracted digitally
 *     differential pair  two devices in neighbouring columns: the side of the sign carries |w|, the other Gmin; their currents
 *                        are subtracted before conversion
 *     offset column      one device, G at mid range for 0, and a reference column of mid range (whatever the levels) whose
 *                        current is subtracted from that of every other column before conversion
 */
export type WeightMapping = "single" | "differential pair" | "offset column";

/** How an input becomes voltages. Inputs are divided by the layer's largest expected input; what is beyond it is clipped. */
export type InputCoding =
  /** One voltage an input, from a converter of `bits` (null: continuous). Signed inputs give voltages of either sign. */
  | { readonly kind: "voltage"; readonly bits: number | null }
  /** One bit after the other at the full voltage, results added by weight: `bits` reads, inputs >= 0. */
  | { readonly kind: "bit-serial"; readonly bits: number };

/**
 * The converter behind a column.
 *
 *     SAR   successive approximation on binary-weighted capacitors: the capacitor of 2^k units has a relative error of
 *           mismatch / sqrt(2^k), drawn once a converter
 *     ramp  a ramp shared by a tile's columns, bowed by `bow` steps at mid scale (integral nonlinearity), and a comparator a
 *           column
 *
 * `gain` and `offset` are standard deviations of a converter's own: relative, and in steps.
 */
export type Converter = {
  readonly bits: number;
  readonly range: ConverterRange;
  readonly gain: number;
  readonly offset: number;
} & ({ readonly kind: "SAR"; readonly mismatch: number } | { readonly kind: "ramp"; readonly bow: number });

/** Currents a converter resolves: all that the tile can give, or the share of calibration currents that `quantile` covers. */
export type ConverterRange = { readonly kind: "full" } | { readonly kind: "calibrated"; readonly quantile: number };

export interface AnalogDesign {
  readonly mapping: WeightMapping;
  /** Range of a device [S]. */
  readonly conductances: readonly [least: number, most: number];
  /** States of a device between the two, evenly spaced; null: any. */
  readonly levels: number | null;
  /** Devices a weight, each carrying log2(levels) bits of it, most significant first; 1: no slicing. Needs `levels`. */
  readonly slices: number;
  /** Largest voltage on a word line [V]. */
  readonly readVoltage: number;
  readonly input: InputCoding;
  /** Null: ideal, currents as they are. */
  readonly converter: Converter | null;
  /** Largest array: layers are cut into tiles whose results are added digitally. Columns count weights, not devices. */
  readonly tile: { readonly rows: number; readonly columns: number };
  /** Line resistance within a tile from cell to cell [ohm]; null: ideal lines. */
  readonly wires: { readonly wordLine: number; readonly bitLine: number } | null;
  /** Standard deviation of a programmed conductance as a share of it, drawn once a chip. */
  readonly programmingError: number;
  /** Standard deviation of a device's conductance from read to read, as a share of it. */
  readonly readNoise: number;
}

const within = (value: number, low: number, high: number): boolean => value >= low && value <= high;

/** @throws RangeError for a design that cannot be built, with what is allowed. */
export const checkAnalogDesign = (design: AnalogDesign): void => {
  const refuse = (what: string): never => {
    throw new RangeError(`analog multiply: ${what}`);
  };
  const whole = (name: string, value: number, low: number, high: number): void => {
    if (!Number.isInteger(value) || !within(value, low, high))
      refuse(`${name} ${value}; expected a whole number from ${low} to ${high}.`);
  };
  const choice = (name: string, value: unknown, allowed: readonly string[]): void => {
    if (!allowed.includes(value as string)) refuse(`${name} is "${value}"; expected ${allowed.join(", ")}.`);
  };
  for (const part of ["conductances", "input", "converter", "tile", "wires", "levels"] as const)
    if (design[part] === undefined) refuse(`${part} is missing; null stands for none where there may be none.`);
  choice("mapping", design.mapping, ["single", "differential pair", "offset column"]);
  choice("input.kind", design.input.kind, ["voltage", "bit-serial"]);
  if (design.converter) {
    choice("converter.kind", design.converter.kind, ["SAR", "ramp"]);
    choice("converter.range.kind", design.converter.range?.kind, ["full", "calibrated"]);
  }
  const [least, most] = design.conductances;
  if (!(least >= 0 && most > least && most < Number.POSITIVE_INFINITY))
    refuse(`conductances ${least} to ${most} S; expected 0 S or more, ascending.`);
  if (!(design.readVoltage > 0 && design.readVoltage < Number.POSITIVE_INFINITY))
    refuse(`read voltage ${design.readVoltage} V; expected more than 0 V.`);
  if (design.levels !== null) whole("levels", design.levels, 2, 2 ** 16);
  whole("slices", design.slices, 1, 16);
  if (design.slices > 1 && design.levels === null) refuse("slices need devices of a number of levels.");
  if (design.slices > 1 && design.mapping === "offset column")
    refuse("slices are for single devices and differential pairs; an offset column carries whole weights.");
  if (design.input.bits !== null) whole("input bits", design.input.bits, 1, 16);
  whole("tile rows", design.tile.rows, 1, 65536);
  whole("tile columns", design.tile.columns, 1, 65536);
  for (const [name, share] of [
    ["programming error", design.programmingError],
    ["read noise", design.readNoise],
  ] as const)
    if (!within(share, 0, 10)) refuse(`${name} ${share}; expected a share of the conductance from 0 up.`);
  const { wires, converter } = design;
  if (wires && !(wires.wordLine >= 0 && wires.bitLine >= 0))
    refuse(`wires of ${wires.wordLine} and ${wires.bitLine} ohm; expected 0 ohm or more.`);
  if (!converter) return;
  whole("converter bits", converter.bits, 1, 16);
  if (converter.range.kind === "calibrated" && !(converter.range.quantile > 0 && converter.range.quantile <= 1))
    refuse(`converter range covers ${converter.range.quantile} of the currents; expected a share above 0, up to 1.`);
  const spread = converter.kind === "SAR" ? converter.mismatch : Math.abs(converter.bow);
  const sigmas = [converter.gain, converter.offset];
  if (
    !(sigmas.every((x) => x >= 0 && x < Number.POSITIVE_INFINITY) && spread < Number.POSITIVE_INFINITY && spread >= 0)
  )
    refuse("a converter's gain, offset and mismatch are standard deviations; expected 0 or more.");
};
