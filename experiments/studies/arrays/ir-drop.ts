import { checkAnalogDesign, programAnalogNetwork } from "#circuits/index";
import {
  choice,
  defineExperiment,
  idleWhere,
  integer,
  mean,
  type NumberSpec,
  type Parameters,
  type TableOf,
  type ValuesOf,
} from "#src/montecarlo/index";
import { accuracyOf, classifyFloat, type GroupWeights, groupsOf, type Network, patchesSeen } from "#src/networks/index";
import { fold, type Key } from "#src/random/index";
import type { Figure } from "#src/report/figure";
import { dataFor, dataSetRecord } from "../../files/data-sets.ts";
import { OWN_MODULE } from "../../own-module.ts";
import { showQuantity } from "../../units/show.ts";
import {
  checkNetwork,
  idleOfFile,
  idleOfFloat,
  NETWORK_PARAMETERS,
  networkNotes,
  networkText,
  trainedPart,
  trainingSeeds,
} from "../networks/network-parameters.ts";
import { countsText, linesOf, percentAxis, sweptCurve, tableOf, valuesOf, varied } from "../results/index.ts";
import { ANALOG_PARAMETERS, analogDesignOf } from "./analog-parameters.ts";

const PARAMETERS = {
  ...NETWORK_PARAMETERS,
  ...ANALOG_PARAMETERS,
  readNoise: {
    ...ANALOG_PARAMETERS.readNoise,
    default: 0,
    source: "0: IR drop, programming errors and converters alone",
  },
  widths: { ...NETWORK_PARAMETERS.widths, default: "784-128-10", source: "chosen: one hidden layer" },
  seeds: { ...NETWORK_PARAMETERS.seeds, default: 3, source: "three, for time; five or more for a claim" },
  weights: choice(
    ["float", "binary", "ternary"],
    "float",
    "kind of weights; float networks use relu",
    "float: a multilayer perceptron as analog arrays are usually asked for",
  ),
  images: integer(1000, [1, 10000], "test images read on a chip, the first ones", "chosen"),
} as const satisfies Parameters;

type Params = ValuesOf<typeof PARAMETERS>;

/** What a trial reports. */
const NUMBERS = {
  accuracy: mean("1", "share of test images classified right on the arrays"),
  ideal: mean("1", "the same of the network in floating point"),
  sumError: mean("1", "error of the first layer's sums, rms over rms"),
} as const satisfies Readonly<Record<string, NumberSpec>>;

type Table = TableOf<typeof PARAMETERS, typeof NUMBERS>;

/** Root mean square difference of two arrays over the root mean square of the second. */
const relativeError = (y: Float32Array, right: Float32Array): number => {
  let [wrong, size] = [0, 0];
  y.forEach((v, k) => {
    wrong += (v - right[k]) ** 2;
    size += right[k] ** 2;
  });
  return Math.sqrt(wrong / size);
};

/** Exact sums of one array, batch x outputs. */
const exactSums = ({ geometry, weights }: GroupWeights, x: Float32Array, batch: number): Float32Array => {
  const { inputs, outputs } = geometry;
  const y = new Float32Array(batch * outputs);
  for (let b = 0; b < batch; b++)
    for (let i = 0; i < inputs; i++) {
      const value = x[b * inputs + i];
      if (value !== 0) for (let o = 0; o < outputs; o++) y[b * outputs + o] += value * weights[o * inputs + i];
    }
  return y;
};

const PROBED = 100;

const readChip = (network: Network, params: Params, key: Key) => {
  const { train, test } = dataFor(params.data);
  const count = Math.min(params.images, test.count);
  const images = test.images.subarray(0, count * test.pixels);
  const chip = programAnalogNetwork(analogDesignOf(params), network, train.images, fold(key, "chip"));
  const [first] = groupsOf(network);
  const shown = Math.min(PROBED, count);
  const probed = shown * first.places;
  const x = patchesSeen(network, first, images.subarray(0, shown * test.pixels), shown);
  const sums = new Float32Array(probed * chip.arrays[0].outputs);
  chip.arrays[0].multiplyInto(sums, x, probed, fold(key, "probe"));
  return {
    accuracy: accuracyOf(chip.classify(images, fold(key, "read")), test.labels.subarray(0, count)),
    ideal: accuracyOf(classifyFloat(network, images), test.labels.subarray(0, count)),
    sumError: relativeError(sums, exactSums(first, x, probed)),
  };
};

/** A line for each combination of the axes but the seed and the wires. */
const curvesOf = (table: Table) => linesOf(table, PARAMETERS, ["seed", "wireResistance"]);

const conclude = (table: Table) => [
  tableOf(
    "Accuracy on arrays with line resistance, % [95 % t interval over training seeds]",
    curvesOf(table).flatMap((curve) => curve.by("wireResistance")),
    [
      ["arrays", ({ label, at }) => label || `tile ${at.tile}`],
      ["wires", ({ value }) => varied(PARAMETERS, "wireResistance", value)],
      ["accuracy", (line) => line.bracketed("accuracy")],
      ["ideal", (line) => line.percent("ideal")],
      ["error of sums", (line) => `${line.percent("sumError")} %`],
    ],
    [
      `${countsText(table.rows.map((r) => r.numbers.accuracy.trials))} chips a seed. Ideal: the same networks in floating point, on the same images. Error of sums: of the first layer's sums over ${PROBED} test images, root mean square over root mean square; it holds all of the chip's errors, converters included.`,
    ],
  ),
];

const figures = (table: Table, params: Params): Figure[] => {
  const curves = curvesOf(table);
  if (curves.every((curve) => valuesOf(curve.rows, "wireResistance").length < 2)) return [];
  const figure = (title: string, y: string, number: "accuracy" | "sumError"): Figure => ({
    title,
    caption: `Bars are 95 % t intervals over training seeds. ${dataSetRecord(params.data).name}, ${networkText(params)}; devices of ${showQuantity(params.lowResistance, "ohm")} to ${showQuantity(params.highResistance, "ohm")} where they are no axis.`,
    x: { label: "line resistance from cell to cell", unit: "ohm", scale: "linear" },
    y: percentAxis(y),
    series: curves.map((curve) =>
      sweptCurve(curve.label || `tile ${params.tile}`, curve, "wireResistance", (at) => at.share(number)),
    ),
  });
  return [
    figure("Test accuracy against line resistance", "test accuracy", "accuracy"),
    figure("Error of the first layer's sums against line resistance", "rms error over rms sum", "sumError"),
  ];
};

/** Accuracy of a trained perceptron on analog arrays with exact line resistance, and the error of its sums. */
export const irDrop = defineExperiment({
  name: "ir-drop",
  summary:
    "Accuracy of a trained perceptron on analog arrays, against line resistance, array size and device resistance.",
  module: OWN_MODULE,
  parameters: PARAMETERS,
  axes: [
    "tile",
    "wireResistance",
    "lowResistance",
    "highResistance",
    "mapping",
    "weights",
    "widths",
    "converterBits",
    "inputBits",
    "levels",
    "programmingError",
    "readNoise",
    "seed",
  ],
  grid: () => [{ tile: [64, 256], wireResistance: [0, 0.5, 1, 2, 5] }],
  replicates: trainingSeeds,
  quick: { seeds: 2, epochs: 3, images: 300 },
  quickTrials: 1,
  trials: 2,
  block: 1,
  numbers: NUMBERS,
  prepare: { network: trainedPart<Params>(null) },
  idle: (params) => [
    ...(params.network === "" ? idleOfFloat(params) : []),
    ...idleOfFile(params, "seeds", "weights"),
    ...idleWhere<keyof Params>([params.converterBits === 0, "without converters (converterBits 0)", "converterRange"]),
  ],
  check: (params) => {
    checkNetwork(params.network === "" ? params : { ...params, weights: "float" });
    checkAnalogDesign(analogDesignOf(params));
  },
  trial: ({ network }, params, key) => ({ numbers: readChip(network, params, key) }),
  figures,
  conclude,
  notes: (params, points) => [
    ...networkNotes(points, [...new Set(points.map((p) => p.weights))]),
    `Every tile's line resistance is solved exactly and enters as its transfer matrix; word lines are driven from the left, bit lines sensed at the bottom, the columns of a pair side by side. Converters: ${params.converterBits === 0 ? "none" : `${params.converterBits} bits, ideal, one a column, range over ${100 * params.converterRange} % of calibration currents`}. Normalisation and activations are digital and as trained: nothing is tuned on the chip.`,
    "The unit of a claim is the training seed; chips (programming errors) are averaged.",
  ],
});
