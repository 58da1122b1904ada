import type { NumberSpec } from "./table.ts";

/** The range of a parameter, both ends allowed. */
type Range = readonly [min: number, max: number];

/** A number with a unit; `unit`, default and range in SI, "1" for a pure number. */
export const quantity = <const U extends string>(
  unit: U,
  value: number,
  [min, max]: Range,
  says: string,
  source: string,
) => ({ kind: "quantity", unit, default: value, min, max, says, source }) as const;

/** A whole number. */
export const integer = (value: number, [min, max]: Range, says: string, source: string) =>
  ({ kind: "integer", unit: "1", default: value, min, max, says, source }) as const;

/** One of these words. */
export const choice = <const C extends readonly string[]>(choices: C, value: C[number], says: string, source: string) =>
  ({ kind: "choice", choices, default: value, says, source }) as const;

/** Free text. */
export const text = (value: string, says: string, source: string) =>
  ({ kind: "text", default: value, says, source }) as const;

/** A number that trials report: events out of opportunities. */
export const rate = (says: string) => ({ kind: "rate", says }) as const satisfies NumberSpec;

/** A number that trials report: a quantity whose mean is wanted. */
export const mean = <const U extends string>(unit: U, says: string) =>
  ({ kind: "mean", unit, says }) as const satisfies NumberSpec;
