import {
  integer,
  mean,
  type NumberSpec,
  type Parameters,
  rate,
  type TableOf,
  type ValuesOf,
} from "#src/montecarlo/index";
import { NETWORK_PARAMETERS } from "../networks/network-parameters.ts";
import { SENSE_PARAMETERS } from "../sensing/sense-parameters.ts";
import { REST_PARAMETERS } from "./rest-parameters.ts";

export const PARAMETERS = {
  ...SENSE_PARAMETERS,
  device: {
    ...SENSE_PARAMETERS.device,
    default: "measured-a",
    says: "resistance statistics that say how cells relax: measured-a, measured-c, or a file with --device",
    source: "measured; docs/relaxation.md",
  },
  ...REST_PARAMETERS,
  ...NETWORK_PARAMETERS,
  network: { ...NETWORK_PARAMETERS.network, says: "file of the ternary network; empty: both are trained here" },
  binaryNetwork: { ...NETWORK_PARAMETERS.network, says: "file of the binary network that it is compared with" },
  samples: integer(2000, [10, 1_000_000], "Monte Carlo samples of each stored state at each age", "chosen"),
} as const satisfies Parameters;

export type RetentionValues = ValuesOf<typeof PARAMETERS>;

export const NUMBERS = {
  binary: mean("1", "accuracy of the binary network on a chip"),
  ternary: mean("1", "accuracy of the ternary network on a chip"),
  difference: mean("1", "ternary minus binary on the same chip"),
  binaryClean: mean("1", "accuracy of the binary network without read errors"),
  ternaryClean: mean("1", "accuracy of the ternary network without read errors"),
  type1: rate("±1 read with the other sign, at the ternary network's strobe"),
  type2: rate("±1 read as 0 or with both outputs low, at the ternary network's strobe"),
  type3: rate("0 read as ±1, at the ternary network's strobe"),
  binaryFlip: rate("binary read of ±1 gives the other sign, at the binary network's strobe"),
  ternaryStrobe: mean("s", "the ternary network's strobe, chosen on fresh cells"),
  binaryStrobe: mean("s", "the binary network's strobe, chosen on fresh cells"),
  failedReads: mean("1", "transients that failed numerically"),
} as const satisfies Readonly<Record<string, NumberSpec>>;

export type RetentionTable = TableOf<typeof PARAMETERS, typeof NUMBERS>;
export type NumberName = keyof typeof NUMBERS;
