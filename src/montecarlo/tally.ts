import { type CoMoments, mergeCoMoments } from "#src/numerics/co-moments";
import { addMoment, type Moments, mergeMoments, NO_MOMENTS } from "#src/numerics/moments";
import { emptySketch, mergeSketches, type QuantileSketch, sketchInto } from "#src/numerics/quantile-sketch";
import { addSensitivity, noSensitivity, type SensitivityRow } from "#src/numerics/sobol-indices";
import type { NumberSpec } from "./table.ts";

/** A rate's report of one trial: 0 or 1, or a count out of several opportunities. */
export type RateReport = 0 | 1 | { readonly events: number; readonly of: number };

/** What one trial says of one number. */
export type Report = number | RateReport | SensitivityRow;

/** Mergeable sums of one number over trials. */
export type Tally =
  | {
      readonly kind: "rate";
      readonly events: number;
      readonly of: number;
      /** Over trials: their number, and sums of events^2, events x of, of^2, which tell whether events come together. */
      readonly trials: number;
      readonly squares: readonly [events: number, mixed: number, of: number];
    }
  | { readonly kind: "mean"; readonly moments: Moments; readonly sketch: QuantileSketch | null }
  | { readonly kind: "sobol"; readonly coMoments: CoMoments };

export const emptyTally = (spec: NumberSpec): Tally => {
  if (spec.kind === "rate") return { kind: "rate", events: 0, of: 0, trials: 0, squares: [0, 0, 0] };
  if (spec.kind === "sobol") return { kind: "sobol", coMoments: noSensitivity() };
  return { kind: "mean", moments: NO_MOMENTS, sketch: spec.quantiles ? emptySketch() : null };
};

/** Events and opportunities of a rate's report; null where it is none. */
export const rateOf = (report: Report): { readonly events: number; readonly of: number } | null => {
  if (typeof report === "object" && "of" in report) return report;
  return typeof report === "number" ? { events: report, of: 1 } : null;
};

/**
 * The tally with one more report. A sketch is counted in place: the tally given is used up.
 * @throws RangeError saying what is wrong with a report that is not what the number's kind takes.
 */
export const addReport = (tally: Tally, report: Report): Tally => {
  if (tally.kind === "rate") {
    const rate = rateOf(report);
    if (
      !rate ||
      !(Number.isInteger(rate.events) && Number.isInteger(rate.of) && rate.events >= 0 && rate.events <= rate.of)
    )
      throw new RangeError(`is a rate: ${rate?.events} events of ${rate?.of}; expected whole numbers, 0 .. of`);
    const { events, of } = rate;
    const one: Tally = { kind: "rate", events, of, trials: 1, squares: [events * events, events * of, of * of] };
    return mergeTallies(tally, one);
  }
  if (tally.kind === "sobol") {
    const row = report as SensitivityRow;
    if (![row.a, row.b, row.mixed].every(Number.isFinite))
      throw new RangeError("is a Sobol index; expected finite numbers { a, b, mixed }");
    return { kind: "sobol", coMoments: addSensitivity(tally.coMoments, row) };
  }
  if (typeof report !== "number" || !Number.isFinite(report)) throw new RangeError(`is ${report}, not a finite number`);
  if (tally.sketch) sketchInto(tally.sketch, report);
  return { ...tally, moments: addMoment(tally.moments, report) };
};

export const mergeTallies = (a: Tally, b: Tally): Tally => {
  if (a.kind === "rate" && b.kind === "rate")
    return {
      kind: "rate",
      events: a.events + b.events,
      of: a.of + b.of,
      trials: a.trials + b.trials,
      squares: [a.squares[0] + b.squares[0], a.squares[1] + b.squares[1], a.squares[2] + b.squares[2]],
    };
  if (a.kind === "sobol" && b.kind === "sobol")
    return { kind: "sobol", coMoments: mergeCoMoments(a.coMoments, b.coMoments) };
  if (a.kind === "mean" && b.kind === "mean")
    return {
      kind: "mean",
      moments: mergeMoments(a.moments, b.moments),
      sketch: a.sketch && b.sketch ? mergeSketches(a.sketch, b.sketch) : null,
    };
  throw new Error(`tallies of a ${a.kind} and a ${b.kind} do not merge.`);
};
