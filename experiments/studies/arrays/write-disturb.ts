import {
  BIAS_SCHEMES,
  type CellAccess,
  crossbarBytes,
  type FilamentArray,
  type FilamentArrayDesign,
  filamentDevice,
  pulseArray,
  sampleFilamentArray,
  writeVerify,
} from "#circuits/index";
import { filamentResistance, sky130, sky130Reram, transistorParams } from "#devices/index";
import {
  defineExperiment,
  idleWhere,
  mean,
  type NumberSpec,
  type RateReport,
  rate,
  type TableOf,
  type TrialResult,
} from "#src/montecarlo/index";
import { power } from "#src/numerics/power";
import { bernoulli, fold, type Key } from "#src/random/index";
import type { Figure, Series } from "#src/report/figure";
import { recordOf } from "#src/words/named";
import { OWN_MODULE } from "../../own-module.ts";
import { showQuantity } from "../../units/show.ts";
import { axisColumns, countsText, linesOf, percentCurve, tableOf, valuesOf } from "../results/index.ts";
import { ONE_T_ONE_R, PARAMETERS, type WriteValues } from "./write-disturb-parameters.ts";

const VERIFY_TOLERANCE = 0.05;
/** Beyond it a filament counts as run away [K]. */
const LARGEST_TEMPERATURE = 1500;
/** A gap that has moved so far counts as disturbed [m]. */
const DISTURBED = 0.1e-9;
const OPERATIONS = ["set", "reset"] as const;
type Operation = (typeof OPERATIONS)[number];

type NumberName =
  | `${Operation}.${"written" | "arriving" | "disturbs" | "logPulses" | "energy" | "sneak" | "runaway"}`
  | `verify.${"written" | "runaway" | "pulses" | "energy" | "error"}`;
type Table = TableOf<typeof PARAMETERS, typeof numbers>;
type Row = Table["rows"][number];

const numbers = recordOf<NumberName, NumberSpec>([
  ...OPERATIONS.flatMap((op): [NumberName, NumberSpec][] => [
    [`${op}.written`, rate(`the far cell has changed its side in one ${op.toUpperCase()} pulse`)],
    [
      `${op}.arriving`,
      mean("1", `share of the ${op.toUpperCase()} voltage across the far filament when the pulse has risen`),
    ],
    [`${op}.disturbs`, rate(`an unselected cell moves by 0.1 nm or more in one ${op.toUpperCase()} pulse`)],
    [
      `${op}.logPulses`,
      mean(
        "1",
        `log10 of ${op.toUpperCase()} pulses until the most disturbed cell has moved 0.1 nm, at the way of the first; 15 at most`,
      ),
    ],
    [`${op}.energy`, mean("J", `from all drivers in one ${op.toUpperCase()} pulse`)],
    [`${op}.sneak`, mean("A", `into the selected word line beside the selected cell's current, ${op.toUpperCase()}`)],
    [
      `${op}.runaway`,
      rate(`the far cell runs away in the ${op.toUpperCase()} pulse: hotter than ${LARGEST_TEMPERATURE} K`),
    ],
  ]),
  ["verify.written", rate("write and verify meets its target")],
  ["verify.runaway", rate("write and verify ends in thermal runaway")],
  ["verify.pulses", mean("1", "pulses of write and verify")],
  ["verify.energy", mean("J", "energy of write and verify")],
  ["verify.error", mean("1", "size of the relative error that write and verify leaves")],
]);

const designOf = (p: WriteValues): FilamentArrayDesign => {
  const line = { segmentResistance: p.lineResistance, terminalResistance: p.driverResistance };
  const access: CellAccess =
    p.access === ONE_T_ONE_R
      ? {
          kind: "1T1R",
          params: transistorParams(sky130, "tt", "access", p.accessWidth),
          gate: { width: p.accessWidth, length: sky130.gateLength },
        }
      : { kind: "cross-point", scheme: p.access };
  return {
    lines: {
      rows: p.size,
      columns: p.size,
      wordLines: { ...line, ends: "left" },
      bitLines: { ...line, ends: "bottom" },
    },
    access,
    device: filamentDevice,
    filament: sky130Reram,
    ambient: 300,
    largestTemperature: LARGEST_TEMPERATURE,
  };
};

/** Half of the cells in either state at random, the far one (top right) as given. */
const patterned = (p: WriteValues, key: Key, far: "lrs" | "hrs"): FilamentArray => {
  const design = designOf(p);
  const length = (gap: number): number => design.filament.oxideThickness - gap;
  const array = sampleFilamentArray(
    design,
    { logCurrent: p.logCurrent, barrier: p.barrier },
    length(p.hrsGap),
    fold(key, "devices"),
  );
  const pattern = fold(key, "pattern");
  const lengths = array.lengths.map((_, k) => length(bernoulli(pattern, 0.5, k) ? p.lrsGap : p.hrsGap));
  lengths[p.size - 1] = length(far === "lrs" ? p.lrsGap : p.hrsGap);
  return { ...array, lengths };
};

const event = (happened: boolean): RateReport => ({ events: happened ? 1 : 0, of: 1 });

const trial = (p: WriteValues, key: Key): TrialResult<NumberName> => {
  const found: Partial<Record<NumberName, number | RateReport>> = {};
  const far = { row: 0, column: p.size - 1 };
  const { oxideThickness } = sky130Reram;
  // The side a cell is on: of the geometric mean of both states' resistances.
  const border = oxideThickness - (p.lrsGap + p.hrsGap) / 2;
  for (const op of OPERATIONS) {
    const array = patterned(p, key, op === "set" ? "hrs" : "lrs");
    const outcome = pulseArray(array, {
      ...far,
      voltage: op === "set" ? p.setVoltage : -p.resetVoltage,
      width: p.pulseWidth,
      edge: p.pulseWidth / 100,
      gateVoltage: op === "set" ? p.setGate : p.resetGate,
    });
    if (!outcome.ok) return { failed: `${op}: ${outcome.reason}` };
    const { selected, disturbed } = outcome;
    const way = Math.abs(disturbed.change);
    found[`${op}.written`] = event(op === "set" ? selected.length > border : selected.length < border);
    found[`${op}.arriving`] = outcome.arriving;
    found[`${op}.disturbs`] = event(way >= DISTURBED);
    found[`${op}.logPulses`] = Math.min(15, Math.max(0, Math.log10(DISTURBED / way)));
    found[`${op}.energy`] = outcome.energy;
    found[`${op}.sneak`] = Math.abs(outcome.sneakCurrent);
    found[`${op}.runaway`] = event(selected.runawayAt !== null);
  }
  const ladder = { width: p.pulseWidth / 10, edge: p.pulseWidth / 200, from: 1, step: 0.05 };
  const written = writeVerify(patterned(p, key, "hrs"), {
    ...far,
    target: p.verifyTarget,
    tolerance: VERIFY_TOLERANCE,
    set: { ...ladder, to: p.setVoltage, gateVoltage: p.setGate },
    reset: { ...ladder, to: p.resetVoltage, gateVoltage: p.resetGate },
    mostPulses: p.verifyPulses,
  });
  if (!written.ok) return { failed: `write and verify: ${written.reason}` };
  found["verify.written"] = event(written.outcome === "written");
  found["verify.runaway"] = event(written.outcome === "thermal runaway");
  found["verify.pulses"] = written.pulses;
  found["verify.energy"] = written.energy;
  found["verify.error"] = Math.abs(written.error);
  return { numbers: found };
};

const three = (x: number, unit: string): string =>
  Number.isFinite(x) ? showQuantity(Number(x.toPrecision(3)), unit) : "-";
const percent = (x: number): string => `${(100 * x).toFixed(0)} %`;

const conclude = (table: Table) => [
  ...OPERATIONS.map((op) =>
    tableOf(
      `One ${op.toUpperCase()} pulse on the far cell`,
      table.rows,
      [
        ...axisColumns(table, PARAMETERS),
        ["arrives", ({ numbers }) => percent(numbers[`${op}.arriving`].estimate)],
        ["written", ({ numbers }) => percent(numbers[`${op}.written`].estimate)],
        ["sneak", ({ numbers }) => three(numbers[`${op}.sneak`].estimate, "A")],
        ["energy", ({ numbers }) => three(numbers[`${op}.energy`].estimate, "J")],
        ["disturbs", ({ numbers }) => percent(numbers[`${op}.disturbs`].estimate)],
        ["disturb after", ({ numbers }) => pulsesText(numbers[`${op}.logPulses`].estimate)],
      ],
      op === "set"
        ? []
        : [
            `${countsText(table.rows.map((r) => r.numbers["set.energy"].trials))} arrays a row, random data. arrives: share of the pulse's voltage across the far filament when the pulse has risen (before it moves, in cross-point arrays). written: it is on the other side of the geometric mean of both states' resistances. sneak: into its word line beside its own current. disturbs: in this share of the arrays one pulse moves an unselected cell by 0.1 nm. disturb after: pulses until the most disturbed unselected cell has moved 0.1 nm, if each moved it as the first did (geometric mean over arrays, 1e15 where none moves). Intervals of every number are in results.csv.`,
          ],
    ),
  ),
  tableOf(
    "Write and verify of the far cell",
    table.rows,
    [
      ...axisColumns(table, PARAMETERS),
      ["written", ({ numbers }) => percent(numbers["verify.written"].estimate)],
      ["runaway", ({ numbers }) => percent(numbers["verify.runaway"].estimate)],
      ["pulses", ({ numbers }) => numbers["verify.pulses"].estimate.toFixed(1)],
      ["energy", ({ numbers }) => three(numbers["verify.energy"].estimate, "J")],
      ["error left", ({ numbers }) => percent(numbers["verify.error"].estimate)],
    ],
    [
      "written: the target is met within 5 %. runaway: the filament passed 1500 K in a pulse, which ends the attempt. error left: of the conductance, relative to the target.",
    ],
  ),
];

/** A count of pulses from its logarithm, to the digit that it is known to. */
const pulsesText = (log: number): string => {
  if (log >= 14.9) return "> 1e14";
  return log < 3 ? String(Math.round(power(10, log))) : power(10, log).toExponential(0).replace("+", "");
};

const figures = (table: Table): Figure[] =>
  linesOf(table, PARAMETERS, ["size", "access"]).flatMap(({ label, rows }): Figure[] => {
    const of = label ? `: ${label}` : "";
    const kinds = valuesOf(rows, "access");
    const curves = (pick: (mine: readonly Row[], kind: string, sizes: readonly number[]) => Series): Series[] =>
      kinds.map((kind) => {
        const mine = rows.filter((r) => r.at.access === kind);
        return pick(
          mine,
          kind,
          mine.map((r) => r.at.size),
        );
      });
    const x = { label: "rows and columns", unit: "", scale: "log" } as const;
    const caption = "Bars are 95 % intervals over arrays (random data, devices drawn anew).";
    return OPERATIONS.flatMap((op): Figure[] => [
      {
        title: `What arrives at the far cell, ${op.toUpperCase()}${of}`,
        caption: `Share of the pulse's voltage across the filament furthest from both drivers when the pulse has risen. ${caption}`,
        x,
        y: { label: "voltage at the cell", unit: "%", scale: "linear" },
        series: curves((mine, kind, sizes) =>
          percentCurve(
            kind,
            sizes,
            mine.map((r) => r.numbers[`${op}.arriving`]),
          ),
        ),
      },
      {
        title: `Pulses until a neighbour is disturbed, ${op.toUpperCase()}${of}`,
        caption: `log10 of the pulses after which the most disturbed unselected cell has moved 0.1 nm, at the way of the first pulse; 0: the first pulse. ${caption}`,
        x,
        y: { label: "log10 pulses", unit: "", scale: "linear" },
        series: curves((mine, kind, sizes) => ({
          name: kind,
          x: sizes,
          y: mine.map((r) => r.numbers[`${op}.logPulses`].estimate),
          low: mine.map((r) => r.numbers[`${op}.logPulses`].low),
          high: mine.map((r) => r.numbers[`${op}.logPulses`].high),
          marks: true,
        })),
      },
    ]);
  });

/** One pulse on the cell furthest from the drivers: what arrives, what it disturbs, what it costs; and write and verify there. */
export const writeDisturb = defineExperiment({
  name: "write-disturb",
  summary:
    "SET, RESET and write-verify of the far cell of an array: IR drop, sneak currents, disturbed neighbours, energy.",
  module: OWN_MODULE,
  parameters: PARAMETERS,
  axes: [
    "access",
    "size",
    "lineResistance",
    "driverResistance",
    "setVoltage",
    "resetVoltage",
    "pulseWidth",
    "setGate",
    "verifyTarget",
  ],
  grid: () => [{ access: [...BIAS_SCHEMES, ONE_T_ONE_R], size: [4, 16, 64] }],
  quick: { verifyPulses: 20 },
  quickTrials: 3,
  trials: 10,
  block: 2,
  numbers,
  trial: (_context, params, key) => trial(params, key),
  figures,
  conclude,
  idle: ({ access }) =>
    idleWhere<keyof WriteValues>([
      access !== ONE_T_ONE_R,
      `in a cross-point array (access ${access}), which has no transistors`,
      ...(["setGate", "resetGate", "accessWidth"] as const),
    ]),
  check: (p) => {
    if (p.lrsGap >= p.hrsGap)
      throw new RangeError(
        `lrsGap ${p.lrsGap} m is not below hrsGap ${p.hrsGap} m: the low state has the smaller gap.`,
      );
    const bytes = crossbarBytes(designOf(p).lines, { nodes: true, cells: true });
    if (bytes > 2 ** 31) throw new RangeError(`size ${p.size}: an array needs ${(bytes / 2 ** 30).toFixed(1)} GiB.`);
  },
  notes: (p) => [
    `Device: ${sky130Reram.name}, ${sky130Reram.source}. Valid: ${sky130Reram.valid}.`,
    `Low state ${showQuantity(Number(filamentResistance(sky130Reram, sky130Reram.oxideThickness - p.lrsGap).toPrecision(3)), "ohm")}, high state ${showQuantity(Number(filamentResistance(sky130Reram, sky130Reram.oxideThickness - p.hrsGap).toPrecision(3)), "ohm")} at low voltage.`,
    "Access transistors are a sky130 1.8 V nMOS fitted up to gates of 1.2 V: the recipe's gate voltages are beyond that range, extrapolated.",
    "Verification reads a cell exactly. In grounded schemes, where a row's cells switch together, the far cell's end is about a tenth off.",
  ],
});
