import {
  choice,
  integer,
  mean,
  type NumberSpec,
  type Parameters,
  quantity,
  type ValuesOf,
} from "#src/montecarlo/index";
import { keysOf } from "#src/words/named";
import { ARRAY_ROWS, COLUMNS } from "../networks/chip-network.ts";
import {
  NETWORK_PARAMETERS,
  READ_ERROR_PARAMETERS,
  TEST_IMAGES,
  WEIGHTS_PARAMETER,
} from "../networks/network-parameters.ts";
import { PARAMETERS as COMPARISON } from "../networks/ternary-versus-binary-parameters.ts";
import { REST_PARAMETERS } from "../rest/rest-parameters.ts";
import { SENSE_NAMES, SENSE_PARAMETERS } from "../sensing/sense-parameters.ts";

const { time, storageTemperature } = REST_PARAMETERS;

/** What the study lets the user set. */
export const PARAMETERS = {
  ...NETWORK_PARAMETERS,
  seeds: { ...NETWORK_PARAMETERS.seeds, default: 3 },
  weights: WEIGHTS_PARAMETER,
  mode: choice(
    ["given rates", "sense amplifiers", "whole chips"],
    "given rates",
    "how weights are read: with independent errors of the type and rate given, or at the rates of the sense amplifiers' Monte Carlo; as whole chips, every weight by a transient of its column's amplifier",
    "given rates: the published question",
  ),
  ...READ_ERROR_PARAMETERS,
  tuningEpochs: integer(3, [1, 100], "epochs that trained networks are trained further", "chosen: a few"),
  tuningRate: quantity(
    "1",
    0.001,
    [1e-6, 1],
    "start of the cosine schedule of that",
    "chosen of 0.0003, 0.001, 0.003, 0.01 on training digits: docs/error-aware-training.md",
  ),
  tuningBatch: integer(50, [2, 10000], "images a step of that", "as batch"),
  tuningImages: integer(0, [0, 1_000_000], "training images of that, the first ones; 0: all", "all"),
  loop: choice(
    ["tuned", "left out"],
    "tuned",
    "whether a network is also trained further on each chip, a training a trial",
    "tuned",
  ),
  images: TEST_IMAGES,
  ...SENSE_PARAMETERS,
  strobe: { ...COMPARISON.strobe, says: "reads end at this time after SEN's rise" },
  strobes: choice(
    ["given", "best"],
    "given",
    "the strobe that is given, or the one that does the network's weights least harm when cells are fresh",
    "given: one chip has one timing",
  ),
  samples: COMPARISON.samples,
  columns: choice(keysOf(COLUMNS), "column per output", "whole chips: what shares a column's amplifier", "chosen"),
  arrayRows: ARRAY_ROWS,
  time: { ...time, default: 0, source: "0: just programmed" },
  storageTemperature,
} as const satisfies Parameters;

export type Params = ValuesOf<typeof PARAMETERS>;

/** Parameters that only some modes read. */
export const OF_READS = [...SENSE_NAMES, "strobe", "strobes", "samples", "time", "storageTemperature"] as const;
export const OF_CHIPS = ["columns", "arrayRows"] as const;

/** What a trial, which is a chip, reports: networks on the same chip, so that their differences are pairs. */
export const NUMBERS = {
  asTrained: mean("1", "share of test images classified right on a chip by the network as it was trained"),
  reEstimated: mean("1", "the same with thresholds re-estimated on the chip from 1,000 training images"),
  longer: mean("1", "by the network trained further without errors, as long as the following"),
  withErrors: mean("1", "by the network trained further with errors drawn anew at each step"),
  inTheLoop: mean("1", "by the network trained further on this chip"),
  errorsGain: mean("1", "withErrors less asTrained, chip by chip"),
  loopGain: mean("1", "inTheLoop less asTrained, chip by chip"),
  loopOverErrors: mean("1", "inTheLoop less withErrors, chip by chip"),
  clean: mean("1", "of the network as it was trained, on a perfect chip"),
  longerClean: mean("1", "of the one trained further without errors, on a perfect chip"),
  withErrorsClean: mean("1", "of the one trained further with errors, on a perfect chip"),
  inTheLoopClean: mean("1", "of the one trained further on this chip, on a perfect one"),
  usedType1: mean("1", "rate used: ±1 read with the other sign, ternary weights"),
  usedType2: mean("1", "rate used: ±1 read as 0, ternary weights"),
  usedType3: mean("1", "rate used: 0 read as ±1, ternary weights"),
  usedFlip: mean("1", "rate used: binary weights read with the other sign"),
  zeros: mean("1", "share of weights that are zero, as trained"),
} as const satisfies Readonly<Record<string, NumberSpec>>;

export type NumberName = keyof typeof NUMBERS;
