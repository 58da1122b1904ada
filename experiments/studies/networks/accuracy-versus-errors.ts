import {
  choice,
  defineExperiment,
  idleWhere,
  mean,
  type NumberSpec,
  type Parameters,
  type TableOf,
  type ValuesOf,
} from "#src/montecarlo/index";
import { totalShareOfZeros, type WeightErrors } from "#src/networks/index";
import type { Figure } from "#src/report/figure";
import { keysOf } from "#src/words/named";
import { dataFor } from "../../files/data-sets.ts";
import { OWN_MODULE } from "../../own-module.ts";
import {
  firstCrossing,
  type Line,
  lineOf,
  linesOf,
  percent,
  percentAxis,
  pureAxis,
  sweptCurve,
  tableOf,
  valuesOf,
} from "../results/index.ts";
import { idleRipple } from "../sensing/idle-parameters.ts";
import { checkSense } from "../sensing/sense-design.ts";
import { senseNotes } from "../sensing/sense-notes.ts";
import { SENSE_NAMES, SENSE_PARAMETERS } from "../sensing/sense-parameters.ts";
import { ARRAY_ROWS, COLUMNS, networkAtRate } from "./chip-network.ts";
import { evaluatorFor } from "./evaluator.ts";
import {
  checkCells,
  idleOfFile,
  kindOf,
  NETWORK_PARAMETERS,
  networkNotes,
  READ_ERROR_PARAMETERS,
  trainedPart,
  trainingSeeds,
  WEIGHTS_PARAMETER,
} from "./network-parameters.ts";

const PARAMETERS = {
  ...SENSE_PARAMETERS,
  ...NETWORK_PARAMETERS,
  weights: WEIGHTS_PARAMETER,
  ...READ_ERROR_PARAMETERS,
  errors: choice(
    ["frozen", "redrawn"],
    "frozen",
    "errors drawn once a chip, or anew at every read of every image",
    "a programmed chip has frozen errors",
  ),
  amplifiers: choice(
    ["independent", ...keysOf(COLUMNS)],
    "independent",
    "independent errors, or those that a whole chip's amplifiers make at the strobe at which it has the rate asked for",
    "chosen; the other parameters of the amplifier only matter where it is shared",
  ),
  arrayRows: ARRAY_ROWS,
  thresholds: choice(
    ["trained", "re-estimated"],
    "trained",
    "batch normalisation as trained, or re-estimated on the chip from 1,000 training images",
    "most of the loss at high type-1 rates is a threshold mismatch: docs/networks.md",
  ),
} as const satisfies Parameters;

type Params = ValuesOf<typeof PARAMETERS>;

/** What a trial reports. */
const NUMBERS = {
  accuracy: mean("1", "share of test images classified right on a chip"),
  clean: mean("1", "the same without errors"),
  zeros: mean("1", "share of weights that are zero"),
} as const satisfies Readonly<Record<string, NumberSpec>>;

type Table = TableOf<typeof PARAMETERS, typeof NUMBERS>;
type Curve = Line<Params, keyof typeof NUMBERS>;

/** Axes of its own grid. */
interface Axes {
  readonly weights: readonly Params["weights"][];
  readonly error: readonly Params["error"][];
  readonly rate: readonly number[];
}

const RATES = [0.001, 0.01, 0.03, 0.065, 0.1, 0.185, 0.3];

/** A line for each network and error; whatever else is an axis tells curves apart. */
const curvesOf = (table: Table): Curve[] =>
  linesOf(table, PARAMETERS, ["seed", "rate", "weights", "error"]).flatMap((group) =>
    group.by("weights").flatMap((line) => line.by("error")),
  );

/** Rate at which the mean accuracy is one point below the clean one, by straight lines between rates, from 0 on. */
const onePointRate = (curve: Curve): ReturnType<typeof firstCrossing> => {
  const points = curve.by("rate");
  const clean = points[0].mean("clean");
  const losses = points.map((at) => ({ x: at.value, y: clean - at.mean("accuracy") }));
  return firstCrossing([{ x: 0, y: 0 }, ...losses], 0.01);
};

const onePoint = (curve: Curve): string => {
  const rate = onePointRate(curve);
  if (rate === "unknown") return "-";
  const inPercent = (x: number): string => `${(100 * x).toPrecision(2)} %`;
  return typeof rate === "number" ? inPercent(rate) : `above ${inPercent(Math.max(...valuesOf(curve.rows, "rate")))}`;
};

const chipSpread = ({ rows }: Curve): string => {
  const spread = rows.reduce((sum, r) => sum + r.numbers.accuracy.deviation, 0) / rows.length;
  return Number.isNaN(spread) ? "-" : percent(spread);
};

const conclude = (table: Table) => {
  const curves = curvesOf(table);
  const others = curves.some(({ label }) => label !== "");
  // What a network is without errors is the same at every rate.
  const clean = (curve: Curve): Curve => curve.by("rate")[0];
  return [
    tableOf(
      "Accuracy on chips, % [95 % t interval over training seeds]",
      curves.flatMap((curve) => curve.by("rate")),
      [
        others && ["network", ({ label }) => label],
        ["weights", ({ at }) => at.weights],
        ["error", ({ at }) => at.error],
        ["rate", ({ value }) => String(value)],
        ["accuracy", (line) => line.bracketed("accuracy")],
        ["loss", (line) => percent(line.mean("clean") - line.mean("accuracy"))],
        ["chip spread", chipSpread],
      ],
      [
        "Loss: points below the same networks without errors. Chip spread: standard deviation over the chips of one network, points.",
      ],
    ),
    tableOf(
      "Where does each error type cost one point?",
      curves,
      [
        others && ["network", ({ label }) => label],
        ["weights", ({ at }) => at.weights],
        ["zeros", (curve) => `${(100 * clean(curve).mean("zeros")).toFixed(0)} %`],
        ["clean", (curve) => clean(curve).percent("clean")],
        ["error", ({ at }) => at.error],
        ["rate of one point", onePoint],
      ],
      [
        "Straight lines between the rates that were computed, means over training seeds and chips; no interval is given.",
      ],
    ),
  ];
};

/** The values a parameter takes in a table, in words. */
const used = (table: Table, name: keyof Params): string => valuesOf(table.rows, name).join(" and ");

const zerosOf = (table: Table): string => {
  const ternary = lineOf(
    "",
    table.rows.filter(({ at }) => at.weights === "ternary"),
  );
  return ternary.rows.length > 0 ? `${(100 * ternary.mean("zeros")).toFixed(0)} %` : "(none)";
};

const figures = (table: Table): Figure[] => [
  {
    title: "Accuracy against read error rate",
    caption: `Bars are 95 % t intervals over ${valuesOf(table.rows, "seed").length} training seeds; ${used(table, "errors")} errors, ${used(table, "thresholds")} thresholds; zeros among ternary weights ${zerosOf(table)}. Amplifiers: ${used(table, "amplifiers")}. Rates are per weight of the affected state.`,
    x: pureAxis("error rate", "log"),
    y: percentAxis("test accuracy"),
    series: curvesOf(table).map((curve) => {
      const { weights, error } = curve.at;
      const name = `${weights} weights, ${error === "type1" && weights === "binary" ? "flips" : error}${curve.label ? `, ${curve.label}` : ""}`;
      return {
        ...sweptCurve(name, curve, "rate", (at) => at.share("accuracy")),
        dash: weights === "binary" ? ("dash" as const) : ("solid" as const),
      };
    }),
  },
];

/** Accuracy of binary and ternary networks against the rate of each read error. */
export const accuracyVersusErrors = defineExperiment({
  name: "accuracy-versus-errors",
  summary: "Test accuracy of networks whose weights are read with errors of one type at a given rate.",
  module: OWN_MODULE,
  parameters: PARAMETERS,
  axes: [
    "weights",
    "error",
    "rate",
    "errors",
    "amplifiers",
    "supply",
    "mismatch",
    "thresholds",
    "activation",
    "widths",
    "epochs",
    "learningRate",
    "seed",
  ],
  // On whole chips what their amplifiers can show: a read costs a transient.
  grid: ({ amplifiers, network }) => {
    const isFree = amplifiers === "independent";
    const ternary: Axes = {
      weights: ["ternary"],
      error: isFree ? ["type1", "type2", "type3"] : ["type2", "type3"],
      rate: isFree ? RATES : [0.03, 0.1, 0.3],
    };
    const binary: Axes = { weights: ["binary"], error: ["type1"], rate: isFree ? RATES : [0.03, 0.1] };
    if (network === "") return [ternary, binary];
    return [kindOf(network) === "ternary" ? ternary : binary];
  },
  replicates: trainingSeeds,
  quick: { seeds: 2, epochs: 3 },
  quickTrials: 4,
  trials: 20,
  block: 10,
  numbers: NUMBERS,
  prepare: {
    network: trainedPart<Params>(null),
  },
  idle: (params) => [
    ...idleRipple(params),
    ...idleOfFile(params, "seeds"),
    ...idleWhere<keyof Params>([
      params.amplifiers === "independent",
      "with independent errors, which are drawn at the rate asked for: no amplifier is simulated (amplifiers)",
      ...SENSE_NAMES,
      "arrayRows",
    ]),
  ],
  check: (params) => {
    checkSense(params);
    checkCells(params);
    if (params.amplifiers !== "independent") {
      if (params.errors !== "frozen" || params.thresholds !== "trained")
        throw new RangeError(
          `amplifiers: "${params.amplifiers}" gives errors frozen in a chip and thresholds as trained; errors is ${params.errors}, thresholds ${params.thresholds}.`,
        );
      if (params.weights === "ternary" && params.error === "type1")
        throw new RangeError(
          "error: no strobe gives an amplifier a chosen rate of wrong signs (type1) on ternary weights; take type2 or type3, or amplifiers=independent.",
        );
      if (params.weights === "binary" && params.rate > 0.5)
        throw new RangeError(`rate: undecided reads flip half of the weights at most; ${params.rate} is above 0.5.`);
    }
    if (params.weights === "binary" && params.error !== "type1")
      throw new RangeError(
        `error: ${params.error} befalls zeros or makes them; binary weights only have type1, a flip.`,
      );
  },
  facts: ({ network }, params) => {
    const { train, test } = dataFor(params.data);
    const zeros = totalShareOfZeros(network);
    return { numbers: { clean: evaluatorFor(network, test, train, params.others).clean, zeros } };
  },
  trial: ({ network }, params, key) => {
    const { train, test } = dataFor(params.data);
    const evaluator = evaluatorFor(network, test, train, params.others);
    if (params.amplifiers !== "independent") {
      const weights = networkAtRate(params, evaluator.weights, params.amplifiers, params.error, params.rate, key);
      return weights === null
        ? { failed: "reads of the chip failed numerically" }
        : { numbers: { accuracy: evaluator.accuracyWith(weights) } };
    }
    const errors: WeightErrors = { type1: 0, type2: 0, type3: 0, [params.error]: params.rate };
    const accuracy = evaluator.accuracy(() => errors, params.errors, params.thresholds, key);
    return { numbers: { accuracy } };
  },
  figures,
  conclude,
  notes: (params, points) => [
    ...(points.some((p) => p.amplifiers !== "independent")
      ? [
          ...senseNotes(params, points),
          "Amplifiers shared: each weight is read by a transient of its column's amplifier; the error type and rate asked for are those at the strobe at which the chip has that rate, other errors left out.",
        ]
      : []),
    ...networkNotes(points, [...new Set(points.map((p) => p.weights))]),
    ...(points.some((p) => p.amplifiers === "independent")
      ? ["Amplifiers independent: errors of weights are independent of one another."]
      : []),
  ],
});
