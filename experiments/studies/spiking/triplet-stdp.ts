import { pairingChange, TRIPLET_RULES, type TripletRule, tripletThreshold } from "#src/learning/index";
import {
  choice,
  defineExperiment,
  integer,
  mean,
  type NumberSpec,
  type Parameters,
  quantity,
  type Summary,
  type TableOf,
  type ValuesOf,
} from "#src/montecarlo/index";
import { fold, type Key, logNormal } from "#src/random/index";
import type { Figure } from "#src/report/figure";
import { keysOf } from "#src/words/named";
import { OWN_MODULE } from "../../own-module.ts";
import { linesOf, tableOf } from "../results/index.ts";

const ASSUMED = "assumed: process variation of an analog circuit; sweep it";

const PARAMETERS = {
  rule: choice(
    keysOf(TRIPLET_RULES),
    "visual cortex (minimal)",
    "published fit of the triplet rule",
    "Pfister and Gerstner, J. Neurosci. 26, 9673 (2006), as NEST and a public reimplementation carry it",
  ),
  timeSpread: quantity(
    "1",
    0.1,
    [0, 2],
    "standard deviation of ln(time constant) from circuit to circuit, each on its own",
    ASSUMED,
  ),
  amplitudeSpread: quantity("1", 0.1, [0, 2], "standard deviation of ln(amplitude), each on its own", ASSUMED),
  tuning: choice(
    ["none", "depression"],
    "none",
    "one bias set after fabrication: that of depression, so that the threshold under Poisson spikes is the rule's own",
    "chosen: what a single measured rate allows",
  ),
  frequency: quantity("Hz", 20, [0.01, 500], "of pairings", "the published protocol"),
  lag: quantity("s", 10e-3, [1e-6, 1], "between the two spikes of a pairing", "the published protocol"),
  pairings: integer(60, [1, 10_000], "pairs of spikes", "the published protocol"),
  rateBefore: quantity("Hz", 10, [0.01, 500], "of the neuron before the synapse, for the threshold", "chosen"),
} as const satisfies Parameters;

type Params = ValuesOf<typeof PARAMETERS>;

const QUANTILES = [0.05, 0.5, 0.95] as const;
/** What a trial reports. */
const NUMBERS = {
  later: { ...mean("1", "change where the neuron after the synapse fires later"), quantiles: QUANTILES },
  earlier: { ...mean("1", "change where it fires earlier"), quantiles: QUANTILES },
  threshold: {
    ...mean("Hz", "rate of the neuron after the synapse at which the mean change is 0, Poisson spikes"),
    quantiles: QUANTILES,
  },
} as const satisfies Readonly<Record<string, NumberSpec>>;

type NumberName = keyof typeof NUMBERS;
type Table = TableOf<typeof PARAMETERS, typeof NUMBERS>;
type Row = Table["rows"][number];

const AMPLITUDES = ["pairPotentiation", "tripletPotentiation", "pairDepression", "tripletDepression"] as const;
const TIMES = ["fastBefore", "slowBefore", "fastAfter", "slowAfter"] as const;

const ruleOf = (name: Params["rule"]): TripletRule => TRIPLET_RULES[name];

/** A circuit as fabricated: every amplitude and time constant lognormal about its own, and tuned. */
const fabricated = (params: Params, key: Key): TripletRule => {
  const nominal = ruleOf(params.rule);
  const drawn = (names: readonly (keyof TripletRule)[], sigma: number): Partial<Record<keyof TripletRule, number>> =>
    Object.fromEntries(
      names.map((name) => [
        name,
        (nominal[name] as number) === 0 ? 0 : logNormal(fold(key, name), nominal[name] as number, sigma),
      ]),
    );
  const made = {
    ...nominal,
    ...drawn(AMPLITUDES, params.amplitudeSpread),
    ...drawn(TIMES, params.timeSpread),
  } as TripletRule;
  if (params.tuning === "none") return made;
  // The threshold is linear in depression: what it should be, plus what potentiation of pairs adds, over what it is.
  const { rateBefore } = params;
  const offset = made.pairPotentiation / (made.tripletPotentiation * made.slowAfter);
  const factor = (tripletThreshold(nominal, rateBefore) + offset) / (tripletThreshold(made, rateBefore) + offset);
  return { ...made, pairDepression: factor * made.pairDepression, tripletDepression: factor * made.tripletDepression };
};

const quantile = (row: Row, number: NumberName, q: number): number => row.numbers[number].quantiles[q].estimate;

const within = (row: Row, number: NumberName, digits: number): string =>
  `${quantile(row, number, 1).toFixed(digits)} [${quantile(row, number, 0).toFixed(digits)}, ${quantile(row, number, 2).toFixed(digits)}]`;

/** What the ideal rule does at this lag. */
const ideal = ({ rule, frequency, pairings }: Params, lag: number): string =>
  pairingChange(ruleOf(rule), frequency, lag, pairings).toFixed(3);

const conclude = (table: Table, params: Params): Summary[] => [
  tableOf(
    `Change by ${params.pairings} pairings: median [5 %, 95 %] of circuits, and of the ideal rule`,
    linesOf(table, PARAMETERS, ["frequency"]).flatMap(({ label, rows }) => rows.map((row) => ({ ...row, label }))),
    [
      ["circuits", ({ label }) => label || params.rule],
      ["Hz", ({ at }) => `${at.frequency}`],
      ["post after pre", (row) => within(row, "later", 2)],
      ["ideal", ({ at }) => ideal(at, at.lag)],
      ["pre after post", (row) => within(row, "earlier", 2)],
      ["ideal", ({ at }) => ideal(at, -at.lag)],
    ],
    ["post, pre: the neuron after the synapse and the one before it, that lag apart. Additive changes of the weight."],
  ),
  tableOf(
    "Rate at which depression turns into potentiation [Hz]",
    linesOf(table, PARAMETERS, ["frequency", "lag", "pairings"]).filter(({ rows: [row] }) =>
      Number.isFinite(row.numbers.threshold.estimate),
    ),
    [
      ["circuits", ({ label }) => label || params.rule],
      ["median [5 %, 95 %]", ({ rows: [row] }) => within(row, "threshold", 2)],
      ["nominal", ({ at }) => tripletThreshold(ruleOf(at.rule), at.rateBefore).toFixed(2)],
    ],
    [
      `As in the rule of Bienenstock, Cooper and Munro; independent Poisson spikes, ${params.rateBefore} Hz before the synapse, closed form (all-to-all rules); quantiles are known to 0.5 % of their value. Below 0: potentiation at every rate.`,
    ],
  ),
];

const figures = (table: Table, params: Params): Figure[] =>
  linesOf(table, PARAMETERS, ["frequency"]).flatMap(({ label, rows }): Figure[] => {
    const sorted = [...rows].sort((a, b) => a.at.frequency - b.at.frequency);
    if (sorted.length < 2) return [];
    const curve = (name: string, number: NumberName) => ({
      name,
      x: sorted.map((r) => r.at.frequency),
      y: sorted.map((r) => quantile(r, number, 1)),
      low: sorted.map((r) => quantile(r, number, 0)),
      high: sorted.map((r) => quantile(r, number, 2)),
      marks: true,
    });
    return [
      {
        title: `Triplet STDP against the frequency of pairings${label ? `: ${label}` : ""}`,
        caption: `Medians of the circuits; bars hold 90 % of them. ${params.pairings} pairings, lag ${1e3 * params.lag} ms; spreads of ln(time constant) ${params.timeSpread} and ln(amplitude) ${params.amplitudeSpread}.`,
        x: { label: "frequency of pairings", unit: "Hz", scale: "linear" },
        y: { label: "change of the weight", unit: "", scale: "linear" },
        series: [curve("post after pre", "later"), curve("pre after post", "earlier")],
      },
    ];
  });

/** Circuits of the triplet rule with spread time constants and amplitudes. */
export const tripletStdp = defineExperiment({
  name: "triplet-stdp",
  summary: "Circuits of triplet STDP with spread time constants and amplitudes: pairings, and the BCM-like threshold.",
  module: OWN_MODULE,
  parameters: PARAMETERS,
  axes: ["rule", "tuning", "timeSpread", "amplitudeSpread", "frequency", "lag", "rateBefore"],
  grid: () => [{ tuning: ["none", "depression"], frequency: [0.1, 10, 20, 40, 50] }],
  trials: 1000,
  block: 100,
  numbers: NUMBERS,
  check: ({ rule, tuning }) => {
    if (tuning !== "none" && ruleOf(rule).interactions === "nearest")
      throw new RangeError(
        `tuning: ${tuning} with rule ${rule}; the threshold's closed form is that of all-to-all rules.`,
      );
  },
  trial: (_context, params, key) => {
    const made = fabricated(params, key);
    const { frequency, lag, pairings } = params;
    return {
      numbers: {
        later: pairingChange(made, frequency, lag, pairings),
        earlier: pairingChange(made, frequency, -lag, pairings),
        // The closed form is that of all-to-all rules.
        ...(made.interactions === "all-to-all" ? { threshold: tripletThreshold(made, params.rateBefore) } : {}),
      },
    };
  },
  figures,
  conclude,
  notes: (params) => [
    `Trial i is the same circuit at every frequency, tuned and not. Every amplitude and time constant of "${params.rule}" is lognormal about its own value, independently; the spreads are assumed.`,
  ],
});
