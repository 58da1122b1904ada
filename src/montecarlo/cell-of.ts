import { meanInterval } from "#src/numerics/mean-interval";
import { standardDeviation } from "#src/numerics/moments";
import { quantileInterval } from "#src/numerics/quantile-interval";
import { sobolIndex } from "#src/numerics/sobol-indices";
import { rateCell } from "./rate-cell.ts";
import type { Cell, NumberSpec } from "./table.ts";
import type { Tally } from "./tally.ts";

const REST = { events: Number.NaN, deviation: Number.NaN, quantiles: [] };

/** The number's estimate with its interval. */
export const cellOf = (spec: NumberSpec, tally: Tally): Cell => {
  if (tally.kind === "rate") return rateCell(tally);
  if (tally.kind === "sobol") {
    const effect = spec.kind === "sobol" ? spec.effect : "total";
    return { ...REST, ...sobolIndex(tally.coMoments, effect), trials: tally.coMoments.count };
  }
  const { moments, sketch } = tally;
  const wanted = spec.kind === "mean" ? (spec.quantiles ?? []) : [];
  return {
    ...REST,
    ...meanInterval(moments),
    trials: moments.count,
    deviation: standardDeviation(moments),
    quantiles: sketch ? wanted.map((q) => quantileInterval(sketch, q)) : [],
  };
};
