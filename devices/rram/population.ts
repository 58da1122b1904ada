import { fold, type Key, normal, uniform } from "#src/random/index";
import { noiseOfRead } from "./noise/noise.ts";
import type { RramParams, RramState } from "./params.ts";
import { resistanceTemperatureFactor } from "./physics.ts";
import type { CellAge } from "./relaxation/params.ts";
import { agedBy, restOf } from "./sample.ts";
import { shapedDeviation } from "./shape.ts";

/** Many cells as fabricated, in flat arrays: what `RramDevice` is for one. */
export interface RramPopulation {
  readonly count: number;
  /** Standing of each cell in the device-to-device spread of each state, standard normals. */
  readonly lrsDeviates: Float64Array;
  readonly hrsDeviates: Float64Array;
  /** 0 free, 1 stuck in the low state, 2 in the high one. */
  readonly stuck: Uint8Array;
}

/** Many cells after programming: the state each is in (1 low, 0 high) and ln of its resistance over the state's median. */
export interface ProgrammedPopulation {
  readonly low: Uint8Array;
  readonly logDeviations: Float64Array;
  /** What becomes of them at rest: cell i's path is `fold(rest, i)`. */
  readonly rest: Key;
}

/** Cells as fabricated; cell i depends on (key, i) alone. */
export const samplePopulation = (params: RramParams, count: number, key: Key): RramPopulation => {
  const deviates = (state: RramState): Float64Array => {
    const own = fold(key, state);
    return Float64Array.from({ length: count }, (_, i) => normal(own, i));
  };
  const { lrs, hrs } = params.stuck;
  const draw = fold(key, "stuck");
  const stuckAt = (i: number): number => {
    const u = uniform(draw, i);
    return u < lrs ? 1 : u < lrs + hrs ? 2 : 0;
  };
  return {
    count,
    lrsDeviates: deviates("lrs"),
    hrsDeviates: deviates("hrs"),
    stuck: lrs + hrs > 0 ? Uint8Array.from({ length: count }, (_, i) => stuckAt(i)) : new Uint8Array(count),
  };
};

/** The cells after one programming pulse each (`low[i]` 1: to the low state), with that event's own deviation. */
export const programPopulation = (
  params: RramParams,
  cells: RramPopulation,
  low: Uint8Array,
  key: Key,
): ProgrammedPopulation => {
  const reached = Uint8Array.from(low, (bit, i) => (cells.stuck[i] === 0 ? bit : cells.stuck[i] === 1 ? 1 : 0));
  const logDeviations = Float64Array.from(reached, (bit, i) => {
    const { deviceToDevice, cycleToCycle } = params[bit ? "lrs" : "hrs"].spread;
    const deviate = bit ? cells.lrsDeviates[i] : cells.hrsDeviates[i];
    return deviceToDevice * deviate + cycleToCycle * normal(key, i);
  });
  return { low: reached, logDeviations, rest: restOf(params, key) };
};

/**
 * Low-field resistances [ohm] that one read of each cell sees at `temperature` [K], with that read's noise.
 * @param age What they have been through since programming; null: they are read at once.
 */
export const readPopulation = (
  params: RramParams,
  cells: ProgrammedPopulation,
  temperature: number,
  key: Key,
  age: CellAge | null = null,
): Float64Array => {
  const of = (state: RramState) => {
    const { medianResistance, spread, activationEnergy } = params[state];
    return {
      median: medianResistance * resistanceTemperatureFactor(activationEnergy, temperature),
      noise: spread.readToRead,
      state: params[state],
      name: state,
    };
  };
  const [high, low] = [of("hrs"), of("lrs")];
  return Float64Array.from(cells.low, (bit, i) => {
    const { median, noise, state, name } = bit ? low : high;
    const deviation = shapedDeviation(state, cells.logDeviations[i] + noise * normal(key, i));
    if (!age) return median * Math.exp(deviation + noiseOfRead(state, key, i));
    const programmed = state.medianResistance * Math.exp(shapedDeviation(state, cells.logDeviations[i]));
    return median * Math.exp(deviation + agedBy(params, name, programmed, age, fold(cells.rest, i)));
  });
};
