import {
  type FilamentPhysics,
  type FilamentSpread,
  type Gate,
  type MosfetParams,
  sampleFilament,
} from "#devices/index";
import { fold, type Key } from "#src/random/index";
import type { BiasScheme } from "../crossbar/biasing.ts";
import { type CrossbarDesign, checkCrossbarDesign } from "../crossbar/crossbar-design.ts";
import type { SwitchingDevice } from "../elements/switching-device.ts";

/**
 * How a cell is reached.
 *
 *     cross-point  the filament alone between word line (plus) and bit line; what limits the current is the lines and their drivers
 *     1T1R         the filament from the bit line (plus) to an nMOS whose source is on the word line's place in the lines (the
 *                  source line, a row) and whose gate line is a row's own; unselected rows are off, unselected bit lines follow
 *                  the selected source line
 */
export type CellAccess =
  | { readonly kind: "cross-point"; readonly scheme: BiasScheme }
  | { readonly kind: "1T1R"; readonly params: MosfetParams; readonly gate: Gate };

/** An array of filaments, or of any devices that switch, as drawn; `P` is the record of one device. */
export interface FilamentArrayDesign<P = FilamentPhysics> {
  readonly lines: CrossbarDesign;
  readonly access: CellAccess;
  readonly device: SwitchingDevice<P>;
  readonly filament: P;
  /** [K] */
  readonly ambient: number;
  /** A filament hotter than this has run away: an outcome, as nothing is known of what it then does [K]. */
  readonly largestTemperature: number;
}

/** An array as fabricated and programmed so far. */
export interface FilamentArray<P = FilamentPhysics> {
  readonly design: FilamentArrayDesign<P>;
  /** Each cell's own filament. */
  readonly devices: readonly P[];
  /** Of each filament, rows x columns [m]. */
  readonly lengths: Float64Array;
}

/** @throws RangeError for lines that cannot be, or temperatures out of order. */
const checkFilamentArray = <P>({ lines, access, ambient, largestTemperature }: FilamentArrayDesign<P>): void => {
  checkCrossbarDesign(lines);
  if (access.kind !== "1T1R" && access.kind !== "cross-point")
    throw new RangeError(
      `filament array: access of kind "${(access as { kind: unknown }).kind}"; expected cross-point, 1T1R.`,
    );
  if (access.kind === "1T1R" && !(access.params && access.gate?.width > 0 && access.gate.length > 0))
    throw new RangeError("filament array: 1T1R access needs params and gate { width, length } of its transistor [m].");
  if (!(ambient > 0 && largestTemperature > ambient))
    throw new RangeError(
      `filament array: ambient ${ambient} K and a largest temperature of ${largestTemperature} K; expected 0 K < ambient < largest.`,
    );
};

/** Draws an array's devices, all with filaments of the same length [m]. */
export const sampleFilamentArray = (
  design: FilamentArrayDesign,
  spread: FilamentSpread,
  length: number,
  key: Key,
): FilamentArray => {
  checkFilamentArray(design);
  const { rows, columns } = design.lines;
  const { leastFilament, mostFilament } = design.filament;
  if (!(length >= leastFilament && length <= mostFilament))
    throw new RangeError(`filament array: length ${length} m; expected ${leastFilament} to ${mostFilament} m.`);
  return {
    design,
    devices: Array.from({ length: rows * columns }, (_, k) => sampleFilament(design.filament, spread, fold(key, k))),
    lengths: new Float64Array(rows * columns).fill(length),
  };
};

/** Conductances at low voltage, rows x columns [S]. */
export const filamentConductances = <P>({ design: { device }, devices, lengths }: FilamentArray<P>): Float64Array =>
  lengths.map((length, k) => 1 / device.resistance(devices[k], length));
