import type { EpochReport } from "#src/learning/index";
import { mean, type Parameters, type Summary, type Table, type TrialResult } from "#src/montecarlo/index";
import type { Figure } from "#src/report/figure";
import {
  bare,
  type Column,
  type Line,
  lineOf,
  linesOf,
  percent,
  percentAxis,
  percentCurve,
  pureAxis,
  tableOf,
  valuesOf,
  type Wording,
} from "../results/index.ts";
import type { TrainedModel } from "./equilibrium-model.ts";

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

/** What such a report needs of a study: axes of seeds and epochs. */
interface EpochValues {
  readonly seed: number;
  readonly epoch: number;
}

/** A line for each combination of the axes but seeds and epochs; models and estimators are told without their names. */
const epochLines = <V extends EpochValues, N extends string>(
  table: Table<V, N>,
  parameters: Parameters,
): Line<V, N>[] => {
  const wording: Readonly<Record<string, (value: string) => string>> = { model: bare, estimator: bare };
  return linesOf(table, parameters, ["seed", "epoch"], wording as Wording<V>);
};

/** Share of saturated states from which there is something to say. */
const MANY_SATURATED = 0.9;

/** What went on beside the accuracy, said once. */
export const epochRemarks = ({ rows }: Pick<Table<unknown, keyof typeof EPOCH_NUMBERS>, "rows">): string[] => {
  const worst = (number: keyof typeof EPOCH_NUMBERS): number =>
    Math.max(...lineOf("", rows).known(number).estimates(number));
  return [
    ...(worst("unsettled") > 0
      ? [
          `Up to ${percent(worst("unsettled"))} % of an epoch's free phases had not come to rest when their steps were done: a state still moved by up to ${worst("moved").toPrecision(2)}. More free steps would settle them.`,
        ]
      : []),
    ...(worst("saturated") > MANY_SATURATED
      ? [
          `States saturate: up to ${percent(worst("saturated"))} % of a batch's stand at their bounds, where they pass on no error. Lower the learning rates or the nudge.`,
        ]
      : []),
  ];
};

/** Epochs of a table that stand in its summary: few, or 1, 2, 3, every fifth and the last. */
const isTold = (epoch: number, epochs: readonly number[]): boolean => {
  const last = Math.max(...epochs);
  return epochs.length <= 6 || epoch <= 3 || epoch % (last > 20 ? 10 : 5) === 0 || epoch === last;
};

/** Seeds that are not in a mean, as they diverged. */
const lostOf = (done: number, all: number): string => (done === all ? "" : ` (${all - done} of ${all} diverged)`);

/** Steps of free phases, beside the accuracy. */
export const FREE_STEPS: Column<{ mean(number: "meanFreeSteps"): number }> = [
  "free steps",
  (line) => line.mean("meanFreeSteps").toFixed(0),
];

/** Accuracy after an epoch, a line of the other axes a row; what stands `beside` it is told where a seed is done. */
export const accuracyTable = <V extends EpochValues, N extends string>(
  table: Table<V, N | "accuracy">,
  parameters: Parameters,
  name: string,
  beside: readonly Column<Line<V, N | "accuracy">>[],
  notes: readonly string[],
): Summary => {
  const epochs = valuesOf(table.rows, "epoch");
  const lines = epochLines(table, parameters)
    .flatMap((line) => line.by("epoch"))
    .filter(({ value }) => isTold(value, epochs))
    .map((line) => ({ line, done: line.known("accuracy"), epoch: line.value }));
  return tableOf(
    `Test accuracy, %${valuesOf(table.rows, "seed").length > 1 ? " [95 % t interval over seeds, cut at 0 and 100]" : ", one seed"}`,
    lines,
    [
      ["network", ({ line }) => line.label || name],
      ["epoch", ({ epoch }) => `${epoch}`],
      [
        "accuracy",
        ({ line, done }) =>
          done.rows.length === 0 ? "diverged" : done.bracketed("accuracy") + lostOf(done.rows.length, line.rows.length),
      ],
      ...beside.map(
        ([head, cell]): Column<(typeof lines)[number]> => [
          head,
          ({ done }) => (done.rows.length === 0 ? "" : cell(done)),
        ],
      ),
    ],
    notes,
  );
};

/** Accuracy against epochs, a curve for each line of the other axes. */
export const accuracyCurves = <V extends EpochValues, N extends string>(
  table: Table<V, N | "accuracy">,
  parameters: Parameters,
  title: string,
  dataSet: string,
): Figure => {
  const seeds = valuesOf(table.rows, "seed").length;
  return {
    title,
    caption: `${seeds > 1 ? `Bars are 95 % t intervals over ${seeds} seeds` : "One seed"}. ${dataSet}.`,
    x: pureAxis("epochs"),
    y: percentAxis("test accuracy"),
    series: epochLines(table, parameters).map((line) => {
      const points = line.known("accuracy").by("epoch");
      return percentCurve(
        line.label || "test",
        points.map(({ value }) => Number(value)),
        points.map((at) => (at.rows.length < 2 ? at.over("accuracy") : at.share("accuracy"))),
      );
    }),
  };
};
