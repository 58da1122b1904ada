import {
  defineExperiment,
  integer,
  isPrecise,
  mean,
  type NumberSpec,
  type Parameters,
  quantity,
  rate,
  type TableOf,
  type ValuesOf,
} from "#src/montecarlo/index";
import { chipsAndImages } from "#src/numerics/chips-and-images";
import { clopperPearson } from "#src/numerics/intervals";
import { type Interval, wilson } from "#src/numerics/wilson";
import { binomial, fold, type Key, normal } from "#src/random/index";
import type { Figure } from "#src/report/figure";
import { recordEntries } from "#src/words/named";
import { OWN_MODULE } from "../../own-module.ts";
import { axisColumns, type Column, linesOf, percentCurve, rateCell, tableOf } from "../results/index.ts";

const PARAMETERS = {
  rate: quantity("1", 0.05, [1e-5, 0.999], "true rate", "chosen"),
  samples: integer(
    200,
    [2, 1e6],
    "trials of a run of fixed length, and of the first round of one that stops on precision",
    "chosen",
  ),
  chips: integer(5, [2, 1000], "chips whose accuracies are averaged, all on the same `samples` images", "chosen"),
  spread: quantity(
    "1",
    0.05,
    [0, 0.3],
    "standard deviation of a chip's own rate, over that of one image (the root of p (1 - p))",
    "chosen: 1.1 points at 95 %, as read errors of some percent give",
  ),
  precision: quantity("1", 0.1, [0.01, 0.9], "half-width over estimate at which a run stops", "chosen"),
  cap: integer(10_000_000, [2, 1e9], "trials at which it stops anyway", "chosen: out of reach of the default rates"),
} as const satisfies Parameters;

type Params = ValuesOf<typeof PARAMETERS>;

/** What a trial reports. */
const NUMBERS = {
  wilson: rate("Wilson's interval of a run of fixed length holds the rate"),
  clopperPearson: rate("Clopper and Pearson's does"),
  stopped: rate("Wilson's does after a run that stopped on precision"),
  clustered: rate("the interval of a mean over chips, all on the same images, does"),
  length: mean("1", "trials of that run"),
} as const satisfies Readonly<Record<string, NumberSpec>>;

type NumberName = keyof typeof NUMBERS;
type Table = TableOf<typeof PARAMETERS, typeof NUMBERS>;
type Row = Table["rows"][number];

const LABELS = {
  wilson: "Wilson",
  clopperPearson: "Clopper-Pearson",
  stopped: "Wilson after stopping",
  clustered: "chips and images",
} as const;

/** Interval of a mean over chips: chips' own rates come together about the true one, as those of chips with errors of their own do. */
const clusteredRun = ({ rate, samples, chips, spread }: Params, key: Key): Interval => {
  const own = Array.from({ length: chips }, (_, c) => {
    const z = normal(fold(key, "chip"), c);
    return Math.min(1, Math.max(0, rate + spread * Math.sqrt(rate * (1 - rate)) * z));
  });
  // All chips meet the same images, whose luck is common to them.
  const luck = binomial(fold(key, "images"), samples, rate) / samples - rate;
  return chipsAndImages(
    own.map((p) => Math.min(1, Math.max(0, p + luck))),
    samples,
  );
};

const covers = ({ low, high }: Interval, rate: number): 0 | 1 => (low <= rate && rate <= high ? 1 : 0);

/** A run that stops on precision, as the engine does it: doubling rounds, looked at between them. */
const stoppedRun = ({ rate, samples, precision, cap }: Params, key: Key): { events: number; trials: number } => {
  let events = binomial(fold(key, 0), samples, rate);
  let trials = samples;
  for (let round = 1; trials < cap; round++) {
    const cell = { ...wilson(events, trials), events, trials, deviation: Number.NaN, quantiles: [] };
    if (isPrecise(cell, precision)) break;
    const more = Math.min(trials, cap - trials);
    events += binomial(fold(key, round), more, rate);
    trials += more;
  }
  return { events, trials };
};

const conclude = (table: Table) => {
  const mean = (name: NumberName): number =>
    table.rows.reduce((sum, row) => sum + row.numbers[name].estimate / table.rows.length, 0);
  return [
    tableOf(
      "How often a 95 % interval holds the true rate, % [95 % interval of that]",
      table.rows,
      [
        ...axisColumns(table, PARAMETERS),
        ...recordEntries(LABELS).map(([name, label]): Column<Row> => [label, ({ numbers }) => rateCell(numbers[name])]),
        ["trials at the stop", ({ numbers }) => Math.round(numbers.length.estimate).toString()],
      ],
      [
        `Averaged over these points: ${recordEntries(LABELS)
          .map(([name, label]) => `${label} ${(100 * mean(name)).toFixed(2)} %`)
          .join(", ")}.`,
      ],
    ),
  ];
};

const figures = (table: Table): Figure[] =>
  table.axes.includes("rate")
    ? linesOf(table, PARAMETERS, ["rate"]).map(({ label, rows }) => ({
        title: `Coverage of 95 % intervals${label ? `: ${label}` : ""}`,
        caption:
          "How often the interval of a simulated run holds the true rate; bars are 95 % Wilson intervals of that share.",
        x: { label: "true rate", unit: "", scale: "log" },
        y: { label: "coverage", unit: "%", scale: "linear" },
        series: recordEntries(LABELS).map(([name, title]) =>
          percentCurve(
            title,
            rows.map((r) => r.at.rate),
            rows.map((r) => r.numbers[name]),
          ),
        ),
      }))
    : [];

/** Whether the intervals that every report prints hold what they promise, by simulation. */
export const intervalCoverage = defineExperiment({
  name: "interval-coverage",
  summary:
    "How often the 95 % intervals of rates hold the true rate, after fixed runs and after runs stopped on precision.",
  module: OWN_MODULE,
  parameters: PARAMETERS,
  axes: ["samples", "precision", "chips", "spread", "rate"],
  grid: () => [
    { precision: [0.05, 0.1, 0.2, 0.4], rate: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9] },
  ],
  trials: 4000,
  block: 250,
  numbers: NUMBERS,
  trial: (_context, params, key) => {
    const events = binomial(fold(key, "fixed"), params.samples, params.rate);
    const stopped = stoppedRun(params, fold(key, "stopped"));
    return {
      numbers: {
        wilson: covers(wilson(events, params.samples), params.rate),
        clopperPearson: covers(clopperPearson(events, params.samples), params.rate),
        stopped: covers(wilson(stopped.events, stopped.trials), params.rate),
        clustered: covers(clusteredRun(params, fold(key, "clustered")), params.rate),
        length: stopped.trials,
      },
    };
  },
  conclude,
  figures,
});
