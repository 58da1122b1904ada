import {
  defineExperiment,
  idleWhere,
  type Parameters,
  type Row,
  type Table,
  type ValuesOf,
} from "#src/montecarlo/index";
import { totalShareOfZeros, type WeightErrors } from "#src/networks/index";
import type { Figure } from "#src/report/figure";
import { dataFor } from "../../files/data-sets.ts";
import { OWN_MODULE } from "../../own-module.ts";
import { groupRows, overRows, percent, percentCurve, shareOverRows, valuesOf } from "../results/rows.ts";
import { idleRipple } from "../sensing/idle-parameters.ts";
import { checkSense, SENSE_NAMES, SENSE_PARAMETERS, senseNotes } from "../sensing/sense-parameters.ts";
import { COLUMNS, networkAtRate } from "./chip-network.ts";
import { type ErrorMode, evaluatorFor, type Thresholding } from "./evaluator.ts";
import {
  checkNetwork,
  NETWORK_PARAMETERS,
  networkNotes,
  trainedPart,
  trainingSeeds,
  WEIGHTS_PARAMETER,
} from "./network-parameters.ts";

const PARAMETERS = {
  ...SENSE_PARAMETERS,
  ...NETWORK_PARAMETERS,
  weights: WEIGHTS_PARAMETER,
  error: {
    kind: "choice",
    choices: ["type1", "type2", "type3"],
    default: "type1",
    says: "type1: +-1 read with the other sign; type2: +-1 read as 0; type3: 0 read as +-1",
    source: "the three read errors of a ternary 2T2R cell",
  },
  rate: {
    kind: "quantity",
    unit: "1",
    default: 0.1,
    min: 0,
    max: 1,
    says: "probability that a weight of the affected state is read wrong",
    source: "chosen",
  },
  errors: {
    kind: "choice",
    choices: ["frozen", "redrawn"],
    default: "frozen",
    says: "errors drawn once a chip, or anew at every read of every image",
    source: "a programmed chip has frozen errors",
  },
  amplifiers: {
    kind: "choice",
    choices: ["independent", ...Object.keys(COLUMNS)],
    default: "independent",
    says: "independent errors, or those that a whole chip's amplifiers make at the strobe at which it has the rate asked for",
    source: "chosen; the other parameters of the amplifier only matter where it is shared",
  },
  thresholds: {
    kind: "choice",
    choices: ["trained", "re-estimated"],
    default: "trained",
    says: "batch normalisation as trained, or re-estimated on the chip from 1,000 training images",
    source: "most of the loss at high type-1 rates is a threshold mismatch: docs/networks.md",
  },
} as const satisfies Parameters;

type Params = ValuesOf<typeof PARAMETERS>;

const RATES = [0.001, 0.01, 0.03, 0.065, 0.1, 0.185, 0.3];

/** Rows of one network and error, by rate; whatever else is an axis tells curves apart. */
interface Curve {
  readonly weights: string;
  readonly error: string;
  readonly others: string;
  readonly points: readonly { readonly rate: number; readonly rows: readonly Row[] }[];
}

const curvesOf = (table: Table, params: Params): Curve[] =>
  groupRows(table, PARAMETERS, ["seed", "rate", "weights", "error"]).flatMap(({ label, rows }) => {
    const curves = new Map<string, Map<number, Row[]>>();
    for (const row of rows) {
      const { weights, error, rate } = { ...params, ...row.point } as Params;
      const curve = curves.get(`${weights} ${error}`) ?? new Map<number, Row[]>();
      curve.set(rate, [...(curve.get(rate) ?? []), row]);
      curves.set(`${weights} ${error}`, curve);
    }
    return [...curves].map(([name, points]) => {
      const [weights, error] = name.split(" ");
      const ordered = [...points].map(([rate, mine]) => ({ rate, rows: mine })).sort((x, y) => x.rate - y.rate);
      return { weights, error, others: label, points: ordered };
    });
  });

/** Rate at which the mean accuracy is one point below the clean one, by straight lines between rates; null where none is. */
const onePointRate = (curve: Curve): number | "above" | "unknown" => {
  const clean = overRows(curve.points[0].rows, "clean").estimate;
  let before = { rate: 0, loss: 0 };
  for (const { rate, rows } of curve.points) {
    const loss = clean - overRows(rows, "accuracy").estimate;
    if (!Number.isFinite(loss)) return "unknown";
    if (loss >= 0.01) return before.rate + ((rate - before.rate) * (0.01 - before.loss)) / (loss - before.loss);
    before = { rate, loss };
  }
  return "above";
};

const conclude = (table: Table, params: Params) => {
  const curves = curvesOf(table, params);
  const others = curves.some((c) => c.others !== "");
  return [
    {
      title: "Accuracy on chips, % [95 % t interval over training seeds]",
      columns: [...(others ? ["network"] : []), "weights", "error", "rate", "accuracy", "loss", "chip spread"],
      rows: curves.flatMap(({ weights, error, others: label, points }) =>
        points.map(({ rate, rows }) => {
          const { estimate, low, high } = shareOverRows(rows, "accuracy");
          const spread = rows.reduce((sum, r) => sum + r.numbers["accuracy"].deviation, 0) / rows.length;
          const loss = overRows(rows, "clean").estimate - estimate;
          const bounds = rows.length > 1 ? ` [${percent(low)}, ${percent(high)}]` : "";
          return [
            ...(others ? [label] : []),
            weights,
            error,
            String(rate),
            `${percent(estimate)}${bounds}`,
            percent(loss),
            Number.isNaN(spread) ? "-" : percent(spread),
          ];
        }),
      ),
      notes: [
        "Loss: points below the same networks without errors. Chip spread: standard deviation over the chips of one network, points.",
      ],
    },
    {
      title: "Where does each error type cost one point?",
      columns: [...(others ? ["network"] : []), "weights", "zeros", "clean", "error", "rate of one point"],
      rows: curves.map((curve) => {
        const rate = onePointRate(curve);
        const zeros = overRows(curve.points[0].rows, "zeros").estimate;
        const last = curve.points[curve.points.length - 1].rate;
        return [
          ...(others ? [curve.others] : []),
          curve.weights,
          `${(100 * zeros).toFixed(0)} %`,
          percent(overRows(curve.points[0].rows, "clean").estimate),
          curve.error,
          rate === "unknown"
            ? "-"
            : rate === "above"
              ? `above ${(100 * last).toPrecision(2)} %`
              : `${(100 * rate).toPrecision(2)} %`,
        ];
      }),
      notes: [
        "Straight lines between the rates that were computed, means over training seeds and chips; no interval is given.",
      ],
    },
  ];
};

/** The values a parameter takes in a table, in words. */
const used = (table: Table, params: Params, name: keyof Params): string =>
  [...new Set(table.rows.map((r) => String(r.point[name] ?? params[name])))].join(" and ");

const zerosOf = (table: Table, params: Params): string => {
  const shares = table.rows.filter((r) => (r.point["weights"] ?? params.weights) === "ternary");
  return shares.length > 0 ? `${(100 * overRows(shares, "zeros").estimate).toFixed(0)} %` : "(none)";
};

const figures = (table: Table, params: Params): Figure[] => [
  {
    title: "Accuracy against read error rate",
    caption: `Bars are 95 % t intervals over ${valuesOf(table, "seed")} training seeds; ${used(table, params, "errors")} errors, ${used(table, params, "thresholds")} thresholds; zeros among ternary weights ${zerosOf(table, params)}. Amplifiers: ${used(table, params, "amplifiers")}. Rates are per weight of the affected state.`,
    x: { label: "error rate", unit: "", scale: "log" },
    y: { label: "test accuracy", unit: "%", scale: "linear" },
    series: curvesOf(table, params).map(({ weights, error, others, points }) => {
      const name = `${weights} weights, ${error === "type1" && weights === "binary" ? "flips" : error}${others ? `, ${others}` : ""}`;
      const curve = percentCurve(
        name,
        points.map((p) => p.rate),
        points.map(({ rows }) => shareOverRows(rows, "accuracy")),
      );
      return { ...curve, dash: weights === "binary" ? ("dash" as const) : ("solid" as const) };
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
  grid: ({ amplifiers }) =>
    amplifiers === "independent"
      ? [
          { weights: ["ternary"], error: ["type1", "type2", "type3"], rate: RATES },
          { weights: ["binary"], error: ["type1"], rate: RATES },
        ]
      : [
          { weights: ["ternary"], error: ["type2", "type3"], rate: [0.03, 0.1, 0.3] },
          { weights: ["binary"], error: ["type1"], rate: [0.03, 0.1] },
        ],
  replicates: trainingSeeds,
  trials: 20,
  block: 10,
  numbers: {
    accuracy: { kind: "mean", unit: "1", says: "share of test images classified right on a chip" },
    clean: { kind: "mean", unit: "1", says: "the same without errors" },
    zeros: { kind: "mean", unit: "1", says: "share of weights that are zero" },
  },
  prepare: {
    network: trainedPart<Params>(null),
  },
  idle: (params) => [
    ...idleRipple(params),
    ...idleWhere<keyof Params>([
      params.amplifiers === "independent",
      "with independent errors, which are drawn at the rate asked for: no amplifier is simulated (amplifiers)",
      ...SENSE_NAMES,
    ]),
  ],
  check: (params) => {
    checkSense(params);
    checkNetwork(params);
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
    return { numbers: { clean: evaluatorFor(network, test, train).clean, zeros } };
  },
  trial: ({ network }, params, key) => {
    const { train, test } = dataFor(params.data);
    const evaluator = evaluatorFor(network, test, train);
    if (params.amplifiers !== "independent") {
      const error = params.error as "type1" | "type2" | "type3";
      const weights = networkAtRate(params, evaluator.weights, params.amplifiers, error, params.rate, key);
      return weights === null
        ? { failed: "reads of the chip failed numerically" }
        : { numbers: { accuracy: evaluator.accuracyWith(weights) } };
    }
    const errors: WeightErrors = { type1: 0, type2: 0, type3: 0, [params.error]: params.rate };
    const accuracy = evaluator.accuracy(errors, params.errors as ErrorMode, params.thresholds as Thresholding, key);
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
