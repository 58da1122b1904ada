import {
  compileCircuit,
  compileSenseAmplifier,
  repeatedReadEnergies,
  senseNetlist,
  sensePair,
  transient,
} from "#circuits/index";
import {
  defineExperiment,
  mean,
  type NumberSpec,
  type Parameters,
  quantity,
  type TableOf,
  type ValuesOf,
} from "#src/montecarlo/index";
import type { Figure } from "#src/report/figure";
import { OWN_MODULE } from "../../own-module.ts";
import { showMeasured, showQuantity } from "../../units/show.ts";
import { axisColumns, measuredCell, pointOf, tableOf } from "../results/index.ts";
import { idleRipple } from "./idle-parameters.ts";
import { conductionOf, designOf, lawOf } from "./sense-design.ts";
import { transistorNotes } from "./sense-notes.ts";
import { SENSE_PARAMETERS, SIZING_NAMES } from "./sense-parameters.ts";

// Resistances are given and nothing is drawn: mismatch and statistics have no place here.
const {
  mismatch: _m,
  activationEnergyLrs: _l,
  activationEnergyHrs: _h,
  lrsMedianFactor: _lm,
  hrsMedianFactor: _hm,
  lrsSpreadFactor: _ls,
  hrsSpreadFactor: _hs,
  device: _d,
  ...DESIGN_PARAMETERS
} = SENSE_PARAMETERS;

const PARAMETERS = {
  ...DESIGN_PARAMETERS,
  leftResistance: quantity(
    "ohm",
    10e3,
    [100, 1e9],
    "left cell, on BL",
    "chosen: a low and a high resistance of the reference set's order",
  ),
  rightResistance: quantity(
    "ohm",
    400e3,
    [100, 1e9],
    "right cell, on BLb",
    "chosen: a low and a high resistance of the reference set's order",
  ),
  duration: quantity("s", 20e-9, [0.2e-9, 10e-6], "length of the sense phase that is followed", "chosen"),
} as const satisfies Parameters;

type Params = ValuesOf<typeof PARAMETERS>;

/** What a trial reports. */
const NUMBERS = {
  decisionTime: mean("s", "first fall of an output below half the supply after SEN rises"),
  repeatedEnergy: mean(
    "J",
    "energy from all sources of a whole read that follows a read of the same cell, SEN high for the duration",
  ),
  prechargeEnergy: mean("J", "energy from the supply during precharge, from all nodes at 0 V"),
  senseEnergy: mean("J", "energy from supply, SEN and word-line drivers during the sense phase"),
} as const satisfies Readonly<Record<string, NumberSpec>>;

type Table = TableOf<typeof PARAMETERS, typeof NUMBERS>;
type Row = Table["rows"][number];

/** A set whose cells are ohmic: only its conduction is used. */
const OHMIC = "reference";
/** Of a waveform to look at [V]. */
const DISPLAY_TOLERANCE = 1e-4;
const SHOWN_POINTS = 400;
/** Half of the points before SEN's edge, half after it. */
const wholeRead =
  ({ duration }: Params) =>
  (precharge: number): Float64Array =>
    Float64Array.from({ length: SHOWN_POINTS + 1 }, (_, i) =>
      i < SHOWN_POINTS / 2
        ? (precharge * i) / (SHOWN_POINTS / 2)
        : precharge + (duration * (i - SHOWN_POINTS / 2)) / (SHOWN_POINTS / 2),
    );
/** Shown before SEN's edge, of the time that is shown after it; and after it, in times of the decision. */
const [BEFORE, AFTER] = [0.15, 3];
const MOST_FIGURES = 6;

const NODES = ["q", "qb", "bl", "blb", "sen"] as const;

/**
 * The read in time from SEN's edge [s], and the voltage of each node [V], at these times after the read begins [s]; null where it could not be
 * solved.
 */
const waveforms = (
  at: Params,
  timesOf: (precharge: number) => Float64Array,
): { times: Float64Array; voltages: Readonly<Record<string, Float64Array>> } | null => {
  const design = designOf({ ...at, device: OHMIC });
  const { precharge } = design.timing;
  const times = timesOf(precharge);
  const result = transient(compileCircuit(senseNetlist(design, [at.leftResistance, at.rightResistance])), {
    stop: times[times.length - 1],
    times,
    tolerance: DISPLAY_TOLERANCE,
  });
  return result.ok ? { times: times.map((t) => t - precharge), voltages: result.voltages } : null;
};

const figures = (table: Table): Figure[] =>
  table.rows.slice(0, MOST_FIGURES).flatMap((row): Figure[] => {
    const at = row.at;
    // The decision fills the figure: precharge is in the arrays of the run.
    const decided = row.numbers.decisionTime.estimate;
    const until = decided > 0 ? Math.min(at.duration, AFTER * decided) : at.duration;
    const read = waveforms(at, (precharge) =>
      Float64Array.from(
        { length: SHOWN_POINTS + 1 },
        (_, i) => precharge + until * (((1 + BEFORE) * i) / SHOWN_POINTS - BEFORE),
      ),
    );
    if (!read) return [];
    const words = pointOf(table, PARAMETERS, row);
    return [
      {
        title: `One read${words ? `: ${words}` : ""}`,
        caption: `SEN rises at 0 ns, after ${showQuantity(designOf({ ...at, device: OHMIC }).timing.precharge, "s")} of precharge${decided > 0 ? `; decided at ${showMeasured(decided, "s")}, where the first output falls through half the supply` : "; no output falls through half the supply"}. Left cell ${showQuantity(at.leftResistance, "ohm")}, right ${showQuantity(at.rightResistance, "ohm")}, ${at.technology} ${at.corner}, ${showQuantity(at.supply, "V")}, ${showQuantity(at.temperature, "K")}; ${lawOf(conductionOf({ ...at, device: OHMIC }))}, no mismatch.`,
        x: { label: "time after SEN rises", unit: "ns", scale: "linear" },
        y: { label: "voltage", unit: "V", scale: "linear" },
        series: NODES.map((node) => ({
          name: { q: "Q", qb: "Qb", bl: "BL", blb: "BLb", sen: "SEN" }[node] as string,
          x: Array.from(read.times, (t) => t * 1e9),
          y: [...read.voltages[node]],
          dash: node === "sen" ? "dot" : node.startsWith("b") ? "dash" : "solid",
          marks: false,
        })),
      },
    ];
  });

const decisionText = ({ numbers, failed }: Row): string => {
  if (failed > 0) return "failed";
  return numbers["decisionTime"].trials > 0 ? showMeasured(numbers["decisionTime"].estimate, "s") : "none";
};

const conclude = (table: Table) => [
  tableOf(
    "Reads",
    table.rows,
    [
      ...axisColumns(table, PARAMETERS),
      ["decision", decisionText],
      ["repeated read", ({ numbers }) => measuredCell(numbers.repeatedEnergy.estimate, "J")],
      ["first: precharge", ({ numbers }) => measuredCell(numbers.prechargeEnergy.estimate, "J")],
      ["sense", ({ numbers }) => measuredCell(numbers.senseEnergy.estimate, "J")],
      ["both", ({ numbers }) => measuredCell(numbers.prechargeEnergy.estimate + numbers.senseEnergy.estimate, "J")],
    ],
    [
      "Decision: first fall of Q or Qb below half the supply after SEN rises. Repeated read: precharge and sense of a read that follows a read of the same cell, from all sources; a first read begins with all nodes at 0 V. No mismatch: one transient a point.",
    ],
  ),
];

/** Waveforms, decision time and energy of one read, without mismatch. */
export const senseTransient = defineExperiment({
  name: "sense-transient",
  summary: "Waveforms of one 2T2R cell read by the precharge sense amplifier.",
  module: OWN_MODULE,
  parameters: PARAMETERS,
  axes: [
    "technology",
    "corner",
    "temperature",
    "bitLineCapacitance",
    "conduction",
    "supply",
    "leftResistance",
    "rightResistance",
    ...SIZING_NAMES,
  ],
  grid: () => [{ supply: [1.2, 0.9, 0.7] }],
  deterministic: true,
  idle: idleRipple,
  trials: 1,
  block: 1,
  numbers: NUMBERS,
  arrays: {
    waveforms: {
      unit: "s; V",
      says: `time from SEN's edge, then voltages of ${NODES.join(", ")}`,
      shape: [1 + NODES.length, SHOWN_POINTS + 1],
    },
  },
  trial: (_context, params) => {
    const amplifier = compileSenseAmplifier(designOf({ ...params, device: OHMIC }));
    const pair = {
      ...{ count: 1, left: [params.leftResistance], right: [params.rightResistance] },
      ...{ thresholdShifts: {}, gainFactors: {} },
    };
    const [repeatedEnergy] =
      params.duration > amplifier.design.timing.edge
        ? repeatedReadEnergies(amplifier, pair, params.duration, DISPLAY_TOLERANCE)
        : [Number.NaN];
    const read = sensePair(
      amplifier,
      {},
      [params.leftResistance, params.rightResistance],
      [params.duration],
      DISPLAY_TOLERANCE,
    );
    if (!read.ok) return { failed: `${read.reason} at ${read.time} s` };
    const shown = waveforms(params, wholeRead(params));
    if (!shown) return { failed: "no waveform at the display's tolerance" };
    return {
      numbers: {
        ...(read.decisionTime === null ? {} : { decisionTime: read.decisionTime }),
        ...(Number.isFinite(repeatedEnergy) ? { repeatedEnergy } : {}),
        prechargeEnergy: read.prechargeEnergy,
        senseEnergy: read.senseEnergies[0],
      },
      arrays: { waveforms: [shown.times, ...NODES.map((node) => shown.voltages[node])].flatMap((v) => [...v]) },
    };
  },
  figures,
  conclude,
  notes: (_params, points) => transistorNotes(points),
});
