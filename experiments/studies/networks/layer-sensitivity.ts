import {
  defineExperiment,
  integer,
  mean,
  type NumberSpec,
  type Parameters,
  type TableOf,
  type ValuesOf,
} from "#src/montecarlo/index";
import { NO_ERRORS, type WeightErrors } from "#src/networks/index";
import { pairedInterval } from "#src/numerics/paired-interval";
import type { Interval } from "#src/numerics/wilson";
import type { Figure } from "#src/report/figure";
import { networkRecord } from "../../files/network-files.ts";
import { OWN_MODULE } from "../../own-module.ts";
import { type Line, linesOf, percent, percentBounds, tableOf, valuesOf } from "../results/index.ts";
import { evaluatorFor } from "./evaluator.ts";
import {
  checkCells,
  idleOfFile,
  kindOf,
  NETWORK_PARAMETERS,
  networkNotes,
  parseWidths,
  READ_ERROR_PARAMETERS,
  TEST_IMAGES,
  testImages,
  trainedPart,
  trainingSeeds,
  WEIGHTS_PARAMETER,
} from "./network-parameters.ts";

const PARAMETERS = {
  ...NETWORK_PARAMETERS,
  weights: WEIGHTS_PARAMETER,
  images: TEST_IMAGES,
  layer: integer(
    0,
    [0, 1000],
    "the one layer whose weights are read with errors, from the input on; 0: all",
    "an axis",
  ),
  ...READ_ERROR_PARAMETERS,
} as const satisfies Parameters;

type Params = ValuesOf<typeof PARAMETERS>;

/** What a trial reports. */
const NUMBERS = {
  loss: mean("1", "accuracy without errors less that on a chip"),
  clean: mean("1", "accuracy without errors"),
  share: mean("1", "share of all weights that are in the layer"),
} as const satisfies Readonly<Record<string, NumberSpec>>;

type Table = TableOf<typeof PARAMETERS, typeof NUMBERS>;
type Places = Line<Params, keyof typeof NUMBERS>;

/** Layers whose weights are read from cells. */
const layersOf = (params: Pick<Params, "network" | "widths" | "weights">) =>
  params.network === ""
    ? parseWidths(params.widths)
        .slice(1)
        .map((_, l) => ({ name: `dense${l + 1}`, weights: params.weights }))
    : networkRecord(params.network).layers.filter(({ weights }) => weights === "binary" || weights === "ternary");

const shownLayer = (at: Params): string => (at.layer === 0 ? "all" : `${at.layer}: ${layersOf(at)[at.layer - 1].name}`);

/** A place's loss: over training seeds, or with one network over its chips. */
const lossOf = ({ rows, over }: Places): Interval => (rows.length > 1 ? over("loss") : rows[0].numbers.loss);

const points = (interval: Interval): string => percent(interval.estimate) + percentBounds(interval);

/** What a layer loses more than the next one in the ranking, network by network. */
const moreThan = (place: Places, next: Places | undefined): string => {
  if (!next || place.rows.length < 2) return "";
  const d = pairedInterval(place.estimates("loss"), next.estimates("loss"));
  return `${points(d)}${d.low * d.high <= 0 ? " n.s." : ""}`;
};

/** The layers of one setting, the one that loses most first; all together in front. */
const ranked = (curve: Places): Places[] => {
  const places = curve.by("layer");
  const all = places.filter(({ value }) => value === 0);
  const single = places.filter(({ value }) => value !== 0);
  return [...all, ...single.sort((a, b) => lossOf(b).estimate - lossOf(a).estimate)];
};

const settingsOf = (table: Table): Places[] =>
  linesOf(table, PARAMETERS, ["seed", "layer", "error"]).flatMap((group) => group.by("error"));

const titled = (what: string, { label, at }: Places): string =>
  `${what}: ${at.error} at ${at.rate}${label ? `, ${label}` : ""}`;

const conclude = (table: Table) =>
  settingsOf(table).map((setting, k, all) => {
    const places = ranked(setting);
    const over = setting.by("layer")[0].rows.length > 1 ? "training seeds" : "chips of one network";
    return tableOf(
      titled("Which layer must be read well?", setting),
      places,
      [
        ["layer", ({ at }) => shownLayer(at)],
        ["share of weights", (place) => `${(100 * place.mean("share")).toFixed(1)} %`],
        ["loss, points", (place) => points(lossOf(place))],
        [
          "more than the next",
          (place) => (place.at.layer === 0 ? "" : moreThan(place, places[places.indexOf(place) + 1])),
        ],
      ],
      k === all.length - 1
        ? [
            `Errors in one layer, all others read right. 95 % t intervals over ${over}; n.s.: no significant difference.`,
          ]
        : [],
    );
  });

/** Which layer costs most, of the error that costs most. */
const answer = (table: Table): string => {
  const worst = settingsOf(table)
    .flatMap((setting) => ranked(setting).filter(({ at }) => at.layer !== 0))
    .filter((place) => Number.isFinite(lossOf(place).estimate))
    .sort((a, b) => lossOf(b).estimate - lossOf(a).estimate)[0];
  if (!worst) return "";
  const { low } = lossOf(worst);
  return `Errors cost most in layer ${shownLayer(worst.at)}: ${points(lossOf(worst))} points, where ${percent(worst.at.rate)} % of its weights are read with ${worst.at.error} errors${low > 0 ? "" : " (not significant: more seeds would tell)"}.`;
};

const figures = (table: Table): Figure[] => {
  const groups = linesOf(table, PARAMETERS, ["seed", "layer", "error"]);
  return groups.map((group) => {
    const layers = valuesOf(group.rows, "layer").filter((layer) => layer !== 0);
    const series = group.by("error").map((line) => {
      const found = layers.map((layer) => line.by("layer").find(({ value }) => value === layer));
      const loss = (bound: keyof Interval) => found.map((place) => (place ? 100 * lossOf(place)[bound] : Number.NaN));
      return { name: line.value, values: loss("estimate"), low: loss("low"), high: loss("high") };
    });
    const most = Math.max(1, ...series.flatMap(({ high, values }) => [...high, ...values]).filter(Number.isFinite));
    return {
      kind: "bars",
      title: `Accuracy lost by errors in one layer${group.label ? `: ${group.label}` : ""}`,
      caption: `Points lost where one layer's weights are read with errors and all others right; rate ${group.at.rate}. Bars are 95 % t intervals over ${valuesOf(group.rows, "seed").length > 1 ? "training seeds" : "chips"}.`,
      x: {
        label: "accuracy lost",
        unit: "points",
        scale: "linear",
        from: Math.min(0, ...series.flatMap(({ low }) => low.filter(Number.isFinite))),
        to: 1.1 * most,
      },
      names: layers.map((layer) => shownLayer({ ...group.at, layer })),
      series,
    };
  });
};

/** Read errors in one layer at a time: which layer must be read well? */
export const layerSensitivity = defineExperiment({
  name: "layer-sensitivity",
  summary: "Accuracy lost by read errors in one layer at a time: which layer must be read well?",
  module: OWN_MODULE,
  parameters: PARAMETERS,
  axes: ["layer", "error", "rate", "weights", "activation", "widths", "epochs", "learningRate", "seed"],
  grid: (params) => {
    const kind = params.network === "" ? params.weights : kindOf(params.network);
    const of = (layers: readonly number[], error: readonly Params["error"][]) => ({ layer: layers, error });
    const ternary = ["type1", "type2", "type3"] as const;
    const layers = layersOf(params);
    const numbers = layers.map((_, l) => l + 1);
    if (kind === "binary") return [of([0, ...numbers], ["type1"])];
    // A layer of another kind has errors of its own.
    const isTernary = (l: number): boolean => layers[l - 1].weights === "ternary";
    return [
      of([0, ...numbers.filter(isTernary)], ternary),
      ...(numbers.every(isTernary)
        ? []
        : [
            of(
              numbers.filter((l) => !isTernary(l)),
              ["type1"],
            ),
          ]),
    ];
  },
  replicates: trainingSeeds,
  quick: { seeds: 2, epochs: 3 },
  quickTrials: 4,
  trials: 20,
  block: 10,
  numbers: NUMBERS,
  prepare: { network: trainedPart<Params>(null) },
  idle: (params) => idleOfFile(params, "seeds", "weights"),
  check: (params) => {
    checkCells(params.network === "" ? params : { ...params, weights: "float" });
    const layers = layersOf(params);
    if (params.layer > layers.length)
      throw new RangeError(
        `layer: ${params.layer}; the network has ${layers.length} layers with weights (${layers.map(({ name }) => name).join(", ")}). Take 1 .. ${layers.length}, or 0 for all.`,
      );
    const { weights, name } = layers[Math.max(0, params.layer - 1)];
    if (params.layer > 0 && weights === "binary" && params.error !== "type1")
      throw new RangeError(
        `error: ${params.error} befalls zeros or makes them; the binary weights of layer "${name}" only have type1, a flip.`,
      );
  },
  facts: ({ network }, params) => {
    const { train, test } = testImages(params);
    const { clean, weights, layers } = evaluatorFor(network, test, train, params.others);
    const name = params.layer === 0 ? null : layersOf(params)[params.layer - 1].name;
    const count = (only: string | null): number =>
      weights.reduce((sum, { values }, k) => sum + (only === null || layers[k] === only ? values.length : 0), 0);
    return { numbers: { clean, share: count(name) / count(null) } };
  },
  trial: ({ network }, params, key) => {
    const { train, test } = testImages(params);
    const evaluator = evaluatorFor(network, test, train, params.others);
    const errors: WeightErrors = { ...NO_ERRORS, [params.error]: params.rate };
    const name = params.layer === 0 ? null : layersOf(params)[params.layer - 1].name;
    const accuracy = evaluator.accuracy(
      (layer) => (name === null || layer === name ? errors : NO_ERRORS),
      "frozen",
      "trained",
      key,
    );
    return { numbers: { loss: evaluator.clean - accuracy } };
  },
  figures,
  conclude,
  answer,
  notes: (params, allPoints) => [
    ...networkNotes(allPoints, [...new Set(allPoints.map((p) => p.weights))], params.images),
    "Errors of weights are independent of one another, drawn once a chip; chips are the same for every layer.",
  ],
});
