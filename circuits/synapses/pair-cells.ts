import { afterPulse, pulsedDeviceAt, samplePulsedPopulation } from "#devices/index";
import { fold, type Key, normal, uniform } from "#src/random/index";
import type { Ledger } from "./array-use.ts";
import type { PlasticPairsDesign } from "./plastic-pairs-design.ts";

/** The devices of an array of pairs, 2 k and 2 k + 1 those of pair k, and their states. */
export interface PairCells {
  /** States as shares of the devices' own ranges. */
  readonly states: Float32Array;
  /** Pulses of each device so far. */
  readonly pulseCounts: Float32Array;
  /** [S] */
  conductance(device: number): number;
  /** What pair k stands for, read without noise. */
  weightOf(pair: number): number;
  /** A weight held to what the pair's own bounds reach. */
  within(pair: number, weight: number): number;
  /** Pulses pair k up or down, one device up and the other down; `turn` tells its draws apart. */
  pulse(pair: number, sign: 1 | -1, key: Key, turn: number): void;
}

/** Writes start weights into a sampled population: exactly but for states and bounds, where larger ones stop. */
const writtenStates = (
  { device, largestWeight }: PlasticPairsDesign,
  population: ReturnType<typeof samplePulsedPopulation>,
  start: Float32Array,
): Float32Array => {
  const range = device.most - device.least;
  const nearestState = (share: number): number => {
    const kept = Math.min(1, Math.max(0, share));
    return device.states === null ? kept : Math.round(kept * (device.states - 1)) / (device.states - 1);
  };
  return Float32Array.from({ length: 2 * start.length }, (_, d) => {
    const sign = d % 2 === 0 ? 1 : -1;
    const wanted = device.least + range * (0.5 + (sign * start[d >> 1]) / (2 * largestWeight));
    const own = population.most[d] - population.least[d];
    return own > 0 ? nearestState((wanted - population.least[d]) / own) : 0;
  });
};

/**
 * @param chip What the fab gave.
 * @param use Gets pulses and their energies.
 */
export const createPairCells = (
  design: PlasticPairsDesign,
  start: Float32Array,
  chip: Key,
  use: Pick<Ledger, "pulses" | "pulseEnergy">,
): PairCells => {
  const { device, largestWeight, timing } = design;
  const population = samplePulsedPopulation(device, 2 * start.length, fold(chip, "devices"));
  const { least, most } = population;
  const perSiemens = largestWeight / (device.most - device.least);
  const states = writtenStates(design, population, start);
  const pulseCounts = new Float32Array(2 * start.length);
  const conductance = (d: number): number => least[d] + (most[d] - least[d]) * states[d];
  return {
    states,
    pulseCounts,
    conductance,
    weightOf: (k) => perSiemens * (conductance(2 * k) - conductance(2 * k + 1)),
    within: (k, weight) => {
      const highest = perSiemens * (most[2 * k] - least[2 * k + 1]);
      const lowest = perSiemens * (least[2 * k] - most[2 * k + 1]);
      return Math.min(highest, Math.max(lowest, weight));
    },
    pulse: (k, sign, key, turn) => {
      for (const side of [0, 1] as const) {
        const d = 2 * k + side;
        const direction = (side === 0 ? sign : -sign) as 1 | -1;
        use.pulses++;
        use.pulseEnergy += conductance(d) * timing.pulseVoltage ** 2 * timing.pulseTime;
        pulseCounts[d]++;
        const at = 2 * turn + side;
        const draw = device.cycleToCycle > 0 ? normal(key, 2 * at) : 0;
        const rounding = device.states === null ? 0 : uniform(key, 2 * at + 1);
        states[d] = afterPulse(pulsedDeviceAt(population, d), states[d], direction, draw, rounding);
      }
    },
  };
};
