import { errorsAfterCorrection, idealErrorRates, refuseOngoingNoise, sampleIdealErrors } from "#circuits/index";
import {
  type Cell,
  defineExperiment,
  mean,
  type NumberSpec,
  type Parameters,
  rate,
  type TableOf,
  type ValuesOf,
} from "#src/montecarlo/index";
import type { Figure } from "#src/report/figure";
import { keysOf, recordEntries, recordOf } from "#src/words/named";
import { deviceFor } from "../../files/named-devices.ts";
import { OWN_MODULE } from "../../own-module.ts";
import { axisColumns, rateFigures, tableOf } from "../results/index.ts";
import { heatAloneRemarks } from "./idle-parameters.ts";
import { checkSense, deviceOf } from "./sense-design.ts";
import { describeDevice, standingOf } from "./sense-notes.ts";
import { SENSE_PARAMETERS } from "./sense-parameters.ts";

const PARAMETERS = {
  device: SENSE_PARAMETERS.device,
  temperature: SENSE_PARAMETERS.temperature,
  activationEnergyLrs: SENSE_PARAMETERS.activationEnergyLrs,
  activationEnergyHrs: SENSE_PARAMETERS.activationEnergyHrs,
  lrsMedianFactor: SENSE_PARAMETERS.lrsMedianFactor,
  hrsMedianFactor: SENSE_PARAMETERS.hrsMedianFactor,
  lrsSpreadFactor: SENSE_PARAMETERS.lrsSpreadFactor,
  hrsSpreadFactor: SENSE_PARAMETERS.hrsSpreadFactor,
} as const satisfies Parameters;

type Params = ValuesOf<typeof PARAMETERS>;

/** What a trial reports. */
const NUMBERS = {
  single: rate("a 1T1R bit read against the best reference is wrong"),
  differential: rate("a 2T2R bit is wrong"),
  // Errors left come two or more to a word: their spread over blocks is measured, not taken as binomial.
  secded8: mean("1", "share of 1T1R bits wrong after SECDED(8,4)"),
  secded72: mean("1", "share of 1T1R bits wrong after SECDED(72,64)"),
} as const satisfies Readonly<Record<string, NumberSpec>>;

type NumberName = keyof typeof NUMBERS;
type Table = TableOf<typeof PARAMETERS, typeof NUMBERS>;
type Row = Table["rows"][number];

/** Bits of a trial: whole words of both codes. */
const BITS = 7200;
const SHORT_WORD = 8;
const LONG_WORD = 72;

const exponential = (x: number): string => (x === 0 ? "0" : x.toExponential(2));

/** No error seen: a t interval of zero width would claim too much. */
const isNoneSeen = ({ estimate, deviation }: Cell): boolean => estimate === 0 && Number.isFinite(deviation);

/** What an interval can say of a rate: nothing below 0, and nothing at all where no error was seen. */
const ofRate = (row: Row): Row => ({
  ...row,
  numbers: recordOf(
    recordEntries(row.numbers).map(([name, cell]) => [
      name,
      isNoneSeen(cell) ? { ...cell, low: Number.NaN, high: Number.NaN } : { ...cell, low: Math.max(0, cell.low) },
    ]),
  ),
});

const LABELS = {
  single: "1T1R",
  secded72: "1T1R, SECDED(72,64)",
  secded8: "1T1R, SECDED(8,4)",
  differential: "2T2R",
} as const;

const closedForm = ({ at }: Row, cell: NumberName): string => {
  const ideal = idealErrorRates(deviceOf(at), at.temperature);
  return cell === "single" || cell === "differential" ? exponential(ideal[cell]) : "";
};

const conclude = (table: Table) => [
  tableOf(
    "Bit errors with an amplifier without offset [95 % interval]",
    table.rows.flatMap((row) => keysOf(LABELS).map((cell) => ({ ...row, cell, rate: row.numbers[cell] }))),
    [
      ...axisColumns(table, PARAMETERS),
      ["cell", ({ cell }) => LABELS[cell]],
      ["rate", ({ rate: { estimate } }) => exponential(estimate)],
      [
        "interval",
        ({ rate: of }) =>
          isNoneSeen(of) ? "none seen" : `[${exponential(Math.max(0, of.low))}, ${exponential(of.high)}]`,
      ],
      ["closed form", (row) => closedForm(row, row.cell)],
    ],
    [
      "1T1R is read against the best reference resistance; 2T2R compares its two cells. 2T2R and SECDED(8,4) both double the memory. SECDED: bits left wrong in words of two or more errors. Intervals: Wilson; after correction, t over blocks of 7,200 bits.",
    ],
  ),
];

const figures = (table: Table, params: Params): Figure[] => {
  return rateFigures({ ...table, rows: table.rows.map(ofRate) }, PARAMETERS, LABELS, {
    y: "bits in error",
    title: "Bit error rates",
    caption: (rows) =>
      `Bars are 95 % intervals: Wilson, after correction t over blocks. Amplifier without offset. ${standingOf(rows, params)}`,
  });
};

/** Bit error rates of single and differential cells and of error correction, from resistance statistics alone. */
export const memoryErrorRate = defineExperiment({
  name: "memory-error-rate",
  summary: "Bit error rates of 1T1R and 2T2R cells and of error correction, with an amplifier without offset.",
  module: OWN_MODULE,
  parameters: PARAMETERS,
  axes: [
    "device",
    "temperature",
    "activationEnergyLrs",
    "activationEnergyHrs",
    "lrsMedianFactor",
    "hrsMedianFactor",
    "lrsSpreadFactor",
    "hrsSpreadFactor",
  ],
  grid: () => [{ device: ["strong", "reference", "weak"] }],
  trials: 200,
  block: 25,
  numbers: NUMBERS,
  remarks: heatAloneRemarks,
  check: (params) => {
    checkSense(params);
    refuseOngoingNoise(deviceFor(params.device), "memory-error-rate");
  },
  trial: (_context, params, key) => {
    const { single, differential } = sampleIdealErrors(deviceOf(params), params.temperature, BITS, key);
    const sum = (errors: Uint8Array): number => errors.reduce((a, b) => a + b, 0);
    return {
      numbers: {
        single: { events: sum(single), of: BITS },
        differential: { events: sum(differential), of: BITS },
        secded8: errorsAfterCorrection(single, SHORT_WORD) / BITS,
        secded72: errorsAfterCorrection(single, LONG_WORD) / BITS,
      },
    };
  },
  figures,
  conclude,
  notes: (_params, points) => [
    ...[...new Set(points.map((p) => p.device))].map((d) => describeDevice(deviceFor(d))),
    "Amplifier without offset or time limit: sense-errors has the real one.",
  ],
});
