import { wilson } from "#src/numerics/wilson";
import type { Cell } from "./table.ts";
import type { Tally } from "./tally.ts";

/**
 * How many times the variance of a rate exceeds the binomial's because events come together in trials: that of the ratio of
 * sums over trials, m sum (e - p n)^2 / ((m - 1) N^2), over p (1 - p) / N (W. G. Cochran, Sampling Techniques, Wiley 1977,
 * section 3.12); at least 1, and 1 where trials have one opportunity each or there is only one.
 */
const designEffect = ({ events, of, trials, squares }: Extract<Tally, { kind: "rate" }>): number => {
  const [ee, en, nn] = squares;
  if (trials < 2 || of === trials || events === 0 || events === of) return 1;
  const p = events / of;
  const spread = ((ee - 2 * p * en + p * p * nn) * trials) / (trials - 1);
  return Math.max(1, spread / (p * (1 - p) * of));
};

/** A rate's estimate with its Wilson interval, wider where events come together. */
export const rateCell = (tally: Extract<Tally, { kind: "rate" }>): Cell => {
  const effect = designEffect(tally);
  const events = tally.events / effect;
  return {
    ...wilson(events, tally.of / effect),
    estimate: tally.events / tally.of,
    trials: tally.of,
    events,
    deviation: Number.NaN,
    quantiles: [],
  };
};
