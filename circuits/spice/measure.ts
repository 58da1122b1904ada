import type { Circuit } from "../analyses/circuit.ts";
import { passagesIn, type Step, stepValue } from "../analyses/step-curve.ts";
import type { Measure, Passage } from "./spice-deck.ts";

/** Measures of a transient while it runs: on the solver's own steps, and the curves between their ends. */
interface Measuring {
  readonly watch: (step: Step) => void;
  /** Results in s or V, in the order of the measures; null where what one waits for does not happen. */
  readonly results: () => (number | null)[];
}

/** Waits for the k-th passage, and tells its time and the step it is in. */
const waitFor = (
  row: number,
  { value, edge, number, after }: Passage,
  from: number,
  onPassage: (time: number, step: Step, place: number) => void,
) => {
  let seen = 0;
  return (step: Step): void => {
    if (seen >= number || step.end < from) return;
    const start = Math.max(0, (from - step.start) / step.length);
    for (const { place, rises } of passagesIn(step, row, value, start)) {
      if (edge !== "cross" && (edge === "rise") !== rises) continue;
      const time = place === 1 ? step.end : step.start + place * step.length;
      if (time < after) continue;
      if (++seen === number) onPassage(time, step, place);
    }
  };
};

/** Times are looked for from `from` on, the start of what is printed [s]. */
export const createMeasuring = (circuit: Circuit, measures: readonly Measure[], from: number): Measuring => {
  const rowOf = (node: string): number => circuit.index.get(node) as number;
  const watchers: ((step: Step) => void)[] = [];
  const reads = measures.map((m): (() => number | null) => {
    let found: number | null = null;
    if (m.kind === "delay") {
      let [trigger, target]: (number | null)[] = [null, null];
      watchers.push(
        waitFor(rowOf(m.trigger.node), m.trigger, from, (time) => {
          trigger = time;
        }),
        waitFor(rowOf(m.target.node), m.target, from, (time) => {
          target = time;
        }),
      );
      return () => (trigger === null || target === null ? null : target - trigger);
    }
    if (m.kind === "when")
      watchers.push(
        waitFor(rowOf(m.passage.node), m.passage, from, (time) => {
          found = time;
        }),
      );
    else if (typeof m.at !== "number")
      watchers.push(
        waitFor(rowOf(m.at.node), m.at, from, (_time, step, place) => {
          found = stepValue(step, rowOf(m.node), place);
        }),
      );
    else {
      const { at } = m;
      watchers.push((step) => {
        if (found === null && at >= from && at >= step.start && at <= step.end)
          found = stepValue(step, rowOf(m.node), (at - step.start) / step.length);
      });
    }
    return () => found;
  });
  return {
    watch: (step) => {
      for (const watcher of watchers) watcher(step);
    },
    results: () => reads.map((read) => read()),
  };
};
