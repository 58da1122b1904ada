import type { CellAge, RramRelaxation } from "./params.ts";

/** How far beyond its measurements a relaxation is asked for: whether in time, in temperature. */
export interface BeyondMeasured {
  readonly time: boolean;
  readonly temperature: boolean;
}

/** Whether an age lies beyond what was measured: longer than the last time at a temperature, or at one outside of those measured; null: it does not. */
export const beyondMeasured = (
  { times, temperatures }: Pick<RramRelaxation, "times" | "temperatures">,
  { holds }: CellAge,
): BeyondMeasured | null => {
  const rested = holds.filter(({ seconds }) => seconds > 0);
  const seconds = rested.reduce((sum, hold) => sum + hold.seconds, 0);
  const time = seconds > times[1] * 1.001;
  const temperature = rested.some(
    (hold) => hold.temperature < temperatures[0] - 0.5 || hold.temperature > temperatures[1] + 0.5,
  );
  return time || temperature ? { time, temperature } : null;
};
