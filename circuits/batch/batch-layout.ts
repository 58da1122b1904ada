import type { BatchStructure } from "./batch-structure.ts";

/**
 * Where a kernel keeps what: slots of one value a lane. Units are V, ns, fF, uA and MOhm (so uS, and rad/ns), in which a
 * circuit's numbers stay near one.
 */
export interface BatchLayout {
  readonly slots: number;
  /** Of each group: its elements' own slots, and those of each of its models, in the order of the form's names. */
  readonly groups: readonly {
    readonly own: readonly (readonly number[])[];
    readonly shared: readonly (readonly number[])[];
  }[];
  readonly capacitances: readonly number[];
  readonly couplings: readonly number[];
  readonly meteredCapacitances: readonly number[];
  /** Energy delivered by each metered source so far [fJ]. */
  readonly energies: readonly number[];
  /** Row of the inverse capacitance matrix for each watched node, one slot an unknown. */
  readonly inverseCapacitances: readonly (readonly number[])[];
  /** For each signal: value at the corner, slope, then amplitude, angular frequency, turns at the corner, turns a ns. */
  readonly signals: readonly {
    readonly value: number;
    readonly slope: number;
    readonly amplitude: number;
    readonly angular: number;
    readonly turns: number;
    readonly frequency: number;
  }[];
  readonly state: readonly number[];
  /** Since the last corner of a waveform. */
  readonly time: number;
  readonly step: number;
  readonly end: number;
  readonly longestStep: number;
  readonly shortestStep: number;
  readonly perTolerance: number;
  readonly attempts: number;
  readonly mostAttempts: number;
  /** Masks. */
  readonly active: number;
  readonly rejected: number;
  readonly pending: number;
  readonly crossing: number;
  readonly recorded: number;
  readonly ended: number;
  readonly settled: number;
  readonly failed: number;
  readonly error: number;
  readonly thresholdOf: readonly number[];
  readonly nextTime: number;
  readonly low: number;
  readonly high: number;
  /** The last accepted step: its start, length, and the watched nodes' voltages and slopes there. */
  readonly from: StepSlots;
  /** The step that JavaScript is to look at, with its end. */
  readonly record: StepSlots & {
    readonly endVoltages: readonly number[];
    readonly endSlopes: readonly number[];
    readonly endEnergies: readonly number[];
    readonly endStiffness: readonly number[];
  };
}

export interface StepSlots {
  readonly start: number;
  readonly length: number;
  readonly voltages: readonly number[];
  readonly slopes: readonly number[];
  readonly energies: readonly number[];
  /** What the method's own stages say of the watched nodes' change over the step: slopes at its start and end [V]. */
  readonly stageStarts: readonly number[];
  readonly stageEnds: readonly number[];
  /** Step over the watched nodes' own time constants at its start. */
  readonly stiffness: readonly number[];
}

export const layOut = (s: BatchStructure): BatchLayout => {
  let next = 0;
  const one = (): number => next++;
  const many = (count: number): number[] => Array.from({ length: count }, one);
  const watched = s.watched.length;
  const step = (): StepSlots => ({
    start: one(),
    length: one(),
    voltages: many(watched),
    slopes: many(watched),
    energies: many(s.metered.length),
    stageStarts: many(watched),
    stageEnds: many(watched),
    stiffness: many(watched),
  });
  const layout = {
    groups: s.groups.map(({ form, codes, models }) => ({
      own: codes.map(() => many(form.own.length)),
      shared: Array.from({ length: Math.max(-1, ...models) + 1 }, () => many(form.shared.length)),
    })),
    capacitances: many(s.capacitances.length),
    couplings: many(s.couplings.length),
    meteredCapacitances: many(s.meteredCapacitors.length),
    energies: many(s.metered.length),
    inverseCapacitances: s.watched.map(() => many(s.size)),
    signals: s.drive.signals.map(() => ({
      value: one(),
      slope: one(),
      amplitude: one(),
      angular: one(),
      turns: one(),
      frequency: one(),
    })),
    state: many(s.size),
    time: one(),
    step: one(),
    end: one(),
    longestStep: one(),
    shortestStep: one(),
    perTolerance: one(),
    attempts: one(),
    mostAttempts: one(),
    active: one(),
    rejected: one(),
    pending: one(),
    crossing: one(),
    recorded: one(),
    ended: one(),
    settled: one(),
    failed: one(),
    error: one(),
    thresholdOf: many(watched),
    nextTime: one(),
    low: one(),
    high: one(),
    from: step(),
    record: {
      ...step(),
      endVoltages: many(watched),
      endSlopes: many(watched),
      endEnergies: many(s.metered.length),
      endStiffness: many(watched),
    },
  };
  return { ...layout, slots: next };
};
