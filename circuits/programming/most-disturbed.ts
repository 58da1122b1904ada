import type { ArrayPulseOutcome } from "./array-pulse-contract.ts";

/** Of the unselected cells, the one whose filament moved most; lengths before and after are rows x columns [m]. */
export const mostDisturbed = (
  before: Float64Array,
  after: Float64Array,
  selected: number,
  columns: number,
): ArrayPulseOutcome["disturbed"] => {
  let [worst, most] = [selected === 0 && before.length > 1 ? 1 : 0, -1];
  before.forEach((length, m) => {
    if (m === selected) return;
    const change = Math.abs(after[m] - length);
    if (change > most) [worst, most] = [m, change];
  });
  const change = before.length > 1 ? after[worst] - before[worst] : 0;
  return { row: Math.floor(worst / columns), column: worst % columns, change };
};
