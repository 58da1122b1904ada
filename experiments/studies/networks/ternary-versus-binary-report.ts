import type { Summary, Value } from "#src/montecarlo/index";
import type { Interval } from "#src/numerics/intervals";
import { type NestedInterval, nestedInterval } from "#src/numerics/nested-interval";
import { pairedInterval } from "#src/numerics/paired-interval";
import type { Figure, Series } from "#src/report/figure";
import { grouped } from "#src/words/grouped";
import { dataSetRecord } from "../../files/data-sets.ts";
import { showMeasured, showQuantity, showRate } from "../../units/show.ts";
import { type Line, lineOf, linesOf, percentCurve, valuesOf } from "../results/index.ts";

import { standingOf } from "../sensing/sense-parameters.ts";
import {
  type ComparisonValues,
  type NumberName,
  PARAMETERS,
  type ComparisonTable as Table,
} from "./ternary-versus-binary-parameters.ts";

/** Rows of one condition, one a training seed. */
type Condition = Line<ComparisonValues, NumberName>;

const conditionsOf = (table: Table): Condition[] => {
  const extra = table.axes.filter(
    (axis) => !["seed", "supply", "corner", "temperature"].includes(axis) && valuesOf(table.rows, axis).length > 1,
  );
  const told = (value: Value): string => (typeof value === "number" ? value.toPrecision(3) : value);
  const conditions = grouped(table.rows, ({ at }) =>
    [
      `${at.supply} V ${at.corner} ${showQuantity(at.temperature - 273.15, "C")}`,
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

export const concludeComparison = (table: Table, params: ComparisonValues): Summary[] => {
  const conditions = conditionsOf(table);
  const strobe = table.axes.includes("strobe") ? "" : ` of ${showQuantity(params.strobe, "s")}`;
  const [first] = conditions;
  const seeds = first.rows.length;
  const clean = (number: NumberName): string => `${points(lineOf("", first.rows).over(number).estimate, 2)} %`;
  const cleanOf = (number: NumberName): number[] => first.rows.map((r) => r.numbers[number].estimate);
  const cleanDifference = pairedInterval(cleanOf("ternaryClean"), cleanOf("binaryClean"));
  const images = dataSetRecord(params.data).test;
  const worstInvalid = Math.max(...table.rows.map((r) => r.numbers["invalid"].estimate));
  const failed = conditions.reduce((sum, c) => sum + c.rows[0].numbers["failedReads"].estimate, 0);
  const number = (c: Condition, name: NumberName): string => points(lineOf("", c.rows).over(name).estimate, 2);
  return [
    {
      title: `Read errors at the common strobe${strobe}, % [95 % Wilson interval]`,
      columns: ["condition", "type 1", "type 2", "type 3", "BNN flip"],
      rows: conditions.map((c) => [
        c.label,
        ...(["type1", "type2", "type3", "binaryFlip"] as const).map((n) => showRate(c.rows[0].numbers[n])),
      ]),
      notes: [
        `Type 1: +-1 read with the other sign; type 2: +-1 read as 0; type 3: 0 read as +-1; both outputs low (invalid, used as 0) at most ${points(worstInvalid)} % of +-1. BNN flip: binary read of +-1 wrong, undecided reads a fair coin.${failed > 0 ? ` ${failed} reads failed numerically and are in no rate.` : ""}`,
      ],
    },
    {
      title: "Read errors of the ternary network at its own best strobe, % [95 %]",
      columns: ["condition", "strobe", "type 1", "type 2", "type 3"],
      rows: conditions.map((c) => [
        c.label,
        strobeOf(c, "ternaryStrobe"),
        ...(["type1Best", "type2Best", "type3Best"] as const).map((n) => showRate(c.rows[0].numbers[n])),
      ]),
      notes: [],
    },
    {
      title: "Read errors of the binary network at its own best strobe, % [95 %]",
      columns: ["condition", "strobe", "flip"],
      rows: conditions.map((c) => [
        c.label,
        strobeOf(c, "binaryStrobe"),
        showRate(c.rows[0].numbers["binaryFlipBest"]),
      ]),
      notes: [
        "Best: least mean squared error of a read weight, the stored states equally likely, on 250 samples a state, apart from those counted here; eight strobes a decade, the middle one where several are equal.",
      ],
    },
    {
      title: `Accuracy on chips, common strobe${strobe}, %`,
      columns: ["condition", "BNN", "TNN", "TNN - BNN [95 %]", ""],
      rows: conditions.map((c) => {
        const d = lineOf("", c.rows).over("difference");
        return [c.label, number(c, "binary"), number(c, "ternary"), difference(d), verdict(d)];
      }),
      notes: [],
    },
    {
      title: `Accuracy on chips, common strobe${strobe}: where it varies, %`,
      columns: ["condition", "weights", "accuracy", "new seeds", "these networks", "seeds", "chips"],
      rows: conditions.flatMap((c) =>
        (["binary", "ternary"] as const).map((name) => {
          const found = nestedOf(c, name, images);
          const bounds = (i: Interval): string =>
            Number.isFinite(i.low) ? `[${points(i.low, 2)}, ${points(i.high, 2)}]` : "-";
          return [
            c.label,
            name,
            points(found.across.estimate, 2),
            bounds(found.across),
            bounds(found.within),
            ...[found.betweenSeeds, found.betweenChips].map((s) => (Number.isFinite(s) ? points(s, 2) : "-")),
          ];
        }),
      ),
      notes: [
        `95 % intervals: for new seeds, t over the training seeds; for these networks, on new chips and new images like the ${images} of the test set. Last columns: standard deviation between seeds, and between the chips of one network.`,
      ],
    },
    {
      title: "Accuracy on chips, each network at its own best strobe, %",
      columns: ["condition", "BNN", "TNN", "TNN - BNN [95 %]", ""],
      rows: conditions.map((c) => {
        const d = lineOf("", c.rows).over("differenceBest");
        return [c.label, number(c, "binaryBest"), number(c, "ternaryBest"), difference(d), verdict(d)];
      }),
      notes: [
        `Without read errors: BNN ${clean("binaryClean")}, TNN ${clean("ternaryClean")}, paired difference ${difference(cleanDifference)} points: ${verdict(cleanDifference)}. Zeros among ternary weights: ${points(lineOf("", first.rows).over("zeros").estimate, 0)} %.`,
        `Means over ${seeds} training seeds of ${first.rows[0].numbers["binary"].trials} chips each; intervals of differences are t intervals over seeds, pairs share seed (initial weights and order of images), chips and test images. All conditions share the same networks: their differences are not independent findings.`,
      ],
    },
    {
      title: "Energy of a read",
      columns: [
        "condition",
        "repeated",
        "precharge",
        `sense${strobe.replace("of", "to") || " to it"}`,
        "to TNN's",
        "to BNN's",
      ],
      rows: conditions.map((c) => [
        c.label,
        ...(
          ["repeatedEnergy", "prechargeEnergy", "senseEnergy", "senseEnergyTernary", "senseEnergyBinary"] as const
        ).map((n) => showMeasured(lineOf("", c.rows).over(n).estimate, "J")),
      ]),
      notes: [
        "Mean over samples and stored states. Repeated: a whole read that follows a read of the same cell, from all sources, from strobe to strobe of the common one. The others are of a first read, all nodes from 0 V: precharge from the supply; sense from supply, SEN and word-line drivers, from SEN's edge to the strobe: the common one, the ternary network's best, the binary one's.",
      ],
    },
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

export const drawComparison = (table: Table, params: ComparisonValues): Figure[] => {
  const swept = linesOf(table, PARAMETERS, ["seed", "supply"]).filter(
    ({ rows }) => new Set(rows.map((r) => r.at.supply)).size > 1,
  );
  return swept.flatMap(({ label, rows }): Figure[] => {
    const [{ at }] = rows;
    const name = label || `${at.corner}, ${showQuantity(at.temperature, "K")}`;
    const by = `${standingOf(rows, params)} No shared amplifiers.`;
    const supplies = [...new Set(rows.map((r) => r.at.supply))].sort((x, y) => x - y);
    const rowsAt = supplies.map((volt) => rows.filter((r) => r.at.supply === volt));
    const curve = (title: string, number: NumberName, dash: "solid" | "dash") => ({
      ...percentCurve(
        title,
        supplies,
        rowsAt.map((of) => lineOf("", of).over(number)),
      ),
      dash,
    });
    // Without errors the level is what matters; its bars would hide the others.
    const level = (title: string, number: NumberName): Series => ({
      name: title,
      x: supplies,
      y: rowsAt.map((of) => 100 * lineOf("", of).over(number).estimate),
      dash: "dot",
      marks: true,
    });
    const rate = (title: string, number: NumberName) =>
      percentCurve(
        title,
        supplies,
        rowsAt.map(([first]) => first.numbers[number]),
      );
    const supply = { label: "supply", unit: "V", scale: "linear" } as const;
    return [
      {
        title: `Accuracy against supply: ${name}`,
        caption: `Means over chips and training seeds, bars are 95 % t intervals over seeds. Dotted: without read errors. ${by}`,
        x: supply,
        y: { label: "test accuracy", unit: "%", scale: "linear" },
        series: [
          curve("BNN, common strobe", "binary", "solid"),
          curve("TNN, common strobe", "ternary", "solid"),
          curve("BNN, best strobe", "binaryBest", "dash"),
          curve("TNN, best strobe", "ternaryBest", "dash"),
          level("BNN without errors", "binaryClean"),
          level("TNN without errors", "ternaryClean"),
        ],
      },
      {
        title: `Read error rates against supply: ${name}`,
        caption: `At the common strobe of ${showQuantity(at.strobe, "s")}; bars are 95 % Wilson intervals over ${params.samples} samples a state. ${by}`,
        x: supply,
        y: { label: "reads in error", unit: "%", scale: "linear" },
        series: [
          rate("type 1: sign", "type1"),
          rate("type 2: +-1 to 0", "type2"),
          rate("type 3: 0 to +-1", "type3"),
          rate("BNN flip", "binaryFlip"),
        ],
      },
    ];
  });
};
