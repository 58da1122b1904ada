import { monotoneCurve } from "#devices/index";
import { logDensityOfNig } from "#src/numerics/normal-inverse-gaussian";
import type { ClockLaw, ReadAge } from "./clock-laws.ts";

/** Cells, their resistance after programming [ohm], and what they were read at later ages; NaN where one was not. */
export interface RestingCells {
  readonly first: Float64Array;
  readonly ages: readonly ReadAge[];
  readonly later: readonly Float64Array[];
}

/** Where the curves of a fit have their points: ln of conductances in siemens, ascending. */
export interface Knots {
  readonly spread: readonly number[];
  /** Of drift, skew, shape and amplitude alike. */
  readonly others: readonly number[];
}

/** Numbers of a fit: those of the clock's law, ln spread, drift, skew, ln shape, ln amplitude (but for its middle point, which is 1). */
export interface Layout {
  readonly law: ClockLaw;
  readonly knots: Knots;
}

export const freedomOf = ({ law, knots }: Layout): number =>
  law.start.length + knots.spread.length + 4 * knots.others.length - 1;

/** The amplitude's point that is 1. */
export const middleOf = ({ others }: Knots): number => others.length >> 1;

/** ln of the amplitude at all its points. */
export const logAmplitudes = (layout: Layout, at: Float64Array): number[] => {
  const own = Array.from(at.subarray(placesOf(layout).amplitude));
  return [...own.slice(0, middleOf(layout.knots)), 0, ...own.slice(middleOf(layout.knots))];
};

/** Where each kind of number begins. */
export const placesOf = ({ law, knots }: Layout) => {
  const spread = law.start.length;
  const drift = spread + knots.spread.length;
  const skew = drift + knots.others.length;
  const shape = skew + knots.others.length;
  return { spread, drift, skew, shape, amplitude: shape + knots.others.length };
};

/** Step of differences in a fit's numbers: those of curves' points and of laws. */
const NUDGE = 1e-5;
/** Points of the tables of the spread and of the other curves. */
const [POINTS, OTHER_POINTS] = [512, 192];
/** Factors of e beyond the points of the spread's curve that the coordinate is tabulated for, to each side. */
const BEYOND = 5;

/** A curve through points, and its derivatives to their values, as tables over lnG. */
interface TabulatedCurve {
  readonly low: number;
  readonly step: number;
  readonly values: Float64Array;
  readonly derivatives: readonly Float64Array[];
}

const tabulate = (
  knots: readonly number[],
  values: ArrayLike<number>,
  points: number,
  beyond: number,
): TabulatedCurve => {
  const low = knots[0] - beyond;
  const step = (knots[knots.length - 1] + beyond - low || 1) / (points - 1);
  const table = (moved: readonly number[]): Float64Array => {
    const curve = monotoneCurve(knots, moved);
    return Float64Array.from({ length: points }, (_, i) => curve(low + i * step));
  };
  const list = Array.from(values);
  const derivatives = list.map((_, k) => {
    const up = table(list.map((v, j) => (j === k ? v + NUDGE : v)));
    const down = table(list.map((v, j) => (j === k ? v - NUDGE : v)));
    return up.map((v, i) => (v - down[i]) / (2 * NUDGE));
  });
  return { low, step, values: table(list), derivatives };
};

/** Integral of a table over its own coordinate, from its low end. */
const summed = (table: Float64Array, step: number): Float64Array => {
  const sums = new Float64Array(table.length);
  for (let i = 1; i < table.length; i++) sums[i] = sums[i - 1] + (step * (table[i - 1] + table[i])) / 2;
  return sums;
};

/**
 * The composite likelihood of cells at rest: of every cell and age the density of ln R given R after programming, one age as if it stood
 * alone (N. Reid, C. Varin, D. Firth, Statist. Sinica 21, 5 (2011): such sums are consistent; their errors need cells drawn anew).
 *
 * @param weights How often each cell counts; all once where left out.
 * @returns Minus ln of it, for the minimiser; with its gradient.
 */
export const relaxationLikelihood = (cells: RestingCells, layout: Layout, weights?: ArrayLike<number>) => {
  const { law, knots } = layout;
  const places = placesOf(layout);
  const count = cells.first.length;
  const logConductance = cells.first.map((r) => -Math.log(r));
  const later = cells.later.map((values) => values.map((r) => -Math.log(r)));
  const [ofSpread, ofOthers] = [knots.spread.length, knots.others.length];
  const middle = middleOf(knots);
  const nig = new Float64Array(5);
  const lawCount = law.start.length;
  return (at: Float64Array, gradient: Float64Array): number => {
    gradient.fill(0);
    const spread = tabulate(knots.spread, at.subarray(places.spread, places.drift), POINTS, BEYOND);
    // The coordinate h falls with lnG: its slope to lnG is -1 / spread.
    const slopes = spread.values.map((v) => -Math.exp(-v));
    const coordinate = summed(slopes, spread.step);
    const coordinateMoves = spread.derivatives.map((d) =>
      summed(
        d.map((v, i) => -slopes[i] * v),
        spread.step,
      ),
    );
    const others = [
      ...[places.drift, places.skew, places.shape].map((from) => at.subarray(from, from + ofOthers)),
      logAmplitudes(layout, at),
    ].map((values) => tabulate(knots.others, values, OTHER_POINTS, 0));
    const lawNumbers = Array.from(at.subarray(0, lawCount));
    const clocks = cells.ages.map((age) => law.clock(lawNumbers, age));
    const logScaleAt = (numbers: readonly number[], age: ReadAge): number =>
      -law.fading(numbers) * Math.log(law.clock(numbers, age));
    const logScales = cells.ages.map((age) => logScaleAt(lawNumbers, age));
    const movesOf = (of: (numbers: readonly number[], age: ReadAge) => number) =>
      cells.ages.map((age) =>
        Array.from({ length: lawCount }, (_, k) => {
          const moved = (by: number) =>
            of(
              lawNumbers.map((v, j) => (j === k ? v + by : v)),
              age,
            );
          return (moved(NUDGE) - moved(-NUDGE)) / (2 * NUDGE);
        }),
      );
    const clockMoves = movesOf(law.clock);
    const scaleMoves = movesOf(logScaleAt);
    let total = 0;
    const { low, step } = spread;
    const [otherLow, otherStep] = [others[0].low, others[0].step];
    for (let cell = 0; cell < count; cell++) {
      const weight = weights ? weights[cell] : 1;
      if (weight === 0) continue;
      const g0 = logConductance[cell];
      const place = Math.min(Math.max((g0 - low) / step, 0), POINTS - 1.001);
      const i = Math.floor(place);
      const part = place - i;
      const h0 = coordinate[i] + part * (coordinate[i + 1] - coordinate[i]);
      const otherPlace = Math.min(Math.max((g0 - otherLow) / otherStep, 0), OTHER_POINTS - 1.001);
      const k = Math.floor(otherPlace);
      const otherPart = otherPlace - k;
      const own = (table: Float64Array): number => table[k] + otherPart * (table[k + 1] - table[k]);
      const [drift, skew, shape] = [own(others[0].values), own(others[1].values), Math.exp(own(others[2].values))];
      const amplitude = Math.exp(own(others[3].values));
      let [ofDrift, ofSkew, ofShape, ofAmplitude] = [0, 0, 0, 0];
      for (let age = 0; age < clocks.length; age++) {
        const g = later[age][cell];
        if (!(clocks[age] > 0) || Number.isNaN(g)) continue;
        const laterPlace = Math.min(Math.max((g - low) / step, 0), POINTS - 1.001);
        const j = Math.floor(laterPlace);
        const laterPart = laterPlace - j;
        const h = coordinate[j] + laterPart * (coordinate[j + 1] - coordinate[j]);
        const logSpread = spread.values[j] + laterPart * (spread.values[j + 1] - spread.values[j]);
        const scale = amplitude * Math.exp(logScales[age]);
        const x = (h - h0) / scale;
        total -= weight * (logDensityOfNig(x, clocks[age], drift, skew, shape, nig) - logSpread - Math.log(scale));
        const [ofX, ofClock] = nig;
        ofAmplitude += ofX * x + 1;
        ofDrift -= nig[2];
        ofSkew -= nig[3];
        ofShape -= nig[4];
        for (let n = 0; n < lawCount; n++)
          gradient[n] -= weight * (ofClock * clockMoves[age][n] - (ofX * x + 1) * scaleMoves[age][n]);
        for (let n = 0; n < ofSpread; n++) {
          const moves = coordinateMoves[n];
          const derivative = spread.derivatives[n];
          const before = moves[i] + part * (moves[i + 1] - moves[i]);
          const after = moves[j] + laterPart * (moves[j + 1] - moves[j]);
          gradient[places.spread + n] -=
            weight *
            ((ofX * (after - before)) / scale - (derivative[j] + laterPart * (derivative[j + 1] - derivative[j])));
        }
      }
      for (let n = 0; n < ofOthers; n++) {
        gradient[places.drift + n] += weight * ofDrift * own(others[0].derivatives[n]);
        gradient[places.skew + n] += weight * ofSkew * own(others[1].derivatives[n]);
        gradient[places.shape + n] += weight * ofShape * shape * own(others[2].derivatives[n]);
        const place = n < middle ? n : n - 1;
        if (n !== middle) gradient[places.amplitude + place] += weight * ofAmplitude * own(others[3].derivatives[n]);
      }
    }
    return total;
  };
};
