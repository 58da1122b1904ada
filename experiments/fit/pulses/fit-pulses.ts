import { type PulsedParams, pulseStep } from "#devices/index";
import { momentsOf, standardDeviation } from "#src/numerics/moments";
import { sortedQuantile } from "#src/numerics/ranks";
import { fold, type Key, uniform } from "#src/random/index";
import { grouped } from "#src/words/grouped";
import { Misuse } from "../../misuse.ts";
import type { Branch } from "./read-pulses.ts";

/** Steps of one direction of one device, in shares of its range. */
interface Law {
  /** Pulses from bound to bound. */
  readonly pulses: number;
  readonly nonlinearity: number;
  /** Variance of steps about their mean, and of reads, in shares of the range. */
  readonly stepVariance: number;
  readonly readVariance: number;
}

interface PulsesOfCell {
  readonly least: number;
  readonly most: number;
  readonly set: Law | null;
  readonly reset: Law | null;
}

export interface PulseFit {
  readonly device: PulsedParams;
  readonly cells: number;
  /** Numbers with intervals by cells drawn anew; NaN where there is one. */
  readonly numbers: readonly {
    readonly name: string;
    readonly value: number;
    readonly low: number;
    readonly high: number;
  }[];
  readonly readNoise: number;
  readonly branches: readonly Branch[];
  readonly notes: readonly string[];
}

/** Nonlinearities that are searched, and how finely in the end. */
const [MOST_BEND, FINEST] = [20, 1e-4];
/** Steps of a direction that a fit needs. */
const FEWEST_STEPS = 8;
const RESAMPLES = 200;
/** States are finite where values lie so much nearer to evenly spaced ones than chance has it; so many are looked for. */
const [MOST_STATES, NEARER] = [64, 0.15];

/** Mean step at state x of a law with one pulse from bound to bound. */
const shapeAt = (x: number, direction: 1 | -1, b: number): number =>
  Math.abs(
    pulseStep(
      {
        least: 0,
        most: 1,
        setStep: 1,
        resetStep: 1,
        setNonlinearity: b,
        resetNonlinearity: b,
        cycleToCycle: 0,
        states: null,
      },
      x,
      direction,
    ),
  );

/** Steps from so near the bound ahead [share of range] are cut short by it, and say nothing of the law. */
const NEAR_BOUND = 0.1;
const isNearBoundAhead = (x: number, direction: 1 | -1): boolean =>
  direction > 0 ? x > 1 - NEAR_BOUND : x < NEAR_BOUND;

/** The law of steps by least squares: for a nonlinearity the step is linear in 1 / pulses; the nonlinearity by bracketing. */
const lawOf = (branches: readonly (readonly number[])[], direction: 1 | -1): Law | null => {
  const places: number[] = [];
  const steps: number[] = [];
  for (const xs of branches)
    for (let i = 1; i < xs.length; i++) {
      if (isNearBoundAhead(xs[i - 1], direction)) continue;
      places.push(Math.min(1, Math.max(0, xs[i - 1])));
      steps.push(direction * (xs[i] - xs[i - 1]));
    }
  if (steps.length < FEWEST_STEPS) return null;
  const fitted = (b: number): { readonly slope: number; readonly error: number } => {
    const shape = places.map((x) => shapeAt(x, direction, b));
    const slope = shape.reduce((sum, f, i) => sum + f * steps[i], 0) / shape.reduce((sum, f) => sum + f * f, 0);
    return { slope, error: shape.reduce((sum, f, i) => sum + (steps[i] - slope * f) ** 2, 0) };
  };
  let [low, high] = [-MOST_BEND, MOST_BEND];
  const grid = Array.from({ length: 81 }, (_, k) => low + (k * (high - low)) / 80);
  const start = grid.reduce((a, b) => (fitted(b).error < fitted(a).error ? b : a));
  [low, high] = [Math.max(low, start - 0.5), Math.min(high, start + 0.5)];
  while (high - low > FINEST) {
    const [a, b] = [low + (high - low) / 3, high - (high - low) / 3];
    if (fitted(a).error < fitted(b).error) high = b;
    else low = a;
  }
  const nonlinearity = (low + high) / 2;
  const { slope, error } = fitted(nonlinearity);
  if (!(slope > 0)) return null;
  // A read's noise enters two steps with opposite signs; a pulse's own noise enters one.
  let [products, count] = [0, 0];
  for (const xs of branches) {
    const rest = xs.slice(1).map((x, i) => {
      const at = Math.min(1, Math.max(0, xs[i]));
      return direction * (x - xs[i]) - slope * shapeAt(at, direction, nonlinearity);
    });
    for (let i = 1; i < rest.length; i++) {
      if (isNearBoundAhead(xs[i], direction) || isNearBoundAhead(xs[i - 1], direction)) continue;
      products += rest[i] * rest[i - 1];
      count++;
    }
  }
  const readVariance = Math.max(0, -products / Math.max(1, count));
  const variance = error / Math.max(1, steps.length - 2);
  return { pulses: 1 / slope, nonlinearity, stepVariance: Math.max(0, variance - 2 * readVariance), readVariance };
};

const ofCell = (branches: readonly Branch[]): PulsesOfCell => {
  const sorted = Float64Array.from(branches.flatMap(({ conductances }) => conductances)).sort();
  const [least, most] = [sortedQuantile(sorted, 0.01), sortedQuantile(sorted, 0.99)];
  const law = (direction: 1 | -1): Law | null =>
    lawOf(
      branches
        .filter((branch) => branch.direction === direction)
        .map(({ conductances }) => conductances.map((g) => (g - least) / (most - least))),
      direction,
    );
  return { least, most, set: law(1), reset: law(-1) };
};

const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;
const spreadOf = (values: readonly number[]): number => (values.length > 1 ? standardDeviation(momentsOf(values)) : 0);

/** Evenly spaced states that the values rest in, or null. */
const statesOf = (shares: readonly number[]): number | null => {
  for (let states = 2; states <= MOST_STATES; states++) {
    const gaps = states - 1;
    const squares = mean(shares.map((x) => (x * gaps - Math.round(x * gaps)) ** 2));
    // 1 / 12 for values anywhere.
    if (squares < NEARER ** 2 / 12) return states;
  }
  return null;
};

interface Summary {
  readonly least: number;
  readonly most: number;
  readonly set: { readonly pulses: number; readonly nonlinearity: number };
  readonly reset: { readonly pulses: number; readonly nonlinearity: number };
  readonly cycleToCycle: number;
  readonly readNoise: number;
}

const summaryOf = (cells: readonly PulsesOfCell[]): Summary => {
  const laws = (side: "set" | "reset"): Law[] => cells.map((cell) => cell[side]).filter((law) => law !== null);
  const one = (side: "set" | "reset") => {
    const own = laws(side).length > 0 ? laws(side) : laws(side === "set" ? "reset" : "set");
    return {
      pulses: Math.exp(mean(own.map(({ pulses }) => Math.log(pulses)))),
      nonlinearity: mean(own.map(({ nonlinearity }) => nonlinearity)),
    };
  };
  const all = [...laws("set"), ...laws("reset")];
  return {
    least: mean(cells.map(({ least }) => least)),
    most: mean(cells.map(({ most }) => most)),
    set: one("set"),
    reset: one("reset"),
    cycleToCycle: Math.sqrt(mean(all.map(({ stepVariance, pulses }) => stepVariance * pulses * pulses))),
    readNoise: Math.sqrt(mean(all.map(({ readVariance }) => readVariance))),
  };
};

/**
 * A pulsed device from conductances against pulse number: of every cell bounds (its 1 and 99 % quantiles), pulses from bound to bound and nonlinearity
 * of either direction by least squares on steps, noise of pulses apart from that of reads by the steps' correlation.
 *
 * @throws Misuse where there are too few steps, or none that move.
 */
export const fitPulses = (branches: readonly Branch[], name: string, source: string, key: Key): PulseFit => {
  const cells = [...grouped(branches, ({ cell }) => cell).values()]
    .map(ofCell)
    .filter(({ set, reset }) => set !== null || reset !== null);
  if (cells.length === 0)
    throw new Misuse(
      `${source}: no device with ${FEWEST_STEPS} pulses of a direction that move its conductance that way; are up and down exchanged?`,
    );
  const has = (side: "set" | "reset"): boolean => cells.some((cell) => cell[side] !== null);
  const found = summaryOf(cells);
  const resampled =
    cells.length > 1
      ? Array.from({ length: RESAMPLES }, (_, k) => {
          const own = fold(key, k);
          return summaryOf(
            cells.map((_, i) => cells[Math.min(cells.length - 1, Math.floor(uniform(own, i) * cells.length))]),
          );
        })
      : [];
  const numbers = (
    [
      ["least conductance (S)", (s: Summary) => s.least],
      ["largest conductance (S)", (s: Summary) => s.most],
      ["pulses up", (s: Summary) => s.set.pulses],
      ["pulses down", (s: Summary) => s.reset.pulses],
      ["nonlinearity up", (s: Summary) => s.set.nonlinearity],
      ["nonlinearity down", (s: Summary) => s.reset.nonlinearity],
      ["noise of a pulse, in mean steps", (s: Summary) => s.cycleToCycle],
      ["noise of a read, share of range", (s: Summary) => s.readNoise],
    ] as const
  ).map(([label, of]) => {
    const half = resampled.length > 0 ? 1.96 * spreadOf(resampled.map(of)) : Number.NaN;
    return { name: label, value: of(found), low: of(found) - half, high: of(found) + half };
  });
  const shares = branches.flatMap(({ conductances }) =>
    conductances.map((g) => (g - found.least) / (found.most - found.least)),
  );
  const states = cells.length === 1 ? statesOf(shares) : null;
  const digits = (x: number): number => Number(x.toPrecision(5));
  const laws = cells.flatMap(({ set, reset }) => [set, reset].filter((law) => law !== null));
  const range = found.most - found.least;
  const device: PulsedParams = {
    name,
    source,
    least: digits(found.least),
    most: digits(found.most),
    pulses: { set: digits(Math.max(1, found.set.pulses)), reset: digits(Math.max(1, found.reset.pulses)) },
    nonlinearity: { set: digits(found.set.nonlinearity), reset: digits(found.reset.nonlinearity) },
    cycleToCycle: digits(found.cycleToCycle),
    states,
    spread: {
      logStep: cells.length > 1 ? digits(spreadOf(laws.map(({ pulses }) => Math.log(pulses)))) : 0,
      bounds: digits(
        Math.sqrt((spreadOf(cells.map(({ least }) => least)) ** 2 + spreadOf(cells.map(({ most }) => most)) ** 2) / 2) /
          range,
      ),
      nonlinearity: cells.length > 1 ? digits(spreadOf(laws.map(({ nonlinearity }) => nonlinearity))) : 0,
    },
  };
  return {
    device,
    cells: cells.length,
    numbers,
    readNoise: found.readNoise,
    branches,
    notes: [
      ...(["set", "reset"] as const)
        .filter((side) => !has(side))
        .map(
          (side) =>
            `No pulses ${side === "set" ? "up" : "down"} among the data: those ${side === "set" ? "down" : "up"} are taken for both, assumed.`,
        ),
      ...(cells.length === 1 ? ["One device: no spread from device to device, no intervals."] : []),
      ...(states === null ? [] : [`Conductances rest in ${states} evenly spaced states.`]),
      "Spreads from device to device are of the fits, the error of each among them.",
    ],
  };
};
