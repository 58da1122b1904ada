import type { Summary, TableOf } from "#src/montecarlo/index";
import type { Interval } from "#src/numerics/wilson";
import type { Figure } from "#src/report/figure";
import { dataSetRecord } from "../../files/data-sets.ts";
import { deviceFor } from "../../files/named-devices.ts";
import { showQuantity } from "../../units/show.ts";
import { networkNotes, networkText } from "../networks/network-parameters.ts";
import { type Line, linesOf, percent, percentCurve, sweptAxis, tableOf, varied } from "../results/index.ts";
import { describeDevice } from "../sensing/sense-notes.ts";
import { type NUMBERS, type NumberName, PARAMETERS, type Params } from "./programming-energy-parameters.ts";

type Table = TableOf<typeof PARAMETERS, typeof NUMBERS>;
type Condition = Line<Params, NumberName>;

/** Ways to store a weight: what each is called, its accuracy, what it has without errors, and what programming takes. */
const WAYS = [
  ["binary, 1T1R", "binarySingle", "binaryClean", "singleEnergy"],
  ["binary, SECDED(8,4)", "binarySecded", "binaryClean", "pairEnergy"],
  ["binary, 2T2R", "binaryPair", "binaryClean", "pairEnergy"],
  ["binary, 2T2R, sense amplifier", "binaryRead", "binaryClean", "pairEnergy"],
  ["ternary, 2T2R, sense amplifier", "ternaryPair", "ternaryClean", "ternaryEnergy"],
] as const satisfies readonly (readonly [string, NumberName, NumberName, NumberName])[];

/** The same ways, as heads of columns. */
const SHORT = ["1T1R", "SECDED", "2T2R", "2T2R SA", "ternary SA"];

const WORDING = { device: (path: string) => (path.split("/").at(-1) ?? path).replace(/\.json$/, "") };

/** An axis' value; a device by its file's name. */
const told = (axis: keyof Params & string, value: Params[keyof Params]): string => {
  const text = varied(PARAMETERS, axis, value);
  return axis === "device" ? WORDING.device(text) : text;
};

const conditionsOf = (table: Table): Condition[] =>
  linesOf(table, PARAMETERS, ["seed"], WORDING).filter((line) => Number.isFinite(line.mean("setEnergy")));

/** Over training seeds, or with one pair of networks over its chips. */
const intervalOf = ({ rows, over }: Condition, number: NumberName): Interval =>
  rows.length > 1 ? over(number) : rows[0].numbers[number];

const POINT = 0.01;

/** The cheapest condition at which a way loses less than a point. */
const cheapest = (
  conditions: readonly Condition[],
  [, accuracy, clean, energy]: (typeof WAYS)[number],
): Condition | null =>
  conditions
    .filter((line) => line.mean(clean) - line.mean(accuracy) < POINT)
    .sort((a, b) => a.mean(energy) - b.mean(energy))[0] ?? null;

const three = (x: number, unit: string): string => showQuantity(Number(x.toPrecision(3)), unit);

export const answerEnergy = (table: Table): string => {
  const conditions = conditionsOf(table);
  return `Least energy to program a weight at which less than a point is lost: ${WAYS.map((way) => {
    const at = cheapest(conditions, way);
    return `${way[0]} ${at ? three(at.mean(way[3]), "J") : "none of these"}`;
  }).join("; ")}.`;
};

/** Three digits, without an exponent. */
const digits = (x: number): string => String(Number(x.toPrecision(3)));

const rateText = (x: number): string =>
  x === 0 ? "none" : x < 1e-12 ? "< 1e-12" : x.toExponential(1).replace("e+0", "");

export const concludeEnergy = (table: Table): Summary[] => {
  const conditions = conditionsOf(table);
  const axes = table.axes
    .filter((axis) => axis !== "seed")
    .map((axis) => [axis, ({ at }: Condition) => told(axis, at[axis])] as const);
  const over = conditions.some(({ rows }) => rows.length > 1) ? "training seeds" : "chips";
  return [
    tableOf(
      "What programming gives",
      conditions,
      [
        ...axes,
        ["SET, pJ", (c) => digits(1e12 * c.mean("setEnergy"))],
        ["RESET, pJ", (c) => digits(1e12 * c.mean("resetEnergy"))],
        ["low, kohm", (c) => digits(c.mean("lowMedian") / 1000)],
        ["spread", (c) => c.mean("lowSpread").toFixed(2)],
        ["high, kohm", (c) => digits(c.mean("highMedian") / 1000)],
        ["spread", (c) => c.mean("highSpread").toFixed(2)],
      ],
      ["Energies from all drivers, a pulse; medians of resistance, spreads of ln R."],
    ),
    tableOf(
      "Bits in error",
      conditions,
      [
        ...axes,
        ["1T1R", (c) => rateText(c.mean("single"))],
        ["SECDED", (c) => rateText(c.mean("secded"))],
        ["2T2R", (c) => rateText(c.mean("differential"))],
        ["flip", (c) => rateText(c.mean("flip"))],
        ["type1", (c) => rateText(c.mean("type1"))],
        ["type2", (c) => rateText(c.mean("type2"))],
        ["type3", (c) => rateText(c.mean("type3"))],
      ],
      [
        `1T1R against the best reference, the same after SECDED(8,4), and 2T2R: amplifier without offset, closed form of lognormal states. Flip: 2T2R bits by the sense amplifier, and type1 to type3 of its ternary reads, each at its best strobe, of ${conditions[0]?.at.samples ?? 0} samples of each state (none: not seen there, so below 3 in so many at 95 %).`,
      ],
    ),
    tableOf(
      `Accuracy, % [± half the 95 % interval over ${over}]`,
      conditions,
      [
        ...axes,
        ["pJ", (c) => digits(1e12 * c.mean("pairEnergy"))],
        ...WAYS.map(([, accuracy], w) => [SHORT[w], (c: Condition) => within(intervalOf(c, accuracy))] as const),
      ],
      [
        `pJ: to program two cells, a SET and a RESET. 1T1R, SECDED(8,4) and 2T2R: the binary network, all three read by an amplifier without offset; SA: 2T2R by the sense amplifier with its mismatch and time, binary and ternary. Without errors: binary ${percent(conditions[0]?.mean("binaryClean") ?? Number.NaN)}, ternary ${percent(conditions[0]?.mean("ternaryClean") ?? Number.NaN)}.`,
      ],
    ),
    tableOf(
      "Least energy at which less than a point is lost",
      WAYS,
      [
        ["weights", ([head]) => head],
        ["condition", (way) => cheapest(conditions, way)?.label ?? "none of these"],
        ["a weight", (way) => energyText(cheapest(conditions, way), way[3])],
      ],
      [
        "Of the conditions that were computed, by their mean; a cell is written by one pulse, from the other state. The first three are read by an amplifier without offset, the others by the sense amplifier: compare within each.",
      ],
    ),
  ];
};

/** A share in percent and half its interval, a decimal each: tables of many columns. */
const within = ({ estimate, low, high }: Interval): string =>
  Number.isFinite(low)
    ? `${(100 * estimate).toFixed(1)}±${(50 * (high - low)).toFixed(1)}`
    : (100 * estimate).toFixed(1);

const energyText = (at: Condition | null, energy: NumberName): string => (at ? three(at.mean(energy), "J") : "");

/** Conditions of one curve: those that differ in the axis with the most values alone, and what they share, in words. */
const groupsOf = (table: Table): { readonly label: string; readonly conditions: readonly Condition[] }[] => {
  const swept = sweptAxis(table, PARAMETERS);
  const isDrawn = (line: Condition): boolean => Number.isFinite(line.mean("setEnergy"));
  if (!swept) return [{ label: "", conditions: conditionsOf(table) }];
  return linesOf(table, PARAMETERS, ["seed", swept], WORDING).map((group) => ({
    label: group.label,
    conditions: group.by(swept).filter(isDrawn),
  }));
};

export const drawEnergy = (table: Table, params: Params): Figure[] => {
  const energy = { label: "energy to program a weight", unit: "pJ", scale: "log" as const };
  const sorted = (conditions: readonly Condition[], number: NumberName): Condition[] =>
    [...conditions].sort((a, b) => a.mean(number) - b.mean(number));
  return groupsOf(table)
    .filter(({ conditions }) => conditions.length > 1)
    .flatMap(({ label, conditions }): Figure[] => {
      const over = conditions.some(({ rows }) => rows.length > 1) ? "training seeds" : "chips";
      const of = label ? `: ${label}` : "";
      return [
        {
          title: `Accuracy against programming energy${of}`,
          caption: `Bars are 95 % intervals over ${over}. ${conditions.length} conditions; a SET and a RESET pulse a pair of cells. ${dataSetRecord(params.data).name}, ${networkText(params)}.`,
          x: energy,
          y: { label: "test accuracy", unit: "%", scale: "linear" },
          series: WAYS.map(([name, accuracy, , by]) => {
            const line = sorted(conditions, by);
            return percentCurve(
              name,
              line.map((at) => 1e12 * at.mean(by)),
              line.map((at) => intervalOf(at, accuracy)),
            );
          }),
        },
        {
          title: `Bit errors against programming energy${of}`,
          caption:
            "Amplifier without offset, closed forms: 1T1R against the best reference, the same after SECDED(8,4), 2T2R. Below 1e-12 nothing is drawn.",
          x: energy,
          y: { label: "bits in error", unit: "%", scale: "log" },
          series: (
            [
              ["1T1R", "single", "singleEnergy"],
              ["SECDED(8,4)", "secded", "pairEnergy"],
              ["2T2R", "differential", "pairEnergy"],
            ] as const
          ).map(([name, rate, by]) => {
            const line = sorted(conditions, by);
            const shown = (x: number): number | null => (x >= 1e-12 ? 100 * x : null);
            return {
              name,
              x: line.map((at) => 1e12 * at.mean(by)),
              y: line.map((at) => shown(at.mean(rate))),
              marks: true,
            };
          }),
        },
      ];
    });
};

export const notesOfEnergy = (params: Params, points: readonly Params[]): string[] => [
  ...(points.some(({ conditions }) => conditions === "filament")
    ? [
        `Conditions: SkyWater's ReRAM cell model (Apache-2.0), 1T1R, one SET pulse from the open state and one RESET pulse on each of ${params.cells} cells; spreads from cell to cell ASSUMED (${params.logCurrent} of ln I, ${params.barrier} eV of the barriers): the error rates rest on them, no measured table being at hand. States are taken as lognormal.`,
      ]
    : []),
  ...(points.some(({ conditions }) => conditions === "device")
    ? [...new Set(points.map(({ device }) => device))].map((device) => describeDevice(deviceFor(device)))
    : []),
  "Closed forms are of lognormal states fitted to few cells: rates far below one in the number of cells are extrapolated. SECDED: words of three wrong bits and more are taken as left as they are; a decoder may add a fourth.",
  ...networkNotes(points, ["binary", "ternary"]),
];
