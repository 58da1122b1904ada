import type { ConductanceCurve, RramRelaxation } from "#devices/index";
import { minimise } from "#src/numerics/minimise";
import { sortedQuantile } from "#src/numerics/ranks";
import type { ClockLaw } from "./clock-laws.ts";
import {
  freedomOf,
  type Knots,
  type Layout,
  logAmplitudes,
  placesOf,
  type RestingCells,
  relaxationLikelihood,
} from "./likelihood.ts";

/** A process that was fitted: its numbers in their layout, and minus ln of the likelihood. */
export interface ProcessFit {
  readonly layout: Layout;
  readonly at: Float64Array;
  readonly value: number;
  readonly inverseCurvature: Float64Array;
}

/** Most points of the spread's curve, and of the others; cells that a point needs. */
const [MOST_OF_SPREAD, MOST_OF_OTHERS, CELLS_A_POINT] = [10, 8, 120];

/**
 * Places of curves' points, half way between evenly spaced in the square root of conductance (widths change most where it is small) and
 * with as many cells between any two.
 */
const placesBetween = (sorted: Float64Array, count: number): number[] => {
  const [low, high] = [Math.sqrt(sortedQuantile(sorted, 0.003)), Math.sqrt(sortedQuantile(sorted, 0.997))];
  if (count === 1 || !(high > low)) return [Math.log(sortedQuantile(sorted, 0.5))];
  const places = Array.from({ length: count }, (_, k) => {
    const share = k / (count - 1);
    const root = (low + share * (high - low) + Math.sqrt(sortedQuantile(sorted, 0.003 + 0.994 * share))) / 2;
    return 2 * Math.log(root);
  });
  return places.filter((place, k) => k === 0 || place - places[k - 1] > 1e-3);
};

/** The conductances that curves of a fit to these cells are drawn through. */
const knotsOf = ({ first }: RestingCells): Knots => {
  const sorted = first.map((r) => 1 / r).sort();
  const count = (most: number): number => Math.max(1, Math.min(most, Math.floor(first.length / CELLS_A_POINT)));
  return { spread: placesBetween(sorted, count(MOST_OF_SPREAD)), others: placesBetween(sorted, count(MOST_OF_OTHERS)) };
};

/** Width of the change of ln R from which a fit starts: that of all cells at their last age, a few clocks wide. */
const startOf = (cells: RestingCells, layout: Layout): Float64Array => {
  const changes = cells.later
    .flatMap((values) => Array.from(values, (r, i) => Math.abs(Math.log(r / cells.first[i]))))
    .filter((x) => x >= 0)
    .sort((a, b) => a - b);
  const places = placesOf(layout);
  const at = new Float64Array(freedomOf(layout));
  at.set(layout.law.start);
  at.fill(Math.log(Math.max(1e-4, sortedQuantile(changes, 0.5))), places.spread, places.drift);
  at.fill(Math.log(0.1), places.shape, places.amplitude);
  return at;
};

/** ln of likelihoods that a step must promise. */
const TOLERANCE = 0.01;

/**
 * The relaxation process that makes the cells' resistances most likely.
 *
 * @param near An earlier fit to begin from.
 */
export const fitProcess = (
  cells: RestingCells,
  layout: Layout,
  near: ProcessFit | null = null,
  weights?: ArrayLike<number>,
): ProcessFit => {
  const start = near ?? { at: startOf(cells, layout) };
  const { at, value, inverseCurvature } = minimise(relaxationLikelihood(cells, layout, weights), start, TOLERANCE, 400);
  return { layout, at, value, inverseCurvature };
};

/** Laws whose exponent and fading are fitted may have two valleys: the lower of two fits, from widths that grow evenly and from ones that fade. */
export const bestProcess = (cells: RestingCells, layout: Layout): ProcessFit => {
  const one = fitProcess(cells, layout);
  const fading = layout.law.names.indexOf("fading");
  if (fading < 0) return one;
  const at = startOf(cells, layout);
  at[layout.law.names.indexOf("exponent")] = 0.7;
  at[fading] = 0.4;
  const other = minimise(relaxationLikelihood(cells, layout), { at }, TOLERANCE, 400);
  return other.value < one.value ? { layout, ...other } : one;
};

/** The same process without heavy tails and skew: Brownian motion, for comparison. */
export const fitNormalProcess = (cells: RestingCells, layout: Layout): ProcessFit => {
  const of = relaxationLikelihood(cells, layout);
  const { skew, shape, amplitude } = placesOf(layout);
  const free = (i: number): boolean => i < skew || i >= amplitude;
  const fixed = (at: Float64Array): Float64Array => at.map((x, i) => (free(i) ? x : i < shape ? 0 : Math.log(1e5)));
  const { at, value, inverseCurvature } = minimise(
    (x, gradient) => {
      const found = of(fixed(x), gradient);
      for (let i = skew; i < amplitude; i++) gradient[i] = 0;
      return found;
    },
    { at: startOf(cells, layout) },
    TOLERANCE,
    400,
  );
  return { layout, at: fixed(at), value, inverseCurvature };
};

type Curves = Pick<RramRelaxation, "spread" | "amplitude" | "drift" | "skew" | "shape">;

/** The fit's curves as a device's file holds them. */
export const curvesOf = ({ layout, at }: Pick<ProcessFit, "layout" | "at">): Curves => {
  const { knots } = layout;
  const { spread, drift, skew, shape, amplitude } = placesOf(layout);
  const digits = (x: number, count: number): number => Number(x.toPrecision(count));
  const curve = (places: readonly number[], values: readonly number[]): ConductanceCurve => ({
    conductances: places.map((g) => digits(Math.exp(g), 4)),
    values: values.map((v) => digits(v, 4)),
  });
  const part = (from: number, to: number): number[] => Array.from(at.subarray(from, to));
  return {
    spread: curve(knots.spread, part(spread, drift).map(Math.exp)),
    amplitude: curve(knots.others, logAmplitudes(layout, at).map(Math.exp)),
    drift: curve(knots.others, part(drift, skew)),
    skew: curve(knots.others, part(skew, shape)),
    shape: curve(knots.others, part(shape, amplitude).map(Math.exp)),
  };
};

/** The layout of a fit to these cells under a law of time. */
export const layoutOf = (cells: RestingCells, law: ClockLaw): Layout => ({ law, knots: knotsOf(cells) });
