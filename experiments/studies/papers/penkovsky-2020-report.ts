import { BEAT_CLASSES } from "#src/datasets/beats";
import type { Summary, TableOf } from "#src/montecarlo/index";
import type { Figure } from "#src/report/figure";
import { dataSetRecord } from "../../files/data-sets.ts";
import { kilobytes, showQuantity } from "../../units/show.ts";
import {
  bare,
  drawn,
  type Line,
  linesOf,
  percent,
  percentAxis,
  percentBounds,
  percentCurve,
  tableOf,
  valuesOf,
  varied,
} from "../results/index.ts";
import { senseNotes } from "../sensing/sense-notes.ts";
import { type NUMBERS, type NumberName, PARAMETERS, type Params } from "./penkovsky-2020-parameters.ts";

type Table = TableOf<typeof PARAMETERS, typeof NUMBERS>;
type Condition = Line<Params, NumberName>;

/** What classes are called in each task. */
const classNames = ({ task }: Params): readonly string[] =>
  task === "beats" ? BEAT_CLASSES.slice(0, 4) : ["as recorded", "turned"];

/** Axes that a chip has and a network does not. */
const OF_CHIPS = ["supply", "temperature", "corner", "technology", "device", "mismatch"] as const;

const WORDING = { network: bare };

/** A line for each network, whatever chips it is on. */
const networksOf = (table: Table): Condition[] => linesOf(table, PARAMETERS, [...OF_CHIPS], WORDING);

/** A number that the preparation gave, with the ends that it gave beside it. */
const scored = ({ rows }: Condition, number: "balanced" | "overFloat" | `recall${0 | 1 | 2 | 3}`) => {
  const { numbers } = rows[0];
  return {
    estimate: numbers[number].estimate,
    low: numbers[`${number}Low`].estimate,
    high: numbers[`${number}High`].estimate,
  };
};

const bounded = (interval: { readonly estimate: number; readonly low: number; readonly high: number }): string =>
  percent(interval.estimate) + percentBounds(interval);

const isFloat = ({ at }: Condition): boolean => at.network === "float";

/** How much memory which part costs in accuracy. */
export const answerBeats = (table: Table): string => {
  const networks = networksOf(table);
  return networks
    .map((line) => {
      const { balanced, memory } = line.rows[0].numbers;
      return `${line.label || line.at.network}: ${percent(balanced.estimate)} % balanced in ${kilobytes(memory.estimate)}`;
    })
    .join("; ")
    .concat(".");
};

/** Three digits and the unit; nothing of what is not known. */
const three = (x: number, unit: string): string =>
  Number.isFinite(x) ? showQuantity(Number(x.toPrecision(3)), unit) : "";

const whole = (x: number): string => (Number.isFinite(x) ? Math.round(x).toLocaleString("en") : "");

const rateText = (line: Condition): string =>
  (
    [
      ["flip", "usedFlip"],
      ["type1", "usedType1"],
      ["type2", "usedType2"],
      ["type3", "usedType3"],
    ] as const
  )
    .filter(([, number]) => line.mean(number) > 0)
    .map(([name, number]) => `${name} ${(100 * line.mean(number)).toPrecision(2)} %`)
    .join(", ") || `none seen in ${line.at.samples} reads of each state`;

export const concludeBeats = (table: Table, params: Params): Summary[] => {
  const networks = networksOf(table);
  const names = classNames(params);
  const places = names.map((_, label) => label as 0 | 1 | 2 | 3);
  const onChips = table.rows.filter(({ numbers }) => Number.isFinite(numbers.onChip.estimate));
  const chipAxes = table.axes.filter((axis) => (OF_CHIPS as readonly string[]).includes(axis));
  const chips = linesOf({ ...table, rows: onChips }, PARAMETERS, [], WORDING);
  const labelOf = ({ label, at }: Condition): string => label || at.network;
  const nameOf = ({ at }: Condition): string =>
    table.axes
      .filter((axis) => !(OF_CHIPS as readonly string[]).includes(axis))
      .map((axis) => (axis === "network" ? at.network : `${axis} ${varied(PARAMETERS, axis, at[axis])}`))
      .join(", ") || at.network;
  const left = Math.max(...networks.map(({ rows }) => rows[0].numbers.withoutClass.estimate));
  return [
    tableOf(
      "Balanced accuracy, % [95 %, bootstrap over records]",
      networks,
      [
        ["network", labelOf],
        ["balanced", (line) => bounded(scored(line, "balanced"))],
        ["less float", (line) => (isFloat(line) ? "" : bounded(scored(line, "overFloat")))],
        ["plain", (line) => percent(line.rows[0].numbers.plain.estimate)],
        ["memory", (line) => kilobytes(line.rows[0].numbers.memory.estimate)],
      ],
      [
        `Balanced: mean of the classes' recalls, mean over ${params.seeds} ${params.seeds === 1 ? "training" : "trainings"}. Less float: both on the same records. Plain: share of all beats told right; one who always says the commonest class has ${percent(table.rows[0].numbers.always.estimate)}.`,
        `Resamples of whole records (${params.resamples}); ${left} of them have no beat of some class, and no balanced accuracy: they are left out.`,
      ],
    ),
    tableOf(
      "Recall of each class, % [95 %, bootstrap over records]",
      networks,
      [
        ["network", labelOf],
        ...places.map((label) => [names[label], (line: Condition) => recallText(line, label)] as const),
      ],
      params.task === "beats"
        ? [
            "N normal, S supraventricular, V ventricular, F fusion (AAMI); Q, of which there are next to none, is left out. S needs the time from beat to beat, which is not in these beats: compare networks with each other, not with the literature.",
          ]
        : ["Leads turned about: a made-up task, every other beat's sign turned."],
    ),
    tableOf(
      "Confusion, beats (mean over trainings)",
      networks.flatMap((line) => places.map((label) => ({ line, label }))),
      [
        ["network", ({ line, label }) => (label === 0 ? labelOf(line) : "")],
        ["true", ({ label }) => names[label]],
        ...places.map(
          (told) =>
            [
              `told ${names[told]}`,
              ({ line, label }: { line: Condition; label: 0 | 1 | 2 | 3 }) =>
                whole(line.rows[0].numbers[`true${label}as${told}`].estimate),
            ] as const,
        ),
      ],
    ),
    ...(chips.length === 0
      ? []
      : [
          tableOf(
            "On chips, % [95 % over chips]",
            chips,
            [
              ["network", nameOf],
              ...chipAxes.map((axis) => [axis, ({ at }: Condition) => varied(PARAMETERS, axis, at[axis])] as const),
              ["balanced", ({ rows }) => percent(rows[0].numbers.onChip.estimate)],
              ["loss, points", (line) => bounded(lossOf(line))],
              ["cells", (line) => whole(line.mean("cells"))],
              ["energy", (line) => three(line.mean("energy"), "J")],
            ],
            [
              `Every weight with independent errors at the rates of its kind's best strobe; one test beat in ${params.testEvery}, of which the loss is too: the same networks without errors have the sum. Energy: of a beat, every read of a cell from rest; float layers, digital sums and converters are left out.`,
            ],
          ),
          tableOf("Rates used", chips, [
            ["network", nameOf],
            ...chipAxes.map((axis) => [axis, ({ at }: Condition) => varied(PARAMETERS, axis, at[axis])] as const),
            ["rates", rateText],
          ]),
        ]),
  ];
};

/** The loss, which is no more than there was. */
const lossOf = ({ rows }: Condition) => {
  const { onChip, chipLoss } = rows[0].numbers;
  const { estimate, low, high } = chipLoss;
  return { estimate, low, high: Math.min(high, onChip.estimate + estimate) };
};

/** Recall without decimals, so that four classes fit in a terminal. */
const recallText = (line: Condition, label: 0 | 1 | 2 | 3): string => {
  const { estimate, low, high } = scored(line, `recall${label}`);
  const rounded = (x: number): string => (100 * x).toFixed(0);
  return `${rounded(estimate)} [${rounded(low)}, ${rounded(high)}]`;
};

export const drawBeats = (table: Table, params: Params): Figure[] => {
  const networks = networksOf(table);
  const names = classNames(params);
  const dots = (name: string, of: (line: Condition) => ReturnType<typeof scored>) => {
    const { y: values, ...rest } = percentCurve(name, [], networks.map(of));
    return { ...rest, values };
  };
  const swept = (OF_CHIPS as readonly (keyof Params & string)[]).find(
    (axis) =>
      (axis === "supply" || axis === "temperature" || axis === "mismatch") && valuesOf(table.rows, axis).length > 1,
  ) as "supply" | "temperature" | "mismatch" | undefined;
  const chips = table.rows.filter(({ numbers }) => Number.isFinite(numbers.onChip.estimate));
  const place = swept && drawn(swept, PARAMETERS[swept].unit);
  return [
    {
      kind: "dots",
      title: params.task === "beats" ? "Heart beats told, between patients" : "Inverted leads told, between patients",
      caption: `Bars are 95 % intervals, bootstrap over the test's records; mean of ${params.seeds} ${params.seeds === 1 ? "training" : "trainings"}. ${dataSetRecord(params.data).name}.`,
      x: percentAxis("share told right"),
      names: networks.map(
        ({ label, at, rows }) => `${label || at.network}, ${kilobytes(rows[0].numbers.memory.estimate)}`,
      ),
      series: [
        dots("balanced", (line) => scored(line, "balanced")),
        ...names.map((name, label) => dots(name, (line) => scored(line, `recall${label as 0 | 1 | 2 | 3}`))),
      ],
    },
    ...(swept && place
      ? [
          {
            title: `Balanced accuracy on chips against ${swept}`,
            caption: `Bars are 95 % intervals over chips; one test beat in ${params.testEvery}. ${dataSetRecord(params.data).name}.`,
            x: place.axis,
            y: { label: "balanced accuracy", unit: "%", scale: "linear" as const },
            series: linesOf({ ...table, rows: chips }, PARAMETERS, [swept], WORDING).map((line) => {
              const points = line.by(swept);
              return percentCurve(
                line.label || line.at.network,
                points.map(({ value }) => place.value(Number(value))),
                points.map(({ rows }) => rows[0].numbers.onChip),
              );
            }),
          },
        ]
      : []),
  ];
};

export const notesOfBeats = (params: Params, points: readonly Params[]): string[] => {
  const { name, train, test } = dataSetRecord(params.data);
  return [
    `${name}: ${train} beats to train on, ${test} of other patients to test with.`,
    ...(params.data === PARAMETERS.data.default
      ? [
          "SYNTHETIC beats, made up: they show that the study runs, and say nothing of hearts. rramlab data list tells where MIT-BIH's are.",
        ]
      : []),
    `Networks: three convolutions along the beat (16, 32, 32 channels times ${params.filters}; 9, 7, 5 samples, steps of 2), dense layers of 64 and the classes, each normalised; shown ${params.epochs} times ${params.beats} beats${params.task === "beats" ? " (40 % N, 20 % S, 25 % V, 15 % F)" : ""}, batch ${params.batch}, Adam, cosine.`,
    "Binary classifier: the dense layers' weights and inputs are binary, the convolutions float with relu. Electroencephalograms, the paper's second signal, have no data here.",
    ...(points.some(({ network }) => network !== "float") ? senseNotes(params, points) : []),
  ];
};
