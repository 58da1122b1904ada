import { binaryErrors, ternaryErrors } from "#circuits/index";
import {
  choice,
  defineExperiment,
  mean,
  type NumberSpec,
  type Parameters,
  quantity,
  type RateReport,
  rate,
  type TableOf,
  type ValuesOf,
} from "#src/montecarlo/index";
import type { WeightMatrix } from "#src/networks/index";
import { fold } from "#src/random/index";
import type { Figure } from "#src/report/figure";
import { keysOf } from "#src/words/named";
import { dataFor } from "../../files/data-sets.ts";
import { OWN_MODULE } from "../../own-module.ts";
import { showQuantity } from "../../units/show.ts";
import { type Line, linesOf, percent, percentBounds, percentCurve, tableOf } from "../results/index.ts";
import { heatRemarks, idleRipple } from "../sensing/idle-parameters.ts";
import { checkSense } from "../sensing/sense-design.ts";
import { senseNotes, standingOf } from "../sensing/sense-notes.ts";
import { SENSE_PARAMETERS } from "../sensing/sense-parameters.ts";
import { ARRAY_ROWS, COLUMNS, readNetwork } from "./chip-network.ts";
import { evaluatorFor } from "./evaluator.ts";
import {
  checkCells,
  idleOfFile,
  kindOf,
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
  arrayRows: ARRAY_ROWS,
  amplifiers: choice(
    keysOf(COLUMNS),
    "column per output",
    "which weights share a sense amplifier",
    "the two ways to lay a matrix into an array",
  ),
  strobe: quantity(
    "s",
    3e-9,
    [0.1e-9, 10e-6],
    "time after SEN's rise at which every weight is read",
    "chosen inside the ternary window at 0.9 V and 20 fF: docs/sense-window.md",
  ),
} as const satisfies Parameters;

type Params = ValuesOf<typeof PARAMETERS>;

/** What a trial reports. */
const NUMBERS = {
  chip: mean("1", "accuracy with the weights as the chip reads them"),
  independent: mean("1", "accuracy with independent errors at that chip's rates"),
  difference: mean("1", "chip minus independent"),
  clean: mean("1", "accuracy without errors"),
  wrong: mean("1", "share of weights read wrong"),
  columnSpread: mean(
    "1",
    "standard deviation of wrong weights over the first layer's columns, over that of independent errors",
  ),
  type1: rate("±1 read with the other sign"),
  type2: rate("±1 read as 0 (both outputs high)"),
  type3: rate("0 read as ±1"),
  invalid: rate("±1 read with both outputs low"),
  binaryFlip: rate("binary read of ±1 gives the other sign"),
} as const satisfies Readonly<Record<string, NumberSpec>>;

type NumberName = keyof typeof NUMBERS;
type Table = TableOf<typeof PARAMETERS, typeof NUMBERS>;

const outOf = (events: number, of: number): RateReport => ({ events, of });

type Condition = Line<Params, NumberName>;

/** Mean standard deviation over the chips of one network, points. */
const chipSpread = ({ rows }: Condition, number: NumberName): string => {
  const spread = rows.reduce((sum, r) => sum + r.numbers[number].deviation, 0) / rows.length;
  return Number.isFinite(spread) ? percent(spread) : "-";
};

const conclude = (table: Table, params: Params) => [
  tableOf(
    "Does sharing an amplifier matter? Accuracy, % [95 % t interval over training seeds]",
    linesOf(table, PARAMETERS, ["seed"]),
    [
      ["condition", ({ label }) => label || "default"],
      ["wrong", (c) => `${c.percent("wrong")} %`],
      ["columns", (c) => (Number.isNaN(c.mean("columnSpread")) ? "-" : c.mean("columnSpread").toFixed(2))],
      ["clean", (c) => c.percent("clean")],
      ["chip", (c) => c.percent("chip")],
      ["independent", (c) => c.percent("independent")],
      ["difference", (c) => c.percent("difference") + (c.rows.length > 1 ? percentBounds(c.over("difference")) : "")],
      ["chip spread", (c) => `${chipSpread(c, "chip")} / ${chipSpread(c, "independent")}`],
    ],
    [
      `Every weight of the chip is read by a transient of its column's amplifier, strobe ${showQuantity(params.strobe, "s")} unless it is an axis; independent errors are drawn at the rates that this very chip had. Difference: chip minus independent, points.`,
      "Wrong: share of weights read wrong. Columns: how much more unevenly the wrong weights of the first layer fall on its columns than independent errors would (1), as a ratio of standard deviations. Chip spread: standard deviation over the chips of one network, points, chip / independent.",
    ],
  ),
];

const figures = (table: Table, params: Params): Figure[] => [
  {
    title: "What sharing an amplifier costs",
    caption: `Difference in test accuracy, whole chips minus independent errors at the same rates; bars are 95 % t intervals over training seeds. ${standingOf(table.rows, params)}`,
    x: { label: "weights read wrong", unit: "%", scale: "log" },
    y: { label: "difference in accuracy", unit: "points", scale: "linear" },
    series: linesOf(table, PARAMETERS, ["seed", "strobe", "supply"]).flatMap((line) => {
      const points = line
        .by("strobe")
        .flatMap((at) => at.by("supply"))
        .filter((at) => at.mean("wrong") > 0)
        .sort((a, b) => a.mean("wrong") - b.mean("wrong"));
      if (points.length === 0) return [];
      return [
        percentCurve(
          line.label || "default",
          points.map((at) => 100 * at.mean("wrong")),
          points.map((at) => at.over("difference")),
        ),
      ];
    }),
  },
];

/** Networks on whole chips whose columns share an amplifier, against independent errors at the same rates. */
export const sharedAmplifiers = defineExperiment({
  name: "shared-amplifiers",
  summary: "Networks read from whole chips, every column by its own amplifier, against independent errors.",
  module: OWN_MODULE,
  parameters: PARAMETERS,
  axes: [
    "weights",
    "amplifiers",
    "strobe",
    "supply",
    "temperature",
    "corner",
    "technology",
    "device",
    "conduction",
    "bitLineCapacitance",
    "mismatch",
    "widths",
    "seed",
  ],
  // Ternary weights inside the window and past it, with the mismatch as fabricated and three times as large; binary ones
  // before their window, where reads are undecided.
  grid: ({ network }) =>
    [
      { weights: ["ternary"] as const, amplifiers: keysOf(COLUMNS), mismatch: [1, 3], strobe: [3e-9, 6e-9, 10e-9] },
      { weights: ["binary"] as const, amplifiers: keysOf(COLUMNS), mismatch: [1, 3], strobe: [1.2e-9] },
    ].filter(({ weights: [kind] }) => network === "" || kind === kindOf(network)),
  replicates: trainingSeeds,
  quick: { seeds: 2, epochs: 3 },
  quickTrials: 1,
  trials: 8,
  block: 4,
  numbers: NUMBERS,
  prepare: { network: trainedPart<Params>(null) },
  idle: (params) => [...idleRipple(params), ...idleOfFile(params, "seeds")],
  remarks: heatRemarks,
  check: (params) => {
    checkSense(params);
    checkCells(params);
  },
  facts: ({ network }, params) => {
    const { train, test } = dataFor(params.data);
    return { numbers: { clean: evaluatorFor(network, test, train, params.others).clean } };
  },
  trial: ({ network }, params, key) => {
    const { train, test } = dataFor(params.data);
    const evaluator = evaluatorFor(network, test, train, params.others);
    const binary = params.weights === "binary";
    const read = readNetwork(params, evaluator.weights, params.amplifiers, [params.strobe], fold(key, "chip"));
    if ("failed" in read) return { failed: `${read.failed} reads` };
    const [found] = read;
    const weights = binary ? found.binary : found.ternary;
    const { type1, type2, type3 } = binary ? binaryErrors(found.counts) : ternaryErrors(found.counts);
    // A state that no weight has gives no rate.
    const rates = { type1: type1 || 0, type2: type2 || 0, type3: type3 || 0 };
    const chip = evaluator.accuracyWith(weights);
    const independent = evaluator.accuracy(() => rates, "frozen", "trained", fold(key, "independent"));
    const { wrong, columnSpread } = spreadOf(evaluator.weights, weights, params.amplifiers);
    const { signed, zero } = found.counts;
    return {
      numbers: {
        chip,
        independent,
        difference: chip - independent,
        wrong,
        ...(Number.isFinite(columnSpread) ? { columnSpread } : {}),
        type1: outOf(signed.wrongSign, signed.of),
        type2: outOf(signed.zero, signed.of),
        type3: outOf(zero.signed, zero.of),
        invalid: outOf(signed.invalid, signed.of),
        binaryFlip: outOf(signed.binaryFlipped, signed.of),
      },
    };
  },
  figures,
  conclude,
  notes: (params, points) => [
    ...senseNotes(params, points),
    ...networkNotes(points, [...new Set(points.map((p) => p.weights))]),
    "Reads of one chip share amplifiers and networks: intervals of rates widen as these are seen to spread from chip to chip, which one chip does not tell. The unit of the comparison is the training seed.",
    "Each layer has an array of its own, a column as tall as the layer; a weight is read once a chip, its read noise included, and used as read for all images.",
  ],
});

/**
 * Share of weights that differ, and how unevenly they fall on the columns of the first layer: the root of
 * sum (wrong - expected)^2 / variance over the columns' number, with expectation and variance of independent errors at
 * the rate of each stored state (1 for independent errors).
 */
const spreadOf = (
  stored: readonly WeightMatrix[],
  read: readonly WeightMatrix[],
  columns: keyof typeof COLUMNS,
): { wrong: number; columnSpread: number } => {
  let wrong = 0;
  let all = 0;
  stored.forEach(({ values }, l) => {
    for (let i = 0; i < values.length; i++) if (values[i] !== read[l].values[i]) wrong++;
    all += values.length;
  });
  const { inputs, outputs, values } = stored[0];
  const byOutput = COLUMNS[columns] === "output";
  const count = byOutput ? outputs : inputs;
  const columnOf = (i: number): number => (byOutput ? Math.floor(i / inputs) : i % inputs);
  const states = [-1, 0, 1];
  const of = states.map(() => new Float64Array(count));
  const found = new Float64Array(count);
  const rates = states.map(() => 0);
  for (let i = 0; i < values.length; i++) {
    const state = values[i] + 1;
    of[state][columnOf(i)]++;
    if (values[i] === read[0].values[i]) continue;
    found[columnOf(i)]++;
    rates[state]++;
  }
  states.forEach((_, s) => {
    const number = of[s].reduce((a, b) => a + b, 0);
    rates[s] = number > 0 ? rates[s] / number : 0;
  });
  let squares = 0;
  let variance = 0;
  for (let c = 0; c < count; c++) {
    squares += (found[c] - states.reduce((sum, _, s) => sum + of[s][c] * rates[s], 0)) ** 2;
    variance += states.reduce((sum, _, s) => sum + of[s][c] * rates[s] * (1 - rates[s]), 0);
  }
  return { wrong: wrong / all, columnSpread: Math.sqrt(squares / variance) };
};
