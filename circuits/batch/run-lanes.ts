import type { VectorKernel } from "#src/kernels/vector-module";
import type { Circuit } from "../analyses/circuit.ts";
import { longestStep } from "../elements/waveform.ts";
import { type BatchOptions, type BatchVariations, MOST_ATTEMPTS } from "./batch-contract.ts";
import { instanceOf, valueAt } from "./batch-instances.ts";
import { createBatchLanes, NANO } from "./batch-lanes.ts";
import type { BatchLayout } from "./batch-layout.ts";
import type { BatchRecord } from "./batch-record.ts";
import { givenStart, startOf } from "./batch-start.ts";
import type { BatchStructure } from "./batch-structure.ts";
import { laneSlots } from "./lane-slots.ts";
import { recordedSteps } from "./recorded-steps.ts";

/** First step after a corner, as a share of the analysis: 5 ps of 150 ns. */
const RESTART = 1 / 30_000;
/** A step below this share of its stretch between corners is given up: the lanes' precision no longer sees time advance. */
const SHORTEST = { f32x4: 1e-6, f64x2: 1e-13 } as const;
const NEVER = Number.POSITIVE_INFINITY;

/**
 * Runs all instances through a kernel's lanes: refills a lane when its instance has finished, moves it over the corners of
 * the waveforms, and reads off the steps that hold a crossing or a time that was asked for.
 */
export const runLanes = (
  kernel: VectorKernel,
  layout: BatchLayout,
  s: BatchStructure,
  circuit: Circuit,
  variations: BatchVariations,
  options: BatchOptions,
  record: BatchRecord,
  inverse: readonly Float64Array[],
  corners: readonly number[],
): void => {
  const { lanes } = kernel;
  const { stop, times, crossings, settled } = options;
  const slots = laneSlots(kernel, s.lanes);
  const { get, put, bit, mark } = slots;
  const binding = createBatchLanes(kernel, s, layout, circuit, variations, inverse, corners);
  const origins = [0, ...corners.slice(0, -1)];
  const steps = recordedSteps(slots, layout, s, options, record, binding, corners);

  const restart = stop * RESTART * NANO;
  const longest = Math.min(...s.drive.waveforms.map(longestStep)) * NANO;
  for (let lane = 0; lane < lanes; lane++) {
    put(layout.perTolerance, lane, 1 / options.tolerance);
    put(layout.longestStep, lane, longest);
    put(layout.mostAttempts, lane, options.mostSteps ?? MOST_ATTEMPTS);
    put(layout.step, lane, restart);
    put(layout.end, lane, 1);
  }
  const { initial } = circuit.netlist;
  // Nodes without capacitance follow from the others: they depend on the instance where there are any.
  const shared = initial === null || s.algebraic.some((a) => a) ? null : givenStart(circuit, initial);

  const instance = new Int32Array(lanes).fill(-1);
  const segment = new Int32Array(lanes);
  const nextTime = new Int32Array(lanes);
  const closing = new Uint8Array(lanes);
  /** The corner that the step to be recorded ended on, or -1. */
  const passed = new Int32Array(lanes).fill(-1);
  let waiting = 0;
  let alive = 0;

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
    put(layout.shortestStep, lane, length * SHORTEST[s.lanes]);
    mark(layout.rejected, lane, false);
    askNextTime(lane);
    if (crossings && origins[to] === crossings.after)
      for (const slot of layout.thresholdOf) put(slot, lane, valueAt(crossings.threshold, instance[lane]));
    if (settled && origins[to] === settled.after) {
      put(layout.low, lane, valueAt(settled.low, instance[lane]));
      put(layout.high, lane, valueAt(settled.high, instance[lane]));
    }
  };
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
      put(layout.end, lane, get(layout.time, lane) + restart);
    } else {
      passed[lane] = due ? segment[lane] : -1;
      enter(lane, segment[lane] + 1);
    }
  };

  for (let lane = 0; lane < lanes; lane++) {
    alive++;
    begin(lane);
  }
  while (alive > 0) {
    const need = kernel.run(4096);
    for (let lane = 0; lane < lanes; lane++) if (need & (1 << lane) && instance[lane] >= 0) attend(lane);
  }
};
