import { fold, type Key } from "#src/random/index";
import { BOLTZMANN } from "../../temperature.ts";
import { lastEvent } from "../poisson-clock.ts";
import { type LevyLaw, levyPath } from "./levy-path.ts";
import { monotoneCurve } from "./monotone-curve.ts";
import type { CellAge, ConductanceCurve, RramRelaxation } from "./params.ts";

/** Decades of time beyond the onset that are drawn, a slice of what is lost again each: the age of the earth for an onset of a millisecond. */
const DECADES = 20;
/** Halvings at most, and how much shorter a piece is than what lies before it. */
const [LEVELS, FINENESS] = [40, 16];
/** Children of a cell's key. */
const [PERMANENT, LOST] = [0, 1];

/** Functions of conductance, made once: the coordinate h and the law of a cell. */
interface Prepared {
  readonly coordinate: (logResistance: number) => number;
  readonly logResistance: (coordinate: number) => number;
  readonly amplitude: (logConductance: number) => number;
  readonly drift: (logConductance: number) => number;
  readonly law: (logConductance: number) => LevyLaw;
  /** The clock S' at the end of each decade, from 0; times at the decades' middles [s]. */
  readonly clocks: readonly number[];
  readonly lifetimes: readonly number[];
}

const onLogs = ({ conductances, values }: ConductanceCurve): ((logConductance: number) => number) =>
  monotoneCurve(conductances.map(Math.log), values);

/** Of a quantity above 0. */
const onBothLogs = ({ conductances, values }: ConductanceCurve): ((logConductance: number) => number) => {
  const curve = monotoneCurve(conductances.map(Math.log), values.map(Math.log));
  return (at) => Math.exp(curve(at));
};

/** Points of the coordinate's table, over so many factors of e beyond the conductances that are known. */
const [POINTS, BEYOND] = [4096, 8];

const coordinateOf = (spread: ConductanceCurve) => {
  const sigma = onBothLogs(spread);
  const { conductances } = spread;
  const [low, high] = [-Math.log(conductances[conductances.length - 1]) - BEYOND, -Math.log(conductances[0]) + BEYOND];
  const step = (high - low) / (POINTS - 1);
  const h = new Float64Array(POINTS);
  for (let k = 1; k < POINTS; k++) h[k] = h[k - 1] + step / sigma(-(low + (k - 0.5) * step));
  const coordinate = (x: number): number => {
    const at = Math.min(Math.max((x - low) / step, 0), POINTS - 1);
    const k = Math.min(Math.floor(at), POINTS - 2);
    return h[k] + (at - k) * (h[k + 1] - h[k]);
  };
  const logResistance = (y: number): number => {
    let [from, to] = [0, POINTS - 1];
    while (to - from > 1) {
      const middle = (from + to) >> 1;
      if (h[middle] <= y) from = middle;
      else to = middle;
    }
    const part = Math.min(Math.max((y - h[from]) / (h[to] - h[from]), 0), 1);
    return low + (from + part) * step;
  };
  return { coordinate, logResistance };
};

const prepared = new WeakMap<RramRelaxation, Prepared>();

const prepare = (relaxation: RramRelaxation): Prepared => {
  const found = prepared.get(relaxation);
  if (found) return found;
  const { onset, exponent } = relaxation;
  const [drift, skew, shape] = [onLogs(relaxation.drift), onLogs(relaxation.skew), onBothLogs(relaxation.shape)];
  const clocks = Array.from({ length: DECADES + 1 }, (_, s) => clockOf(exponent, s));
  const lifetimes = Array.from({ length: DECADES }, (_, decade) => onset * (Math.exp(Math.LN10 * (decade + 0.5)) - 1));
  const made: Prepared = {
    ...coordinateOf(relaxation.spread),
    amplitude: onBothLogs(relaxation.amplitude),
    drift,
    law: (at) => ({ skew: skew(at), shape: shape(at) }),
    clocks,
    lifetimes,
  };
  prepared.set(relaxation, made);
  return made;
};

/**
 * Seconds at the temperature of the measurement that age a cell as its holds do: each counts seconds x exp(Ea / k (1 / T0 - 1 / T)).
 * @throws RangeError for times below 0, and for another temperature where no activation energy is known.
 */
export const equivalentTime = (relaxation: RramRelaxation, { holds }: CellAge): number =>
  holds.reduce((sum, { seconds, temperature }) => {
    if (!(seconds >= 0 && seconds < Number.POSITIVE_INFINITY))
      throw new RangeError(`age: ${seconds} s; expected 0 s or more.`);
    if (!(temperature > 0)) throw new RangeError(`age: ${temperature} K; expected more than 0 K.`);
    const { activationEnergy, temperature: own } = relaxation;
    if (activationEnergy === null && Math.abs(temperature - own) < 0.5) return sum + seconds;
    if (activationEnergy === null)
      throw new RangeError(
        `age: ${seconds} s at ${temperature} K; relaxation was measured at ${own} K alone, and how temperature speeds it up is not known. Age at ${own} K.`,
      );
    return sum + seconds * Math.exp((activationEnergy / BOLTZMANN) * (1 / own - 1 / temperature));
  }, 0);

/** S' = s^exponent. */
const clockOf = (exponent: number, s: number): number => (s === 0 ? 0 : Math.exp(exponent * Math.log(s)));

/** Decades S of a time beyond the onset, at most those that are drawn. */
const decadesAt = (onset: number, seconds: number): number =>
  Math.min(DECADES, Math.log1p(seconds / onset) / Math.LN10);

/** The clock S' of a time at the measurement's temperature; it stands still after 20 decades. */
export const clockAt = ({ onset, exponent }: Pick<RramRelaxation, "onset" | "exponent">, seconds: number): number =>
  clockOf(exponent, decadesAt(onset, seconds));

/**
 * Resistance [ohm] of a cell at an age, of the one path that its key is: ages may be asked for in any order, and none knows of another.
 *
 * @param resistance After programming [ohm].
 * @throws RangeError for an age that the relaxation does not know.
 */
export const relaxedResistance = (relaxation: RramRelaxation, resistance: number, age: CellAge, key: Key): number => {
  const seconds = equivalentTime(relaxation, age);
  if (seconds === 0) return resistance;
  const { coordinate, logResistance, amplitude, drift, law, clocks, lifetimes } = prepare(relaxation);
  const { permanent, redraws, fading, onset, exponent } = relaxation;
  const decades = decadesAt(onset, seconds);
  const clock = clockOf(exponent, decades);
  if (clock === 0) return resistance;
  const start = Math.log(resistance);
  const own = law(-start);
  let moved = drift(-start) * clock;
  const horizon = clocks[DECADES];
  moved += levyPath(own, permanent * horizon, permanent * clock, LEVELS, fold(key, PERMANENT), FINENESS);
  if (permanent < 1) {
    const lost = fold(key, LOST);
    for (let decade = 0; decade < decades; decade++) {
      const place = fold(lost, decade);
      const event = lastEvent(redraws / lifetimes[decade], seconds, place);
      const whole = (1 - permanent) * (clocks[decade + 1] - clocks[decade]);
      const part = decade + 1 <= decades ? whole : (1 - permanent) * (clock - clocks[decade]);
      moved += levyPath(own, whole, part, part === whole ? 0 : LEVELS, fold(place, event), FINENESS);
    }
  }
  const scale = fading === 0 ? 1 : Math.exp(-fading * Math.log(clock));
  return Math.exp(logResistance(coordinate(start) + amplitude(-start) * scale * moved));
};
