import { defineExperiment, type Row, type Summary, type Table, type ValuesOf } from "#src/montecarlo/index";
import { pairedInterval } from "#src/numerics/paired-interval";
import { fold } from "#src/random/index";
import type { Figure } from "#src/report/figure";
import { dataSetRecord } from "../../files/data-sets.ts";
import { OWN_MODULE } from "../../own-module.ts";
import { shown } from "../../units/show.ts";
import { checkNetwork } from "../networks/network-parameters.ts";
import {
  differsOnlyIn,
  overRows,
  percent,
  percentCurve,
  percentWithin,
  settingName,
  valuesOf,
} from "../results/rows.ts";
import { trainOnChip } from "./learning-chip.ts";
import { idleLearning, LEARNING_PARAMETERS } from "./learning-parameters.ts";

type Params = ValuesOf<typeof LEARNING_PARAMETERS>;

const METHODS = ["equilibrium propagation", "backpropagation"] as const;
/** What the study sweeps, one after the other from an ideal device, and what the figures call it. */
const SWEPT = {
  nonlinearity: "nonlinearity of pulses",
  states: "states of a device",
  cycleToCycle: "cycle-to-cycle deviation, steps",
  readNoise: "read noise, share of G",
  deviceToDevice: "device-to-device deviation of ln(step)",
} as const;
type Swept = keyof typeof SWEPT;

const { seeds: _seeds, ...TRAINED } = LEARNING_PARAMETERS;

const at = (row: Row, name: keyof Params, params: Params): number | string =>
  (row.point[name] ?? params[name]) as number | string;

/** Axes that no setting is named by. */
const APART = ["method", "seed"];

interface Setting {
  /** What differs from the run's parameters, in words. */
  readonly name: string;
  /** Rows by method, a row a seed in the same order. */
  readonly of: Readonly<Record<string, readonly Row[]>>;
}

const settingsOf = (table: Table, params: Params): Setting[] => {
  const found = new Map<string, Record<string, Row[]>>();
  for (const row of table.rows) {
    const name = settingName(row, table, params, LEARNING_PARAMETERS, APART);
    const rows = found.get(name) ?? {};
    const method = String(at(row, "method", params));
    rows[method] = [...(rows[method] ?? []), row];
    found.set(name, rows);
  }
  return [...found].map(([name, of]) => ({ name: name || `${params.cells}, as set`, of }));
};

const accuracies = (rows: readonly Row[]): number[] => rows.map((r) => r.numbers["accuracy"].estimate);

const interval = (rows: readonly Row[] | undefined): string => {
  const done = rows?.filter((r) => Number.isFinite(r.numbers["accuracy"].estimate)) ?? [];
  if (!rows || rows.length === 0) return "";
  if (done.length === 0) return "diverged";
  return (
    percentWithin(overRows(done, "accuracy")) +
    (done.length < rows.length ? ` (${rows.length - done.length} diverged)` : "")
  );
};

const ROUNDING = 1e-12;

/** What backpropagation loses against its first line less what EP loses against its own: above 0, EP loses less. */
const toleranceOf = ({ of }: Setting, base: Setting): string => {
  const [ep, bp] = METHODS.map((m) => of[m]);
  const [ep0, bp0] = METHODS.map((m) => base.of[m]);
  if (!ep || !bp || !ep0 || !bp0 || of === base.of) return "";
  if (ep.length !== ep0.length || ep.length !== bp.length || bp.length !== bp0.length) return "";
  const lost = (rows: readonly Row[], ideal: readonly Row[]): number[] =>
    accuracies(rows).map((a, i) => a - accuracies(ideal)[i]);
  if (![ep, bp, ep0, bp0].every((rows) => accuracies(rows).every(Number.isFinite))) return "";
  const d = pairedInterval(lost(ep, ep0), lost(bp, bp0));
  // What is left of equal losses is rounding.
  if (Math.abs(d.estimate) < ROUNDING) return `${percentWithin({ ...d, estimate: 0 })} n.s.`;
  return percentWithin(d) + (Number.isFinite(d.low) && d.low * d.high <= 0 ? " n.s." : "");
};

const engineering = (joules: number): string => (Number.isFinite(joules) ? `${(1e9 * joules).toPrecision(3)}` : "");

const conclude = (table: Table, params: Params): Summary[] => {
  const settings = settingsOf(table, params);
  const base = settings.find(({ name }) => name.endsWith("as set")) ?? settings[0];
  // What --set changed stands under every line.
  const changed = (
    [
      ...Object.keys(SWEPT),
      "asymmetry",
      "boundSpread",
      "pulses",
      "update",
      "wireResistance",
      "readErrors",
    ] as (keyof Params)[]
  )
    .filter((a) => params[a] !== LEARNING_PARAMETERS[a].default)
    .map((a) => `${a} ${shown(LEARNING_PARAMETERS[a], params[a])}`);
  const also = changed.length > 0 ? [`Every line also has ${changed.join(", ")}.`] : [];
  const both = METHODS.every((m) => settings.some(({ of }) => of[m]));
  const accuracy: Summary = {
    title: "Test accuracy, % ± half of the 95 % t interval over seeds",
    columns: both ? ["setting", "EP", "BP", "BP's loss less EP's"] : ["setting", "accuracy"],
    rows: settings.map((s) =>
      both
        ? [s.name, interval(s.of[METHODS[0]]), interval(s.of[METHODS[1]]), toleranceOf(s, base)]
        : [s.name, interval(Object.values(s.of)[0])],
    ),
    notes: both
      ? [
          ...also,
          "Last column: points that backpropagation loses against its own first line, less those that EP loses against its own: above 0 EP is the more tolerant. n.s.: not significant at 95 %.",
        ]
      : also,
  };
  const mean = (rows: readonly Row[], number: string): number =>
    overRows(
      rows.filter((r) => Number.isFinite(r.numbers["accuracy"].estimate)),
      number,
    ).estimate;
  const ofEp = table.rows.filter((r) => at(r, "method", params) === METHODS[0]);
  const unsettled = Math.max(0, ...ofEp.map((r) => r.numbers["unsettled"].estimate).filter(Number.isFinite));
  const cost: Summary = {
    title: "What learning took: pulses a device (mean, most); energy an image [nJ]",
    columns: ["setting", "method", "pulses", "most", "read", "program", "classify"],
    rows: settings.flatMap((s) =>
      Object.entries(s.of)
        .filter(([, rows]) => Number.isFinite(mean(rows, "pulsesPerDevice")))
        .map(([method, rows]) => [
          s.name,
          method === METHODS[0] ? "EP" : "BP",
          mean(rows, "pulsesPerDevice").toFixed(1),
          mean(rows, "mostPulses").toFixed(0),
          engineering(mean(rows, "readEnergy")),
          engineering(mean(rows, "pulseEnergy")),
          engineering(mean(rows, "inferenceEnergy")),
        ]),
    ),
    notes: [
      "read and program: while learning, a mean over all images shown; classify: reads of an image afterwards. Of the devices alone: no converters, drivers or digital logic.",
      ...(ofEp.length === 0
        ? []
        : [
            `Of EP's free phases up to ${percent(unsettled)} % had not come to rest when their steps were done: a state still moved by more than 0.01 (read noise moves them for ever).`,
          ]),
    ],
  };
  return [accuracy, cost];
};

const figures = (table: Table, params: Params): Figure[] =>
  (Object.keys(SWEPT) as Swept[]).flatMap((axis): Figure[] => {
    const mine = table.rows.filter((r) => differsOnlyIn(axis, r, table, params, APART));
    const values = [...new Set(mine.map((r) => at(r, axis, params) as number))]
      // Any state is as good as very many: drawn apart, at the end.
      .filter((v) => axis !== "states" || v > 0)
      .sort((a, b) => a - b);
    if (values.length < 2) return [];
    const caption = `Bars are 95 % t intervals over ${valuesOf(table, "seed")} seeds, each with a chip of its own. ${params.widths}, ${params.epochs} epochs of ${dataSetRecord(params.data).name}; all else as set, ${params.pulses} pulses from bound to bound${axis === "states" ? "; without finite states: the first line of the table" : ""}.`;
    return [
      {
        title: `Learning on cells: ${SWEPT[axis]}`,
        caption,
        x: { label: SWEPT[axis], unit: "", scale: axis === "states" ? "log" : "linear" },
        y: { label: "test accuracy", unit: "%", scale: "linear" },
        series: METHODS.flatMap((method) => {
          const rows = mine.filter((r) => at(r, "method", params) === method);
          if (rows.length === 0) return [];
          return [
            percentCurve(
              method,
              values,
              values.map((v) =>
                overRows(
                  rows.filter((r) => at(r, axis, params) === v),
                  "accuracy",
                ),
              ),
            ),
          ];
        }),
      },
    ];
  });

const mean = (unit: string, says: string) => ({ kind: "mean", unit, says }) as const;

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
  numbers: {
    accuracy: mean("1", "share of test images classified right"),
    pulsesPerDevice: mean("1", "programming pulses a device, over the whole training"),
    mostPulses: mean("1", "programming pulses of the device that saw most"),
    readEnergy: mean("J", "of the devices while learning, an image"),
    pulseEnergy: mean("J", "of programming pulses, an image"),
    inferenceEnergy: mean("J", "of the devices while classifying, an image"),
    unsettled: mean("1", "share of free phases whose states still moved by more than 0.01"),
  },
  prepare: {
    trained: {
      uses: Object.keys(TRAINED) as (keyof typeof TRAINED)[],
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
    if (params.highResistance <= params.lowResistance)
      throw new RangeError(
        `highResistance ${params.highResistance} ohm is not above lowResistance ${params.lowResistance} ohm.`,
      );
    if (params.states === 1) throw new RangeError("states: 1; a device that learns has two or more, or any (0).");
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
