import { idealErrorRates, idealLimitState, refuseOngoingNoise, senseLimitState } from "#circuits/index";
import {
  choice,
  defineExperiment,
  type FailureSearch,
  findFailurePoints,
  idleWhere,
  integer,
  type LimitState,
  mean,
  type NumberSpec,
  type Parameters,
  quantity,
  rate,
  SUBSET_DEFAULTS,
  sampleByImportance,
  simulateSubsets,
  type TableOf,
  type ValuesOf,
} from "#src/montecarlo/index";
import type { Interval } from "#src/numerics/wilson";
import { fold, type Key, normalsInto } from "#src/random/index";
import type { Figure } from "#src/report/figure";
import { deviceFor } from "../../files/named-devices.ts";
import { OWN_MODULE } from "../../own-module.ts";
import { axisColumns, drawn, linesOf, pointOf, tableOf } from "../results/index.ts";
import { heatAloneRemarks, heatRemarks, idleRipple } from "./idle-parameters.ts";
import { amplifierOf, checkSense, deviceOf } from "./sense-design.ts";
import { senseNotes, standingOf } from "./sense-notes.ts";
import { SENSE_NAMES, SENSE_PARAMETERS } from "./sense-parameters.ts";

/** Of the transients [V]: rates change by less than their errors when it is tightened. */
const TOLERANCE = 5e-4;

const PARAMETERS = {
  ...SENSE_PARAMETERS,
  error: choice(
    ["type1", "type2", "type3", "ideal"],
    "type3",
    "type1: +1 read as -1; type2: +1 read as 0 or invalid; type3: 0 read as ±1; ideal: two resistances compared without offset",
    "the three read errors of a ternary 2T2R cell; ideal has a closed form",
  ),
  method: choice(
    ["importance", "subset", "plain"],
    "importance",
    "mean-shift importance sampling, subset simulation (no gradient), or plain Monte Carlo",
    "docs/rare-errors.md",
  ),
  strobe: quantity(
    "s",
    1.2e-9,
    [0.05e-9, 1e-6],
    "time after SEN's rise at which the outputs are looked at",
    "chosen: early enough at 0.9 V and 20 fF that lost zeros are rare",
  ),
  relativeError: quantity(
    "1",
    0.05,
    [0.005, 1],
    "relative standard error at which importance sampling stops",
    "chosen",
  ),
  plainSamples: integer(20_000, [100, 10_000_000], "samples of one trial of plain Monte Carlo", "chosen"),
} as const satisfies Parameters;

type Params = ValuesOf<typeof PARAMETERS>;

/** What a trial reports. */
const NUMBERS = {
  plainRate: rate("reads in error among those counted by plain Monte Carlo"),
  probability: mean("1", "probability of one read in error, by one run of the method"),
  relativeError: mean("1", "relative standard error that importance sampling states"),
  evaluations: mean("1", "reads simulated in one run"),
  effectiveSamples: mean("1", "equally weighted failures that would give the same error"),
  heaviest: mean("1", "share of the estimate that its heaviest sample carries"),
  levels: mean("1", "levels of subset simulation"),
  distance: mean("1", "most probable failure point, in sigma"),
  regions: mean("1", "failure regions sampled about"),
  outside: mean("1", "failures found without gradient outside these regions"),
  searchEvaluations: mean("1", "reads simulated to find the failure points"),
  closedForm: mean("1", "closed form, for error ideal"),
  doubted: rate("runs with a reason not to trust them"),
} as const satisfies Readonly<Record<string, NumberSpec>>;

type Table = TableOf<typeof PARAMETERS, typeof NUMBERS>;
type Row = Table["rows"][number];

const limitOf = (params: Params): LimitState =>
  params.error === "ideal"
    ? idealLimitState(deviceOf(params), params.temperature)
    : senseLimitState(amplifierOf(params), deviceOf(params), params.mismatch, params.error, params.strobe, TOLERANCE);

/** The failure points of a condition; none where no method needs them. */
const search = (params: Params, key: Key): FailureSearch => {
  const limit = limitOf(params);
  return params.method === "importance" && !nominalFails(limit)
    ? findFailurePoints(limit, key)
    : { points: [], outside: null, evaluations: 0 };
};

/** Whether even the nominal read fails: such an event is not rare, and is left to plain Monte Carlo. */
const nominalFails = (limit: LimitState): boolean => !(limit.margins(new Float64Array(limit.dimensions), 1)[0] > 0);

const MOST_SAMPLES = 200_000;
const FIRST_ROUND = 2000;
const BLOCK = 4096;

const plainly = (limit: LimitState, samples: number, key: Key): number => {
  let failures = 0;
  for (let from = 0; from < samples; from += BLOCK) {
    const count = Math.min(BLOCK, samples - from);
    const points = new Float64Array(count * limit.dimensions);
    normalsInto(points, fold(key, from));
    for (const margin of limit.margins(points, count)) if (!(margin > 0)) failures++;
  }
  return failures;
};

const small = (p: number, digits: number): string =>
  p > 0 && p < 1e-3 ? p.toExponential(digits - 1) : p.toPrecision(digits);

/** Of independent runs; of reads that were counted, Wilson's, which there is even where none is in error. */
const intervalOf = (row: Row): Interval =>
  row.numbers.plainRate.trials > 0 ? row.numbers.plainRate : row.numbers.probability;

const known = ({ estimate }: Interval, text: (estimate: number) => string): string =>
  Number.isFinite(estimate) ? text(estimate) : "-";

const conclude = (table: Table) => [
  tableOf(
    "Probability of one read in error",
    table.rows,
    [
      ...axisColumns(table, PARAMETERS),
      [
        "probability [95 %]",
        (row) => {
          const { estimate, low, high } = intervalOf(row);
          return known(
            row.numbers.probability,
            () => `${small(estimate, 3)} [${small(Math.max(0, low), 3)}, ${small(high, 3)}]`,
          );
        },
      ],
      ["stated error", ({ numbers }) => known(numbers.relativeError, (x) => `${(100 * x).toPrecision(2)} %`)],
      ["evaluations", ({ numbers }) => known(numbers.evaluations, (x) => x.toFixed(0))],
      ["distance", ({ numbers }) => known(numbers.distance, (x) => x.toFixed(2))],
      ["regions", ({ numbers }) => known(numbers.regions, (x) => x.toFixed(0))],
      ["doubted", ({ numbers }) => `${(100 * numbers.doubted.estimate).toFixed(0)} %`],
    ],
    [
      "Intervals: t over independent runs of the method; of plain counting, Wilson over all reads. Stated error: mean of the relative standard errors that importance sampling states for itself. Evaluations: reads simulated in one run; the search for failure points, made once a condition, comes on top. Distance: of the most probable failure point from the nominal one, in sigma; regions: how many are sampled about.",
      "Doubted: runs with a reason not to trust them: effective samples below 100, one sample above 5 % of the estimate, failures found without gradient outside the regions, the asked error not reached (importance); failure not reached (subset); fewer than 20 failures (plain).",
    ],
  ),
];

/** How rare the rarest is, and what it took. */
const answer = (table: Table): string => {
  const found = table.rows.filter((row) => row.numbers.probability.estimate > 0);
  if (found.length === 0) return "";
  const rarest = found.reduce((a, b) => (b.numbers.probability.estimate < a.numbers.probability.estimate ? b : a));
  const { probability, evaluations } = rarest.numbers;
  const place = pointOf(table, PARAMETERS, rarest);
  return `The rarest error found has a probability of ${small(probability.estimate, 3)} a read${place ? ` (${place})` : ""}, from ${evaluations.estimate.toFixed(0)} simulated reads.`;
};

const figures = (table: Table, params: Params): Figure[] => {
  const axis = table.axes.includes("strobe") ? "strobe" : "supply";
  if (!table.axes.includes(axis)) return [];
  const x = drawn(axis === "strobe" ? "strobe after SEN rises" : "supply", axis === "strobe" ? "s" : "V");
  const positive = (p: number): number | null => (p > 0 ? p : null);
  return [
    {
      title: `Probability of a read error against ${axis}`,
      caption: `Bars are 95 % intervals: t over independent runs, of plain counting Wilson over all reads. ${standingOf(table.rows, params)} Each read has its own amplifier and cells (no shared amplifiers).`,
      x: { ...x.axis, scale: axis === "strobe" ? "log" : "linear" },
      y: { label: "probability of one read in error", unit: "", scale: "log" },
      series: linesOf(table, PARAMETERS, [axis]).map(({ label, rows }) => ({
        name: label || params.error,
        x: rows.map((r) => x.value(r.at[axis])),
        y: rows.map((r) => positive(intervalOf(r).estimate)),
        low: rows.map((r) => positive(intervalOf(r).low)),
        high: rows.map((r) => positive(intervalOf(r).high)),
        marks: true,
      })),
    },
  ];
};

/** Read errors too rare to count: to 1e-9 and below with stated error, and with reasons not to trust it where there are. */
export const rareErrors = defineExperiment({
  name: "rare-errors",
  summary: "Probabilities of read errors down to 1e-9: importance sampling, subset simulation, plain Monte Carlo.",
  module: OWN_MODULE,
  parameters: PARAMETERS,
  axes: [
    "error",
    "method",
    "strobe",
    "supply",
    "temperature",
    "corner",
    "technology",
    "device",
    "conduction",
    "bitLineCapacitance",
    "mismatch",
  ],
  grid: () => [
    { error: ["type3"], method: ["importance", "subset"], strobe: [1e-9, 1.2e-9, 1.5e-9, 2e-9, 3e-9] },
    { error: ["type2"], method: ["importance", "subset"], strobe: [1.2e-9, 1.5e-9, 2e-9, 3e-9] },
    { error: ["type1"], method: ["importance", "subset"], strobe: [3e-9] },
    { error: ["type2", "type3"], method: ["plain"], strobe: [1.5e-9, 2e-9] },
  ],
  quick: { relativeError: 0.2 },
  quickTrials: 2,
  trials: 8,
  block: 4,
  numbers: NUMBERS,
  prepare: {
    search: {
      uses: [...SENSE_NAMES, "error", "method", "strobe"],
      make: search,
    },
  },
  idle: (params) => [
    ...idleRipple(params),
    ...idleWhere<keyof Params>(
      [
        params.error === "ideal",
        "for error ideal, which compares two resistances and has no amplifier",
        ...([
          "conduction",
          "technology",
          "corner",
          "supply",
          "bitLineCapacitance",
          "mismatch",
          "rippleAmplitude",
          "strobe",
        ] as const),
      ],
      [params.method !== "plain", `by method ${params.method}`, "plainSamples"],
      [params.method !== "importance", `by method ${params.method}`, "relativeError"],
    ),
  ],
  remarks: (points) =>
    points.every(({ error }) => error === "ideal") ? heatAloneRemarks(points) : heatRemarks(points),
  check: (params) => {
    checkSense(params);
    refuseOngoingNoise(deviceFor(params.device), "rare-errors");
  },
  facts: ({ search: { points, outside, evaluations } }, params) => ({
    numbers: {
      ...(points.length > 0 ? { distance: points[0].distance, regions: points.length } : {}),
      ...(outside !== null ? { outside } : {}),
      ...(evaluations > 0 ? { searchEvaluations: evaluations } : {}),
      ...(params.error === "ideal"
        ? { closedForm: idealErrorRates(deviceOf(params), params.temperature).differential }
        : {}),
    },
  }),
  trial: ({ search: found }, params, key) => {
    const limit = limitOf(params);
    if (params.method === "plain") {
      const failures = plainly(limit, params.plainSamples, key);
      return {
        numbers: {
          probability: failures / params.plainSamples,
          plainRate: { events: failures, of: params.plainSamples },
          evaluations: params.plainSamples,
          doubted: failures < 20 ? 1 : 0,
        },
      };
    }
    if (params.method === "subset") {
      const { probability, reached, evaluations, levels } = simulateSubsets(limit, SUBSET_DEFAULTS, key);
      return { numbers: { probability, evaluations, levels, doubted: reached ? 0 : 1 } };
    }
    if (found.points.length === 0)
      return {
        failed: nominalFails(limit)
          ? "the nominal read itself fails: count it by method=plain"
          : "no failure point found",
      };
    const { relativeError } = params;
    const options = { relativeError, firstRound: FIRST_ROUND, mostSamples: MOST_SAMPLES };
    const estimate = sampleByImportance(limit, found, options, key);
    return {
      numbers: {
        probability: estimate.probability,
        ...(Number.isFinite(estimate.relativeError) ? { relativeError: estimate.relativeError } : {}),
        evaluations: estimate.samples,
        effectiveSamples: estimate.effectiveSamples,
        heaviest: estimate.heaviest,
        doubted: estimate.doubts.length > 0 ? 1 : 0,
      },
    };
  },
  figures,
  conclude,
  answer,
  notes: (params, points) => [
    ...senseNotes(params, points),
    "The tails of every distribution are taken as drawn: normal thresholds, lognormal gains and resistances. Nobody has measured them to 1e-9; such a rate says what the model implies, not what a chip will do. Stuck cells are left out.",
  ],
});
