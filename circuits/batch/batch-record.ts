import { named } from "#src/words/named";
import type { Circuit } from "../analyses/circuit.ts";
import { transient } from "../analyses/transient.ts";
import type { TransientFailure } from "../analyses/transient-contract.ts";
import {
  BATCH_FAILED,
  BATCH_SOLVED,
  BATCH_SOLVED_SCALAR,
  type BatchOptions,
  type BatchTransients,
  type BatchVariations,
} from "./batch-contract.ts";
import { instanceOf, valueAt } from "./batch-instances.ts";

/** Collects what a batch finds; node k is the k-th of `options.nodes`. */
export interface BatchRecord {
  voltage(k: number, instance: number, time: number, volt: number): void;
  crossing(k: number, instance: number, seconds: number): void;
  /** Voltage of node `other` when node k crossed. */
  atCrossing(k: number, instance: number, other: number, volt: number): void;
  energy(source: number, instance: number, time: number, joule: number): void;
  solved(instance: number, attempts: number): void;
  /** The instance is beyond the kernel: it is solved by the scalar engine in the end. */
  givenUp(instance: number, attempts: number): void;
  failed(instance: number, failure: TransientFailure): void;
  finish(circuit: Circuit, variations: BatchVariations, refused: string | null): BatchTransients;
}

/** Steps of the scalar engine where the kernel gave up, without a limit of the user's: seconds. */
const MOST_SCALAR_STEPS = 2_000_000;

export const createBatchRecord = (count: number, options: BatchOptions, sources: readonly string[]): BatchRecord => {
  const times = Float64Array.from(options.times);
  const voltages = options.nodes.map(() => new Float64Array(count * times.length).fill(Number.NaN));
  const crossings = options.nodes.map(() => new Float64Array(count).fill(Number.NaN));
  const atCrossings = options.nodes.map(() => new Float64Array(count * options.nodes.length).fill(Number.NaN));
  const metered = options.energies ? sources : [];
  const energies = metered.map(() => new Float64Array(count * times.length).fill(Number.NaN));
  const outcomes = new Uint8Array(count).fill(BATCH_FAILED);
  const failures: (TransientFailure & { instance: number })[] = [];
  const left: number[] = [];
  let attempts = 0;

  const solveScalar = (circuit: Circuit, variations: BatchVariations, instance: number): void => {
    const { crossings: asked, settled, stop, pairs, nodes } = options;
    const result = transient(instanceOf(circuit, variations, instance), {
      stop,
      times,
      tolerance: options.tolerance,
      mostSteps: options.mostSteps ?? MOST_SCALAR_STEPS,
      ...(pairs ? { pairs } : {}),
      ...(options.energies ? { energyAt: [...times] } : {}),
      ...(asked ? { crossings: { nodes, after: asked.after, threshold: valueAt(asked.threshold, instance) } } : {}),
      ...(settled
        ? { settled: { ...settled, low: valueAt(settled.low, instance), high: valueAt(settled.high, instance) } }
        : {}),
    });
    if (!result.ok) {
      failures.push({ ...result, instance });
      return;
    }
    outcomes[instance] = BATCH_SOLVED_SCALAR;
    nodes.forEach((node, k) => {
      voltages[k].set(result.voltages[node], instance * times.length);
      crossings[k][instance] = result.crossings[node] ?? Number.NaN;
    });
    metered.forEach((source, k) => {
      energies[k].set(result.energies[source], instance * times.length);
    });
    if (asked) solveAtCrossings(circuit, variations, instance, asked.after);
  };

  // The scalar engine reports at times known beforehand: a second run of the same steps reports at the crossings.
  const solveAtCrossings = (circuit: Circuit, variations: BatchVariations, instance: number, after: number): void => {
    const { stop, pairs, nodes, tolerance } = options;
    const found = nodes
      .map((_, k) => ({ k, at: after + crossings[k][instance] }))
      .filter(({ at }) => !Number.isNaN(at))
      .sort((a, b) => a.at - b.at);
    if (found.length === 0) return;
    const result = transient(instanceOf(circuit, variations, instance), {
      stop,
      times: found.map(({ at }) => at),
      tolerance,
      mostSteps: options.mostSteps ?? MOST_SCALAR_STEPS,
      ...(pairs ? { pairs } : {}),
    });
    if (!result.ok) return;
    found.forEach(({ k }, t) => {
      nodes.forEach((node, other) => {
        atCrossings[k][instance * nodes.length + other] = result.voltages[node][t];
      });
    });
  };

  return {
    voltage: (k, instance, time, volt) => {
      voltages[k][instance * times.length + time] = volt;
    },
    crossing: (k, instance, seconds) => {
      crossings[k][instance] = seconds;
    },
    atCrossing: (k, instance, other, volt) => {
      atCrossings[k][instance * options.nodes.length + other] = volt;
    },
    energy: (source, instance, time, joule) => {
      energies[source][instance * times.length + time] = joule;
    },
    solved: (instance, tried) => {
      outcomes[instance] = BATCH_SOLVED;
      attempts += tried;
    },
    givenUp: (instance, tried) => {
      attempts += tried;
      const clear = (arrays: readonly Float64Array[], width: number): void => {
        for (const array of arrays) array.fill(Number.NaN, instance * width, (instance + 1) * width);
      };
      clear(voltages, times.length);
      clear(energies, times.length);
      clear(crossings, 1);
      clear(atCrossings, options.nodes.length);
      left.push(instance);
    },
    failed: (instance, failure) => {
      failures.push({ ...failure, instance });
    },
    finish: (circuit, variations, refused) => {
      if (refused !== null) for (let i = 0; i < count; i++) left.push(i);
      for (const instance of left.sort((a, b) => a - b)) solveScalar(circuit, variations, instance);
      const byNode = (arrays: readonly Float64Array[]): Record<string, Float64Array> =>
        named(options.nodes.map((node, k) => [node, arrays[k]]));
      failures.sort((a, b) => a.instance - b.instance);
      return {
        count,
        times,
        voltages: byNode(voltages),
        crossings: byNode(crossings),
        atCrossings: byNode(atCrossings),
        energies: named(metered.map((source, k) => [source, energies[k]])),
        outcomes,
        failures,
        attempts,
        refused,
      };
    },
  };
};
