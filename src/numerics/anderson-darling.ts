import { fold, type Key, uniform } from "#src/random/index";
import { fitLog, type LogFamily, type LogFit, logQuantileOf, sharesAt } from "./log-fits.ts";

/**
 * Anderson and Darling's distance between sorted values y = ln x and a distribution, which weighs the tails: A^2 = -n -
 * sum (2 i - 1) (ln F(y_i) + ln(1 - F(y_(n+1-i)))) / n. T. W. Anderson, D. A. Darling, J. Am. Stat. Assoc. 49, 765 (1954).
 */
export const andersonDarling = (fit: LogFit, sorted: Float64Array): number => {
  const n = sorted.length;
  let sum = 0;
  sorted.forEach((y, i) => {
    const [below, above] = sharesAt(fit, y);
    // Value i has weight 2 i + 1 from below, and 2 (n - i) - 1 from above.
    sum += (2 * i + 1) * Math.log(below) + (2 * (n - i) - 1) * Math.log(above);
  });
  return -n - sum / n;
};

export interface GoodnessOfFit {
  readonly distance: number;
  /** Share of samples of the fitted distribution, fitted again, that lie as far from their fit. */
  readonly probability: number;
  readonly replicates: number;
}

/** Values drawn in all replicates together, and fewest and most replicates. */
const WORK = 100_000;
const [FEWEST, MOST] = [39, 199];

/** A mixture's fit begins from many places, for the replicates as for the values: fewer of them. */
const MOST_OF_MIXTURE = 99;

/** Replicates for this many values. */
const replicatesFor = (kind: LogFamily, count: number): number =>
  Math.min(kind === "two lognormals" ? MOST_OF_MIXTURE : MOST, Math.max(FEWEST, Math.floor(WORK / count)));

/**
 * How well a family fits, its parameters being estimated from the same values: the distance's probability by parametric
 * bootstrap (W. Stute, W. Gonzalez Manteiga, M. Presedo Quindimil, Metrika 40, 243, 1993). A distance beyond all
 * replicates has probability 1 / (replicates + 1) at most.
 */
export const goodnessOfFit = (
  fit: LogFit,
  sorted: Float64Array,
  key: Key,
  replicates = replicatesFor(fit.kind, sorted.length),
): GoodnessOfFit => {
  const distance = andersonDarling(fit, sorted);
  let beyond = 0;
  for (let r = 0; r < replicates; r++) {
    const own = fold(key, r);
    const drawn = Float64Array.from(sorted, (_, i) => logQuantileOf(fit, uniform(own, i))).sort();
    if (andersonDarling(fitLog(fit.kind, drawn, fit), drawn) >= distance) beyond++;
  }
  return { distance, probability: (beyond + 1) / (replicates + 1), replicates };
};
