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
import { type CubicEnds, cubic, fallOf } from "./step-cubic.ts";

/** First step after a corner, as a share of the analysis: 5 ps of 150 ns. */
const RESTART = 1 / 30_000;
/** A step below this share of its stretch between corners is given up: the lanes' precision no longer sees time advance. */
const SHORTEST = { f32x4: 1e-6, f64x2: 1e-13 } as const;
/** Steps longer than this many of a node's time constants are joined by the method's stages, not by f over C. */
const STIFF = 6;
const FEMTOJOULE = 1e-15;
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
  const { values, masks, lanes } = kernel;
  const { stop, crossings, settled } = options;
  const binding = createBatchLanes(kernel, s, layout, circuit, variations, inverse, corners);
  const origins = [0, ...corners.slice(0, -1)];
  const times = options.times;
  const get = (slot: number, lane: number): number => values[slot * lanes + lane];
  const put = (slot: number, lane: number, value: number): void => {
    values[slot * lanes + lane] = value;
  };
  const bit = (slot: number, lane: number): boolean => masks[kernel.maskAt(slot, lane)] !== 0;
  const mark = (slot: number, lane: number, set: boolean): void => {
    const at = kernel.maskAt(slot, lane);
    masks[at] = set ? -1 : 0;
    if (s.lanes === "f64x2") masks[at + 1] = masks[at];
  };

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
      nextTime[lane] = 0;
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
      while (nextTime[lane] < times.length && times[nextTime[lane]] <= 0) {
        s.watched.forEach((node, k) => {
          record.voltage(k, i, nextTime[lane], start[node]);
        });
        s.metered.forEach((_, m) => {
          record.energy(m, i, nextTime[lane], 0);
        });
        nextTime[lane]++;
      }
      enter(lane, 0);
      return;
    }
    instance[lane] = -1;
    mark(layout.active, lane, false);
    mark(layout.pending, lane, false);
    alive--;
  };

  const recordStep = (lane: number): void => {
    const from = layout.record;
    const corner = passed[lane];
    const origin = origins[corner < 0 ? segment[lane] : corner];
    const start = origin + get(from.start, lane) / NANO;
    const length = get(from.length, lane) / NANO;
    const end = corner < 0 ? start + length : corners[corner];
    const jumps = corner >= 0 && corner + 1 < corners.length;
    const i = instance[lane];
    const firstTime = nextTime[lane];
    let past = firstTime;
    // Single precision may put a time at the very end of the step a rounding beyond it.
    while (past < times.length && times[past] <= end + 1e-6 * length) past++;
    nextTime[lane] = past;
    const ends = s.watched.map((node, k): CubicEnds => {
      const v0 = get(from.voltages[k], lane);
      const v1 = get(from.endVoltages[k], lane);
      const stiffness = Math.max(get(from.stiffness[k], lane), get(from.endStiffness[k], lane));
      // What is left of the step's error in a stiff node makes f over C useless as a slope.
      if (s.algebraic[node] || s.held[node] || !(stiffness < STIFF))
        return { v0, d0: get(from.stageStarts[k], lane), v1, d1: get(from.stageEnds[k], lane) };
      const jump = jumps ? binding.slopeBefore(i, corner + 1, k) : 0;
      const perStep = length * NANO;
      return { v0, d0: get(from.slopes[k], lane) * perStep, v1, d1: (get(from.endSlopes[k], lane) + jump) * perStep };
    });
    ends.forEach((node, k) => {
      for (let t = firstTime; t < past; t++) record.voltage(k, i, t, cubic(node, (times[t] - start) / length));
      const threshold = get(layout.thresholdOf[k], lane);
      // A step that ends where crossings begin to count is not theirs.
      if (crossings && origin >= crossings.after && node.v0 >= threshold && node.v1 < threshold) {
        const at = fallOf(node, threshold);
        record.crossing(k, i, start - crossings.after + length * at);
        ends.forEach((other, j) => {
          record.atCrossing(k, i, j, cubic(other, at));
        });
        put(layout.thresholdOf[k], lane, Number.NEGATIVE_INFINITY);
      }
    });
    s.metered.forEach((_, m) => {
      const before = get(from.energies[m], lane);
      const gained = get(from.endEnergies[m], lane) - before;
      for (let t = firstTime; t < past; t++)
        record.energy(m, i, t, (before + (gained * (times[t] - start)) / length) * FEMTOJOULE);
    });
    passed[lane] = -1;
    askNextTime(lane);
  };
  const finish = (lane: number): void => {
    const i = instance[lane];
    s.watched.forEach((node, k) => {
      for (let t = nextTime[lane]; t < times.length; t++) record.voltage(k, i, t, get(layout.state[node], lane));
    });
    s.metered.forEach((_, m) => {
      for (let t = nextTime[lane]; t < times.length; t++)
        record.energy(m, i, t, get(layout.energies[m], lane) * FEMTOJOULE);
    });
    record.solved(i, get(layout.attempts, lane));
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
