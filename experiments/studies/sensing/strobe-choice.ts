import { binaryErrors, type ReadCounts, ternaryErrors } from "#circuits/index";
import { power } from "#src/numerics/power";

/** Strobes from which each network's own best is chosen [s]: eight a decade from 0.2 ns to 112 ns. */
export const CANDIDATES: readonly number[] = Array.from({ length: 23 }, (_, i) => 0.2e-9 * power(10, i / 8));
/** Samples of each state that choose the best strobes, apart from those that rates are counted on. */
export const CALIBRATION_SAMPLES = 250;

/** Mean squared error of a weight as read, the stored states equally likely: what the strobe is chosen by. */
export const ternaryHarm = (c: ReadCounts): number => {
  const { type1, type2, type3 } = ternaryErrors(c);
  return (2 * (4 * type1 + type2) + type3) / 3;
};
export const binaryHarm = (c: ReadCounts): number => 4 * binaryErrors(c).type1;

/** Index of the least harm; where several do equally well, the middle one: away from both edges of the window. */
export const leastHarm = (counts: readonly ReadCounts[], harm: (c: ReadCounts) => number): number => {
  const least = Math.min(...counts.map(harm));
  const best = counts.flatMap((c, i) => (harm(c) === least ? [i] : []));
  return best[Math.floor(best.length / 2)];
};

/** The longest unbroken run of strobes (ascending) that are good; null where none is. */
export const longestWindow = (
  strobes: readonly number[],
  good: (strobe: number) => boolean,
): { readonly from: number; readonly to: number } | null => {
  let best: readonly number[] = [];
  let run: number[] = [];
  for (const strobe of strobes) {
    run = good(strobe) ? [...run, strobe] : [];
    if (run.length > best.length) best = run;
  }
  return best.length > 0 ? { from: best[0], to: best[best.length - 1] } : null;
};
