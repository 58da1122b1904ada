import {
  defineExperiment,
  type Parameters,
  type Row,
  type Summary,
  type Table,
  type ValuesOf,
} from "#src/montecarlo/index";
import { accuracyOf, classifyFloat, imageActivations, totalShareOfZeros } from "#src/networks/index";
import { pairedInterval } from "#src/numerics/paired-interval";
import type { Figure } from "#src/report/figure";
import { dataFor, dataSetRecord } from "../../files/data-sets.ts";
import { OWN_MODULE } from "../../own-module.ts";
import { groupRows, overRows, percent, percentCurve, shareOverRows, valuesOf } from "../results/rows.ts";
import { evaluatorFor } from "./evaluator.ts";
import {
  checkNetwork,
  idleOfFloat,
  NETWORK_PARAMETERS,
  networkNotes,
  trainedPart,
  trainingSeeds,
} from "./network-parameters.ts";

const PARAMETERS = {
  ...NETWORK_PARAMETERS,
  weights: {
    kind: "choice",
    choices: ["float", "binary", "ternary"],
    default: "ternary",
    says: "kind of weights; float networks use relu",
    source: "chosen",
  },
} as const satisfies Parameters;

type Params = ValuesOf<typeof PARAMETERS>;

interface Group {
  readonly label: string;
  readonly width: number;
  readonly weights: string;
  readonly rows: readonly Row[];
}

const groupsOf = (table: Table, params: Params): Group[] =>
  groupRows(table, PARAMETERS, ["seed", "weights"]).flatMap(({ label, rows }) => {
    const kinds = new Map<string, Row[]>();
    for (const row of rows) {
      const kind = String(row.point["weights"] ?? params.weights);
      kinds.set(kind, [...(kinds.get(kind) ?? []), row]);
    }
    return [...kinds].map(([weights, mine]) => {
      const widths = String(mine[0].point["widths"] ?? params.widths);
      return {
        label: label.replace("widths ", "") || widths,
        width: Number(widths.split("-")[1]),
        weights,
        rows: mine,
      };
    });
  });

const accuracies = (group: Group): number[] => group.rows.map((r) => r.numbers["accuracy"].estimate);

const conclude = (table: Table, params: Params): Summary[] => {
  const groups = groupsOf(table, params);
  const binaryOf = (g: Group): Group | undefined => groups.find((b) => b.label === g.label && b.weights === "binary");
  return [
    {
      title: "Test accuracy, % [95 % t interval over training seeds]",
      columns: ["network", "weights", "accuracy", "zeros", "ternary - binary"],
      rows: groups.map((g) => {
        const a = shareOverRows(g.rows, "accuracy");
        const zeros = overRows(g.rows, "zeros").estimate;
        const bounds = g.rows.length > 1 ? ` [${percent(a.low)}, ${percent(a.high)}]` : "";
        const binary = g.weights === "ternary" ? binaryOf(g) : undefined;
        const d = binary && pairedInterval(accuracies(g), accuracies(binary));
        const paired = d
          ? Number.isFinite(d.low)
            ? `${percent(d.estimate)} [${percent(d.low)}, ${percent(d.high)}]${d.low * d.high <= 0 ? " n.s." : ""}`
            : `${percent(d.estimate)} (one seed)`
          : "";
        return [
          g.label,
          g.weights,
          percent(a.estimate) + bounds,
          g.weights === "ternary" ? `${(100 * zeros).toFixed(0)} %` : "",
          paired,
        ];
      }),
      notes: [
        "n.s.: no significant difference. Pairs share the training seed and the test images; the last epoch is read, none is picked.",
      ],
    },
  ];
};

const figures = (table: Table, params: Params): Figure[] => {
  const groups = groupsOf(table, params);
  if (new Set(groups.map((g) => g.width)).size < 2) return [];
  const curveName = (g: Group): string => [`${g.weights} weights`, ...g.label.split(", ").slice(1)].join(", ");
  return [
    {
      title: "Test accuracy against width",
      caption: `Bars are 95 % t intervals over ${valuesOf(table, "seed")} training seeds. ${dataSetRecord(params.data).name}.`,
      x: { label: "neurons in the first hidden layer", unit: "", scale: "log" },
      y: { label: "test accuracy", unit: "%", scale: "linear" },
      series: [...new Set(groups.map(curveName))].map((name) => {
        const mine = groups.filter((g) => curveName(g) === name).sort((x, y) => x.width - y.width);
        return percentCurve(
          name,
          mine.map((g) => g.width),
          mine.map((g) => shareOverRows(g.rows, "accuracy")),
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
  grid: () => [{ weights: ["float", "binary", "ternary"] }],
  replicates: trainingSeeds,
  deterministic: true,
  trials: 1,
  block: 1,
  numbers: {
    accuracy: { kind: "mean", unit: "1", says: "share of test images classified right" },
    zeros: { kind: "mean", unit: "1", says: "share of weights that are zero" },
  },
  prepare: {
    network: trainedPart<Params>(null),
  },
  check: checkNetwork,
  idle: idleOfFloat,
  trial: ({ network }, params) => {
    const { train, test } = dataFor(params.data);
    const accuracy =
      params.weights === "float"
        ? accuracyOf(classifyFloat(network, imageActivations(test.images, test.pixels)), test.labels)
        : evaluatorFor(network, test, train).clean;
    const zeros = totalShareOfZeros(network);
    return { numbers: { accuracy, zeros } };
  },
  figures,
  conclude,
  notes: (_params, points) => networkNotes(points, [...new Set(points.map((p) => p.weights))]),
});
