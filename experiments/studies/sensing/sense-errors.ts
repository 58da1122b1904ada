import { type ReadSampleOptions, type ReadSamples, readSamples, type SampledRead } from "#circuits/index";
import {
  defineExperiment,
  mean,
  type NumberSpec,
  type Parameters,
  type RateReport,
  rate,
  type TableOf,
  type TrialResult,
  type ValuesOf,
} from "#src/montecarlo/index";
import type { Key } from "#src/random/index";
import type { Figure } from "#src/report/figure";
import { OWN_MODULE } from "../../own-module.ts";
import { showQuantity } from "../../units/show.ts";
import { axisColumns, measuredCell, pointOf, rateCell, rateFigures, tableOf } from "../results/index.ts";
import { heatRemarks, idleRipple } from "./idle-parameters.ts";
import { trialsOf } from "./read-trials.ts";
import { amplifierOf, checkSense, deviceOf } from "./sense-design.ts";
import { senseNotes, standingOf } from "./sense-notes.ts";
import { SENSE_PARAMETERS, SIZING_NAMES, STROBE_PARAMETER } from "./sense-parameters.ts";

/** Of the transients [V]: one outcome in a thousand or fewer changes when it is tightened (bench/sense-accuracy.mjs). */
export const MONTE_CARLO_TOLERANCE = 1e-3;

const PARAMETERS = { ...SENSE_PARAMETERS, strobe: STROBE_PARAMETER } as const satisfies Parameters;

type Params = ValuesOf<typeof PARAMETERS>;

/** What a trial reports. */
const NUMBERS = {
  type1: rate("±1 read with the other sign"),
  type2: rate("±1 read as 0 (both outputs high)"),
  type3: rate("0 read as +1 or -1"),
  invalidSigned: rate("±1 read with both outputs low"),
  invalidZero: rate("0 read with both outputs low"),
  binaryFlip: rate("binary read of ±1 gives the other sign, undecided outputs a fair coin"),
  binaryUndecided: rate("binary read of ±1 finds the outputs undecided"),
  decisionTime: {
    ...mean("s", "first fall of an output below half the supply, where there is one by the strobe, ±1"),
    quantiles: [0.5, 0.99],
  },
  prechargeEnergy: mean("J", "energy from the supply during precharge, from all nodes at 0 V"),
  unprecharged: rate(
    "an output was below 90 % of the supply when SEN rose; below 50 % the read counts as invalid, whatever sign it shows",
  ),
  repeatedEnergy: mean(
    "J",
    "energy from all sources of a whole read that follows a read of the same cell, from strobe to strobe",
  ),
  senseEnergy: mean("J", "energy from supply, SEN and word-line drivers from SEN's edge to the strobe"),
} as const satisfies Readonly<Record<string, NumberSpec>>;

type Table = TableOf<typeof PARAMETERS, typeof NUMBERS>;
type NumberName = keyof typeof NUMBERS;

const LABELS = {
  type1: "type 1: sign",
  type2: "type 2: ±1 to 0",
  type3: "type 3: 0 to ±1",
  binaryFlip: "binary flip",
} as const;

const conclude = (table: Table, params: Params) => {
  const worstInvalid = Math.max(...table.rows.map((row) => row.numbers.invalidSigned.estimate));
  const anyUnprecharged = table.rows.some((row) => row.numbers.unprecharged.estimate > 0);
  return [
    tableOf(
      "Read errors, % [95 % interval]",
      table.rows,
      [
        ...axisColumns(table, PARAMETERS),
        ["type 1", ({ numbers }) => rateCell(numbers.type1)],
        ["type 2", ({ numbers }) => rateCell(numbers.type2)],
        ["type 3", ({ numbers }) => rateCell(numbers.type3)],
        ["BNN flip", ({ numbers }) => rateCell(numbers.binaryFlip)],
        worstInvalid > 0 && ["invalid", ({ numbers }) => rateCell(numbers.invalidSigned)],
        anyUnprecharged && ["no precharge", ({ numbers }) => `${(100 * numbers.unprecharged.estimate).toFixed(0)} %`],
      ],
      [
        `Type 1: ±1 read with the other sign; type 2: ±1 read as 0; type 3: 0 read as ±1; both outputs low is invalid and used as 0${worstInvalid > 0 ? "; invalid: share of ±1 read so" : ", which no ±1 was"}${anyUnprecharged ? "; no precharge: share of reads of which an output had not risen to 90 % of the supply" : ""}. Binary reads take an undecided output as a fair coin. Strobe ${showQuantity(params.strobe, "s")} unless it is an axis.`,
      ],
    ),
    tableOf(
      "Time and energy of a read",
      table.rows,
      [
        ...axisColumns(table, PARAMETERS),
        ["decision", ({ numbers }) => measuredCell(numbers.decisionTime.estimate, "s")],
        ["repeated", ({ numbers }) => measuredCell(numbers.repeatedEnergy.estimate, "J")],
        ["precharge", ({ numbers }) => measuredCell(numbers.prechargeEnergy.estimate, "J")],
        ["sense", ({ numbers }) => measuredCell(numbers.senseEnergy.estimate, "J")],
        [
          "together",
          ({ numbers }) => measuredCell(numbers.prechargeEnergy.estimate + numbers.senseEnergy.estimate, "J"),
        ],
      ],
      [
        "Means over samples; their intervals are in results.csv. Decision: of ±1, where an output fell by the strobe. Repeated: a whole read that follows a read of the same cell, from strobe to strobe. Precharge, sense, together: a first read, all nodes at 0 V before.",
      ],
    ),
  ];
};

/** Errors of both kinds of read, worst and best of the points. */
const answer = (table: Table, params: Params): string => {
  const wrong = (row: Table["rows"][number]): number => {
    const { type1, type2, type3, invalidSigned } = row.numbers;
    return (2 * (type1.estimate + type2.estimate + invalidSigned.estimate) + type3.estimate) / 3;
  };
  const known = table.rows.filter((row) => Number.isFinite(wrong(row)));
  if (known.length === 0) return "";
  const sorted = [...known].sort((a, b) => wrong(a) - wrong(b));
  const told = (row: Table["rows"][number]): string => {
    const place = pointOf(table, PARAMETERS, row);
    return `${Number((100 * wrong(row)).toPrecision(2))} %${place ? ` (${place})` : ""}`;
  };
  const at = table.axes.includes("strobe") ? "" : ` at a strobe of ${showQuantity(params.strobe, "s")}`;
  const [best, worst] = [sorted[0], sorted[sorted.length - 1]];
  return `Of weights that are +1, -1 and 0 alike, ${told(best)}${best === worst ? " is" : ` to ${told(worst)} are`} misread${at}.`;
};

const figures = (table: Table, params: Params): Figure[] =>
  rateFigures(table, PARAMETERS, LABELS, {
    title: "Read error rates",
    caption: (rows) =>
      `Bars are 95 % Wilson intervals. Each sample has its own amplifier and cells (no shared amplifiers). ${standingOf(rows, params)}`,
  });

const whereKnown = <N extends string>(name: N, value: number): { readonly [name in N]?: number } =>
  (Number.isFinite(value) ? { [name]: value } : {}) as { readonly [name in N]?: number };

const meanOf = (values: readonly number[]): number => values.reduce((sum, v) => sum + v / values.length, 0);

/** What reads say of one sample but their energies. */
const readingsOf = (params: Params, { found }: ReadSamples, mine: readonly SampledRead[]) => {
  const signed = mine.filter((read) => read.weight !== 0);
  const [zero] = mine.filter((read) => read.weight === 0);
  const ofSigned = (is: (read: SampledRead) => boolean): RateReport => ({
    events: signed.filter(is).length,
    of: signed.length,
  });
  const times = signed.map((read) => found.decisionTimes[read.at]).filter((t) => t <= params.strobe);
  const [ofZero] = zero.readings;
  return {
    type1: ofSigned((read) => read.readings[0] === -read.weight),
    type2: ofSigned((read) => read.readings[0] === 0),
    type3: { events: ofZero === 1 || ofZero === -1 ? 1 : 0, of: 1 },
    invalidSigned: ofSigned((read) => read.readings[0] === "invalid"),
    invalidZero: { events: ofZero === "invalid" ? 1 : 0, of: 1 },
    binaryFlip: ofSigned((read) => read.binary[0] !== read.weight),
    unprecharged: {
      events: mine.filter((read) => found.unprecharged[read.at] === 1).length,
      of: mine.length,
    },
    binaryUndecided: ofSigned((read) => read.readings[0] === 0 || read.readings[0] === "invalid"),
    ...(times.length > 0 ? { decisionTime: meanOf(times) } : {}),
  };
};

const samplesOf = (params: Params, keys: readonly Key[], options: ReadSampleOptions): ReadSamples =>
  readSamples(
    amplifierOf(params),
    deviceOf(params),
    params.mismatch,
    [params.strobe],
    MONTE_CARLO_TOLERANCE,
    keys,
    options,
  );

/** The trials of `readTogether` without energies, in half the time: what they report is the same to the digit. */
export const readingsTogether = (params: Params, keys: readonly Key[]): TrialResult<NumberName>[] => {
  const samples = samplesOf(params, keys, {});
  return trialsOf(samples, (mine) => readingsOf(params, samples, mine));
};

/** One trial a key: an amplifier and a pair of cells that read the three states. */
const readTogether = (params: Params, keys: readonly Key[]): TrialResult<NumberName>[] => {
  const samples = samplesOf(params, keys, { energies: true, repeated: params.strobe });
  const { found, repeatedEnergies } = samples;
  return trialsOf(samples, (mine) => ({
    ...readingsOf(params, samples, mine),
    prechargeEnergy: meanOf(mine.map((read) => found.prechargeEnergies[read.at])),
    senseEnergy: meanOf(mine.map((read) => found.senseEnergies[read.at])),
    ...whereKnown("repeatedEnergy", meanOf(mine.map((read) => repeatedEnergies[read.at]))),
  }));
};

/** All error rates of the sense amplifier against supply, temperature, corner, strobe, device and bit-line capacitance. */
export const senseErrors = defineExperiment({
  name: "sense-errors",
  summary: "Error rates of one precharge sense amplifier reading a 2T2R cell, ternary and binary.",
  module: OWN_MODULE,
  parameters: PARAMETERS,
  axes: [
    "device",
    "conduction",
    "corner",
    "temperature",
    "bitLineCapacitance",
    "strobe",
    "supply",
    "mismatch",
    "technology",
    "activationEnergyLrs",
    "activationEnergyHrs",
    "lrsMedianFactor",
    "hrsMedianFactor",
    "lrsSpreadFactor",
    "hrsSpreadFactor",
    "rippleAmplitude",
    "rippleFrequency",
    ...SIZING_NAMES,
  ],
  grid: () => [{ supply: [0.7, 0.8, 0.9, 1.0, 1.1, 1.2] }],
  trials: 1000,
  block: 50,
  numbers: NUMBERS,
  trial: (_context, params, key) => readTogether(params, [key])[0],
  together: (_context, params, keys) => readTogether(params, keys),
  figures,
  conclude,
  answer,
  check: checkSense,
  idle: idleRipple,
  remarks: heatRemarks,
  notes: senseNotes,
});
