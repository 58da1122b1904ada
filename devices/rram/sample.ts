import { binomial, fold, type Key, normal, permutation, uniform } from "#src/random/index";
import { hasCourse, noiseAt, noiseOfRead } from "./noise/noise.ts";
import type { RramParams, RramState } from "./params.ts";
import { resistanceTemperatureFactor } from "./physics.ts";
import type { CellAge } from "./relaxation/params.ts";
import { relaxedResistance } from "./relaxation/relax.ts";
import { shapedDeviation, totalSpread } from "./shape.ts";
import { wornBy } from "./wear.ts";

/** What the fab gave one cell, frozen: its standing in the spread of each state, and whether it can switch. */
export interface RramDevice {
  readonly lrsDeviate: number;
  readonly hrsDeviate: number;
  readonly stuck: RramState | null;
}

/** A cell after programming: the state it is in, and the sum of its spread's normal terms (ln R over the median, where R is lognormal). */
export interface ProgrammedRram {
  readonly state: RramState;
  readonly logDeviation: number;
  /** What becomes of it at rest: one path, whatever ages it is read at. */
  readonly rest: Key;
}

/** One cell as fabricated; its device-to-device deviates are standard normals, independent for the two states. */
export const sampleRram = (params: RramParams, key: Key): RramDevice => {
  const u = uniform(fold(key, "stuck"));
  const { lrs, hrs } = params.stuck;
  return {
    lrsDeviate: normal(fold(key, "lrs")),
    hrsDeviate: normal(fold(key, "hrs")),
    stuck: u < lrs ? "lrs" : u < lrs + hrs ? "hrs" : null,
  };
};

/** The cell after one programming pulse to `state`, with that event's cycle-to-cycle deviation. A stuck cell stays. */
export const programRram = (params: RramParams, device: RramDevice, state: RramState, key: Key): ProgrammedRram => {
  const reached = device.stuck ?? state;
  const { spread } = params[reached];
  const deviate = reached === "lrs" ? device.lrsDeviate : device.hrsDeviate;
  const logDeviation = spread.deviceToDevice * deviate + spread.cycleToCycle * normal(key);
  return { state: reached, logDeviation, rest: restOf(params, key) };
};

/** Paths at rest have a stream of their own below that of programming; none is folded where cells know no age. */
export const restOf = (params: Pick<RramParams, "relaxation" | "lrs" | "hrs">, programmed: Key): Key =>
  hasCourse(params) ? fold(programmed, "rest") : programmed;

/**
 * ln of what use, rest and noise have made of a resistance, over what programming makes of a fresh cell.
 *
 * @param resistance Of the fresh cell after programming [ohm].
 * @throws RangeError for an age of a device that does not know it: cycles without wear, holds without relaxation or noise that goes on.
 */
export const agedBy = (
  params: Pick<RramParams, "name" | "relaxation" | "wear" | "lrs" | "hrs">,
  state: RramState,
  resistance: number,
  age: CellAge,
  rest: Key,
): number => {
  if (!hasCourse(params) && age.holds.some(({ seconds }) => seconds !== 0))
    throw new RangeError(
      `age: device "${params.name}" does not say how it relaxes; give it "relaxation" (docs/relaxation.md).`,
    );
  const { relaxation } = params;
  const worn = wornBy(params, state, age.cycles ?? 0);
  const start = worn === 0 ? resistance : resistance * Math.exp(worn);
  const moved = relaxation ? Math.log(relaxedResistance(relaxation, start, age, rest) / start) : 0;
  return worn + moved + noiseAt(params[state], age, rest);
};

/**
 * Low-field resistance [ohm] that one read sees at `temperature` [K], with that read's noise.
 * @param age What the cell has been through since it was programmed; null: it is read at once.
 */
export const readRram = (
  params: RramParams,
  cell: ProgrammedRram,
  temperature: number,
  key: Key,
  age: CellAge | null = null,
): number => {
  const { medianResistance, spread, activationEnergy } = params[cell.state];
  const deviation =
    shapedDeviation(params[cell.state], cell.logDeviation + spread.readToRead * normal(key)) +
    (age
      ? agedBy(params, cell.state, programmedResistance(params, cell), age, cell.rest)
      : noiseOfRead(params[cell.state], key));
  return medianResistance * Math.exp(deviation) * resistanceTemperatureFactor(activationEnergy, temperature);
};

/** Resistance of a cell just after programming, at the reference temperature and without a read's noise [ohm]. */
const programmedResistance = (params: RramParams, { state, logDeviation }: ProgrammedRram): number =>
  params[state].medianResistance * Math.exp(shapedDeviation(params[state], logDeviation));

/**
 * Fills `out` with resistances [ohm] of independent cells in one state, each a fresh device after one programming event,
 * read once; stuck cells aside. Element i depends on (key, i) alone.
 * @param age What all of them have been through since programming; null: they are read at once.
 * @param read The access: another one reads the same cells again, with noise of its own.
 */
export const sampleResistancesInto = (
  out: Float64Array,
  params: RramParams,
  state: RramState,
  temperature: number,
  key: Key,
  age: CellAge | null = null,
  read: Key = fold(key, "read"),
): void => {
  const { medianResistance, spread, activationEnergy } = params[state];
  const median = medianResistance * resistanceTemperatureFactor(activationEnergy, temperature);
  const device = fold(key, "device");
  const cycle = fold(key, "cycle");
  const rest = restOf(params, cycle);
  for (let i = 0; i < out.length; i++) {
    const programmed = spread.deviceToDevice * normal(device, i) + spread.cycleToCycle * normal(cycle, i);
    const deviation = shapedDeviation(params[state], programmed + spread.readToRead * normal(read, i));
    const since = (): number => {
      if (!age) return noiseOfRead(params[state], read, i);
      const resistance = medianResistance * Math.exp(shapedDeviation(params[state], programmed));
      return agedBy(params, state, resistance, age, fold(rest, i));
    };
    out[i] = median * Math.exp(deviation + since());
  }
};

/** Total standard deviation of ln R of a state: the three terms in quadrature. */
export const totalLogSigma = (params: RramParams, state: RramState): number => totalSpread(params[state].spread);

/**
 * Which of `count` cells of an array are stuck: two disjoint sets of cells, their sizes exactly those of `count`
 * independent cells (binomial, the second among those the first left), the places uniformly random.
 */
export const sampleStuckCells = (
  params: RramParams,
  count: number,
  key: Key,
): { readonly lrs: Uint32Array; readonly hrs: Uint32Array } => {
  const { lrs, hrs } = params.stuck;
  const inLrs = binomial(fold(key, "lrs"), count, lrs);
  const inHrs = lrs < 1 ? binomial(fold(key, "hrs"), count - inLrs, hrs / (1 - lrs)) : 0;
  const order = permutation(fold(key, "places"), count);
  return { lrs: order.slice(0, inLrs).sort(), hrs: order.slice(inLrs, inLrs + inHrs).sort() };
};
