import {
  choice,
  integer,
  mean,
  type NumberSpec,
  type Parameters,
  quantity,
  type ValuesOf,
} from "#src/montecarlo/index";
import { BEAT_NETWORKS } from "#src/networks/beat-network";
import { SENSE_PARAMETERS } from "../sensing/sense-parameters.ts";

/** What the study lets the user set. */
export const PARAMETERS = {
  data: {
    kind: "text",
    names: "data set",
    default: "synthetic-beats",
    says: "heart beats: a folder that `rramlab data beats` made of PhysioNet's records (--data), or synthetic-beats, a stand-in",
    source: "synthetic-beats: so that the study runs from a fresh clone",
  },
  task: choice(
    ["beats", "lead inversion"],
    "beats",
    "tell classes N S V F apart; or, made up of the same beats, whether the lead is as recorded or turned about",
    "beats; the paper tells inverted electrodes, of another set",
  ),
  network: choice(
    BEAT_NETWORKS,
    "binary",
    "what is binary: nothing, the classifier (dense layers) alone, all; or all ternary",
    "the paper compares the first three",
  ),
  filters: integer(1, [1, 16], "times 16, 32 and 32 channels of the convolutions", "1: 56,208 weights"),
  epochs: integer(6, [1, 1000], "times that so many beats are shown", "chosen"),
  beats: integer(12_000, [100, 1_000_000], "training beats an epoch, drawn by class", "chosen"),
  batch: integer(100, [2, 10_000], "beats a step", "chosen"),
  learningRate: quantity(
    "1",
    0.01,
    [1e-6, 1],
    "start of the cosine of networks that are binary or ternary as a whole",
    "docs/medical-networks.md: chosen on training patients",
  ),
  floatRate: quantity(
    "1",
    0.003,
    [1e-6, 1],
    "the same of networks whose convolutions are float",
    "docs/medical-networks.md: chosen on training patients",
  ),
  seeds: integer(2, [1, 100], "trainings of each network, whose mean is told", "chosen"),
  resamples: integer(2000, [100, 100_000], "bootstrap resamples of the test's records", "chosen"),
  testEvery: integer(10, [1, 10_000], "on chips one test beat in so many is read", "chosen: chips take long"),
  ...SENSE_PARAMETERS,
  samples: integer(
    2000,
    [10, 1_000_000],
    "Monte Carlo samples of each stored state that rates are counted of",
    "chosen",
  ),
} as const satisfies Parameters;

export type Params = ValuesOf<typeof PARAMETERS>;

/** Classes at most: numbers are declared for as many. */
export const MOST_CLASSES = 4;

const PLACES = Array.from({ length: MOST_CLASSES }, (_, label) => label);

type Recall = `recall${0 | 1 | 2 | 3}${"" | "Low" | "High"}`;
type Confused = `true${0 | 1 | 2 | 3}as${0 | 1 | 2 | 3}`;

const recalls = Object.fromEntries(
  PLACES.flatMap((label) => [
    [`recall${label}`, mean("1", `share of test beats of class ${label} that are told as such`)],
    [`recall${label}Low`, mean("1", "lower end of its 95 % interval, bootstrap over records")],
    [`recall${label}High`, mean("1", "upper end of its 95 % interval, bootstrap over records")],
  ]),
) as unknown as Readonly<Record<Recall, NumberSpec>>;

const confusion = Object.fromEntries(
  PLACES.flatMap((label) =>
    PLACES.map((told) => [
      `true${label}as${told}`,
      mean("1", `test beats of class ${label} told as ${told}, mean over trainings`),
    ]),
  ),
) as unknown as Readonly<Record<Confused, NumberSpec>>;

/** What a trial, which is a chip, reports; without errors: of the preparation, whatever the chip. */
export const NUMBERS = {
  balanced: mean("1", "balanced accuracy without errors: mean of the classes' recalls"),
  balancedLow: mean("1", "lower end of its 95 % interval, bootstrap over records"),
  balancedHigh: mean("1", "upper end of its 95 % interval, bootstrap over records"),
  overFloat: mean("1", "balanced accuracy less that of the float network"),
  overFloatLow: mean("1", "lower end of its 95 % interval, the same records for both"),
  overFloatHigh: mean("1", "upper end of its 95 % interval, the same records for both"),
  plain: mean("1", "share of all test beats told right"),
  always: mean("1", "the same of one who always says the commonest class"),
  ...recalls,
  withoutClass: mean("1", "bootstrap resamples in which a class has no beat: left out"),
  ...confusion,
  memory: mean("1", "bytes of weights, and of two numbers of 32 bits for each normalised channel"),
  cells: mean("1", "2T2R cells that hold binary and ternary weights"),
  energy: mean("J", "a beat: every read of a cell, from rest at the best strobe; float layers are left out"),
  onChip: mean("1", "balanced accuracy on a chip, mean over trainings"),
  chipLoss: mean("1", "what the same networks lose there of the same beats"),
  usedFlip: mean("1", "rate used: binary weights read with the other sign"),
  usedType1: mean("1", "rate used: ternary ±1 read with the other sign"),
  usedType2: mean("1", "rate used: ternary ±1 read as 0"),
  usedType3: mean("1", "rate used: ternary 0 read as ±1"),
} as const satisfies Readonly<Record<string, NumberSpec>>;

export type NumberName = keyof typeof NUMBERS;
