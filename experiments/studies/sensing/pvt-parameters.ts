import type { Parameters, ValuesOf } from "#src/montecarlo/index";
import { SENSE_PARAMETERS } from "./sense-parameters.ts";

/** What the map over process, voltage and temperature lets the user set. */
export const PARAMETERS = {
  ...SENSE_PARAMETERS,
  strobe: {
    kind: "quantity",
    unit: "s",
    default: 3e-9,
    min: 0.1e-9,
    max: 1e-6,
    says: "the fixed strobe, after SEN's rise",
    source: "chosen inside the window of sense-window at 0.9 V and 20 fF, tt 27 degC",
  },
  replicaResistance: {
    kind: "quantity",
    unit: "ohm",
    default: 40e3,
    min: 100,
    max: 100e6,
    says: "resistor of the replica column, whose decision is the strobe of all others",
    source: "chosen: between the reference set's medians, 10 kohm and 400 kohm",
  },
  dieVariation: {
    kind: "quantity",
    unit: "1",
    default: 0,
    min: 0,
    max: 3,
    says: "factor on the die-to-die threshold shift about the corner, apart from local mismatch",
    source: "0: the corners stand for it; 1 assumes corners at 3 sigma, n and p independent",
  },
  samples: {
    kind: "integer",
    unit: "1",
    default: 250,
    min: 10,
    max: 100_000,
    says: "amplifiers of one die (a trial), each reading the three states",
    source: "chosen",
  },
} as const satisfies Parameters;

export type PvtValues = ValuesOf<typeof PARAMETERS>;

/** How the strobe is timed. */
export const STROBES = { fixed: "fixed strobe", replica: "replica column", best: "best strobe of each point" } as const;
export type Strobe = keyof typeof STROBES;
export const STROBE_KINDS = Object.keys(STROBES) as readonly Strobe[];

/** The errors that are mapped, as they are told: types 1, 2 (with what is invalid, which a ternary network takes as 0) and 3. */
export const ERRORS = {
  Type1: "1: wrong sign",
  Missed: "2: +-1 missed",
  Type3: "3: 0 lost",
} as const;
export type ErrorName = keyof typeof ERRORS;
export const ERROR_NAMES = Object.keys(ERRORS) as readonly ErrorName[];
