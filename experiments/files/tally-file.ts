import * as z from "zod";
import type { NumberSpec, Tally } from "#src/montecarlo/index";

type Bins = readonly (readonly [number, number])[];

/** A number's sums as they stand in a shard's file: maps as sorted pairs, whatever the order of the trials. */
export const plainTally = (tally: Tally): object => {
  if (tally.kind !== "mean") return tally;
  const { moments, sketch } = tally;
  const bins = (map: ReadonlyMap<number, number>): Bins => [...map].sort((a, b) => a[0] - b[0]);
  return {
    kind: "mean",
    moments,
    sketch: sketch && { zeros: sketch.zeros, positive: bins(sketch.positive), negative: bins(sketch.negative) },
  };
};

const count = z.int().min(0);
/** Means of seven terms and their products: see src/numerics/sobol-indices.ts. */
const TERMS = 7;
/** Largest mean whose square a sum can hold. */
const LARGEST = 1e150;
const terms = (size: number) => z.array(z.number()).length(size);
const bins = z.array(z.tuple([z.int(), z.int().min(1)]));

const rate = z.strictObject({
  kind: z.literal("rate"),
  events: count,
  of: count,
  trials: count,
  squares: z.tuple([count, count, count]),
});
const mean = z.strictObject({
  kind: z.literal("mean"),
  moments: z.strictObject({
    count,
    mean: z.number().min(-LARGEST).max(LARGEST),
    squares: z
      .number()
      .min(0)
      .max(LARGEST * LARGEST),
  }),
  sketch: z.strictObject({ zeros: count, positive: bins, negative: bins }).nullable(),
});
const sobol = z.strictObject({
  kind: z.literal("sobol"),
  coMoments: z.strictObject({ count, means: terms(TERMS), products: terms(TERMS * TERMS) }),
});

const inSketch = ({ zeros, positive, negative }: { zeros: number; positive: Bins; negative: Bins }): number =>
  [...positive, ...negative].reduce((sum, [, n]) => sum + n, zeros);

/**
 * The sums of a number of this kind, over at most so many reports.
 * @throws Error saying what in them cannot be: the checksum of a file says only that nobody changed it by mistake.
 */
export const tallyOf = (plain: unknown, spec: NumberSpec, most: number): Tally => {
  const expectCount = (reports: number): void => {
    if (reports > most) throw new Error(`${reports} trials of ${most}`);
  };
  if (spec.kind === "rate") {
    const tally = rate.parse(plain);
    expectCount(tally.trials);
    if (tally.events > tally.of) throw new Error(`${tally.events} events of ${tally.of}`);
    return tally;
  }
  if (spec.kind === "sobol") {
    const tally = sobol.parse(plain);
    expectCount(tally.coMoments.count);
    return tally;
  }
  const { moments, sketch } = mean.parse(plain);
  expectCount(moments.count);
  if ((sketch === null) === Boolean(spec.quantiles)) throw new Error("quantiles that nobody asked for, or none");
  if (sketch && inSketch(sketch) !== moments.count)
    throw new Error(`${inSketch(sketch)} values in the bins of ${moments.count}`);
  return {
    kind: "mean",
    moments,
    sketch: sketch && {
      zeros: sketch.zeros,
      positive: new Map(sketch.positive),
      negative: new Map(sketch.negative),
    },
  };
};
