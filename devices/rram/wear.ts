/**
 * How use closes the window between the states, of cells that were programmed N times before this time:
 *
 *     ln R_low += low S,   ln R_high -= high S,   S = log10(1 + N / onset).
 *
 * A law of the user's: what cycles do is in none of the data that come with the program.
 */
export interface RramWear {
  readonly standing: string;
  readonly source: string;
  /** Cycles from which it is felt. */
  readonly onset: number;
  /** What a decade of cycles adds to ln of the low resistance, and takes off ln of the high one. */
  readonly low: number;
  readonly high: number;
}

/**
 * What so many cycles have added to ln R of a state.
 * @throws RangeError for a count below 0, and for cycles of a device that does not say how it wears.
 */
export const wornBy = (
  { name, wear }: { readonly name: string; readonly wear?: RramWear },
  state: "lrs" | "hrs",
  cycles: number,
): number => {
  if (!(cycles >= 0 && cycles < Number.POSITIVE_INFINITY))
    throw new RangeError(`age: ${cycles} cycles; expected 0 or more.`);
  if (cycles === 0) return 0;
  if (!wear)
    throw new RangeError(
      `age: ${cycles} cycles; device "${name}" does not say how it wears; give it "wear" (docs/relaxation.md).`,
    );
  const decades = Math.log10(1 + cycles / wear.onset);
  return state === "lrs" ? wear.low * decades : -wear.high * decades;
};
