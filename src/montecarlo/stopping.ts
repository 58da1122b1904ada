import type { AnyExperiment } from "./experiment.ts";
import type { Plan } from "./plan.ts";
import type { Cell, Row, Table } from "./table.ts";

/** Fewer events of a rate, or trials of a mean, say too little of their own error to stop on. */
export const LEAST_EVENTS = 20;

/**
 * Whether the half-width of a number's interval is within `relative` of its estimate, on enough events to tell. An
 * estimate of zero is never precise: its interval is empty where nothing has happened yet.
 */
export const isPrecise = (cell: Cell, relative: number): boolean => {
  const seen = Number.isNaN(cell.events) ? cell.trials : cell.events;
  return (
    cell.estimate !== 0 && seen >= LEAST_EVENTS && (cell.high - cell.low) / 2 <= relative * Math.abs(cell.estimate)
  );
};

/** Numbers of a row that are not as precise as the plan asks: those it names, and, where it asks all, whatever trials report. */
export const impreciseNumbers = (plan: Plan, experiment: AnyExperiment, row: Row): string[] => {
  const { stopping } = plan;
  if (stopping.kind === "trials") return [];
  const { every, relative } = stopping;
  return Object.keys(experiment.numbers).filter((name) => {
    // More trials tell nothing more of what the preparation alone gave.
    const asked = relative[name] ?? (row.facts.includes(name) ? null : every);
    return asked !== null && !isPrecise(row.numbers[name], asked);
  });
};

/**
 * Points whose numbers are not yet as precise as the plan asks: a function of complete rounds alone. A point of which
 * every trial failed is given up.
 */
export const pendingPoints = (plan: Plan, experiment: AnyExperiment, table: Table): number[] =>
  [...table.rows.keys()].filter((point) => {
    const row = table.rows[point];
    return row.failed < row.trials && impreciseNumbers(plan, experiment, row).length > 0;
  });
