import type { CellAge, RramRelaxation } from "./params.ts";

/** How far outside of its measurements a relaxation is asked for: in time, in temperature. */
export interface BeyondMeasured {
  readonly time: "before" | "after" | null;
  readonly temperature: boolean;
}

/**
 * Whether an age lies outside of what was measured: before the first time or after the last one, or at a temperature outside of those
 * measured; null: it does not. Cells just programmed are no age.
 */
export const beyondMeasured = (
  { times, temperatures }: Pick<RramRelaxation, "times" | "temperatures">,
  { holds }: CellAge,
): BeyondMeasured | null => {
  const rested = holds.filter(({ seconds }) => seconds > 0);
  if (rested.length === 0) return null;
  const seconds = rested.reduce((sum, hold) => sum + hold.seconds, 0);
  const time = seconds > times[1] * 1.001 ? "after" : seconds < times[0] / 1.001 ? "before" : null;
  const temperature = rested.some(
    (hold) => hold.temperature < temperatures[0] - 0.5 || hold.temperature > temperatures[1] + 0.5,
  );
  return time || temperature ? { time, temperature } : null;
};
