import { longestStep } from "../elements/waveform.ts";
import { type BatchOptions, MOST_ATTEMPTS } from "./batch-contract.ts";
import { instanceOf, valueAt } from "./batch-instances.ts";
import { type BatchLanes, createBatchLanes, NANO } from "./batch-lanes.ts";
import type { BatchRecord } from "./batch-record.ts";
import type { BatchRun } from "./batch-run.ts";
import { givenStart, startOf } from "./batch-start.ts";
import { type LaneSlots, laneSlots } from "./lane-slots.ts";
import { recordedSteps } from "./recorded-steps.ts";

/** First step after a corner, as a share of the analysis: 5 ps of 150 ns. */
const RESTART = 1 / 30_000;
const restartOf = ({ stop }: BatchOptions): number => stop * RESTART * NANO;
/** A step below this share of its stretch between corners is given up: the lanes' precision no longer sees time advance. */
const SHORTEST = { f32x4: 1e-6, f64x2: 1e-13 } as const;
const NEVER = Number.POSITIVE_INFINITY;

/** What each lane is at. */
interface Lanes {
  /** The instance in it, or -1. */
  readonly instance: Int32Array;
  readonly segment: Int32Array;
  /** The first time that is still asked for. */
  readonly nextTime: Int32Array;
  /** Whether the instance has ended and waits only for its last step to be recorded. */
  readonly closing: Uint8Array;
  /** The corner that the step to be recorded ended on, or -1. */
  readonly passed: Int32Array;
}

const emptyLanes = (lanes: number): Lanes => ({
  instance: new Int32Array(lanes).fill(-1),
  segment: new Int32Array(lanes),
  nextTime: new Int32Array(lanes),
  closing: new Uint8Array(lanes),
  passed: new Int32Array(lanes).fill(-1),
});

/** What is the same for all instances: tolerance, longest step, most attempts. */
const writeLimits = ({ kernel, layout, structure, options }: BatchRun, { put }: LaneSlots): void => {
  const longest = Math.min(...structure.drive.waveforms.map(longestStep)) * NANO;
  for (let lane = 0; lane < kernel.lanes; lane++) {
    put(layout.perTolerance, lane, 1 / options.tolerance);
    put(layout.longestStep, lane, longest);
    put(layout.mostAttempts, lane, options.mostSteps ?? MOST_ATTEMPTS);
    put(layout.step, lane, restartOf(options));
    put(layout.end, lane, 1);
  }
};

/** Lets a lane into the next stretch between corners. */
const createEntrance = (run: BatchRun, lanes: Lanes, slots: LaneSlots, binding: BatchLanes) => {
  const { layout, structure, options, origins, corners } = run;
  const { times, crossings, settled } = options;
  const { put, mark } = slots;
  const { instance, segment, nextTime } = lanes;
  const restart = restartOf(options);
  const askNextTime = (lane: number): void => {
    const k = nextTime[lane];
    const next =
      k < times.length && times[k] <= corners[segment[lane]] ? (times[k] - origins[segment[lane]]) * NANO : NEVER;
    put(layout.nextTime, lane, next);
  };
  const enter = (lane: number, to: number): void => {
    segment[lane] = to;
    binding.enter(lane, instance[lane], to);
    const length = (corners[to] - origins[to]) * NANO;
    put(layout.time, lane, 0);
    put(layout.end, lane, length);
    put(layout.step, lane, Math.min(restart, length));
    put(layout.shortestStep, lane, length * SHORTEST[structure.lanes]);
    mark(layout.rejected, lane, false);
    askNextTime(lane);
    if (crossings && origins[to] === crossings.after)
      for (const slot of layout.thresholdOf) put(slot, lane, valueAt(crossings.threshold, instance[lane]));
    if (settled && origins[to] === settled.after) {
      put(layout.low, lane, valueAt(settled.low, instance[lane]));
      put(layout.high, lane, valueAt(settled.high, instance[lane]));
    }
  };
  return { askNextTime, enter };
};

/**
 * Runs all instances through a kernel's lanes: refills a lane when its instance has finished, moves it over the corners of
 * the waveforms, and reads off the steps that hold a crossing or a time that was asked for.
 */
export const runLanes = (run: BatchRun, record: BatchRecord): void => {
  const { kernel, layout, structure, circuit, variations, options, corners } = run;
  const { times } = options;
  const slots = laneSlots(kernel, structure.lanes);
  const { get, put, bit, mark } = slots;
  const binding = createBatchLanes(run);
  const steps = recordedSteps(run, slots, record, binding);
  const lanes = emptyLanes(kernel.lanes);
  const { instance, segment, nextTime, closing, passed } = lanes;
  const { askNextTime, enter } = createEntrance(run, lanes, slots, binding);
  writeLimits(run, slots);
  const { initial } = circuit.netlist;
  // Nodes without capacitance follow from the others: they depend on the instance where there are any.
  const shared = initial === null || structure.algebraic.some((a) => a) ? null : givenStart(circuit, initial);
  let waiting = 0;
  let alive = 0;

  const begin = (lane: number): void => {
    for (; waiting < variations.count; waiting++) {
      const i = waiting;
      const start = shared ?? startOf(instanceOf(circuit, variations, i));
      if ("reason" in start) {
        record.failed(i, start);
        continue;
      }
      waiting++;
      instance[lane] = i;
      closing[lane] = 0;
      passed[lane] = -1;
      binding.load(lane, i);
      layout.state.forEach((slot, r) => {
        put(slot, lane, start[r]);
      });
      for (const slot of layout.thresholdOf) put(slot, lane, Number.NEGATIVE_INFINITY);
      put(layout.low, lane, Number.NEGATIVE_INFINITY);
      for (const slot of layout.energies) put(slot, lane, 0);
      put(layout.attempts, lane, 0);
      mark(layout.pending, lane, false);
      mark(layout.active, lane, true);
      nextTime[lane] = steps.before(i, start);
      enter(lane, 0);
      return;
    }
    instance[lane] = -1;
    mark(layout.active, lane, false);
    mark(layout.pending, lane, false);
    alive--;
  };

  const recordStep = (lane: number): void => {
    nextTime[lane] = steps.read(lane, {
      instance: instance[lane],
      segment: segment[lane],
      corner: passed[lane],
      firstTime: nextTime[lane],
    });
    passed[lane] = -1;
    askNextTime(lane);
  };
  const finish = (lane: number): void => {
    steps.rest(lane, instance[lane], nextTime[lane]);
    record.solved(instance[lane], get(layout.attempts, lane));
    begin(lane);
  };
  const attend = (lane: number): void => {
    if (bit(layout.failed, lane)) {
      record.givenUp(instance[lane], get(layout.attempts, lane));
      begin(lane);
      return;
    }
    if (bit(layout.recorded, lane)) recordStep(lane);
    if (closing[lane]) {
      finish(lane);
      return;
    }
    const ended = bit(layout.ended, lane);
    if (!ended && !bit(layout.settled, lane)) return;
    const last = segment[lane] === corners.length - 1 || !ended;
    // A step is recorded with the slope at its end, which the next attempt evaluates.
    const due =
      bit(layout.crossing, lane) ||
      get(layout.nextTime, lane) <= get(layout.time, lane) ||
      (ended && nextTime[lane] < times.length && times[nextTime[lane]] <= corners[segment[lane]]);
    mark(layout.pending, lane, due);
    if (last && !due) finish(lane);
    else if (last) {
      closing[lane] = 1;
      if (ended) passed[lane] = segment[lane];
      put(layout.end, lane, get(layout.time, lane) + restartOf(options));
    } else {
      passed[lane] = due ? segment[lane] : -1;
      enter(lane, segment[lane] + 1);
    }
  };

  for (let lane = 0; lane < kernel.lanes; lane++) {
    alive++;
    begin(lane);
  }
  while (alive > 0) {
    const need = kernel.run(4096);
    for (let lane = 0; lane < kernel.lanes; lane++) if (need & (1 << lane) && instance[lane] >= 0) attend(lane);
  }
};
