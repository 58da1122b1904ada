import {
  choice,
  defineExperiment,
  mean,
  type NumberSpec,
  type Parameters,
  type TableOf,
  type ValuesOf,
} from "#src/montecarlo/index";
import { accuracyOf, classifyFloat, totalShareOfZeros } from "#src/networks/index";
import { pairedInterval } from "#src/numerics/paired-interval";
import type { Figure } from "#src/report/figure";
import { grouped } from "#src/words/grouped";
import { dataFor, dataSetRecord } from "../../files/data-sets.ts";
import { OWN_MODULE } from "../../own-module.ts";
import {
  bare,
  linesOf,
  percent,
  percentAxis,
  percentBounds,
  percentCurve,
  pureAxis,
  tableOf,
  valuesOf,
} from "../results/index.ts";
import { evaluatorFor } from "./evaluator.ts";
import {
  checkNetwork,
  idleOfFile,
  idleOfFloat,
  kindOf,
  NETWORK_PARAMETERS,
  networkNotes,
  trainedPart,
  trainingSeeds,
} from "./network-parameters.ts";

const PARAMETERS = {
  ...NETWORK_PARAMETERS,
  weights: choice(["float", "binary", "ternary"], "ternary", "kind of weights; float networks use relu", "chosen"),
} as const satisfies Parameters;

type Params = ValuesOf<typeof PARAMETERS>;

/** What a trial reports. */
const NUMBERS = {
  accuracy: mean("1", "share of test images classified right"),
  zeros: mean("1", "share of weights that are zero"),
} as const satisfies Readonly<Record<string, NumberSpec>>;

type Table = TableOf<typeof PARAMETERS, typeof NUMBERS>;

/** A line for each combination of the axes but the seed and the weights; widths are told without their name. */
const groupsOf = (table: Table) =>
  linesOf(table, PARAMETERS, ["seed", "weights"], { widths: bare }).flatMap((group) =>
    group.by("weights").map((line) => ({ ...line, label: group.label || line.at.network || line.at.widths })),
  );

const firstHidden = ({ at }: { readonly at: Params }): number => Number(at.widths.split("-")[1]);

const conclude = (table: Table) => {
  const groups = groupsOf(table);
  type Group = (typeof groups)[number];
  const paired = (g: Group): string => {
    const binary = groups.find((b) => b.label === g.label && b.value === "binary");
    if (g.value !== "ternary" || !binary) return "";
    const d = pairedInterval(g.estimates("accuracy"), binary.estimates("accuracy"));
    return Number.isFinite(d.low)
      ? `${percent(d.estimate)}${percentBounds(d)}${d.low * d.high <= 0 ? " n.s." : ""}`
      : `${percent(d.estimate)} (one seed)`;
  };
  return [
    tableOf(
      "Test accuracy, % [95 % t interval over training seeds]",
      groups,
      [
        ["network", (g) => g.label],
        ["weights", (g) => g.value],
        ["accuracy", (g) => g.bracketed("accuracy")],
        ["zeros", (g) => (g.value === "ternary" ? `${(100 * g.mean("zeros")).toFixed(0)} %` : "")],
        ["ternary - binary", paired],
      ],
      [
        "n.s.: no significant difference. Pairs share the training seed and the test images; the last epoch is read, none is picked.",
      ],
    ),
  ];
};

const figures = (table: Table, params: Params): Figure[] => {
  const groups = groupsOf(table);
  if (new Set(groups.map(firstHidden)).size < 2) return [];
  const curves = grouped(groups, (g) => [`${g.value} weights`, ...g.label.split(", ").slice(1)].join(", "));
  return [
    {
      title: "Test accuracy against width",
      caption: `Bars are 95 % t intervals over ${valuesOf(table.rows, "seed").length} training seeds. ${dataSetRecord(params.data).name}.`,
      x: pureAxis("neurons in the first hidden layer", "log"),
      y: percentAxis("test accuracy"),
      series: [...curves].map(([name, lines]) => {
        const mine = lines.sort((a, b) => firstHidden(a) - firstHidden(b));
        return percentCurve(
          name,
          mine.map(firstHidden),
          mine.map((g) => g.share("accuracy")),
        );
      }),
    },
  ];
};

/** Accuracy of float, binary and ternary networks without read errors, over widths, schedules and training seeds. */
export const networkAccuracy = defineExperiment({
  name: "network-accuracy",
  summary: "Test accuracy of float, binary and ternary networks without read errors.",
  module: OWN_MODULE,
  parameters: PARAMETERS,
  axes: ["widths", "weights", "activation", "epochs", "batch", "learningRate", "seed"],
  grid: ({ network }) => [{ weights: network === "" ? ["float", "binary", "ternary"] : [kindOf(network)] }],
  replicates: trainingSeeds,
  deterministic: true,
  quick: { seeds: 2, epochs: 3 },
  trials: 1,
  block: 1,
  numbers: NUMBERS,
  prepare: {
    network: trainedPart<Params>(null),
  },
  check: checkNetwork,
  idle: (params) =>
    params.network === "" ? [...idleOfFloat(params), ...idleOfFile(params, "seeds")] : idleOfFile(params, "seeds"),
  trial: ({ network }, params) => {
    const { train, test } = dataFor(params.data);
    const accuracy =
      params.weights === "float"
        ? accuracyOf(classifyFloat(network, test.images), test.labels)
        : evaluatorFor(network, test, train, params.others).clean;
    const zeros = totalShareOfZeros(network);
    return { numbers: { accuracy, zeros } };
  },
  figures,
  conclude,
  notes: (_params, points) => networkNotes(points, [...new Set(points.map((p) => p.weights))]),
});
