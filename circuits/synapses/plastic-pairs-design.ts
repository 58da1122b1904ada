import type { PulsedParams } from "#devices/index";
import { type ArrayTiming, checkTiming } from "./array-use.ts";

/** How a wanted change becomes pulses. */
export type PulseUpdate =
  /** As many pulses as the array's mean device at mid-range would need. */
  | { readonly kind: "blind" }
  /** The same, then single pulses either way until the pair is within half a pulse of what was wanted. */
  | { readonly kind: "write-verify"; readonly mostPulses: number };

/** What becomes of the fraction of a pulse in a wanted change. */
export type PulseRounding =
  /** A pulse with that chance: nothing is lost in the mean. */
  | { readonly kind: "stochastic" }
  /** Changes below `least` pulses are dropped, others rounded to the nearest number, at least one. */
  | { readonly kind: "dropped"; readonly least: number }
  /** A digital register for each pair sums what was wanted, and gives its whole pulses once there are `least` of them. */
  | { readonly kind: "carried"; readonly least: number };

/** Weights as differences of conductance pairs that pulses move. */
export interface PlasticPairsDesign {
  readonly inputs: number;
  readonly outputs: number;
  readonly device: PulsedParams;
  /** Weight of a pair with one device at its upper and the other at its lower nominal bound. */
  readonly largestWeight: number;
  readonly update: PulseUpdate;
  readonly rounding: PulseRounding;
  /** Standard deviation of a conductance from read to read, as a share of it. */
  readonly readNoise: number;
  /** Lines of tiles with this many rows and columns of pairs, and their resistance from cell to cell [ohm]; null: ideal lines. */
  readonly lines: { readonly rows: number; readonly columns: number; readonly segmentResistance: number } | null;
  readonly timing: ArrayTiming;
}

/** More pulses than cross the range, up on one device and down on the other, do nothing more. */
export const mostPulsesAtOnce = ({ pulses }: PulsedParams): number => Math.ceil(pulses.set + pulses.reset);

/** @throws RangeError for a design that cannot be. */
export const checkPairs = (design: PlasticPairsDesign, start: Float32Array): void => {
  const refuse = (what: string): never => {
    throw new RangeError(`plastic pairs: ${what}`);
  };
  const { inputs, outputs, largestWeight, readNoise, update, rounding, lines } = design;
  checkTiming(design.timing);
  if (start.length !== inputs * outputs) refuse(`${start.length} weights for ${inputs} inputs and ${outputs} outputs.`);
  if (!start.every(Number.isFinite)) refuse("a weight to begin with is no number.");
  if (!(largestWeight > 0 && largestWeight < Number.POSITIVE_INFINITY))
    refuse(`largest weight ${largestWeight}; expected more than 0.`);
  if (!(readNoise >= 0 && readNoise <= 10))
    refuse(`read noise ${readNoise}; expected a share of the conductance, 0 or more.`);
  if (update?.kind !== "blind" && update?.kind !== "write-verify")
    refuse(`update ${JSON.stringify(update)}; expected { kind: "blind" } or { kind: "write-verify", mostPulses }.`);
  if (update.kind === "write-verify" && !(Number.isInteger(update.mostPulses) && update.mostPulses >= 0))
    refuse(`at most ${update.mostPulses} verifying pulses; expected a whole number.`);
  if (rounding?.kind !== "stochastic" && rounding?.kind !== "dropped" && rounding?.kind !== "carried")
    refuse(
      `rounding ${JSON.stringify(rounding)}; expected { kind: "stochastic" }, "dropped" or "carried" with { least }.`,
    );
  if (rounding.kind === "dropped" && !(rounding.least > 0 && rounding.least <= 1))
    refuse(`changes below ${rounding.least} pulses dropped; expected more than 0, at most 1.`);
  if (rounding.kind === "carried" && !(rounding.least >= 1 && rounding.least < Number.POSITIVE_INFINITY))
    refuse(`${rounding.least} pulses carried before they are given; expected 1 or more.`);
  const most = mostPulsesAtOnce(design.device);
  if (rounding.kind === "carried" && rounding.least > most)
    refuse(
      `${rounding.least} pulses carried before they are given; a register holds the ${most} that cross the range, expected at most that.`,
    );
  if (lines && !(lines.segmentResistance >= 0 && lines.rows >= 1 && lines.columns >= 1))
    refuse(
      `lines of ${lines.segmentResistance} ohm in tiles of ${lines.rows} x ${lines.columns}; expected 0 ohm or more.`,
    );
};
