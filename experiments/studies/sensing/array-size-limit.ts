import {
  compileSenseAmplifier,
  readSamples,
  rowLoad,
  type SenseAmplifier,
  type SenseAmplifierDesign,
} from "#circuits/index";
import {
  defineExperiment,
  integer,
  mean,
  type NumberSpec,
  type Parameters,
  quantity,
  type RateReport,
  rate,
  type TableOf,
  type TrialResult,
  type ValuesOf,
} from "#src/montecarlo/index";
import type { Interval } from "#src/numerics/wilson";
import type { Key } from "#src/random/index";
import type { Figure } from "#src/report/figure";
import { recordOf } from "#src/words/named";
import { OWN_MODULE } from "../../own-module.ts";
import { showQuantity } from "../../units/show.ts";
import { linesOf, percentCurve, varied } from "../results/index.ts";
import { heatRemarks, idleRipple } from "./idle-parameters.ts";
import { missedAndLost } from "./read-trials.ts";
import { checkSense, designOf, deviceOf } from "./sense-design.ts";
import { MONTE_CARLO_TOLERANCE } from "./sense-errors.ts";
import { senseNotes, standingOf } from "./sense-notes.ts";
import { SENSE_PARAMETERS } from "./sense-parameters.ts";
import { MOST_MISSED, MOST_ZERO_ERRORS, STROBES } from "./sense-window.ts";
import { longestWindow } from "./strobe-choice.ts";

/** Ladder sections a line: 4 give decision times within 0.5 % of 16 at 512 rows (test/circuits/sensing/sense-column.test.ts). */
const SECTIONS = 4;

const PARAMETERS = {
  ...SENSE_PARAMETERS,
  bitLineCapacitance: {
    ...SENSE_PARAMETERS.bitLineCapacitance,
    default: 5e-15,
    says: "capacitance of each bit line at the amplifier, beside the column's own",
    source: "assumed: column multiplexer and wiring at the column's foot",
  },
  rows: integer(128, [1, 8192], "rows of 2T2R cells on a column", "128: one of the sizes of a small macro"),
  lineResistance: quantity(
    "ohm",
    1.8,
    [1e-3, 1e4],
    "of each line, from row to row",
    "sky130 met2 at its least width, 0.125 ohm/sq and 0.14 um (the foundry's technology LEF), rows 2 um apart (assumed)",
  ),
  lineCapacitance: quantity(
    "F",
    0.156e-15,
    [0, 1e-12],
    "wiring of each line, from row to row; the cells' transistors come to it",
    "the same: 16.9 aF/um2 and 37.8 aF/um an edge (technology LEF), rows 2 um apart (assumed)",
  ),
  prechargeTime: quantity(
    "s",
    500e-9,
    [1e-9, 100e-6],
    "precharge before each read",
    "chosen: long enough for a picofarad at 0.9 V; columns it does not charge are read as invalid",
  ),
} as const satisfies Parameters;

type Values = ValuesOf<typeof PARAMETERS>;

const ENDS = ["near", "far"] as const;
type End = (typeof ENDS)[number];
type NumberName = `${"missed" | "zeroError"}.${End}@${string}` | `decision.${End}`;
type Table = TableOf<typeof PARAMETERS, Record<NumberName, NumberSpec>>;
type Row = Table["rows"][number];
const nameAt = (kind: "missed" | "zeroError", end: End, strobe: number): NumberName =>
  `${kind}.${end}@${showQuantity(strobe, "s").replace(" ", "")}`;
const decisionName = (end: End): NumberName => `decision.${end}`;
const WORDS = { near: "next to the amplifier", far: "of the last row" } as const;

const numbers = recordOf([
  ...ENDS.map((end): [NumberName, NumberSpec] => [
    decisionName(end),
    mean("s", `decision time of ±1 pairs ${WORDS[end]}, those that decide`),
  ]),
  ...STROBES.flatMap((strobe) =>
    ENDS.flatMap((end): [NumberName, NumberSpec][] => [
      [nameAt("missed", end, strobe), rate(`±1 ${WORDS[end]} not read right at ${showQuantity(strobe, "s")}`)],
      [nameAt("zeroError", end, strobe), rate(`0 ${WORDS[end]} read as ±1 at ${showQuantity(strobe, "s")}`)],
    ]),
  ),
]);

const columnDesign = (params: Values, row: number): SenseAmplifierDesign => {
  const base = designOf(params);
  return {
    ...base,
    timing: { ...base.timing, precharge: params.prechargeTime },
    column: {
      rows: params.rows,
      row,
      lineResistance: params.lineResistance,
      lineCapacitance: params.lineCapacitance,
      sections: SECTIONS,
    },
  };
};

// Compiling takes longer than a read: kept from trial to trial of a point.
let compiled: { readonly params: object; readonly ends: Readonly<Record<End, SenseAmplifier>> } | undefined;
const amplifiersOf = (params: Values): Readonly<Record<End, SenseAmplifier>> => {
  if (compiled?.params !== params)
    compiled = {
      params,
      ends: {
        near: compileSenseAmplifier(columnDesign(params, 0)),
        far: compileSenseAmplifier(columnDesign(params, params.rows - 1)),
      },
    };
  return compiled.ends;
};

/** The worse of a column's two ends at a strobe. */
const worseAt = (row: Row, kind: "missed" | "zeroError", strobe: number): Interval => {
  const [near, far] = ENDS.map((end) => row.numbers[nameAt(kind, end, strobe)]);
  return far.estimate >= near.estimate ? far : near;
};

/** The longest unbroken run of strobes that serve both ends of the column, by the estimates; null where none does. */
const commonWindow = (row: Row): { readonly from: number; readonly to: number } | null =>
  longestWindow(
    STROBES,
    (strobe) =>
      worseAt(row, "missed", strobe).estimate < MOST_MISSED &&
      worseAt(row, "zeroError", strobe).estimate < MOST_ZERO_ERRORS,
  );

const opens = (of: (strobe: number) => Interval): number | null =>
  STROBES.find((strobe) => of(strobe).estimate < MOST_MISSED) ?? null;
const closes = (of: (strobe: number) => Interval): number | null =>
  STROBES.find((strobe) => of(strobe).estimate >= MOST_ZERO_ERRORS) ?? null;

const nanoseconds = (seconds: number | null): number | null => (seconds === null ? null : seconds * 1e9);
const time = (seconds: number | null): string =>
  seconds === null ? `> ${showQuantity(STROBES[STROBES.length - 1], "s")}` : showQuantity(seconds, "s");

const conclude = (table: Table) => [
  {
    title: "Where one strobe serves the whole column",
    columns: [...table.axes, "near decides", "far decides", "±1 read", "0 lost", "window"],
    rows: table.rows.map((row) => {
      const window = commonWindow(row);
      const decides = (end: End): string => {
        const { estimate } = row.numbers[decisionName(end)];
        return Number.isFinite(estimate) ? showQuantity(Number(estimate.toPrecision(3)), "s") : "never";
      };
      return [
        ...table.axes.map((axis) => varied(PARAMETERS, axis, row.point[axis])),
        decides("near"),
        decides("far"),
        time(opens((s) => worseAt(row, "missed", s))),
        time(closes((s) => worseAt(row, "zeroError", s))),
        window ? `${showQuantity(window.from, "s")} .. ${showQuantity(window.to, "s")}` : "none",
      ];
    }),
    notes: [
      "Near and far: mean decision time of ±1 pairs in the row next to the amplifier and in the last one. ±1 read: first strobe at which 99 % are read right at the worse end. 0 lost: first strobe at which 5 % are read as ±1 at the worse end. Window: strobes that keep both limits at both ends, by the estimates, twelve strobes a decade. Intervals are in results.csv.",
    ],
  },
];

const figures = (table: Table, params: Values): Figure[] =>
  linesOf(table, PARAMETERS, ["rows"]).flatMap(({ label, rows }): Figure[] => {
    const of = label ? `: ${label}` : "";
    const counts = rows.map((r) => r.at.rows);
    const curve = (name: string, at: (row: Row) => number | null) => ({
      name,
      x: counts,
      y: rows.map((r) => nanoseconds(at(r))),
      marks: true,
    });
    const decision = (end: End, name: string) => ({
      name,
      x: counts,
      y: rows.map((r) => nanoseconds(finite(r.numbers[decisionName(end)].estimate))),
      low: rows.map((r) => nanoseconds(finite(r.numbers[decisionName(end)].low))),
      high: rows.map((r) => nanoseconds(finite(r.numbers[decisionName(end)].high))),
      marks: true,
    });
    const last = rows[rows.length - 1];
    return [
      {
        title: `Strobes that serve a whole column${of}`,
        caption: `A strobe must stand above the first curve (99 % of ±1 read right at the worse end) and below the second (5 % of 0 lost at the worse end). Each point is a strobe of a grid of twelve a decade; a curve ends where no strobe up to ${showQuantity(STROBES[STROBES.length - 1], "s")} gets there. ${standingOf(rows, params)}`,
        x: { label: "rows", unit: "", scale: "log" },
        y: { label: "time after SEN rises", unit: "ns", scale: "log" },
        series: [
          curve("99 % of ±1 read", (r) => opens((s) => worseAt(r, "missed", s))),
          curve("5 % of 0 lost", (r) => closes((s) => worseAt(r, "zeroError", s))),
          decision("near", "mean decision, nearest row"),
          decision("far", "mean decision, last row"),
        ],
      },
      {
        title: `Errors against strobe at ${last.at.rows} rows${of}`,
        caption: `Both ends of the column. Bars are 95 % Wilson intervals. ${standingOf([last], params)}`,
        x: { label: "strobe after SEN rises", unit: "ns", scale: "log" },
        y: { label: "reads in error", unit: "%", scale: "linear" },
        series: (["missed", "zeroError"] as const).flatMap((kind) =>
          ENDS.map((end) =>
            percentCurve(
              `${kind === "missed" ? "±1 not read" : "0 lost"}, ${end}`,
              STROBES.map((s) => s * 1e9),
              STROBES.map((s) => last.numbers[nameAt(kind, end, s)]),
            ),
          ),
        ),
      },
    ];
  });

const finite = (x: number): number | null => (Number.isFinite(x) ? x : null);

/** One trial a key: an amplifier and a pair of cells, read in the nearest and in the last row. */
const readTogether = (params: Values, keys: readonly Key[]): TrialResult<NumberName>[] => {
  const ends = amplifiersOf(params);
  const samples = ENDS.map((end) => ({
    end,
    of: readSamples(ends[end], deviceOf(params), params.mismatch, STROBES, MONTE_CARLO_TOLERANCE, keys),
  }));
  return keys.map((_, sample): TrialResult<NumberName> => {
    const report: Record<string, number | RateReport> = {};
    for (const { end, of } of samples) {
      const mine = of.reads.filter((read) => read.sample === sample);
      const lost = mine.find((read) => read.failed);
      if (lost) {
        const failure = of.found.failures.find((f) => f.instance === lost.at);
        return { failed: `${end} row: ${failure?.reason} at ${failure?.time} s, node ${failure?.node}` };
      }
      const signed = mine.filter((read) => read.weight !== 0);
      const decided = signed.map((read) => of.found.decisionTimes[read.at]).filter((t) => !Number.isNaN(t));
      if (decided.length > 0) report[decisionName(end)] = decided.reduce((a, b) => a + b, 0) / decided.length;
      Object.assign(
        report,
        missedAndLost(mine, STROBES, (kind, strobe) => nameAt(kind, end, strobe)),
      );
    }
    return { numbers: report };
  });
};

/** Reads of 2T2R cells at both ends of a column with line resistance and capacitance: how many rows one strobe serves. */
export const arraySizeLimit = defineExperiment({
  name: "array-size-limit",
  summary:
    "How many rows of 2T2R cells one strobe can serve, with line resistance and capacitance that depend on the row.",
  module: OWN_MODULE,
  parameters: PARAMETERS,
  axes: [
    "rows",
    "lineResistance",
    "lineCapacitance",
    "prechargeTime",
    "supply",
    "temperature",
    "corner",
    "technology",
    "device",
    "conduction",
    "mismatch",
  ],
  grid: () => [{ rows: [16, 64, 128, 256, 512, 1024] }],
  trials: 300,
  block: 50,
  numbers,
  trial: (_context, params, key) => readTogether(params, [key])[0],
  together: (_context, params, keys) => readTogether(params, keys),
  figures,
  conclude,
  check: checkSense,
  idle: idleRipple,
  remarks: heatRemarks,
  notes: (params, points) => {
    const loads = points.map((p) => {
      const design = columnDesign(p, 0);
      return design.column ? rowLoad(design, design.column) : { bitLine: 0, sourceLine: 0 };
    });
    const { bitLine, sourceLine } = loads[0];
    return [
      ...senseNotes(params, points),
      `A row adds ${showQuantity(Number(bitLine.toPrecision(3)), "F")} to a bit line and ${showQuantity(Number(sourceLine.toPrecision(3)), "F")} to the source line (wiring, and the transistors of its unselected cells, whose devices are taken as of low resistance: an upper bound), and the leakage of its off transistors. Lines are ladders of ${SECTIONS} sections to the cell and as many beyond it. Word lines are ideal: a column is read, not a row.`,
    ];
  },
});
