import { choice, type Idle, idleWhere, integer, type Parameters, quantity, type ValuesOf } from "#src/montecarlo/index";
import { EQUILIBRIUM_PARAMETERS } from "./equilibrium-parameters.ts";

const positive = (value: number, says: string, source: string) => quantity("1", value, [1e-9, 1e3], says, source);

/** Of conductances that pulses move. */
const OF_PAIRS = [
  ...(["pulses", "nonlinearity", "asymmetry", "states", "cycleToCycle", "deviceToDevice", "boundSpread"] as const),
  ...(["update", "verifyingPulses", "largestWeight", "largestOutputWeight", "readNoise", "wireResistance"] as const),
  ...(["tile", "lowResistance", "highResistance", "readVoltage", "readTime", "pulseVoltage", "pulseTime"] as const),
] as const;
/** Of 2T2R cells that are written. */
const OF_2T2R = ["latentScale", "latentThreshold", "readErrors", "cellReadEnergy", "cellWriteEnergy"] as const;

/** What nothing reads where pairs of conductances, or numbers, hold the weights. */
export const idlePairs = (p: {
  readonly cells: string;
  readonly update: string;
  readonly wireResistance: number;
}): Idle<(typeof OF_PAIRS)[number]>[] =>
  idleWhere<(typeof OF_PAIRS)[number]>(
    [p.cells === "numbers", "where numbers hold the weights (cells)", ...OF_PAIRS],
    [p.cells.endsWith("2T2R"), `in 2T2R cells (cells ${p.cells}), which are written outright`, ...OF_PAIRS],
    [p.update === "blind", "by blind pulses (update)", "verifyingPulses"],
    [p.wireResistance === 0, "with ideal lines (wireResistance 0 ohm)", "tile"],
  );

/** What nothing reads by this method on these cells. */
export const idleLearning = (p: ValuesOf<typeof LEARNING_PARAMETERS>): Idle<keyof typeof LEARNING_PARAMETERS>[] => [
  ...idlePairs(p),
  ...idleWhere<keyof typeof LEARNING_PARAMETERS>(
    [!p.cells.endsWith("2T2R"), `where ${p.cells} hold the weights (cells)`, ...OF_2T2R],
    [p.cells === "binary 2T2R", "in binary cells, which have no 0 (cells)", "latentThreshold"],
    [
      p.method === "backpropagation",
      "by backpropagation, which has no phases (method)",
      ...(["estimator", "beta", "freeSteps", "nudgedSteps"] as const),
    ],
  ),
];

const SWEPT = "an ideal device; the study sweeps it";
const IDEAL = "an ideal device";
const ASSUMED = "assumed";

/** Learning on cells: the network, the cells that hold its weights, and what a read and a pulse cost. */
export const LEARNING_PARAMETERS = {
  method: choice(
    ["equilibrium propagation", "backpropagation"],
    "equilibrium propagation",
    "what teaches the network",
    "both, on the same devices",
  ),
  cells: choice(
    ["conductance pairs", "ternary 2T2R", "binary 2T2R", "numbers"],
    "conductance pairs",
    "what holds the weights; numbers: nothing is in the way",
    "chosen",
  ),
  ...EQUILIBRIUM_PARAMETERS,
  widths: {
    ...EQUILIBRIUM_PARAMETERS.widths,
    default: "784-100-10",
    source: "chosen: small enough to train a hundred times",
  },
  cost: { ...EQUILIBRIUM_PARAMETERS.cost, choices: ["squared error (nudge inside)", "squared error (nudge outside)"] },
  freeSteps: { ...EQUILIBRIUM_PARAMETERS.freeSteps, default: 20, source: "chosen: at rest for these widths" },
  nudgedSteps: { ...EQUILIBRIUM_PARAMETERS.nudgedSteps, default: 8, source: "chosen" },
  beta: positive(0.5, "nudge", "github.com/Laborieux-Axel/Equilibrium-Propagation has 0.1 to 1"),
  epochs: integer(4, [1, 1000], "passes over the training images", "chosen: numbers gain little after it"),
  batch: integer(50, [1, 10_000], "images an update", "chosen"),
  learningRate: positive(
    0.5,
    "of the input's layer, plain descent, the same for both methods",
    "on numbers of 0.25, 0.5, 1, 2: at 2 both methods fail, 0.5 is well inside for both",
  ),
  outputRate: positive(
    0.5,
    "rate of the layers above, as a share of the input's",
    "as in github.com/ernoult/continualEP",
  ),
  largestWeight: positive(1, "weight that a pair of the input's layer holds at most", "three times what numbers reach"),
  largestOutputWeight: positive(
    2,
    "weight that a pair of the layers above holds at most",
    "four times what numbers reach",
  ),
  pulses: integer(
    100,
    [1, 100_000],
    "pulses from one bound to the other",
    "chosen: a hundred, of the order of published analog devices, recalled and not read",
  ),
  nonlinearity: quantity("1", 0, [-20, 20], "of pulses: a step falls by exp(-this) from bound to bound", SWEPT),
  asymmetry: positive(1, "pulses down over pulses up that cross the range", IDEAL),
  states: integer(0, [0, 65_536], "states of a device; 0: any", SWEPT),
  cycleToCycle: quantity("1", 0, [0, 100], "standard deviation of a step from pulse to pulse, in mean steps", SWEPT),
  deviceToDevice: quantity("1", 0, [0, 5], "standard deviation of ln(step) from device to device", SWEPT),
  boundSpread: quantity("1", 0, [0, 1], "standard deviation of a device's bounds, as a share of the range", IDEAL),
  readNoise: quantity("1", 0, [0, 5], "standard deviation of a conductance from read to read, as a share of it", SWEPT),
  update: choice(
    ["blind", "write-verify"],
    "blind",
    "pulses by the ideal device's step, or verified after them",
    "chosen",
  ),
  verifyingPulses: integer(10, [0, 1000], "most pulses after a verified update", "chosen"),
  wireResistance: quantity(
    "ohm",
    0,
    [0, 1e6],
    "of lines from cell to cell; 0: ideal lines",
    "0; about a micrometre of sky130 met2 has 1 ohm (technology LEF)",
  ),
  tile: integer(128, [2, 4096], "rows and columns (of pairs) of an array with lines", "chosen: a common array size"),
  lowResistance: quantity(
    "ohm",
    10e3,
    [1, 1e12],
    "of a device at the top of its range",
    "the read sets' low state, illustrative: docs/devices.md",
  ),
  highResistance: quantity(
    "ohm",
    1e6,
    [10, 1e12],
    "of a device at the bottom of its range",
    "chosen: a hundred times the low one",
  ),
  latentScale: positive(
    0.7,
    "weight of a 2T2R cell times sqrt(its layer's inputs)",
    "chosen: coupling of a binary output layer stays below 1",
  ),
  latentThreshold: quantity(
    "1",
    0.5,
    [0, 10],
    "ternary: accumulators within this times that weight are 0",
    "chosen: half of them at the start",
  ),
  readErrors: quantity(
    "1",
    0,
    [0, 1],
    "probability that a written 2T2R cell is read as a neighbouring state until written again",
    "0; rramlab run sense-errors gives them",
  ),
  readVoltage: quantity(
    "V",
    0.2,
    [1e-3, 1],
    "of an input of 1",
    "chosen: far below what moves a filament (docs/devices.md)",
  ),
  readTime: quantity("s", 10e-9, [1e-12, 1], "a read stands", ASSUMED),
  pulseVoltage: quantity("V", 1.5, [1e-3, 10], "of a programming pulse", ASSUMED),
  pulseTime: quantity("s", 100e-9, [1e-12, 1], "of a programming pulse", ASSUMED),
  cellReadEnergy: quantity(
    "J",
    10e-15,
    [0, 1],
    "of reading a 2T2R cell once",
    "of the order that rramlab run sense-transient gives",
  ),
  cellWriteEnergy: quantity("J", 10e-12, [0, 1], "of writing a 2T2R cell, both devices", ASSUMED),
  seeds: integer(3, [1, 1000], "trainings, each with its own start, order of images and chip", "chosen"),
  seed: integer(0, [0, 999], "number of the training (an axis)", "0 .. seeds - 1"),
} as const satisfies Parameters;
