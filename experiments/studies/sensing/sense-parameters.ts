import { REFERENCE_SIZING } from "#circuits/index";
import { CORNERS, ptm130, type Role, sky130, type Technology } from "#devices/index";
import { choice, type Parameters, quantity, type ValuesOf } from "#src/montecarlo/index";
import { keysOf } from "#src/words/named";

const TECHNOLOGIES = { sky130, ptm130 } as const satisfies Readonly<Record<string, Technology>>;

/** A width or capacitance or time of the amplifier as the reference netlist has it. */
const OWN = "this project's own reference netlist";
const width = (role: Role, what: string) =>
  quantity(
    "m",
    REFERENCE_SIZING.widths[role],
    [0.42e-6, 20e-6],
    `gate width of ${what}`,
    `${OWN}; currents and capacitances follow the width`,
  );
const { capacitances: OF_NODES, timing: TIMING } = REFERENCE_SIZING;

/** Sizes, capacitances and timing of the amplifier and its cell. */
export const SIZING_PARAMETERS = {
  latchWidth: width("latchN", "the latch's nMOS"),
  latchPWidth: width("latchP", "the latch's pMOS"),
  prechargeWidth: width("precharge", "the precharge pMOS"),
  footWidth: width("foot", "the foot nMOS"),
  accessWidth: width("access", "the access nMOS of the cells"),
  outputCapacitance: quantity(
    "F",
    OF_NODES.output,
    [0.1e-15, 1e-12],
    "wiring and load of each output, beside the transistors' own",
    OWN,
  ),
  cellCapacitance: quantity("F", OF_NODES.cell, [0, 100e-15], "node between a cell and its access transistor", OWN),
  sourceLineCapacitance: quantity("F", OF_NODES.sourceLine, [0.1e-15, 10e-12], "wiring of the source line", OWN),
  prechargeTime: quantity("s", TIMING.precharge, [1e-9, 1e-3], "length of the precharge, from all nodes at 0 V", OWN),
  senseEdge: quantity("s", TIMING.edge, [1e-12, 10e-9], "rise time of SEN", OWN),
} as const satisfies Parameters;

export const SIZING_NAMES = keysOf(SIZING_PARAMETERS);
export type SizingValues = ValuesOf<typeof SIZING_PARAMETERS>;

const factor = (what: string) => quantity("1", 1, [0.01, 100], `factor on ${what}`, "1: the device set as it is");

/** What every study of the sense amplifier lets the user set. */
export const SENSE_PARAMETERS = {
  technology: choice(
    keysOf(TECHNOLOGIES),
    "sky130",
    "transistors of amplifier and cell",
    "extended EKV fits to public BSIM4 models; docs/devices.md",
  ),
  corner: choice(
    CORNERS,
    "tt",
    "process corner",
    "sky130: foundry corners; ptm130: an assumed global threshold shift of ±60 mV",
  ),
  supply: quantity(
    "V",
    0.9,
    [0.3, 1.5],
    "supply, word-line and SEN level",
    "chosen; both fits' timing was checked for 0.6 .. 1.2 V, sky130 is within 7 % from 0.7 V",
  ),
  temperature: quantity("K", 300.15, [233.15, 398.15], "junction temperature", "the fits' range, -40 .. 125 °C"),
  bitLineCapacitance: quantity(
    "F",
    20e-15,
    [1e-15, 2e-12],
    "wiring capacitance of each bit line",
    "assumed: a short column; times scale with it",
  ),
  device: {
    kind: "text",
    names: "device",
    default: "reference",
    says: "resistance statistics: strong, reference, weak (illustrative), measured-a, measured-c, or a file with --device",
    source: "illustrative, recalled; docs/devices.md",
  },
  mismatch: quantity(
    "1",
    1,
    [0, 5],
    "factor on the transistors' local mismatch; 0 switches it off",
    "1: the technology's Pelgrom coefficients",
  ),
  activationEnergyLrs: quantity(
    "eV",
    0,
    [-0.5, 1],
    "added activation energy of the low resistance",
    "assumed 0: no source at hand; vary it to see whether it matters",
  ),
  activationEnergyHrs: quantity(
    "eV",
    0,
    [-0.5, 1],
    "added activation energy of the high resistance",
    "assumed 0: no source at hand; vary it to see whether it matters",
  ),
  lrsMedianFactor: factor("the low resistance's median"),
  hrsMedianFactor: factor("the high resistance's median"),
  lrsSpreadFactor: factor("the low resistance's spreads of ln R"),
  hrsSpreadFactor: factor("the high resistance's spreads of ln R"),
  conduction: choice(
    ["as the set", "ohmic", "sinh 0.43 V"],
    "as the set",
    "how the cells' current follows voltage: as the device set has it, ohmic, or i = G V0 sinh(v / V0), G the low-field conductance",
    "0.43 V: V0 of SkyWater's sky130 ReRAM model; the sets that come with the program are ohmic, an assumption",
  ),
  rippleAmplitude: quantity(
    "V",
    0,
    [0, 0.5],
    "amplitude of a sine on the amplifier's supply; word line and SEN stay clean",
    "0: a clean supply",
  ),
  rippleFrequency: quantity(
    "Hz",
    100e6,
    [1e6, 10e9],
    "its frequency; it starts with the precharge",
    "chosen: of the order of a logic clock",
  ),
  ...SIZING_PARAMETERS,
} as const satisfies Parameters;

/** Of one read. */
export const STROBE_PARAMETER = quantity(
  "s",
  3e-9,
  [0.1e-9, 10e-6],
  "time from SEN's rise at which the outputs are looked at",
  "chosen at the late end of the window at 0.9 V and 20 fF (sense-window: 1.36 .. 2.94 ns on its grid of strobes)",
);

/** Names of the amplifier's: what a part that reads with the amplifier depends on. */
export const SENSE_NAMES = keysOf(SENSE_PARAMETERS);

export type SenseValues = ValuesOf<typeof SENSE_PARAMETERS>;

export const technologyOf = ({ technology }: Pick<SenseValues, "technology">): Technology => TECHNOLOGIES[technology];
