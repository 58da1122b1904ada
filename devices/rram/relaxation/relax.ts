import { fold, type Key } from "#src/random/index";
import { BOLTZMANN } from "../../temperature.ts";
import { lastEvent } from "../poisson-clock.ts";
import { type LevyLaw, levyPath } from "./levy-path.ts";
import { monotoneCurve } from "./monotone-curve.ts";
import type { CellAge, ConductanceCurve, RramRelaxation } from "./params.ts";

/** Largest clock S' that is drawn; beyond 60 years for any onset above a millisecond and exponents near 1. */
const HORIZON = 16;
/** Halvings: pieces of a sixteenth of S' for good, of a unit's sixteenth for what is lost again. */
const [LEVELS, SLICE_LEVELS] = [8, 4];
/** Children of a cell's key. */
const [PERMANENT, LOST] = [0, 1];

/** Functions of conductance, made once: the coordinate h and the law of a cell. */
interface Prepared {
  readonly coordinate: (logResistance: number) => number;
  readonly logResistance: (coordinate: number) => number;
  readonly amplitude: (logConductance: number) => number;
  readonly drift: (logConductance: number) => number;
  readonly law: (logConductance: number) => LevyLaw;
  /** Times at the middles of slices of S' [s]. */
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
  const lifetimes = Array.from(
    { length: HORIZON },
    (_, slice) => onset * (Math.exp(Math.LN10 * Math.exp(Math.log(slice + 0.5) / exponent)) - 1),
  );
  const made: Prepared = {
    ...coordinateOf(relaxation.spread),
    amplitude: onBothLogs(relaxation.amplitude),
    drift,
    law: (at) => ({ skew: skew(at), shape: shape(at) }),
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
    if (Math.abs(temperature - own) < 0.5) return sum + seconds;
    if (activationEnergy === null)
      throw new RangeError(
        `age: ${seconds} s at ${temperature} K; relaxation was measured at ${own} K alone, and how temperature speeds it up is not known. Age at ${own} K.`,
      );
    return sum + seconds * Math.exp((activationEnergy / BOLTZMANN) * (1 / own - 1 / temperature));
  }, 0);

/** The clock S' of a time at the measurement's temperature, at most the horizon. */
export const clockAt = ({ onset, exponent }: Pick<RramRelaxation, "onset" | "exponent">, seconds: number): number => {
  const s = Math.log10(1 + seconds / onset);
  return s === 0 ? 0 : Math.min(HORIZON, Math.exp(exponent * Math.log(s)));
};

/**
 * Resistance [ohm] of a cell at an age, of the one path that its key is: ages may be asked for in any order, and none knows of another.
 *
 * @param resistance After programming [ohm].
 * @throws RangeError for an age that the relaxation does not know.
 */
export const relaxedResistance = (relaxation: RramRelaxation, resistance: number, age: CellAge, key: Key): number => {
  const seconds = equivalentTime(relaxation, age);
  if (seconds === 0) return resistance;
  const { coordinate, logResistance, amplitude, drift, law, lifetimes } = prepare(relaxation);
  const { permanent, redraws, fading } = relaxation;
  const clock = clockAt(relaxation, seconds);
  const start = Math.log(resistance);
  const own = law(-start);
  let moved = drift(-start) * clock;
  moved += levyPath(own, permanent * HORIZON, permanent * clock, LEVELS, fold(key, PERMANENT));
  if (permanent < 1) {
    const lost = fold(key, LOST);
    for (let slice = 0; slice < clock; slice++) {
      const place = fold(lost, slice);
      const event = lastEvent(redraws / lifetimes[slice], seconds, place);
      const part = Math.min(1, clock - slice);
      moved += levyPath(own, 1 - permanent, (1 - permanent) * part, part === 1 ? 0 : SLICE_LEVELS, fold(place, event));
    }
  }
  const scale = fading === 0 ? 1 : Math.exp(-fading * Math.log(clock));
  return Math.exp(logResistance(coordinate(start) + amplitude(-start) * scale * moved));
};
