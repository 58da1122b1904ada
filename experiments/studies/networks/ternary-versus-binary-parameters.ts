import {
  choice,
  integer,
  mean,
  type NumberSpec,
  type Parameters,
  quantity,
  rate,
  type TableOf,
  type ValuesOf,
} from "#src/montecarlo/index";
import { keysOf } from "#src/words/named";
import { SENSE_PARAMETERS } from "../sensing/sense-parameters.ts";
import { ARRAY_ROWS, COLUMNS } from "./chip-network.ts";
import { NETWORK_PARAMETERS } from "./network-parameters.ts";

/** What the comparison of ternary and binary networks lets the user set. */
export const PARAMETERS = {
  ...SENSE_PARAMETERS,
  ...NETWORK_PARAMETERS,
  network: { ...NETWORK_PARAMETERS.network, says: "file of the ternary network; empty: both are trained here" },
  binaryNetwork: { ...NETWORK_PARAMETERS.network, says: "file of the binary network that it is compared with" },
  strobe: quantity(
    "s",
    3e-9,
    [0.1e-9, 10e-6],
    "common strobe: both networks' reads end at this time after SEN's rise",
    "chosen inside the ternary window at 0.9 V and 20 fF: docs/sense-window.md",
  ),
  amplifiers: choice(
    ["independent", ...keysOf(COLUMNS)],
    "independent",
    "independent errors at the amplifiers' rates, or whole chips whose columns share an amplifier, every weight read by a transient",
    "independent: fast; docs/chips.md shows how far the two agree",
  ),
  arrayRows: ARRAY_ROWS,
  samples: integer(1000, [10, 1_000_000], "Monte Carlo samples of each stored state at each condition", "chosen"),
} as const satisfies Parameters;

export type ComparisonValues = ValuesOf<typeof PARAMETERS>;

/** What a trial reports. */
export const NUMBERS = {
  binary: mean("1", "accuracy of the binary network on a chip, common strobe"),
  ternary: mean("1", "accuracy of the ternary network on a chip, common strobe"),
  difference: mean("1", "ternary minus binary on the same chip, common strobe"),
  binaryBest: mean("1", "accuracy of the binary network at its own best strobe"),
  ternaryBest: mean("1", "accuracy of the ternary network at its own best strobe"),
  differenceBest: mean("1", "ternary minus binary, each at its own best strobe"),
  binaryClean: mean("1", "accuracy of the binary network without read errors"),
  ternaryClean: mean("1", "accuracy of the ternary network without read errors"),
  zeros: mean("1", "share of the ternary network's weights that are zero"),
  type1: rate("±1 read with the other sign, common strobe"),
  type2: rate("±1 read as 0 (both outputs high), common strobe"),
  type3: rate("0 read as ±1, common strobe"),
  invalid: rate("±1 read with both outputs low, common strobe"),
  binaryFlip: rate("binary read of ±1 gives the other sign, common strobe"),
  type1Best: rate("as type1, at the ternary network's best strobe"),
  type2Best: rate("as type2, at the ternary network's best strobe"),
  type3Best: rate("as type3, at the ternary network's best strobe"),
  binaryFlipBest: rate("as binaryFlip, at the binary network's best strobe"),
  ternaryStrobe: mean("s", "the ternary network's best strobe"),
  binaryStrobe: mean("s", "the binary network's best strobe"),
  repeatedEnergy: mean("J", "mean energy of a read that follows a read, to the common strobe"),
  prechargeEnergy: mean("J", "mean energy of a precharge from 0 V"),
  senseEnergy: mean("J", "mean energy of a sense phase until the common strobe"),
  senseEnergyTernary: mean("J", "the same until the ternary network's best strobe"),
  senseEnergyBinary: mean("J", "the same until the binary network's best strobe"),
  failedReads: mean("1", "transients that failed numerically"),
} as const satisfies Readonly<Record<string, NumberSpec>>;

export type ComparisonTable = TableOf<typeof PARAMETERS, typeof NUMBERS>;
export type NumberName = keyof typeof NUMBERS;
