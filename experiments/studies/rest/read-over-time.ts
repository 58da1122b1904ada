import { readSamples, type SampledRead } from "#circuits/index";
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
import type { Key } from "#src/random/index";
import type { Figure } from "#src/report/figure";
import { OWN_MODULE } from "../../own-module.ts";
import { showQuantity, showTime } from "../../units/show.ts";
import { bare, linesOf, percentCurve, rateCell, tableOf } from "../results/index.ts";
import { heatRemarks, idleRipple } from "../sensing/idle-parameters.ts";
import { amplifierOf, deviceOf } from "../sensing/sense-design.ts";
import { MONTE_CARLO_TOLERANCE } from "../sensing/sense-errors.ts";
import { senseNotes, standingOf } from "../sensing/sense-notes.ts";
import { SENSE_NAMES, SENSE_PARAMETERS } from "../sensing/sense-parameters.ts";
import { freshStrobes } from "./fresh-strobes.ts";
import { ageOf, checkRest, extrapolationNote, ownTemperature, REST_PARAMETERS } from "./rest-parameters.ts";

const PARAMETERS = {
  ...SENSE_PARAMETERS,
  device: {
    ...SENSE_PARAMETERS.device,
    default: "measured-a",
    says: "resistance statistics with an age: measured-a (with noise from read to read), measured-c, or a file with --device",
    source: "measured; docs/relaxation.md",
  },
  ...REST_PARAMETERS,
  time: { ...REST_PARAMETERS.time, default: 5000, says: "time since programming at the first read" },
  storageTemperature: { ...REST_PARAMETERS.storageTemperature, default: 373.15 },
  interval: quantity("s", 1, [1e-6, 1e8], "time from read to read, at the storage temperature", "chosen"),
  reads: integer(20, [2, 1000], "reads of each pair of cells", "chosen"),
} as const satisfies Parameters;

type Params = ValuesOf<typeof PARAMETERS>;

const NUMBERS = {
  signedFlips: rate("a read of ±1 gives another verdict than the read before"),
  zeroFlips: rate("a read of 0 gives another verdict than the read before"),
  binaryFlips: rate("a binary read of ±1 gives another sign than the read before"),
  signedEver: rate("a pair that holds ±1 gave more than one verdict in all reads"),
  zeroEver: rate("a pair that holds 0 gave more than one verdict in all reads"),
  signedErrors: rate("±1 read as another weight, all reads"),
  zeroErrors: rate("0 read as ±1, all reads"),
  ternaryStrobe: mean("s", "strobe of ternary reads, the best on fresh cells"),
  binaryStrobe: mean("s", "strobe of binary reads, the best on fresh cells"),
} as const satisfies Readonly<Record<string, NumberSpec>>;

type NumberName = keyof typeof NUMBERS;
type TrialName = Exclude<NumberName, "ternaryStrobe" | "binaryStrobe">;

/** When ternary and binary reads are looked at [s]. */
interface Strobes {
  readonly ternary: number;
  readonly binary: number;
}
type Table = TableOf<typeof PARAMETERS, typeof NUMBERS>;

/** Verdicts of one sample and one weight, read by read. */
interface Verdicts {
  readonly weight: number;
  readonly readings: readonly SampledRead["readings"][number][];
  readonly signs: readonly number[];
}

/** The last read of each of these. */
const lastReads = <P extends Params>(points: readonly P[]): P[] =>
  points.map((point) => ({ ...point, time: point.time + (point.reads - 1) * point.interval }));

const changes = (list: readonly unknown[]): number => list.filter((x, i) => i > 0 && x !== list[i - 1]).length;

const numbersOf = (verdicts: readonly Verdicts[]): Record<TrialName, RateReport> => {
  const signed = verdicts.filter(({ weight }) => weight !== 0);
  const zeros = verdicts.filter(({ weight }) => weight === 0);
  const sum = (list: readonly Verdicts[], of: (v: Verdicts) => number): number =>
    list.reduce((total, v) => total + of(v), 0);
  const flips = (list: readonly Verdicts[], of: (v: Verdicts) => readonly unknown[]): RateReport => ({
    events: sum(list, (v) => changes(of(v))),
    of: sum(list, (v) => of(v).length - 1),
  });
  const ever = (list: readonly Verdicts[]): RateReport => ({
    events: list.filter(({ readings }) => changes(readings) > 0).length,
    of: list.length,
  });
  const readings = (v: Verdicts): readonly unknown[] => v.readings;
  return {
    signedFlips: flips(signed, readings),
    zeroFlips: flips(zeros, readings),
    binaryFlips: flips(signed, ({ signs }) => signs),
    signedEver: ever(signed),
    zeroEver: ever(zeros),
    signedErrors: {
      events: sum(signed, (v) => v.readings.filter((r) => r !== v.weight).length),
      of: sum(signed, (v) => v.readings.length),
    },
    zeroErrors: {
      events: sum(zeros, (v) => v.readings.filter((r) => r === 1 || r === -1).length),
      of: sum(zeros, (v) => v.readings.length),
    },
  };
};

/** One trial a key: an amplifier and a pair of cells in each of the three states, read again and again. */
const readAgain = ({ ternary, binary }: Strobes, params: Params, keys: readonly Key[]): TrialResult<NumberName>[] => {
  const strobes = [...new Set([ternary, binary])].sort((a, b) => a - b);
  const [amplifier, rram] = [amplifierOf(params), deviceOf(params)];
  const rounds = Array.from({ length: params.reads }, (_, occasion) =>
    readSamples(amplifier, rram, params.mismatch, strobes, MONTE_CARLO_TOLERANCE, keys, {
      moment: {
        age: ageOf({ ...params, time: params.time + occasion * params.interval }),
        occasion,
      },
    }),
  );
  return keys.map((_, sample): TrialResult<NumberName> => {
    const mine = rounds.map(({ reads }) => reads.filter((read) => read.sample === sample));
    if (mine.some((reads) => reads.some(({ failed }) => failed))) return { failed: "a read could not be solved" };
    const verdicts = mine[0].map(({ weight }, k) => ({
      weight,
      readings: mine.map((reads) => reads[k].readings[strobes.indexOf(ternary)]),
      signs: mine.map((reads) => reads[k].binary[strobes.indexOf(binary)]),
    }));
    return { numbers: numbersOf(verdicts) };
  });
};

/** How a line tells its interval and the temperature that cells rest at. */
const WORDING = {
  interval: bare,
  storageTemperature: bare,
};

const VERDICTS = [
  ["±1", "signedFlips", "signedEver"],
  ["0", "zeroFlips", "zeroEver"],
  ["BNN", "binaryFlips", null],
] as const;

const strobeOf = ({ rows }: Table, name: "ternaryStrobe" | "binaryStrobe"): string =>
  [...new Set(rows.map(({ numbers }) => showQuantity(Number(numbers[name].estimate.toPrecision(2)), "s")))].join(", ");

const conclude = (table: Table, params: Params) => [
  tableOf(
    "How often verdicts change from read to read, % [95 %]",
    linesOf(table, PARAMETERS, [], WORDING).flatMap((line) =>
      VERDICTS.map(([name, flips, ever]) => ({ line, name, flips, ever })),
    ),
    [
      ["interval", ({ line }) => line.label || "default"],
      ["stored", ({ name }) => name],
      ["differs from the read before", ({ line, flips }) => rateCell(line.rows[0].numbers[flips])],
      [
        `pairs that changed in ${params.reads} reads`,
        ({ line, ever }) => (ever ? rateCell(line.rows[0].numbers[ever]) : "-"),
      ],
    ],
    [
      `Strobes are the best on fresh cells: ternary ${strobeOf(table, "ternaryStrobe")}, binary ${strobeOf(table, "binaryStrobe")}. Verdicts of ±1 and 0: +1, -1, 0 or invalid; BNN: the sign of a binary read of ±1, undecided reads a fair coin each time. Reads of one pair are alike: intervals over them are too narrow by what its changes share. ${extrapolationNote(lastReads(table.rows.map(({ at }) => at)))}`,
    ],
  ),
];

const figures = (table: Table, params: Params): Figure[] =>
  linesOf(table, PARAMETERS, ["interval"], WORDING).flatMap((line): Figure[] => {
    const points = line.by("interval");
    if (points.length < 2) return [];
    const curve = (name: string, number: NumberName) =>
      percentCurve(
        name,
        points.map(({ value }) => value),
        points.map(({ rows: [row] }) => row.numbers[number]),
      );
    return [
      {
        title: `Verdicts that change from read to read${line.label ? `: ${line.label}` : ""}`,
        caption: `First read ${showTime(line.at.time)} after programming; bars are 95 % Wilson intervals. ${extrapolationNote(lastReads(line.rows.map(({ at }) => at)))} ${standingOf(line.rows, params)}`,
        x: { label: "time from read to read", unit: "s", scale: "log" },
        y: { label: "reads that differ from the one before", unit: "%", scale: "linear" },
        series: [curve("±1", "signedFlips"), curve("0", "zeroFlips"), curve("BNN", "binaryFlips")],
      },
    ];
  });

/** The same cells read again and again: relaxation, noise that goes on and read noise together. */
export const readOverTime = defineExperiment({
  name: "read-over-time",
  summary: "The same cells read again and again: how often the verdict changes from read to read.",
  module: OWN_MODULE,
  parameters: PARAMETERS,
  axes: [
    "device",
    "interval",
    "time",
    "storageTemperature",
    "cycles",
    "supply",
    "temperature",
    "corner",
    "technology",
    "conduction",
    "bitLineCapacitance",
    "mismatch",
  ],
  grid: ({ device }) => [{ storageTemperature: [ownTemperature(device)], interval: [1e-3, 0.1, 10, 100] }],
  trials: 1000,
  block: 50,
  numbers: NUMBERS,
  quick: { reads: 5 },
  prepare: { strobes: { uses: [...SENSE_NAMES], make: freshStrobes } },
  facts: ({ strobes }) => ({ numbers: { ternaryStrobe: strobes.ternary, binaryStrobe: strobes.binary } }),
  trial: ({ strobes }, params, key) => readAgain(strobes, params, [key])[0],
  together: ({ strobes }, params, keys) => readAgain(strobes, params, keys),
  idle: idleRipple,
  remarks: heatRemarks,
  check: (params) => {
    for (const point of [params, ...lastReads([params])]) checkRest(point);
  },
  figures,
  conclude,
  notes: (params, points) => [
    "Expected before the first run: few verdicts change, those of pairs near the edge of the window; reads further apart differ more often, since noise forgets and cells relax; most among zeros, whose two high resistances are the noisiest.",
    extrapolationNote([...points, ...lastReads(points)]),
    ...senseNotes(params, points),
  ],
});
