import { SENSE_PARAMETERS, STROBE_PARAMETER } from "#experiments/studies/sensing/sense-parameters";
import { choice, defaultsOf, type Parameters, type ValuesOf } from "#src/montecarlo/index";

/** Most that a spread is multiplied by: beyond it some cells are shorts or opens, whose transients take minutes. */
const MOST_SPREAD = 10;
/** Least strobe [s]: within SEN's edge no read can follow another. */
const LEAST_STROBE = 0.11e-9;

/** What the studies behind the benches take: `sense-errors` all of it, `ternary-versus-binary` too. */
export const READ_PARAMETERS = {
  ...SENSE_PARAMETERS,
  lrsSpreadFactor: { ...SENSE_PARAMETERS.lrsSpreadFactor, max: MOST_SPREAD },
  hrsSpreadFactor: { ...SENSE_PARAMETERS.hrsSpreadFactor, max: MOST_SPREAD },
  strobe: { ...STROBE_PARAMETER, min: LEAST_STROBE },
} as const satisfies Parameters;
export type ReadValues = ValuesOf<typeof READ_PARAMETERS>;
export type ReadName = keyof ReadValues;
export const READ_DEFAULTS: ReadValues = defaultsOf(READ_PARAMETERS);

/** What only the page knows. */
export const PAGE_PARAMETERS = {
  bench: choice(["read", "network"], "read", "which bench is shown", "chosen"),
  seed: { kind: "text", default: "rramlab", says: "any text: the same text gives the same numbers", source: "chosen" },
  weight: choice(["+1", "-1", "0"], "+1", "weight that the drawn cell holds", "chosen"),
  samples: choice(
    ["16384", "65536", "262144", "1048576"],
    "262144",
    "samples after which reads are counted no further",
    "chosen: an error in a hundred thousand is seen",
  ),
  map: choice(["strobe", "temperature"], "strobe", "what the map spans beside the supply", "chosen"),
  shown: choice(
    ["misread", "type 1", "type 2", "type 3", "binary flip"],
    "misread",
    "error that the map shows; misread: of weights that are +1, -1 and 0 alike",
    "chosen",
  ),
  strobes: choice(
    ["common", "best"],
    "common",
    "networks are read at the strobe that is set, or each at the one that suits it best",
    "chosen",
  ),
} as const satisfies Parameters;
export type PageValues = ValuesOf<typeof PAGE_PARAMETERS>;
export type PageName = keyof PageValues;
export const PAGE_DEFAULTS: PageValues = defaultsOf(PAGE_PARAMETERS);

/** A device that was dropped on the page: its file's name and what it holds. */
export interface DroppedDevice {
  readonly file: string;
  readonly record: unknown;
}

/** All that decides what the page shows. */
export interface LabState {
  readonly read: ReadValues;
  readonly page: PageValues;
  readonly device: DroppedDevice | null;
}

export const START: LabState = { read: READ_DEFAULTS, page: PAGE_DEFAULTS, device: null };
