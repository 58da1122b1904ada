import type { Summary, Value } from "#src/montecarlo/index";
import { type NestedInterval, nestedInterval } from "#src/numerics/nested-interval";
import { pairedInterval } from "#src/numerics/paired-interval";
import type { Interval } from "#src/numerics/wilson";
import type { Figure } from "#src/report/figure";
import { grouped } from "#src/words/grouped";
import { dataSetRecord } from "../../files/data-sets.ts";
import { showQuantity } from "../../units/show.ts";
import {
  type Column,
  type Line,
  lineOf,
  measuredCell,
  NONE_SEEN,
  percentCurve,
  rateCell,
  rateDots,
  tableOf,
  valuesOf,
} from "../results/index.ts";

import { standingOf } from "../sensing/sense-notes.ts";
import type { ComparisonValues, NumberName, ComparisonTable as Table } from "./ternary-versus-binary-parameters.ts";

/** Rows of one condition, one a training seed. */
type Condition = Line<ComparisonValues, NumberName>;

const conditionsOf = (table: Table): Condition[] => {
  const extra = table.axes.filter(
    (axis) => !["seed", "supply", "corner", "temperature"].includes(axis) && valuesOf(table.rows, axis).length > 1,
  );
  const told = (value: Value): string => (typeof value === "number" ? value.toPrecision(3) : value);
  const conditions = grouped(table.rows, ({ at }) =>
    [
      `${at.supply} V ${at.corner} ${showQuantity(at.temperature, "K")}`,
      ...extra.map((axis) => `${axis} ${told(at[axis])}`),
    ].join(" "),
  );
  return [...conditions].map(([label, rows]) => lineOf(label, rows));
};

const points = (x: number, digits = 1): string => (100 * x).toFixed(digits);

const signed = (x: number): string => `${x < 0 ? "-" : "+"}${points(Math.abs(x), 2)}`;

/** "+0.62 [+0.31, +0.93]", and in words when the interval holds zero. */
const difference = (i: Interval): string => {
  if (!Number.isFinite(i.estimate)) return "-";
  return Number.isFinite(i.low)
    ? `${signed(i.estimate)} [${signed(i.low)}, ${signed(i.high)}]`
    : `${signed(i.estimate)} (one seed)`;
};

const verdict = (i: Interval): string => {
  if (!Number.isFinite(i.estimate)) return "not known: reads failed";
  if (!Number.isFinite(i.low)) return "one seed: no claim";
  if (i.low > 0) return "ternary better";
  if (i.high < 0) return "binary better";
  return "no significant difference";
};

/** A rate of the condition: the same for all seeds. */
const rated =
  (number: NumberName) =>
  ({ rows: [row] }: Condition) =>
    rateCell(row.numbers[number]);
const label: Column<Condition> = ["condition", (c) => c.label];

/** Columns of a comparison on chips: both kinds, their difference, what it says. */
const compared = (binary: NumberName, ternary: NumberName, between: NumberName): Column<Condition>[] => [
  label,
  ["BNN", (c) => c.percent(binary)],
  ["TNN", (c) => c.percent(ternary)],
  ["TNN - BNN [95 %]", (c) => difference(c.over(between))],
  ["", (c) => verdict(c.over(between))],
];

export const concludeComparison = (table: Table, params: ComparisonValues): Summary[] => {
  const conditions = conditionsOf(table);
  const swept = table.axes.includes("strobe");
  const strobe = swept ? "" : ` of ${showQuantity(params.strobe, "s")}`;
  const [first] = conditions;
  const seeds = first.rows.length;
  const clean = (number: NumberName): string => `${first.percent(number)} %`;
  const cleanDifference = pairedInterval(first.estimates("ternaryClean"), first.estimates("binaryClean"));
  const images = dataSetRecord(params.data).test;
  const worstInvalid = Math.max(...table.rows.map((r) => r.numbers.invalid.estimate));
  const failed = conditions.reduce((sum, c) => sum + c.rows[0].numbers.failedReads.estimate, 0);
  const bounds = (i: Interval): string =>
    Number.isFinite(i.low) ? `[${points(i.low, 2)}, ${points(i.high, 2)}]` : "-";
  const deviation = (s: number): string => (Number.isFinite(s) ? points(s, 2) : "-");
  const energy = (number: NumberName) => (c: Condition) => measuredCell(c.mean(number), "J");
  const total = (number: NumberName) => (c: Condition) => measuredCell(c.mean("prechargeEnergy") + c.mean(number), "J");
  return [
    tableOf(
      `Read errors at the common strobe${strobe}, % [95 % Wilson interval]`,
      conditions,
      [
        label,
        ["type 1", rated("type1")],
        ["type 2", rated("type2")],
        ["type 3", rated("type3")],
        ["BNN flip", rated("binaryFlip")],
      ],
      [
        `Type 1: ±1 read with the other sign; type 2: ±1 read as 0; type 3: 0 read as ±1; both outputs low (invalid, used as 0) at most ${points(worstInvalid)} % of ±1. BNN flip: binary read of ±1 wrong, undecided reads a fair coin.${failed > 0 ? ` ${failed} reads failed numerically and are in no rate.` : ""}`,
      ],
    ),
    tableOf("Read errors of the ternary network at its own best strobe, % [95 %]", conditions, [
      label,
      ["strobe", (c) => strobeOf(c, "ternaryStrobe")],
      ["type 1", rated("type1Best")],
      ["type 2", rated("type2Best")],
      ["type 3", rated("type3Best")],
    ]),
    tableOf(
      "Read errors of the binary network at its own best strobe, % [95 %]",
      conditions,
      [label, ["strobe", (c) => strobeOf(c, "binaryStrobe")], ["flip", rated("binaryFlipBest")]],
      [
        "Best: least mean squared error of a read weight, the stored states equally likely, on 250 samples a state, apart from those counted here; eight strobes a decade, the middle one where several are equal.",
      ],
    ),
    tableOf(`Accuracy on chips, common strobe${strobe}, %`, conditions, compared("binary", "ternary", "difference")),
    tableOf(
      `Accuracy on chips, common strobe${strobe}: where it varies, %`,
      conditions.flatMap((c) =>
        (["binary", "ternary"] as const).map((name) => ({ c, name, found: nestedOf(c, name, images) })),
      ),
      [
        ["condition", ({ c }) => c.label],
        ["weights", ({ name }) => name],
        ["accuracy", ({ found }) => points(found.across.estimate, 2)],
        ["new seeds", ({ found }) => bounds(found.across)],
        ["these networks", ({ found }) => bounds(found.within)],
        ["seeds", ({ found }) => deviation(found.betweenSeeds)],
        ["chips", ({ found }) => deviation(found.betweenChips)],
      ],
      [
        `95 % intervals: for new seeds, t over the training seeds; for these networks, on new chips and new images like the ${images} of the test set. Last columns: standard deviation between seeds, and between the chips of one network.`,
      ],
    ),
    tableOf(
      "Accuracy on chips, each network at its own best strobe, %",
      conditions,
      compared("binaryBest", "ternaryBest", "differenceBest"),
      [
        `Without read errors: BNN ${clean("binaryClean")}, TNN ${clean("ternaryClean")}, paired difference ${difference(cleanDifference)} points: ${verdict(cleanDifference)}. Zeros among ternary weights: ${points(first.mean("zeros"), 0)} %.`,
        `Means over ${seeds} training seeds of ${first.rows[0].numbers.binary.trials} chips each; intervals of differences are t intervals over seeds, pairs share seed (initial weights and order of images), chips and test images. All conditions share the same networks: their differences are not independent findings.`,
      ],
    ),
    tableOf(
      "Energy of a read",
      conditions,
      [
        label,
        ["repeated", energy("repeatedEnergy")],
        ["precharge", energy("prechargeEnergy")],
        [`sense to ${swept ? "it" : showQuantity(params.strobe, "s")}`, energy("senseEnergy")],
        ["together", total("senseEnergy")],
        ["to TNN's", total("senseEnergyTernary")],
        ["to BNN's", total("senseEnergyBinary")],
      ],
      [
        "Mean over samples and stored states. Repeated: a whole read that follows a read of the same cell, from all sources, from strobe to strobe of the common one. The others are of a first read, all nodes from 0 V: precharge from the supply; sense from supply, SEN and word-line drivers, from SEN's edge to the strobe. Together: precharge and sense to the common strobe; to TNN's, to BNN's: the same to the ternary and the binary network's best.",
      ],
    ),
  ];
};

/** Accuracy of one kind of network over its seeds and their chips. */
const nestedOf = (c: Condition, name: NumberName, images: number): NestedInterval =>
  nestedInterval(
    c.rows.map((r) => {
      const { estimate, deviation, trials } = r.numbers[name];
      return { count: trials, mean: estimate, squares: trials > 1 ? deviation ** 2 * (trials - 1) : 0 };
    }),
    images,
  );

const strobeOf = (c: Condition, name: NumberName): string =>
  showQuantity(Number(c.rows[0].numbers[name].estimate.toPrecision(2)), "s");

/** Differences and read errors, a row a condition; differences in points. */
export const drawComparison = (table: Table, params: ComparisonValues): Figure[] => {
  const conditions = conditionsOf(table);
  const names = conditions.map(({ label: name }) => name);
  const by = `${standingOf(table.rows, params)} ${params.amplifiers === "independent" && !table.axes.includes("amplifiers") ? "No shared amplifiers." : "Amplifiers shared by columns where it is said."}`;
  const strobe = table.axes.includes("strobe")
    ? "common strobe"
    : `common strobe of ${showQuantity(params.strobe, "s")}`;
  const between = (name: string, number: NumberName) => {
    const { y, low, high } = percentCurve(
      name,
      [],
      conditions.map((c) => c.over(number)),
    );
    return { name, values: y, ...(low && high ? { low, high } : {}) };
  };
  const rate = (name: string, number: NumberName) =>
    rateDots(
      name,
      conditions.map(({ rows: [first] }) => first.numbers[number]),
    );
  return [
    {
      kind: "dots",
      title: "TNN less BNN on the same chips",
      caption: `Difference of test accuracy, means over chips and training seeds; bars are 95 % t intervals over seeds, whose networks are paired. Right of the line the ternary network is better. ${by}`,
      x: { label: "TNN - BNN", unit: "points", scale: "linear" },
      reference: 0,
      names,
      series: [between(strobe, "difference"), between("each at its own best strobe", "differenceBest")],
    },
    {
      kind: "dots",
      title: `Read errors at the ${strobe}`,
      caption: `Bars are 95 % Wilson intervals over ${params.samples} samples a state. ${NONE_SEEN} ${by}`,
      x: { label: "reads in error", unit: "%", scale: "log" },
      names,
      series: [
        rate("type 1: sign", "type1"),
        rate("type 2: ±1 to 0", "type2"),
        rate("type 3: 0 to ±1", "type3"),
        rate("BNN flip", "binaryFlip"),
      ],
    },
  ];
};

/** The answer in one sentence: where one network is better, and where both are lost. */
export const answerComparison = (table: Table, params: ComparisonValues): string => {
  const conditions = conditionsOf(table);
  const within = (number: NumberName): { ternary: string[]; binary: string[] } => ({
    ternary: conditions.filter((c) => c.over(number).low > 0).map((c) => c.label),
    binary: conditions.filter((c) => c.over(number).high < 0).map((c) => c.label),
  });
  const listed = (all: readonly string[]): string =>
    all.length > 3 ? `${all.length} of ${conditions.length} conditions` : all.join(" and ");
  const told = ({ ternary, binary }: { ternary: string[]; binary: string[] }): string =>
    [
      ternary.length > 0 ? `the ternary network is better at ${listed(ternary)}` : "",
      binary.length > 0 ? `the binary network is better at ${listed(binary)}` : "",
    ]
      .filter(Boolean)
      .join(", ") || "no condition shows a difference";
  const [first] = conditions;
  const clean = pairedInterval(first.estimates("ternaryClean"), first.estimates("binaryClean"));
  const at = table.axes.includes("strobe")
    ? "With one strobe for all conditions"
    : `With one strobe of ${showQuantity(params.strobe, "s")} for all conditions`;
  return `${at}, ${told(within("difference"))}; with each network's own best strobe, ${told(within("differenceBest"))}. Without read errors they differ by ${difference(clean)} points.`;
};
