import { power } from "./power.ts";
/**
 * Counts of values in geometric bins: quantiles of any number of values in bounded memory, to a relative error of
 * SKETCH_ERROR of the value. Bins depend on the value alone, so that sketches merge exactly: any order, the same bytes.
 * DDSketch: C. Masson, J. E. Rim, H. K. Lee, Proc. VLDB Endow. 12, 2195 (2019).
 */
export interface QuantileSketch {
  /** Values of zero, and those too small for a bin. */
  readonly zeros: number;
  /** Number of values in each bin of the positive and of the negative ones. */
  readonly positive: ReadonlyMap<number, number>;
  readonly negative: ReadonlyMap<number, number>;
}

/** Largest relative error of a quantile: half of a bin. */
export const SKETCH_ERROR = 0.005;

const GAMMA = (1 + SKETCH_ERROR) / (1 - SKETCH_ERROR);
const LOG_GAMMA = Math.log(GAMMA);
/** Smaller magnitudes count as zero: far below any physical quantity in SI units. */
const LEAST = 1e-100;

export const emptySketch = (): QuantileSketch => ({ zeros: 0, positive: new Map(), negative: new Map() });

/** Counts a finite value in place. */
export const sketchInto = (sketch: { zeros: number } & QuantileSketch, value: number): void => {
  if (Math.abs(value) < LEAST) {
    (sketch as { zeros: number }).zeros++;
    return;
  }
  const bins = (value > 0 ? sketch.positive : sketch.negative) as Map<number, number>;
  const bin = Math.ceil(Math.log(Math.abs(value)) / LOG_GAMMA);
  bins.set(bin, (bins.get(bin) ?? 0) + 1);
};

const mergedBins = (a: ReadonlyMap<number, number>, b: ReadonlyMap<number, number>): ReadonlyMap<number, number> => {
  const all = new Map(a);
  for (const [bin, count] of b) all.set(bin, (all.get(bin) ?? 0) + count);
  return all;
};

export const mergeSketches = (a: QuantileSketch, b: QuantileSketch): QuantileSketch => ({
  zeros: a.zeros + b.zeros,
  positive: mergedBins(a.positive, b.positive),
  negative: mergedBins(a.negative, b.negative),
});

export const sketchCount = (s: QuantileSketch): number =>
  [...s.positive.values(), ...s.negative.values()].reduce((sum, n) => sum + n, s.zeros);

/** The value of the given rank, 0 (least) .. count - 1, to the relative error of the sketch; NaN for an empty one. */
export const valueAtRank = (s: QuantileSketch, rank: number): number => {
  let left = rank;
  const middle = (bin: number): number => (2 * power(GAMMA, bin)) / (GAMMA + 1);
  for (const [bin, count] of [...s.negative].sort((a, b) => b[0] - a[0])) {
    if (left < count) return -middle(bin);
    left -= count;
  }
  if (left < s.zeros) return 0;
  left -= s.zeros;
  for (const [bin, count] of [...s.positive].sort((a, b) => a[0] - b[0])) {
    if (left < count) return middle(bin);
    left -= count;
  }
  return Number.NaN;
};
