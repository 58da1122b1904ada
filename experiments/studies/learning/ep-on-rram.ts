import {
  defineExperiment,
  mean,
  type NumberSpec,
  type Summary,
  type TableOf,
  type ValuesOf,
} from "#src/montecarlo/index";
import { pairedInterval } from "#src/numerics/paired-interval";
import { fold } from "#src/random/index";
import type { Figure } from "#src/report/figure";
import { keysOf } from "#src/words/named";
import { dataSetRecord } from "../../files/data-sets.ts";
import { OWN_MODULE } from "../../own-module.ts";
import { shown } from "../../units/show.ts";
import { checkNetwork } from "../networks/network-parameters.ts";
import {
  differingOnlyIn,
  type Line,
  lineOf,
  percent,
  percentAxis,
  percentWithin,
  pureAxis,
  settingsOf,
  sweptCurve,
  tableOf,
  valuesOf,
} from "../results/index.ts";
import { accuracyOfDone } from "./diverged.ts";
import { trainOnChip } from "./learning-chip.ts";
import { idleLearning, LEARNING_PARAMETERS } from "./learning-parameters.ts";
import { checkLearningDevice } from "./study-pairs.ts";

type Params = ValuesOf<typeof LEARNING_PARAMETERS>;

/** What a trial reports. */
const NUMBERS = {
  accuracy: mean("1", "share of test images classified right"),
  pulsesPerDevice: mean("1", "programming pulses a device, over the whole training"),
  mostPulses: mean("1", "programming pulses of the device that saw most"),
  readEnergy: mean("J", "of the devices while learning, an image"),
  pulseEnergy: mean("J", "of programming pulses, an image"),
  inferenceEnergy: mean("J", "of the devices while classifying, an image"),
  unsettled: mean("1", "share of free phases whose states still moved by more than 0.01"),
} as const satisfies Readonly<Record<string, NumberSpec>>;

type Table = TableOf<typeof LEARNING_PARAMETERS, typeof NUMBERS>;
type Setting = Line<Params, keyof typeof NUMBERS>;

const METHODS = ["equilibrium propagation", "backpropagation"] as const;
/** What the study sweeps, one after the other from an ideal device, and what the figures call it. */
const SWEPT = {
  nonlinearity: "nonlinearity of pulses",
  states: "states of a device",
  cycleToCycle: "cycle-to-cycle deviation, steps",
  readNoise: "read noise, share of G",
  deviceToDevice: "device-to-device deviation of ln(step)",
} as const;

const { seeds: _seeds, ...TRAINED } = LEARNING_PARAMETERS;

/** Axes that no setting is named by. */
const APART = ["method", "seed"] as const;
/** What is told in every note where --set changed it. */
const ALWAYS_TOLD = [
  ...keysOf(SWEPT),
  ...(["asymmetry", "boundSpread", "pulses", "update", "wireResistance", "readErrors"] as const),
];

/** A setting by method, a row a seed in the same order. */
const byMethod = (setting: Setting) => {
  const of = setting.by("method");
  return METHODS.map((method) => of.find(({ value }) => value === method));
};

const accuracyOf = (line: Setting | undefined): string => (line ? accuracyOfDone(line) : "");

const ROUNDING = 1e-12;

/** What backpropagation loses against its first line less what EP loses against its own: above 0, EP loses less. */
const toleranceOf = (setting: Setting, base: Setting): string => {
  const four = [...byMethod(setting), ...byMethod(base)];
  const [ep, bp, ep0, bp0] = four.map((line) => line?.estimates("accuracy") ?? []);
  if (setting.rows === base.rows || four.includes(undefined)) return "";
  if ([bp, ep0, bp0].some((a) => a.length !== ep.length)) return "";
  if (![ep, bp, ep0, bp0].flat().every(Number.isFinite)) return "";
  const lost = (of: readonly number[], ideal: readonly number[]): number[] => of.map((a, i) => a - ideal[i]);
  const d = pairedInterval(lost(ep, ep0), lost(bp, bp0));
  // What is left of equal losses is rounding.
  if (Math.abs(d.estimate) < ROUNDING) return `${percentWithin({ ...d, estimate: 0 })} n.s.`;
  return percentWithin(d) + (Number.isFinite(d.low) && d.low * d.high <= 0 ? " n.s." : "");
};

const engineering = (joules: number): string => (Number.isFinite(joules) ? `${(1e9 * joules).toPrecision(3)}` : "");

const conclude = (table: Table, params: Params): Summary[] => {
  const asSet = `${params.cells}, as set`;
  const settings = settingsOf(table, params, LEARNING_PARAMETERS, APART, asSet);
  const base = settings.find(({ label }) => label === asSet) ?? settings[0];
  // What --set changed stands under every line.
  const changed = ALWAYS_TOLD.filter((a) => params[a] !== LEARNING_PARAMETERS[a].default).map(
    (a) => `${a} ${shown(LEARNING_PARAMETERS[a], params[a])}`,
  );
  const also = changed.length > 0 ? [`Every line also has ${changed.join(", ")}.`] : [];
  const both = METHODS.every((m) => table.rows.some(({ at }) => at.method === m));
  const ofEp = table.rows.filter(({ at }) => at.method === METHODS[0]);
  const unsettled = Math.max(0, ...lineOf("", ofEp).known("unsettled").estimates("unsettled"));
  const taught = settings
    .flatMap((setting) => setting.by("method").map((line) => ({ ...line.known("accuracy"), method: line.value })))
    .filter((line) => Number.isFinite(line.mean("pulsesPerDevice")));
  return [
    tableOf(
      "Test accuracy, % ± half of the 95 % t interval over seeds",
      settings,
      [
        ["setting", ({ label }) => label],
        both && ["EP", (s) => accuracyOf(byMethod(s)[0])],
        both && ["BP", (s) => accuracyOf(byMethod(s)[1])],
        both && ["BP's loss less EP's", (s) => toleranceOf(s, base)],
        !both && ["accuracy", accuracyOf],
      ],
      both
        ? [
            ...also,
            "Last column: points that backpropagation loses against its own first line, less those that EP loses against its own: above 0 EP is the more tolerant. n.s.: not significant at 95 %.",
          ]
        : also,
    ),
    tableOf(
      "What learning took: pulses a device (mean, most); energy an image [nJ]",
      taught,
      [
        ["setting", ({ label }) => label],
        ["method", ({ method }) => (method === METHODS[0] ? "EP" : "BP")],
        ["pulses", (line) => line.mean("pulsesPerDevice").toFixed(1)],
        ["most", (line) => line.mean("mostPulses").toFixed(0)],
        ["read", (line) => engineering(line.mean("readEnergy"))],
        ["program", (line) => engineering(line.mean("pulseEnergy"))],
        ["classify", (line) => engineering(line.mean("inferenceEnergy"))],
      ],
      [
        "read and program: while learning, a mean over all images shown; classify: reads of an image afterwards. Of the devices alone: no converters, drivers or digital logic.",
        ...(ofEp.length === 0
          ? []
          : [
              `Of EP's free phases up to ${percent(unsettled)} % had not come to rest when their steps were done: a state still moved by more than 0.01 (read noise moves them for ever).`,
            ]),
      ],
    ),
  ];
};

const figures = (table: Table, params: Params): Figure[] =>
  keysOf(SWEPT).flatMap((axis): Figure[] => {
    // Any state is as good as very many: told in the caption, not drawn.
    const mine = differingOnlyIn(axis, table, params, APART).filter(({ at }) => axis !== "states" || at.states > 0);
    if (valuesOf(mine, axis).length < 2) return [];
    return [
      {
        title: `Learning on cells: ${SWEPT[axis]}`,
        caption: `Bars are 95 % t intervals over ${valuesOf(table.rows, "seed").length} seeds, each with a chip of its own. ${params.widths}, ${params.epochs} epochs of ${dataSetRecord(params.data).name}; all else as set, ${params.pulses} pulses from bound to bound${axis === "states" ? "; without finite states: the first line of the table" : ""}.`,
        x: pureAxis(SWEPT[axis], axis === "states" ? "log" : "linear"),
        y: percentAxis("test accuracy"),
        series: byMethod(lineOf("", mine)).flatMap((line) =>
          line ? [sweptCurve(line.value, line, axis, (at) => at.over("accuracy"))] : [],
        ),
      },
    ];
  });

/** Equilibrium Propagation and backpropagation on the same cells: what learning on devices survives. */
export const epOnRram = defineExperiment({
  name: "ep-on-rram",
  summary:
    "Learning on cells by Equilibrium Propagation and by backpropagation, against what is wrong with the devices.",
  module: OWN_MODULE,
  parameters: LEARNING_PARAMETERS,
  axes: [
    "method",
    "cells",
    "nonlinearity",
    "asymmetry",
    "states",
    "cycleToCycle",
    "readNoise",
    "deviceToDevice",
    "boundSpread",
    "pulses",
    "update",
    "wireResistance",
    "readErrors",
    "estimator",
    "beta",
    "batch",
    "learningRate",
    "epochs",
    "widths",
    "seed",
  ],
  grid: () => {
    const method = METHODS;
    return [
      { method, cells: ["conductance pairs", "numbers", "ternary 2T2R", "binary 2T2R"] },
      { method, nonlinearity: [1, 2, 4] },
      { method, states: [128, 32, 8] },
      { method, cycleToCycle: [1, 3, 10] },
      { method, readNoise: [0.003, 0.01, 0.03] },
      { method, deviceToDevice: [0.3, 0.6, 1] },
      { method, wireResistance: [1, 5] },
      { method, learningRate: [0.25, 1] },
      { method, update: ["write-verify"], nonlinearity: [4] },
    ];
  },
  replicates: ({ seeds }) => ({ seed: Array.from({ length: seeds }, (_, i) => i) }),
  deterministic: true,
  trials: 1,
  block: 1,
  quick: { seeds: 1, epochs: 1, widths: "784-32-10" },
  numbers: NUMBERS,
  prepare: {
    trained: {
      uses: keysOf(TRAINED),
      make: (params, key) => {
        const { pulsesPerDevice, mostPulses, ...rest } = trainOnChip(params, fold(key, params.seed));
        // Parts are JSON: what is no number is left out.
        return Number.isFinite(pulsesPerDevice) ? { ...rest, pulsesPerDevice, mostPulses } : rest;
      },
    },
  },
  idle: idleLearning,
  check: (params) => {
    checkNetwork(params);
    checkLearningDevice(params);
  },
  trial: ({ trained }) => {
    const { diverged, ...numbers } = trained;
    return diverged === null ? { numbers } : { failed: diverged };
  },
  figures,
  conclude,
  notes: (params) => {
    const { train, test, name } = dataSetRecord(params.data);
    return [
      `Trained on ${train} images and tested on ${test} of ${name}; ${params.widths}, ${params.stateActivation}, ${params.cost}; batch ${params.batch}, plain descent at ${params.learningRate} and ${params.outputRate} times it above, the same for both methods (|dW| of EP is larger than backpropagation's at the same rate: 2 times at the start, as it sums over settling); the last epoch is read, none is picked. EP: ${params.estimator}, nudge ${params.beta}, ${params.freeSteps} free and ${params.nudgedSteps} nudged steps.`,
      "Pairs are moved up and down together by blind or verified pulses, fractions of a pulse by chance, a pulse taken for the mean device's at mid-range; the static input's currents, with their noise, are read once an image and held, so that they cancel between EP's phases; gradients, biases and derivatives are digital and exact. Devices, pulses and their energies are assumed.",
      "Read noise is a share of each conductance and nothing else: backpropagation's small errors come back with the same relative precision, and read energy falls with their square. A noise floor of the circuits, which is not modelled, would fall on them first.",
    ];
  },
});
