import { type BatchLanes, NANO } from "./batch-lanes.ts";
import type { BatchRecord } from "./batch-record.ts";
import type { BatchRun } from "./batch-run.ts";
import type { LaneSlots } from "./lane-slots.ts";
import { type CubicEnds, cubic, fallOf } from "./step-cubic.ts";

/** Steps longer than this many of a node's time constants are joined by the method's stages, not by f over C. */
const STIFF = 6;
const FEMTOJOULE = 1e-15;

/** What tells a lane's step that is to be read: its instance, the stretch it lies in, the corner it ended on (or -1), the first time that is still asked for. */
interface RecordedStep {
  readonly instance: number;
  readonly segment: number;
  readonly corner: number;
  readonly firstTime: number;
}

/** Reads what was asked for off the steps of lanes. */
interface RecordedSteps {
  /** Reads a step; the first time that lies beyond it. */
  read(lane: number, step: RecordedStep): number;
  /** Gives all times from `firstTime` on what the lane has ended at. */
  rest(lane: number, instance: number, firstTime: number): void;
  /** Gives the times up to 0 what the instance starts from; the first time beyond. */
  before(instance: number, start: ArrayLike<number>): number;
}

export const recordedSteps = (
  { layout, structure: s, options, origins, corners }: BatchRun,
  { get, put }: LaneSlots,
  record: BatchRecord,
  binding: BatchLanes,
): RecordedSteps => {
  const { times, crossings } = options;
  const from = layout.record;

  /** A watched node at the ends of a step; `length` in ns. */
  const endsOf = (node: number, k: number, lane: number, step: RecordedStep, length: number): CubicEnds => {
    const v0 = get(from.voltages[k], lane);
    const v1 = get(from.endVoltages[k], lane);
    const stiffness = Math.max(get(from.stiffness[k], lane), get(from.endStiffness[k], lane));
    // What is left of the step's error in a stiff node makes f over C useless as a slope.
    if (s.algebraic[node] || s.held[node] || !(stiffness < STIFF))
      return { v0, d0: get(from.stageStarts[k], lane), v1, d1: get(from.stageEnds[k], lane) };
    const jumps = step.corner >= 0 && step.corner + 1 < corners.length;
    const jump = jumps ? binding.slopeBefore(step.instance, step.corner + 1, k) : 0;
    return { v0, d0: get(from.slopes[k], lane) * length, v1, d1: (get(from.endSlopes[k], lane) + jump) * length };
  };

  const read = (lane: number, step: RecordedStep): number => {
    const { instance: i, corner, segment, firstTime } = step;
    const origin = origins[corner < 0 ? segment : corner];
    const start = origin + get(from.start, lane) / NANO;
    const length = get(from.length, lane) / NANO;
    const end = corner < 0 ? start + length : corners[corner];
    let past = firstTime;
    // Single precision may put a time at the very end of the step a rounding beyond it.
    while (past < times.length && times[past] <= end + 1e-6 * length) past++;
    const ends = s.watched.map((node, k) => endsOf(node, k, lane, step, length * NANO));
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
    return past;
  };

  return {
    read,
    rest: (lane, instance, firstTime) => {
      s.watched.forEach((node, k) => {
        for (let t = firstTime; t < times.length; t++) record.voltage(k, instance, t, get(layout.state[node], lane));
      });
      s.metered.forEach((_, m) => {
        for (let t = firstTime; t < times.length; t++)
          record.energy(m, instance, t, get(layout.energies[m], lane) * FEMTOJOULE);
      });
    },
    before: (instance, start) => {
      let past = 0;
      for (; past < times.length && times[past] <= 0; past++) {
        s.watched.forEach((node, k) => {
          record.voltage(k, instance, past, start[node]);
        });
        s.metered.forEach((_, m) => {
          record.energy(m, instance, past, 0);
        });
      }
      return past;
    },
  };
};
