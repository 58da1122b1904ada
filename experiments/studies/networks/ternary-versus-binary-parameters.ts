import type { Parameters, ValuesOf } from "#src/montecarlo/index";
import { SENSE_PARAMETERS } from "../sensing/sense-parameters.ts";
import { COLUMNS } from "./chip-network.ts";
import { NETWORK_PARAMETERS } from "./network-parameters.ts";

/** What the comparison of ternary and binary networks lets the user set. */
export const PARAMETERS = {
  ...SENSE_PARAMETERS,
  ...NETWORK_PARAMETERS,
  strobe: {
    kind: "quantity",
    unit: "s",
    default: 3e-9,
    min: 0.1e-9,
    max: 10e-6,
    says: "common strobe: both networks' reads end at this time after SEN's rise",
    source: "chosen inside the ternary window at 0.9 V and 20 fF: docs/sense-window.md",
  },
  amplifiers: {
    kind: "choice",
    choices: ["independent", ...Object.keys(COLUMNS)],
    default: "independent",
    says: "independent errors at the amplifiers' rates, or whole chips whose columns share an amplifier, every weight read by a transient",
    source: "independent: fast; docs/chips.md shows how far the two agree",
  },
  samples: {
    kind: "integer",
    unit: "1",
    default: 1000,
    min: 10,
    max: 1_000_000,
    says: "Monte Carlo samples of each stored state at each condition",
    source: "chosen",
  },
} as const satisfies Parameters;

export type ComparisonValues = ValuesOf<typeof PARAMETERS>;
