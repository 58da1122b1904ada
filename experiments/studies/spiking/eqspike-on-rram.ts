import {
  defineExperiment,
  idleWhere,
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
import { OWN_MODULE } from "../../own-module.ts";
import { showMeasured } from "../../units/show.ts";
import { accuracyOfDone } from "../learning/diverged.ts";
import { idlePairs } from "../learning/learning-parameters.ts";
import { dataNote } from "../papers/published-parameters.ts";
import {
  differingOnlyIn,
  type Line,
  lineOf,
  percentAxis,
  percentWithin,
  pureAxis,
  settingsOf,
  sweptCurve,
  tableOf,
  valuesOf,
} from "../results/index.ts";
import { RRAM_PARAMETERS } from "./eqspike-on-rram-parameters.ts";
import { checkSpiking, idleInput } from "./eqspike-parameters.ts";
import { checkSpikingChip, trainSpikingChip } from "./spiking-chip.ts";

type Params = ValuesOf<typeof RRAM_PARAMETERS>;

/** What a trial reports. */
const NUMBERS = {
  accuracy: mean("1", "share of test images classified right after the last epoch"),
  pulsesPerDevice: mean("1", "programming pulses a device, over the whole training"),
  pulsesOfHundredth: mean("1", "pulses that one device in a hundred exceeds"),
  mostPulses: mean("1", "programming pulses of the device that saw most"),
  inputPulses: mean("1", "programming pulses a device of the input's layer"),
  mostInputPulses: mean("1", "of its device that saw most"),
  outputPulses: mean("1", "programming pulses a device of the layers above"),
  mostOutputPulses: mean("1", "of their device that saw most"),
  events: mean("1", "read pulses of spikes on lines, an image learned"),
  readEnergy: mean("J", "of the devices read while learning, an image"),
  pulseEnergy: mean("J", "of programming pulses, an image"),
  inferenceEnergy: mean("J", "of the devices while classifying, an image"),
} as const satisfies Readonly<Record<string, NumberSpec>>;

type Table = TableOf<typeof RRAM_PARAMETERS, typeof NUMBERS>;
type NumberName = keyof typeof NUMBERS;
type Setting = Line<Params, NumberName>;

/** What the study sweeps, one after the other from an ideal device, and what the figures call it. */
const SWEPT = {
  nonlinearity: "nonlinearity of pulses",
  states: "states of a device",
  cycleToCycle: "cycle-to-cycle deviation, steps",
  readNoise: "read noise of a spike, share of G",
  deviceToDevice: "device-to-device deviation of ln(step)",
  pulses: "pulses from bound to bound",
} as const;

const { seeds: _seeds, ...TRAINED } = RRAM_PARAMETERS;

/** Accuracy that the devices' limits are told for. */
const ASKED = 0.95;

/** Axes that no setting is named by. */
const APART = ["seed"] as const;

/** What a setting loses against the first, seed by seed. */
const lossOf = (setting: Setting, base: Setting): string => {
  const [own, first] = [setting, base].map((s) => s.estimates("accuracy"));
  if (setting.rows === base.rows || own.length !== first.length || !own.every(Number.isFinite)) return "";
  return percentWithin(pairedInterval(first, own));
};

/** How surely a setting exceeds what is asked: by its whole interval, by its mean, or not. */
const exceeds = (setting: Setting): string => {
  const { estimate, low } = setting.known("accuracy").over("accuracy");
  if (low > ASKED) return "yes";
  return estimate > ASKED ? "mean only" : "no";
};

const conclude = (table: Table, params: Params): Summary[] => {
  const asSet = `${params.cells}, as set`;
  const settings = settingsOf(table, params, RRAM_PARAMETERS, APART, asSet);
  const base = settings.find(({ label }) => label === asSet) ?? settings[0];
  const withCells = settings
    .map((setting) => setting.known("accuracy"))
    .filter((line) => Number.isFinite(line.mean("pulsesPerDevice")));
  const count =
    (number: NumberName, digits = 1) =>
    (line: Setting): string =>
      line.mean(number).toFixed(digits);
  const energy =
    (number: NumberName) =>
    (line: Setting): string =>
      showMeasured(Number(line.mean(number).toPrecision(3)), "J");
  return [
    tableOf(
      "Test accuracy, % ± half of the 95 % t interval over seeds",
      settings,
      [
        ["setting", ({ label }) => label],
        ["accuracy", accuracyOfDone],
        ["loss", (s) => lossOf(s, base)],
        [`above ${100 * ASKED} %`, exceeds],
      ],
      [
        `loss: against "${base.label}", seed by seed. above ${100 * ASKED} %: with the whole interval, with the mean only, or not.`,
      ],
    ),
    tableOf(
      "Pulses a device in this training",
      withCells,
      [
        ["setting", ({ label }) => label],
        ["mean", count("pulsesPerDevice")],
        ["1 in 100", count("pulsesOfHundredth")],
        ["most", count("mostPulses")],
        ["input's", (s) => `${count("inputPulses")(s)} (${count("mostInputPulses")(s)})`],
        ["above it", (s) => `${count("outputPulses")(s)} (${count("mostOutputPulses")(s)})`],
      ],
      [
        "Means over the seeds. 1 in 100: what one device in a hundred exceeds; input's, above it: devices of the input's layer and of those above, mean (most).",
      ],
    ),
    tableOf(
      "Energy of the devices, an image; read pulses of spikes",
      withCells,
      [
        ["setting", ({ label }) => label],
        ["read", energy("readEnergy")],
        ["program", energy("pulseEnergy")],
        ["classify", energy("inferenceEnergy")],
        ["read pulses", count("events", 0)],
      ],
      [
        "read and program: while learning, a mean over all images shown; classify: afterwards. V^2 G t of the devices alone: no neurons, drivers, converters or digital logic.",
      ],
    ),
  ];
};

const figures = (table: Table, params: Params): Figure[] =>
  keysOf(SWEPT).flatMap((axis): Figure[] => {
    const mine = differingOnlyIn(axis, table, params, APART).filter(({ at }) => axis !== "states" || at.states > 0);
    const line = lineOf("", mine).known("accuracy");
    if (valuesOf(line.rows, axis).length < 2) return [];
    return [
      {
        title: `EqSpike on cells: ${SWEPT[axis]}`,
        caption: `Bars are 95 % t intervals over ${valuesOf(table.rows, "seed").length} seeds, each with a chip of its own. ${params.widths}, ${params.epochs} epochs. ${dataNote(params)}; all else as set.`,
        x: pureAxis(SWEPT[axis], axis === "states" || axis === "pulses" ? "log" : "linear"),
        y: percentAxis("test accuracy"),
        series: [sweptCurve("EqSpike on conductance pairs", line, axis, (at) => at.over("accuracy"))],
      },
    ];
  });

/** EqSpike on conductance pairs: what devices, and how many pulses, spike-driven learning survives. */
export const eqspikeOnRram = defineExperiment({
  name: "eqspike-on-rram",
  summary: "EqSpike on RRAM conductance pairs: accuracy and pulses a device against what is wrong with the devices.",
  module: OWN_MODULE,
  parameters: RRAM_PARAMETERS,
  axes: [
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
    "rounding",
    "threshold",
    "updates",
    "estimator",
    "input",
    "beta",
    "freeSteps",
    "nudgedSteps",
    "batch",
    "learningRates",
    "rateDecay",
    "epochs",
    "images",
    "widths",
    "seed",
  ],
  // What a user has set of rounding stays so; numbers have no devices to sweep.
  grid: ({ cells, rounding, threshold, pulses }) =>
    cells === "numbers"
      ? [{}]
      : [
          { cells: ["conductance pairs", "numbers"] },
          { nonlinearity: [1, 2, 4] },
          { states: [256, 64, 16] },
          { cycleToCycle: [1, 3, 10] },
          { deviceToDevice: [0.3, 0.6, 1] },
          { pulses: [1000, 30] },
          ...(rounding === "stochastic" && threshold === 1
            ? [
                { rounding: ["dropped"] as const, threshold: [0.5, 0.1] },
                { rounding: ["carried"] as const, threshold: pulses >= 2 ? [1, 3] : [1] },
              ]
            : []),
          { readNoise: [0.01, 0.03, 0.1] },
        ],
  replicates: ({ seeds }) => ({ seed: Array.from({ length: seeds }, (_, i) => i) }),
  deterministic: true,
  trials: 1,
  block: 1,
  quick: { seeds: 1, epochs: 1, images: 1000, testImages: 500, widths: "784-32-10" },
  numbers: NUMBERS,
  prepare: {
    trained: {
      uses: keysOf(TRAINED),
      make: (params, key) => trainSpikingChip(params, fold(key, params.seed)),
    },
  },
  idle: (params) => [
    ...idleInput(params),
    ...idlePairs(params),
    ...idleWhere<keyof Params>(
      [params.cells === "numbers", "where numbers hold the weights (cells)", "rounding", "threshold"],
      [params.rounding === "stochastic", "where fractions of a pulse go by chance (rounding)", "threshold"],
    ),
  ],
  check: (params) => {
    checkSpiking(params);
    checkSpikingChip(params);
  },
  trial: ({ trained: { accuracy, diverged, cells } }) => {
    if (diverged !== null) return { failed: diverged };
    if (!cells) return { numbers: { accuracy } };
    return { numbers: { accuracy, ...cells, mostPulses: Math.max(cells.mostInputPulses, cells.mostOutputPulses) } };
  },
  figures,
  conclude,
  notes: (params) => [
    `${dataNote(params)}, ${params.epochs} epochs; the last is read, none is picked. ${params.widths}, inputs as ${params.input}; ${params.estimator} nudges of ${params.beta}, ${params.freeSteps} free and ${params.nudgedSteps} nudged steps, batch ${params.batch}, rates ${params.learningRates} times ${params.rateDecay} an epoch.`,
    "A spike is a read pulse on its neuron's line, forwards on its row and backwards on its column, with read noise of its own. A constant input is read once an image and held; with immediate updates its weights, and the first layer's biases, move at the image's end. What a batch asks of a pair becomes pulses at its end, up on one device and down on the other, blind or verified; sums over a batch, biases and neurons are digital and exact. Devices, pulses and their energies are assumed.",
  ],
});
