import { readSamples } from "#circuits/index";
import {
  defineExperiment,
  type NumberSpec,
  type Parameters,
  quantity,
  rate,
  type TableOf,
  type TrialResult,
  type ValuesOf,
} from "#src/montecarlo/index";
import { power } from "#src/numerics/power";
import type { Key } from "#src/random/index";
import type { Figure } from "#src/report/figure";
import { recordOf } from "#src/words/named";
import { OWN_MODULE } from "../../own-module.ts";
import { showQuantity } from "../../units/show.ts";
import { axisColumns, linesOf, percentCurve, pointOf, tableOf } from "../results/index.ts";
import { heatRemarks, idleRipple } from "./idle-parameters.ts";
import { missedAndLost, trialsOf } from "./read-trials.ts";
import { amplifierOf, checkSense, deviceOf } from "./sense-design.ts";
import { MONTE_CARLO_TOLERANCE } from "./sense-errors.ts";
import { senseNotes, standingOf } from "./sense-notes.ts";
import { SENSE_PARAMETERS, SIZING_NAMES } from "./sense-parameters.ts";
import { longestWindow } from "./strobe-choice.ts";

/** Strobes looked at in every transient [s]: twelve a decade from 0.2 ns to 200 ns. */
export const STROBES: readonly number[] = Array.from({ length: 37 }, (_, i) =>
  Number((0.2e-9 * power(10, i / 12)).toPrecision(3)),
);

/** A window's limits where nothing else is asked: share of ±1 not yet read right, share of 0 already read as ±1. */
export const MOST_MISSED = 0.01;
export const MOST_ZERO_ERRORS = 0.05;

const PARAMETERS = {
  ...SENSE_PARAMETERS,
  mostMissed: quantity("1", MOST_MISSED, [1e-4, 0.5], "share of ±1 that may be missed inside the window", "chosen"),
  mostZeroErrors: quantity("1", MOST_ZERO_ERRORS, [1e-4, 0.5], "share of 0 that may be read as ±1 inside it", "chosen"),
} as const satisfies Parameters;

type Params = ValuesOf<typeof PARAMETERS>;

type NumberName = `${"missed" | "zeroError"}@${string}`;
type Table = TableOf<typeof PARAMETERS, Record<NumberName, NumberSpec>>;
type Row = Table["rows"][number];

const nameAt = (kind: "missed" | "zeroError", strobe: number): NumberName =>
  `${kind}@${showQuantity(strobe, "s").replace(" ", "")}`;

const numbers = recordOf(
  STROBES.flatMap((strobe): [NumberName, NumberSpec][] => [
    [nameAt("missed", strobe), rate(`±1 not read right at ${showQuantity(strobe, "s")}`)],
    [nameAt("zeroError", strobe), rate(`0 read as ±1 at ${showQuantity(strobe, "s")}`)],
  ]),
);

/** The longest unbroken run of strobes that keep both limits, by the estimates; null where none does. */
const windowOf = (
  row: Row,
  { mostMissed, mostZeroErrors }: Params,
): { readonly from: number; readonly to: number } | null =>
  longestWindow(
    STROBES,
    (strobe) =>
      row.numbers[nameAt("missed", strobe)].estimate < mostMissed &&
      row.numbers[nameAt("zeroError", strobe)].estimate < mostZeroErrors,
  );

/** First strobe at which a share falls below (missed) or rises above (zeroError) `level`; null where none does. */
const strobeAt = (row: Row, kind: "missed" | "zeroError", level: number): number | null => {
  const found = STROBES.find((strobe) => {
    const { estimate } = row.numbers[nameAt(kind, strobe)];
    return kind === "missed" ? estimate <= level : estimate >= level;
  });
  return found ?? null;
};

const time = (seconds: number | null): string =>
  seconds === null ? `> ${showQuantity(STROBES[STROBES.length - 1], "s")}` : showQuantity(seconds, "s");

/** "5 %" */
const share = (x: number): string => `${Number((100 * x).toPrecision(6))} %`;

const conclude = (table: Table, params: Params) => [
  tableOf(
    "Where a strobe can stand",
    table.rows,
    [
      ...axisColumns(table, PARAMETERS),
      ["±1 read", (row) => time(strobeAt(row, "missed", params.mostMissed))],
      ["0 lost", (row) => time(strobeAt(row, "zeroError", params.mostZeroErrors))],
      [
        "window",
        (row) => {
          const window = windowOf(row, params);
          return window ? `${showQuantity(window.from, "s")} .. ${showQuantity(window.to, "s")}` : "none";
        },
      ],
    ],
    [
      `±1 read: first strobe at which ${share(1 - params.mostMissed)} are read right. 0 lost: first strobe at which ${share(params.mostZeroErrors)} are read as ±1. Window: strobes at which fewer than ${share(params.mostMissed)} of ±1 are missed (wrong sign, 0 or invalid) and fewer than ${share(params.mostZeroErrors)} of 0 are read as ±1, by the estimates, not by the ends of their intervals; strobes twelve a decade from ${showQuantity(STROBES[0], "s")} to ${showQuantity(STROBES[STROBES.length - 1], "s")}. Intervals of every share are in results.csv.`,
    ],
  ),
];

/** Where there is a window, and how wide it is. */
const answer = (table: Table, params: Params): string => {
  const found = table.rows.map((row) => ({ row, window: windowOf(row, params) }));
  const open = found.flatMap(({ row, window }) => (window ? [{ row, ratio: window.to / window.from, window }] : []));
  const place = (row: Row): string => pointOf(table, PARAMETERS, row) || "here";
  if (open.length === 0) return `At none of ${found.length} points is there a strobe that reads ±1 and keeps zeros.`;
  const widest = open.reduce((a, b) => (b.ratio > a.ratio ? b : a));
  return `A strobe reads ±1 and keeps zeros at ${open.length} of ${found.length} points; the widest window is ${showQuantity(widest.window.from, "s")} .. ${showQuantity(widest.window.to, "s")} (${place(widest.row)}).`;
};

const shareFigures = (table: Table, params: Params): Figure[] =>
  linesOf(table, PARAMETERS, ["supply"]).flatMap(({ label, rows }): Figure[] => {
    const nanoseconds = STROBES.map((s) => s * 1e9);
    const shares: Figure[] = rows.slice(0, 6).map((row) => {
      const supply = showQuantity(row.at.supply, "V");
      const window = windowOf(row, params);
      const curve = (kind: "missed" | "zeroError", name: string) =>
        percentCurve(
          name,
          nanoseconds,
          STROBES.map((s) => row.numbers[nameAt(kind, s)]),
        );
      return {
        title: `Errors against strobe at ${supply}${label ? `, ${label}` : ""}`,
        caption: `Bars are 95 % Wilson intervals; the band, where there is one, is the window of strobes that keep both limits. ${standingOf([row], params)} No shared amplifiers.`,
        x: { label: "strobe after SEN rises", unit: "ns", scale: "log" },
        y: { label: "reads in error", unit: "%", scale: "linear" },
        series: [curve("missed", "±1 not read right"), curve("zeroError", "0 read as ±1")],
        ...(window ? { bands: [{ from: window.from * 1e9, to: window.to * 1e9, label: "window" }] } : {}),
      };
    });
    if (rows.length < 2) return shares;
    const boundary = (name: string, kind: "missed" | "zeroError", level: number) => ({
      name,
      x: rows.map((r) => r.at.supply),
      y: rows.map((r) => {
        const at = strobeAt(r, kind, level);
        return at === null ? null : at * 1e9;
      }),
      marks: true,
    });
    return [
      {
        title: `Sense window against supply${label ? `: ${label}` : ""}`,
        caption: `A strobe must stand above the first curve and below the second: where they cross there is no window. Each point is a strobe of a grid of twelve a decade. ${standingOf(rows, params)} No shared amplifiers.`,
        x: { label: "supply", unit: "V", scale: "linear" },
        y: { label: "strobe after SEN rises", unit: "ns", scale: "log" },
        series: [
          boundary(`${share(1 - params.mostMissed)} of ±1 read`, "missed", params.mostMissed),
          boundary(`${share(params.mostZeroErrors)} of 0 lost`, "zeroError", params.mostZeroErrors),
          boundary("half of ±1 read", "missed", 0.5),
          boundary("half of 0 lost", "zeroError", 0.5),
        ],
      },
      ...shares,
    ];
  });

/** One trial a key: an amplifier and a pair of cells that read the three states, looked at at every strobe. */
const readTogether = (params: Params, keys: readonly Key[]): TrialResult<NumberName>[] => {
  const samples = readSamples(
    amplifierOf(params),
    deviceOf(params),
    params.mismatch,
    STROBES,
    MONTE_CARLO_TOLERANCE,
    keys,
  );
  return trialsOf(samples, (mine) => missedAndLost(mine, STROBES, nameAt));
};

/** Time that low/high and high/high pairs take against supply, with mismatch and resistance spread: where a strobe fits. */
export const senseWindow = defineExperiment({
  name: "sense-window",
  summary: "When ±1 pairs have been read and 0 pairs not yet been lost: the strobes a ternary read can use.",
  module: OWN_MODULE,
  parameters: PARAMETERS,
  axes: [
    "technology",
    "device",
    "conduction",
    "corner",
    "temperature",
    "bitLineCapacitance",
    "supply",
    "mismatch",
    "activationEnergyLrs",
    "activationEnergyHrs",
    "rippleAmplitude",
    "rippleFrequency",
    ...SIZING_NAMES,
  ],
  grid: () => [{ supply: [0.7, 0.8, 0.9, 1.0, 1.1, 1.2] }],
  trials: 500,
  block: 50,
  numbers,
  trial: (_context, params, key) => readTogether(params, [key])[0],
  together: (_context, params, keys) => readTogether(params, keys),
  figures: shareFigures,
  conclude,
  answer,
  check: checkSense,
  idle: idleRipple,
  remarks: heatRemarks,
  notes: senseNotes,
});
