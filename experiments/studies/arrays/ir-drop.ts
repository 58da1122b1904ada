import { checkAnalogDesign, programAnalogNetwork } from "#circuits/index";
import {
  defineExperiment,
  idleWhere,
  type Parameters,
  type Row,
  type Table,
  type ValuesOf,
} from "#src/montecarlo/index";
import { accuracyOf, classifyFloat, imageActivations, type TrainedNetwork } from "#src/networks/index";
import { fold, type Key } from "#src/random/index";
import type { Figure, Series } from "#src/report/figure";
import { dataFor, dataSetRecord } from "../../files/data-sets.ts";
import { OWN_MODULE } from "../../own-module.ts";
import { showQuantity } from "../../units/show.ts";
import {
  checkNetwork,
  idleOfFloat,
  NETWORK_PARAMETERS,
  networkNotes,
  trainedPart,
  trainingSeeds,
} from "../networks/network-parameters.ts";
import { countsText, groupRows, overRows, percent, percentCurve, shareOverRows, varied } from "../results/rows.ts";
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
  weights: {
    kind: "choice",
    choices: ["float", "binary", "ternary"],
    default: "float",
    says: "kind of weights; float networks use relu",
    source: "float: a multilayer perceptron as analog arrays are usually asked for",
  },
  images: {
    kind: "integer",
    unit: "1",
    default: 1000,
    min: 1,
    max: 10000,
    says: "test images read on a chip, the first ones",
    source: "chosen",
  },
} as const satisfies Parameters;

type Params = ValuesOf<typeof PARAMETERS>;

/** Root mean square difference of two arrays over the root mean square of the second. */
const relativeError = (y: Float32Array, right: Float32Array): number => {
  let [wrong, size] = [0, 0];
  y.forEach((v, k) => {
    wrong += (v - right[k]) ** 2;
    size += right[k] ** 2;
  });
  return Math.sqrt(wrong / size);
};

/** Exact sums of a network's first layer, batch x outputs. */
const firstSums = (network: TrainedNetwork, x: Float32Array, batch: number): Float32Array => {
  const { inputs, outputs, weights } = network.layers[0];
  const y = new Float32Array(batch * outputs);
  for (let b = 0; b < batch; b++)
    for (let i = 0; i < inputs; i++) {
      const value = x[b * inputs + i];
      if (value !== 0) for (let o = 0; o < outputs; o++) y[b * outputs + o] += value * weights[i * outputs + o];
    }
  return y;
};

const PROBED = 100;

const readChip = (network: TrainedNetwork, params: Params, key: Key) => {
  const { train, test } = dataFor(params.data);
  const count = Math.min(params.images, test.count);
  const images = test.images.subarray(0, count * test.pixels);
  const chip = programAnalogNetwork(analogDesignOf(params), network, train.images, fold(key, "chip"));
  const probed = Math.min(PROBED, count);
  const x = Float32Array.from(images.subarray(0, probed * test.pixels), (pixel) => pixel / 255);
  const sums = new Float32Array(probed * chip.arrays[0].outputs);
  chip.arrays[0].multiplyInto(sums, x, probed, fold(key, "probe"));
  return {
    accuracy: accuracyOf(chip.classify(images, fold(key, "read")), test.labels.subarray(0, count)),
    ideal: accuracyOf(classifyFloat(network, imageActivations(images, test.pixels)), test.labels.subarray(0, count)),
    sumError: relativeError(sums, firstSums(network, x, probed)),
  };
};

/** Accuracy and error at each wire resistance, one curve for each combination of the other axes but the seed. */
const curvesOf = (table: Table, params: Params) =>
  groupRows(table, PARAMETERS, ["seed", "wireResistance"]).map(({ label, rows }) => {
    const points = new Map<number, Row[]>();
    for (const row of rows) {
      const ohm = (row.point["wireResistance"] ?? params.wireResistance) as number;
      points.set(ohm, [...(points.get(ohm) ?? []), row]);
    }
    return { label: label || `tile ${params.tile}`, points: [...points].sort(([a], [b]) => a - b) };
  });

const conclude = (table: Table, params: Params) => [
  {
    title: "Accuracy on arrays with line resistance, % [95 % t interval over training seeds]",
    columns: ["arrays", "wires", "accuracy", "ideal", "error of sums"],
    rows: curvesOf(table, params).flatMap(({ label, points }) =>
      points.map(([ohm, rows]) => {
        const { estimate, low, high } = shareOverRows(rows, "accuracy");
        const bounds = rows.length > 1 ? ` [${percent(low)}, ${percent(high)}]` : "";
        return [
          label,
          varied(PARAMETERS, "wireResistance", ohm),
          `${percent(estimate)}${bounds}`,
          percent(overRows(rows, "ideal").estimate),
          `${percent(overRows(rows, "sumError").estimate)} %`,
        ];
      }),
    ),
    notes: [
      `${countsText(table.rows.map((r) => r.numbers["accuracy"].trials))} chips a seed. Ideal: the same networks in floating point, on the same images. Error of sums: of the first layer's sums over ${PROBED} test images, root mean square over root mean square; it holds all of the chip's errors, converters included.`,
    ],
  },
];

const figures = (table: Table, params: Params): Figure[] => {
  const curves = curvesOf(table, params);
  if (curves.every(({ points }) => points.length < 2)) return [];
  const series = (number: string): Series[] =>
    curves.map(({ label, points }) =>
      percentCurve(
        label,
        points.map(([ohm]) => ohm),
        points.map(([, rows]) => shareOverRows(rows, number)),
      ),
    );
  const x = { label: "line resistance from cell to cell", unit: "ohm", scale: "linear" } as const;
  const caption = `Bars are 95 % t intervals over training seeds. ${dataSetRecord(params.data).name}, widths ${params.widths}; devices of ${showQuantity(params.lowResistance, "ohm")} to ${showQuantity(params.highResistance, "ohm")} where they are no axis.`;
  return [
    {
      title: "Test accuracy against line resistance",
      caption,
      x,
      y: { label: "test accuracy", unit: "%", scale: "linear" },
      series: series("accuracy"),
    },
    {
      title: "Error of the first layer's sums against line resistance",
      caption,
      x,
      y: { label: "rms error over rms sum", unit: "%", scale: "linear" },
      series: series("sumError"),
    },
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
  trials: 2,
  block: 1,
  numbers: {
    accuracy: { kind: "mean", unit: "1", says: "share of test images classified right on the arrays" },
    ideal: { kind: "mean", unit: "1", says: "the same of the network in floating point" },
    sumError: { kind: "mean", unit: "1", says: "error of the first layer's sums, rms over rms" },
  },
  prepare: { network: trainedPart<Params>(null) },
  idle: (params) => [
    ...idleOfFloat(params),
    ...idleWhere<keyof Params>([params.converterBits === 0, "without converters (converterBits 0)", "converterRange"]),
  ],
  check: (params) => {
    checkNetwork(params);
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
