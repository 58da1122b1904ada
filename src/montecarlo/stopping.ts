import type { AnyExperiment } from "./experiment.ts";
import type { Plan } from "./plan.ts";
import type { Cell, Table } from "./table.ts";

/** Fewer events of a rate, or trials of a mean, say too little of their own error to stop on. */
export const LEAST_EVENTS = 20;

/** Whether the half-width of a number's interval is within `relative` of its estimate, on enough events to tell. */
export const isPrecise = (cell: Cell, relative: number): boolean => {
  const seen = Number.isNaN(cell.events) ? cell.trials : cell.events;
  return seen >= LEAST_EVENTS && (cell.high - cell.low) / 2 <= relative * Math.abs(cell.estimate);
};

/** Numbers whose precision is asked for: those named, or all. */
export const targetsOf = (plan: Plan, experiment: AnyExperiment): Readonly<Record<string, number>> => {
  const { stopping } = plan;
  if (stopping.kind === "trials") return {};
  const { every, relative } = stopping;
  return every === null
    ? relative
    : { ...Object.fromEntries(Object.keys(experiment.numbers).map((name) => [name, every])), ...relative };
};

/** Points whose numbers are not yet as precise as the plan asks: a function of complete rounds alone. */
export const pendingPoints = (plan: Plan, experiment: AnyExperiment, table: Table): number[] => {
  const targets = Object.entries(targetsOf(plan, experiment));
  return [...table.rows.keys()].filter((point) =>
    targets.some(([name, relative]) => !isPrecise(table.rows[point].numbers[name], relative)),
  );
};
