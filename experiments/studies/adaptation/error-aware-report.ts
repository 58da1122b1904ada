import type { Summary, TableOf } from "#src/montecarlo/index";
import { meanInterval } from "#src/numerics/mean-interval";
import { momentsOf } from "#src/numerics/moments";
import type { Interval } from "#src/numerics/wilson";
import type { Figure } from "#src/report/figure";
import { dataSetRecord } from "../../files/data-sets.ts";
import { networkNotes, networkText } from "../networks/network-parameters.ts";
import {
  bare,
  drawn,
  firstCrossing,
  type Line,
  linesOf,
  percentBounds,
  percentCurve,
  percentWithin,
  pureAxis,
  sweptAxis,
  tableOf,
  valuesOf,
  varied,
} from "../results/index.ts";
import { senseNotes } from "../sensing/sense-notes.ts";
import { type NUMBERS, type NumberName, PARAMETERS, type Params } from "./error-aware-parameters.ts";

type Table = TableOf<typeof PARAMETERS, typeof NUMBERS>;
type Condition = Line<Params, NumberName>;

/** Networks on one chip: what each is called, and its number. */
const WAYS = [
  ["as trained", "asTrained"],
  ["re-estimated", "reEstimated"],
  ["longer", "longer"],
  ["with errors", "withErrors"],
  ["in the loop", "inTheLoop"],
] as const satisfies readonly (readonly [string, NumberName])[];

const POINT = 0.01;

const waysOf = (lines: readonly Condition[]) =>
  WAYS.filter(([, number]) => lines.some((line) => Number.isFinite(line.mean(number))));

/** Over training seeds, or with one network over its chips. */
const intervalOf = ({ rows, over }: Condition, number: NumberName): Interval =>
  rows.length > 1 ? over(number) : rows[0].numbers[number];

/** Points that a network on chips has less than the one as trained has on a perfect chip. */
const lossOf = (line: Condition, number: NumberName): Interval => {
  if (line.rows.length > 1)
    return meanInterval(momentsOf(line.rows.map(({ numbers }) => numbers.clean.estimate - numbers[number].estimate)));
  const { clean, [number]: on } = line.rows[0].numbers;
  return {
    estimate: clean.estimate - on.estimate,
    low: clean.estimate - on.high,
    high: clean.estimate - on.low,
  };
};

const WORDING = { network: (path: string) => path.split("/").at(-1) ?? path, weights: bare };

/** Lines at each value of the axis that is swept, lines of a table by all other axes. */
const sweptOf = (table: Table) => {
  const swept = sweptAxis(table, PARAMETERS) as NumericAxis | null;
  const lines = linesOf(table, PARAMETERS, swept ? ["seed", swept] : ["seed"], WORDING);
  return { swept, lines };
};

type NumericAxis = { [K in keyof Params]: Params[K] extends number ? K : never }[keyof Params] & string;

const inPercent = (x: number): string => `${(100 * x).toPrecision(2)} %`;

/**
 * The rate at which a network has lost a point, and the rates at which the ends of the loss's interval have: the rates that a test of the
 * loss being one point does not refuse.
 */
const onePoint = (line: Condition, number: NumberName): string => {
  const points = line.by("rate");
  const rates = points.map(({ value }) => value);
  const at = (end: (loss: Interval) => number): ReturnType<typeof firstCrossing> =>
    firstCrossing(
      points.map((point) => ({ x: point.value, y: end(lossOf(point, number)) })),
      POINT,
    );
  const told = (crossing: ReturnType<typeof firstCrossing>): string => {
    if (typeof crossing === "number") return inPercent(crossing);
    if (crossing === "unknown") return "-";
    return crossing === "above" ? `> ${inPercent(Math.max(...rates))}` : `< ${inPercent(Math.min(...rates))}`;
  };
  const [estimate, low, high] = [at((l) => l.estimate), at((l) => l.high), at((l) => l.low)];
  const bounds = low === "unknown" || high === "unknown" ? "" : ` [${told(low)}, ${told(high)}]`;
  return told(estimate) + bounds;
};

const crossingOf = (line: Condition, number: NumberName): string => onePoint(line, number).replace(/ \[.*/, "");

/** How many errors cost a point, before and after. */
export const answerAdaptation = (table: Table): string => {
  const { swept, lines } = sweptOf(table);
  const [way, number] = waysOf(lines).at(-1) ?? WAYS[0];
  if (swept === "rate")
    return lines
      .map(
        (line) =>
          `${line.label ? `${line.label[0].toUpperCase()}${line.label.slice(1)}: a` : "A"} point is lost at ${crossingOf(line, "asTrained")} of errors as trained, at ${crossingOf(line, "withErrors")} trained further with errors${number === "inTheLoop" ? `, at ${crossingOf(line, "inTheLoop")} on the chip itself` : ""}.`,
      )
      .join(" ");
  const worst = table.rows.reduce((a, b) => (b.numbers.asTrained.estimate < a.numbers.asTrained.estimate ? b : a));
  const { clean, asTrained, [number]: after } = worst.numbers;
  return `Where chips do worst the network has ${(100 * asTrained.estimate).toFixed(1)} % of ${(100 * clean.estimate).toFixed(1)} %, and ${(100 * after.estimate).toFixed(1)} % ${way === "in the loop" ? "trained further in the loop" : "trained further with errors"}.`;
};

const gain = (interval: Interval): string =>
  Number.isFinite(interval.estimate) ? `${(100 * interval.estimate).toFixed(2)}${percentBounds(interval)}` : "";

export const concludeAdaptation = (table: Table): Summary[] => {
  const { swept, lines } = sweptOf(table);
  const ways = waysOf(lines);
  const hasLoop = ways.some(([, number]) => number === "inTheLoop");
  const points = lines.flatMap((line): Condition[] => (swept ? line.by(swept) : [line]));
  const over = points.some(({ rows }) => rows.length > 1) ? "training seeds" : "chips";
  const labelled = lines.some(({ label }) => label !== "");
  const columns = [
    labelled && (["network", ({ label }: Condition) => label] as const),
    swept !== null && ([swept, ({ at }: Condition) => varied(PARAMETERS, swept, at[swept])] as const),
  ];
  return [
    tableOf(
      `Accuracy on chips, % [± half the 95 % interval over ${over}]`,
      points,
      [
        ...columns,
        ...ways.map(([name, number]) => [name, (c: Condition) => percentWithin(intervalOf(c, number))] as const),
      ],
      [
        "As trained: put on chips blindly. Re-estimated: its thresholds anew on each chip, from 1,000 training images. Longer: trained further without errors. With errors: as long, with errors drawn anew at each step, then put on chips blindly. In the loop: as long, on each chip itself, forwards by what the chip reads, back by the weights as stored.",
      ],
    ),
    tableOf(
      `What it gains, points [95 % interval over ${over} of differences on the same chips]`,
      points,
      [
        ...columns,
        ["with errors", (c) => gain(intervalOf(c, "errorsGain"))],
        hasLoop && ["in the loop", (c) => gain(intervalOf(c, "loopGain"))],
        hasLoop && ["loop - errors", (c) => gain(intervalOf(c, "loopOverErrors"))],
      ],
      ["Against the network as trained, and of the loop against training with errors."],
    ),
    ...(swept === "rate"
      ? [
          tableOf(
            "Which rate costs one point?",
            lines.flatMap((line) => ways.map(([name, number]) => ({ line, name, number }))),
            [
              labelled && ["network", ({ line }) => line.label],
              ["trained", ({ name }) => name],
              ["rate [95 %]", ({ line, number }) => onePoint(line, number)],
            ],
            [
              `One point below the network as trained on a perfect chip; each network is trained further at the rate at which it is used. Straight lines between rates; brackets: where the ends of the loss's interval over ${over} cross one point.`,
            ],
          ),
        ]
      : []),
    tableOf(
      "On a perfect chip, %",
      points,
      [
        ...columns,
        ["as trained", (c) => c.percent("clean")],
        ["longer", (c) => c.percent("longerClean")],
        ["with errors", (c) => c.percent("withErrorsClean")],
        hasLoop && ["in the loop", (c) => c.percent("inTheLoopClean")],
        ["rates used", (c) => usedRates(c)],
      ],
      ["What a network that was trained further for errors, or for another chip, has where there are none."],
    ),
  ];
};

const usedRates = (line: Condition): string =>
  (
    [
      ["type1", "usedType1"],
      ["type2", "usedType2"],
      ["type3", "usedType3"],
      ["flip", "usedFlip"],
    ] as const
  )
    .filter(([, number]) => line.mean(number) > 0)
    .map(([name, number]) => `${name} ${inPercent(line.mean(number))}`)
    .join(", ");

export const drawAdaptation = (table: Table, params: Params): Figure[] => {
  const { swept, lines } = sweptOf(table);
  if (!swept) return [];
  const parameter = PARAMETERS[swept];
  const isRate = swept === "rate";
  const place = isRate
    ? { axis: pureAxis("probability that a weight is read wrong", "log"), value: (x: number) => x }
    : drawn(swept, parameter.kind === "quantity" ? parameter.unit : "1");
  const over = lines.some((line) => line.by(swept).some(({ rows }) => rows.length > 1)) ? "training seeds" : "chips";
  return lines.map((line) => {
    const points = line.by(swept);
    const xs = points.map(({ value }) => place.value(Number(value)));
    const clean = points.map(({ mean }) => 100 * mean("clean"));
    return {
      title: `Accuracy on chips${line.label ? `, ${line.label}` : ""}`,
      caption: `Bars are 95 % intervals over ${over} (${valuesOf(line.rows, "seed").length} training ${valuesOf(line.rows, "seed").length === 1 ? "seed" : "seeds"}); dotted: as trained, on a perfect chip. ${params.tuningEpochs} epochs further. ${dataSetRecord(params.data).name}, ${networkText(params)}.`,
      x: place.axis,
      y: { label: "test accuracy", unit: "%", scale: "linear" },
      series: [
        ...waysOf([line]).map(([name, number]) =>
          percentCurve(
            name,
            xs,
            points.map((point) => intervalOf(point, number)),
          ),
        ),
        { name: "perfect chip", x: xs, y: clean, dash: "dot" as const, marks: false },
      ],
    };
  });
};

export const notesOfAdaptation = (params: Params, points: readonly Params[]): string[] => [
  ...networkNotes(points, [...new Set(points.map(({ weights }) => weights))], params.images),
  `Trained further for ${params.tuningEpochs} epochs of ${params.tuningImages === 0 ? "all" : `the first ${params.tuningImages}`} training images, batch ${params.tuningBatch}, learning rate ${params.tuningRate} (cosine), latent weights begun at twice the threshold of ternary ones.`,
  "A chip's cells keep what they do to each value that is stored in them while weights change; in the loop the test images are those that all networks meet.",
  ...(points.some(({ mode }) => mode === "given rates") ? [] : senseNotes(params, points)),
  ...(points.some(({ mode }) => mode === "whole chips")
    ? ["Whole chips: each cell is read by a transient for every value that it may store."]
    : []),
];
