import type { EpochReport } from "#src/learning/index";
import type { Parameters, Row, Summary, Table, TrialResult } from "#src/montecarlo/index";
import type { Interval } from "#src/numerics/intervals";
import type { Figure } from "#src/report/figure";
import { groupRows, overRows, percent, percentCurve, valuesOf } from "../results/rows.ts";
import type { TrainedModel } from "./equilibrium-model.ts";

const mean = (unit: string, says: string) => ({ kind: "mean", unit, says }) as const;

/** What every study of Equilibrium Propagation reports of an epoch. */
export const EPOCH_NUMBERS = {
  accuracy: mean("1", "share of test images classified right after the epoch"),
  meanFreeSteps: mean("1", "steps of a free phase"),
  unsettled: mean("1", "share of free phases whose states still moved by more than 0.01 (or the tolerance) at the end"),
  moved: mean("1", "largest move of a state in the last step of a free phase"),
  saturated: mean("1", "largest share of a batch's states within 0.001 of their bounds, one batch of 16 looked at"),
} as const;

const reported = ({ accuracy, freeSteps, unsettled, batches, moved, saturated }: EpochReport) => ({
  accuracy,
  meanFreeSteps: freeSteps,
  unsettled: unsettled / batches,
  moved,
  saturated,
});

/** An epoch's numbers, or why there are none. */
export const epochResult = (
  { epochs, diverged }: TrainedModel,
  epoch: number,
): TrialResult<keyof typeof EPOCH_NUMBERS> =>
  epoch <= epochs.length
    ? { numbers: reported(epochs[epoch - 1]) }
    : { failed: diverged ?? "the training ended early" };

const epochOf = (row: Row): number => row.point["epoch"] as number;

/** Share of saturated states from which there is something to say. */
const MANY_SATURATED = 0.9;

const worst = (table: Table, number: string): number =>
  Math.max(...table.rows.map((r) => r.numbers[number].estimate).filter(Number.isFinite));

/** What went on beside the accuracy, said once. */
const remarks = (table: Table): string[] => {
  const saturated = worst(table, "saturated");
  const unsettled = worst(table, "unsettled");
  return [
    ...(unsettled > 0
      ? [
          `Up to ${percent(unsettled)} % of an epoch's free phases had not come to rest when their steps were done: a state still moved by up to ${worst(table, "moved").toPrecision(2)}. More free steps would settle them.`,
        ]
      : []),
    ...(saturated > MANY_SATURATED
      ? [
          `States saturate: up to ${percent(saturated)} % of a batch's stand at their bounds, where they pass on no error. Lower the learning rates or the nudge.`,
        ]
      : []),
  ];
};

/** Epochs of a table that stand in its summary: few, or 1, 2, 3, every fifth and the last. */
const toldEpochs = (epochs: readonly number[]): readonly number[] => {
  const last = Math.max(...epochs);
  return epochs.filter((e) => epochs.length <= 6 || e <= 3 || e % (last > 20 ? 10 : 5) === 0 || e === last);
};

/** A t interval of few seeds may reach beyond what a share can be: it is cut there. */
const accuracyOver = (rows: readonly Row[]): Interval => {
  const { estimate, low, high } = overRows(rows, "accuracy");
  if (rows.length < 2) return { estimate, low: Number.NaN, high: Number.NaN };
  return { estimate, low: Math.max(0, low), high: Math.min(1, high) };
};

const within = (rows: readonly Row[]): string => {
  const a = accuracyOver(rows);
  return percent(a.estimate) + (rows.length > 1 ? ` [${percent(a.low)}, ${percent(a.high)}]` : "");
};

/** Seeds that are not in a mean, as they diverged. */
const lostOf = (done: number, all: number): string => (done === all ? "" : ` (${all - done} of ${all} diverged)`);

/** A number that stands beside the accuracy. */
interface Beside {
  readonly column: string;
  readonly number: string;
  readonly digits: number;
}

const FREE_STEPS: readonly Beside[] = [{ column: "free steps", number: "meanFreeSteps", digits: 0 }];

/** Accuracy after an epoch, a group of the other axes a row. */
export const accuracyTable = (
  table: Table,
  parameters: Parameters,
  name: string,
  besides: readonly Beside[] = FREE_STEPS,
  notes: readonly string[] = remarks(table),
): Summary => {
  const epochs = [...new Set(table.rows.map(epochOf))].sort((a, b) => a - b);
  const told = toldEpochs(epochs);
  const groups = groupRows(table, parameters, ["seed", "epoch"]);
  return {
    title: `Test accuracy, %${valuesOf(table, "seed") > 1 ? " [95 % t interval over seeds, cut at 0 and 100]" : ", one seed"}`,
    columns: ["network", "epoch", "accuracy", ...besides.map(({ column }) => column)],
    rows: groups.flatMap(({ label, rows }) =>
      told.map((epoch) => {
        const mine = rows.filter((r) => epochOf(r) === epoch);
        const done = mine.filter((r) => Number.isFinite(r.numbers["accuracy"].estimate));
        return [
          label.replace(/^(model|estimator) /, "") || name,
          `${epoch}`,
          done.length === 0 ? "diverged" : within(done) + lostOf(done.length, mine.length),
          ...besides.map(({ number, digits }) =>
            done.length === 0 ? "" : overRows(done, number).estimate.toFixed(digits),
          ),
        ];
      }),
    ),
    notes,
  };
};

/** Accuracy against epochs, a curve for each group of the other axes. */
export const accuracyCurves = (table: Table, parameters: Parameters, title: string, dataSet: string): Figure => ({
  title,
  caption: `${valuesOf(table, "seed") > 1 ? `Bars are 95 % t intervals over ${valuesOf(table, "seed")} seeds` : "One seed"}. ${dataSet}.`,
  x: { label: "epochs", unit: "", scale: "linear" },
  y: { label: "test accuracy", unit: "%", scale: "linear" },
  series: groupRows(table, parameters, ["seed", "epoch"]).map(({ label, rows }) => {
    const epochs = [...new Set(rows.map(epochOf))]
      .sort((a, b) => a - b)
      .filter((e) => rows.some((r) => epochOf(r) === e && Number.isFinite(r.numbers["accuracy"].estimate)));
    return percentCurve(
      label.replace(/^(model|estimator) /, "") || "test",
      epochs,
      epochs.map((e) =>
        accuracyOver(rows.filter((r) => epochOf(r) === e && Number.isFinite(r.numbers["accuracy"].estimate))),
      ),
    );
  }),
});
