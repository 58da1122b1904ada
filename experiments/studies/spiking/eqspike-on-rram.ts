import { defineExperiment, idleWhere, type Row, type Summary, type Table, type ValuesOf } from "#src/montecarlo/index";
import { pairedInterval } from "#src/numerics/paired-interval";
import { fold } from "#src/random/index";
import type { Figure } from "#src/report/figure";
import { OWN_MODULE } from "../../own-module.ts";
import { showMeasured } from "../../units/show.ts";
import { idlePairs } from "../learning/learning-parameters.ts";
import { dataNote } from "../papers/published-parameters.ts";
import { differsOnlyIn, overRows, percentCurve, percentWithin, settingName, valuesOf } from "../results/rows.ts";
import { RRAM_PARAMETERS } from "./eqspike-on-rram-parameters.ts";
import { checkSpiking, idleInput } from "./eqspike-parameters.ts";
import { checkSpikingChip, trainSpikingChip } from "./spiking-chip.ts";

type Params = ValuesOf<typeof RRAM_PARAMETERS>;

/** What the study sweeps, one after the other from an ideal device, and what the figures call it. */
const SWEPT = {
  nonlinearity: "nonlinearity of pulses",
  states: "states of a device",
  cycleToCycle: "cycle-to-cycle deviation, steps",
  readNoise: "read noise of a spike, share of G",
  deviceToDevice: "device-to-device deviation of ln(step)",
  pulses: "pulses from bound to bound",
} as const;
type Swept = keyof typeof SWEPT;

const { seeds: _seeds, ...TRAINED } = RRAM_PARAMETERS;

/** Accuracy that the devices' limits are told for. */
const ASKED = 0.95;

const at = (row: Row, name: keyof Params, params: Params): number | string =>
  (row.point[name] ?? params[name]) as number | string;

/** Axes that no setting is named by. */
const APART = ["seed"];

interface Setting {
  readonly name: string;
  readonly rows: readonly Row[];
}

const settingsOf = (table: Table, params: Params): Setting[] => {
  const found = new Map<string, Row[]>();
  for (const row of table.rows) {
    const name = settingName(row, table, params, RRAM_PARAMETERS, APART);
    found.set(name, [...(found.get(name) ?? []), row]);
  }
  return [...found].map(([name, rows]) => ({ name: name || `${params.cells}, as set`, rows }));
};

const finite = (rows: readonly Row[]): Row[] => rows.filter((r) => Number.isFinite(r.numbers["accuracy"].estimate));

const accuracyOf = ({ rows }: Setting): string => {
  const done = finite(rows);
  if (done.length === 0) return "diverged";
  return (
    percentWithin(overRows(done, "accuracy")) +
    (done.length < rows.length ? ` (${rows.length - done.length} diverged)` : "")
  );
};

/** What a setting loses against the first, seed by seed. */
const lossOf = ({ rows }: Setting, base: Setting): string => {
  if (rows === base.rows || finite(rows).length !== rows.length || rows.length !== base.rows.length) return "";
  const of = (r: readonly Row[]): number[] => r.map((row) => row.numbers["accuracy"].estimate);
  return percentWithin(pairedInterval(of(base.rows), of(rows)));
};

/** How surely a setting exceeds what is asked: by its whole interval, by its mean, or not. */
const exceeds = ({ rows }: Setting): string => {
  const done = finite(rows);
  if (done.length === 0) return "no";
  const { estimate, low } = overRows(done, "accuracy");
  if (low > ASKED) return "yes";
  return estimate > ASKED ? "mean only" : "no";
};

const conclude = (table: Table, params: Params): Summary[] => {
  const settings = settingsOf(table, params);
  const base = settings.find(({ name }) => name.endsWith("as set")) ?? settings[0];
  const mean = (rows: readonly Row[], number: string): number => overRows(finite(rows), number).estimate;
  const withCells = settings.filter(({ rows }) => Number.isFinite(mean(rows, "pulsesPerDevice")));
  return [
    {
      title: "Test accuracy, % ± half of the 95 % t interval over seeds",
      columns: ["setting", "accuracy", "loss", `above ${100 * ASKED} %`],
      rows: settings.map((s) => [s.name, accuracyOf(s), lossOf(s, base), exceeds(s)]),
      notes: [
        `loss: against "${base.name}", seed by seed. above ${100 * ASKED} %: with the whole interval, with the mean only, or not.`,
      ],
    },
    {
      title: "Pulses a device in this training",
      columns: ["setting", "mean", "1 in 100", "most", "input's", "above it"],
      rows: withCells.map(({ name, rows }) => {
        const of = (number: string): string => mean(rows, number).toFixed(1);
        return [
          name,
          ...["pulsesPerDevice", "pulsesOfHundredth", "mostPulses"].map(of),
          `${of("inputPulses")} (${of("mostInputPulses")})`,
          `${of("outputPulses")} (${of("mostOutputPulses")})`,
        ];
      }),
      notes: [
        "Means over the seeds. 1 in 100: what one device in a hundred exceeds; input's, above it: devices of the input's layer and of those above, mean (most).",
      ],
    },
    {
      title: "Energy of the devices, an image; read pulses of spikes",
      columns: ["setting", "read", "program", "classify", "read pulses"],
      rows: withCells.map(({ name, rows }) => [
        name,
        ...["readEnergy", "pulseEnergy", "inferenceEnergy"].map((number) =>
          showMeasured(Number(mean(rows, number).toPrecision(3)), "J"),
        ),
        mean(rows, "events").toFixed(0),
      ]),
      notes: [
        "read and program: while learning, a mean over all images shown; classify: afterwards. V^2 G t of the devices alone: no neurons, drivers, converters or digital logic.",
      ],
    },
  ];
};

const figures = (table: Table, params: Params): Figure[] =>
  (Object.keys(SWEPT) as Swept[]).flatMap((axis): Figure[] => {
    const mine = finite(table.rows).filter((r) => differsOnlyIn(axis, r, table, params, APART));
    const values = [...new Set(mine.map((r) => at(r, axis, params) as number))]
      .filter((v) => axis !== "states" || v > 0)
      .sort((a, b) => a - b);
    if (values.length < 2) return [];
    const log = axis === "states" || axis === "pulses";
    return [
      {
        title: `EqSpike on cells: ${SWEPT[axis]}`,
        caption: `Bars are 95 % t intervals over ${valuesOf(table, "seed")} seeds, each with a chip of its own. ${params.widths}, ${params.epochs} epochs. ${dataNote(params)}; all else as set.`,
        x: { label: SWEPT[axis], unit: "", scale: log ? "log" : "linear" },
        y: { label: "test accuracy", unit: "%", scale: "linear" },
        series: [
          percentCurve(
            "EqSpike on conductance pairs",
            values,
            values.map((v) =>
              overRows(
                mine.filter((r) => at(r, axis, params) === v),
                "accuracy",
              ),
            ),
          ),
        ],
      },
    ];
  });

const mean = (unit: string, says: string) => ({ kind: "mean", unit, says }) as const;

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
                { rounding: ["dropped"], threshold: [0.5, 0.1] },
                { rounding: ["carried"], threshold: pulses >= 2 ? [1, 3] : [1] },
              ]
            : []),
          { readNoise: [0.01, 0.03, 0.1] },
        ],
  replicates: ({ seeds }) => ({ seed: Array.from({ length: seeds }, (_, i) => i) }),
  deterministic: true,
  trials: 1,
  block: 1,
  quick: { seeds: 1, epochs: 1, images: 1000, testImages: 500, widths: "784-32-10" },
  numbers: {
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
  },
  prepare: {
    trained: {
      uses: Object.keys(TRAINED) as (keyof typeof TRAINED)[],
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
