import {
  choice,
  integer,
  mean,
  type NumberSpec,
  type Parameters,
  quantity,
  text,
  type ValuesOf,
} from "#src/montecarlo/index";
import { keysOf } from "#src/words/named";
import { ANALOG_PARAMETERS, READ_TIME } from "../arrays/analog-parameters.ts";
import { COLUMNS } from "../networks/chip-network.ts";
import { NETWORK_PARAMETERS, TEST_IMAGES, WEIGHTS_PARAMETER } from "../networks/network-parameters.ts";
import { PARAMETERS as COMPARISON } from "../networks/ternary-versus-binary-parameters.ts";
import { SENSE_NAMES, SENSE_PARAMETERS } from "../sensing/sense-parameters.ts";
import { MODES } from "./placement.ts";

const { tile, ...ANALOG } = ANALOG_PARAMETERS;

const given = (what: string) => quantity("1", 0.01, [0, 1], `mode "given rates": probability that ${what}`, "chosen");

/** What the study lets the user set. */
export const PARAMETERS = {
  ...NETWORK_PARAMETERS,
  weights: WEIGHTS_PARAMETER,
  mode: choice(
    MODES,
    "sense amplifiers",
    "how weights are read: with independent errors at the rates of the sense amplifiers' Monte Carlo; as whole chips, every weight by a transient of its column's amplifier; at rates that are given; as analog products with converters",
    "sense amplifiers: fast, and docs/chips.md shows how far whole chips agree",
  ),
  digital: text("", "names of layers that are computed beside the arrays, with commas between", "none"),
  copies: integer(
    1,
    [1, 9],
    "cells that hold each weight, odd: a weight is what more than half of them are read as, and 0 where no value has that many",
    "1: no redundancy",
  ),
  copied: text(
    "",
    "names of layers whose weights are held by several cells, with commas between; empty: all in cells",
    "none",
  ),
  images: TEST_IMAGES,
  tile,
  ...SENSE_PARAMETERS,
  strobe: { ...COMPARISON.strobe, says: "reads end at this time after SEN's rise" },
  strobes: choice(
    ["given", "best"],
    "given",
    "the strobe that is given, or at each condition the one of 23 from 0.2 ns to 112 ns that does the network's weights least harm",
    "given: one chip has one timing",
  ),
  samples: COMPARISON.samples,
  errors: choice(
    ["frozen", "redrawn"],
    "frozen",
    "errors drawn once a chip, or anew at every read of every image",
    "a programmed chip has frozen errors",
  ),
  columns: choice(keysOf(COLUMNS), "column per output", "whole chips: what shares a column's amplifier", "chosen"),
  type1: given("±1 is read with the other sign"),
  type2: given("a ternary ±1 is read as 0"),
  type3: given("a ternary 0 is read as ±1"),
  ...ANALOG,
  readTime: READ_TIME,
} as const satisfies Parameters;

export type Params = ValuesOf<typeof PARAMETERS>;

/** Parameters that only some modes read. */
export const OF_READS = [...SENSE_NAMES, "strobe", "strobes", "samples"] as const;
export const OF_RATES = ["type1", "type2", "type3"] as const;
export const OF_ANALOG = [...keysOf(ANALOG), "readTime"] as const;

/** What a trial, which is a chip, reports. */
export const NUMBERS = {
  accuracy: mean("1", "share of test images classified right on a chip"),
  clean: mean("1", "the same without errors"),
  loss: mean("1", "clean less accuracy, on the same images"),
  usedType1: mean("1", "rate used: ±1 read with the other sign, ternary weights"),
  usedType2: mean("1", "rate used: ±1 read as 0, ternary weights"),
  usedType3: mean("1", "rate used: 0 read as ±1, ternary weights"),
  usedFlip: mean("1", "rate used: binary weights read with the other sign"),
  usedStrobe: mean("s", "strobe of the reads"),
  energy: mean("J", "an image: of all reads by sense amplifiers, or of the analog devices"),
  devices: mean("1", "devices that hold the weights"),
  tiles: mean("1", "arrays of `tile` rows and columns (of weights) that they take"),
  share: mean("1", "share of the products that arrays compute; the others are digital"),
} as const satisfies Readonly<Record<string, NumberSpec>>;

export type NumberName = keyof typeof NUMBERS;
