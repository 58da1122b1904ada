import { integer, mean, type NumberSpec, type Parameters, quantity, rate, type ValuesOf } from "#src/montecarlo/index";
import { keysOf, recordEntries, recordOf } from "#src/words/named";
import { SENSE_PARAMETERS } from "./sense-parameters.ts";

/** What the map over process, voltage and temperature lets the user set. */
export const PARAMETERS = {
  ...SENSE_PARAMETERS,
  strobe: quantity(
    "s",
    3e-9,
    [0.1e-9, 1e-6],
    "the fixed strobe, after SEN's rise",
    "chosen inside the window of sense-window at 0.9 V and 20 fF, tt 27 °C",
  ),
  replicaResistance: quantity(
    "ohm",
    40e3,
    [100, 100e6],
    "resistor of the replica column, whose decision is the strobe of all others",
    "chosen: between the reference set's medians, 10 kohm and 400 kohm",
  ),
  dieVariation: quantity(
    "1",
    0,
    [0, 3],
    "factor on the die-to-die threshold shift about the corner, apart from local mismatch",
    "0: the corners stand for it; 1 assumes corners at 3 sigma, n and p independent",
  ),
  samples: integer(250, [10, 100_000], "amplifiers of one die (a trial), each reading the three states", "chosen"),
} as const satisfies Parameters;

export type PvtValues = ValuesOf<typeof PARAMETERS>;

/** How the strobe is timed. */
export const STROBES = { fixed: "fixed strobe", replica: "replica column", best: "best strobe of each point" } as const;
export type Strobe = keyof typeof STROBES;
export const STROBE_KINDS = keysOf(STROBES);

/** The errors that are mapped, as they are told: types 1, 2 (with what is invalid, which a ternary network takes as 0) and 3. */
export const ERRORS = {
  Type1: "1: wrong sign",
  Missed: "2: ±1 missed",
  Type3: "3: 0 lost",
} as const;
export const ERROR_NAMES = keysOf(ERRORS);

const SAYS = {
  Type1: "type 1: ±1 read with the other sign",
  Missed: "type 2: ±1 read as 0 (both outputs high) or invalid (both low)",
  Type3: "type 3: 0 read as ±1",
  Invalid: "±1 read with both outputs low",
  BinaryFlip: "binary read of ±1 gives the other sign",
} as const;
export type RateName = keyof typeof SAYS;

/** What a trial reports. */
export const NUMBERS = {
  replicaStrobe: mean("s", "strobe of the replica column, where it comes"),
  bestStrobe: mean("s", "strobe of least mean squared weight error at this point"),
  replicaLate: rate("dies whose replica column never decides"),
  unprecharged: rate("reads whose outputs were below 90 % of the supply when SEN rose"),
  failedReads: rate("transients that failed numerically"),
  ...recordOf(
    STROBE_KINDS.flatMap((strobe) =>
      recordEntries(SAYS).map(([name, says]): [`${Strobe}${RateName}`, NumberSpec] => [
        `${strobe}${name}`,
        rate(`${says}, ${STROBES[strobe]}`),
      ]),
    ),
  ),
} as const satisfies Readonly<Record<string, NumberSpec>>;
export type NumberName = keyof typeof NUMBERS;
