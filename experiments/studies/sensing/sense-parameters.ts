import {
  compileSenseAmplifier,
  REFERENCE_SIZING,
  type SenseAmplifier,
  type SenseAmplifierDesign,
} from "#circuits/index";
import {
  CORNERS,
  ptm130,
  type Role,
  type RramConduction,
  type RramParams,
  type RramStateParams,
  sky130,
  type Technology,
  totalLogSigma,
  trappedShare,
} from "#devices/index";
import {
  choice,
  defaultsOf,
  oncePerPoint,
  type Parameters,
  quantity,
  type Row,
  type Value,
  type ValuesOf,
} from "#src/montecarlo/index";
import { keysOf } from "#src/words/named";
import { deviceFor } from "../../files/device-files.ts";
import { showQuantity } from "../../units/show.ts";

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
type SizingValues = ValuesOf<typeof SIZING_PARAMETERS>;

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

/** Their names: what a part that reads with the amplifier depends on. */
export const SENSE_NAMES = keysOf(SENSE_PARAMETERS);

export type SenseValues = ValuesOf<typeof SENSE_PARAMETERS>;

const technologyOf = (params: Pick<SenseValues, "technology">): Technology => TECHNOLOGIES[params.technology];

/** V0 of the other law [V]: see `conduction`. */
const FIELD_VOLTAGE = 0.43;

/** How the cells' current follows voltage. */
export const conductionOf = ({
  device,
  conduction,
}: {
  readonly device: string;
  readonly conduction?: Value;
}): RramConduction => {
  if (conduction === "ohmic") return { kind: "ohmic" };
  return conduction === "sinh 0.43 V" ? { kind: "sinh", fieldVoltage: FIELD_VOLTAGE } : deviceFor(device).conduction;
};

/** The law in words, for captions. */
export const lawOf = (conduction: RramConduction): string =>
  conduction.kind === "ohmic" ? "ohmic cells" : `cells of sinh law, V0 ${showQuantity(conduction.fieldVoltage, "V")}`;

const DEFAULT_SIZING: SizingValues = defaultsOf(SIZING_PARAMETERS);

/** The amplifier that the parameters describe; of the reference sizes where they say none. */
export const designOf = (
  params: Pick<SenseValues, "technology" | "corner" | "supply" | "temperature" | "bitLineCapacitance" | "device"> &
    Partial<Pick<SenseValues, "conduction" | "rippleAmplitude" | "rippleFrequency"> & SizingValues>,
): SenseAmplifierDesign => {
  const size = { ...DEFAULT_SIZING, ...params };
  return {
    technology: technologyOf(params),
    corner: params.corner,
    supply: params.supply,
    temperature: params.temperature,
    widths: {
      latchN: size.latchWidth,
      latchP: size.latchPWidth,
      precharge: size.prechargeWidth,
      foot: size.footWidth,
      access: size.accessWidth,
    },
    capacitances: {
      output: size.outputCapacitance,
      bitLine: params.bitLineCapacitance,
      cell: size.cellCapacitance,
      sourceLine: size.sourceLineCapacitance,
    },
    timing: { precharge: size.prechargeTime, edge: size.senseEdge },
    conduction: conductionOf(params),
    ripple: { amplitude: params.rippleAmplitude ?? 0, frequency: params.rippleFrequency ?? 0 },
  };
};

/** The compiled amplifier that the parameters describe. */
export const amplifierOf = oncePerPoint(
  (params: SenseValues): SenseAmplifier => compileSenseAmplifier(designOf(params)),
);

/** @throws RangeError where the device is no set, before anything is computed. */
export const checkSense = (params: Pick<SenseValues, "device">): void => {
  deviceFor(params.device);
};

/** The resistance statistics that the parameters describe. */
export const deviceOf = (
  params: Pick<SenseValues, "device" | "activationEnergyLrs" | "activationEnergyHrs" | FactorName>,
): RramParams => {
  const set = deviceFor(params.device);
  const changed = (state: RramStateParams, activation: number, median: number, spread: number): RramStateParams => ({
    ...state,
    medianResistance: state.medianResistance * median,
    spread: {
      deviceToDevice: state.spread.deviceToDevice * spread,
      cycleToCycle: state.spread.cycleToCycle * spread,
      readToRead: state.spread.readToRead * spread,
    },
    activationEnergy: state.activationEnergy + activation,
  });
  return {
    ...set,
    lrs: changed(set.lrs, params.activationEnergyLrs, params.lrsMedianFactor, params.lrsSpreadFactor),
    hrs: changed(set.hrs, params.activationEnergyHrs, params.hrsMedianFactor, params.hrsSpreadFactor),
  };
};

const FACTORS = ["lrsMedianFactor", "hrsMedianFactor", "lrsSpreadFactor", "hrsSpreadFactor"] as const;
type FactorName = (typeof FACTORS)[number];

/** One line on a device set: medians and spreads. */
export const describeDevice = (set: RramParams): string => {
  const state = (name: "lrs" | "hrs"): string =>
    `${name.toUpperCase()} ${showQuantity(set[name].medianResistance, "ohm")}, ln-sigma ${totalLogSigma(set, name).toFixed(2)}`;
  const energies = [set.lrs.activationEnergy, set.hrs.activationEnergy];
  const active = energies.some((e) => e !== 0) ? `; activation energies ${energies[0]} and ${energies[1]} eV` : "";
  const stuck = set.stuck.lrs + set.stuck.hrs > 0 ? `; stuck: ${set.stuck.lrs} low, ${set.stuck.hrs} high` : "";
  const noisy = (["lrs", "hrs"] as const).flatMap((name) => {
    const noise = set[name].telegraph;
    return noise
      ? [`${name.toUpperCase()} ${(100 * trappedShare(noise)).toFixed(0)} % of reads ${noise.logAmplitude} in ln R`]
      : [];
  });
  const telegraph = noisy.length > 0 ? `; telegraph noise: ${noisy.join(", ")}` : "";
  const slow = (["lrs", "hrs"] as const).flatMap((name) => {
    const noise = set[name].fluctuators;
    return noise ? [`${name.toUpperCase()} ln-sigma ${noise.logSigma}`] : [];
  });
  const fluctuators = slow.length > 0 ? `; low-frequency noise: ${slow.join(", ")}` : "";
  return `Device set "${set.name}" (${state("lrs")}; ${state("hrs")}; ${set.conduction.kind} conduction${active}${stuck}${telegraph}${fluctuators}): ${set.standing}. Source: ${set.source}. Valid: ${set.valid}.`;
};

/** The device sets of these rows and their standing, short enough for a caption. */
export const standingOf = (
  rows: readonly Row[],
  params: { readonly device?: Value; readonly conduction?: Value },
): string => {
  const names = new Set(rows.map((r) => String(r.point["device"] ?? params.device)));
  const sets = [...names].map((name) => {
    const set = deviceFor(name);
    return `"${set.name}" (${set.standing.split(":")[0]})`;
  });
  const laws = new Set(
    rows.map((r) => {
      const conduction = r.point["conduction"] ?? params.conduction;
      const device = String(r.point["device"] ?? params.device);
      return lawOf(conductionOf({ device, ...(conduction === undefined ? {} : { conduction }) }));
    }),
  );
  // Where there is no amplifier, no law decides anything.
  return `Device set ${sets.join(", ")}${params.conduction === undefined ? "" : `; ${[...laws].join(" and ")}`}.`;
};

/** The conditions a transistor is operated at. */
type Operated = Pick<SenseValues, "technology" | "corner" | "supply" | "temperature">;

/** First-crossing time of the fitted transistors over BSIM4's at these conditions; null where it was not compared. */
export const fitAt = (p: Operated): { readonly low: number; readonly high: number } | null =>
  technologyOf(p).timing.find(
    (t) =>
      t.corner === p.corner &&
      t.temperatureCelsius === Math.round(p.temperature - 273.15) &&
      Math.abs(t.supply - p.supply) < 1e-9,
  ) ?? null;

/** More conditions than this are counted, not named. */
const MOST_NAMED = 12;

/** How well the transistor fit times reads at these conditions, as far as it was checked. */
const timingNote = (points: readonly Operated[]): string => {
  const checked = new Set<string>();
  const unchecked = new Set<string>();
  for (const p of points) {
    const where = `${p.technology} ${p.corner} ${Math.round(p.temperature - 273.15)} °C ${p.supply} V`;
    const fit = fitAt(p);
    if (fit) checked.add(`${where}: ${fit.low} to ${fit.high}`);
    else unchecked.add(where);
  }
  const named = (all: ReadonlySet<string>): string =>
    all.size <= MOST_NAMED
      ? [...all].join("; ")
      : `${[...all].slice(0, MOST_NAMED).join("; ")}; and ${all.size - MOST_NAMED} more`;
  const known = checked.size > 0 ? `Crossing times of the fitted transistors over BSIM4's, ${named(checked)}.` : "";
  const unknown = unchecked.size > 0 ? ` Not compared with BSIM4: ${named(unchecked)}.` : "";
  return (known + unknown).trim();
};

const transistorNote = (t: Technology): string => {
  const { nmos, pmos } = t.mismatch;
  const roles = ["latchN", "access", "latchP"] as const;
  const fits = roles.map((role) => `${role} ${t.transistors("tt", role).fitErrorPercent.join("/")}`);
  const sources = nmos.source === pmos.source ? nmos.source : `n: ${nmos.source}; p: ${pmos.source}`;
  return `Transistors: ${t.says}; fit error of ln(current) at tt 27 °C in weak/moderate/strong inversion, rms %: ${fits.join(", ")}. Corners: ${t.cornersAre}. Mismatch: ${sources}.`;
};

/** Points outside what the transistor fits were made for. */
const rangeNote = (points: readonly Operated[]): string[] => {
  const outside = points.filter((p) => {
    const { supplyRange, temperatureRange } = technologyOf(p);
    const within = (x: number, [low, high]: readonly [number, number]): boolean => x >= low - 1e-9 && x <= high + 1e-9;
    return !within(p.supply, supplyRange) || !within(p.temperature, temperatureRange);
  });
  const named = [...new Set(outside.map((p) => `${p.technology} ${p.supply} V ${showQuantity(p.temperature, "K")}`))];
  return named.length > 0 ? [`OUTSIDE the transistor fits' range, extrapolated: ${named.join("; ")}.`] : [];
};

/** What must be said of the transistors at these conditions. */
export const transistorNotes = (points: readonly Operated[]): string[] => [
  ...[...new Set(points.map(technologyOf))].map(transistorNote),
  timingNote(points),
  ...rangeNote(points),
  "Sizes and capacitances of the amplifier are this project's own: absolute times belong to them.",
];

/** What must be said beside any result of the sense amplifier: `points` are all parameters at each grid point. */
export const senseNotes = (params: SenseValues, points: readonly SenseValues[]): string[] => {
  const devices = [...new Set(points.map((p) => p.device))].map((d) => describeDevice(deviceFor(d)));
  const energies = [params.activationEnergyLrs, params.activationEnergyHrs];
  const activated = points
    .map((p) => deviceFor(p.device))
    .some((d) => d.lrs.activationEnergy !== 0 || d.hrs.activationEnergy !== 0);
  const varied = points.some((p) => p.activationEnergyHrs !== 0 || p.activationEnergyLrs !== 0);
  const changed = FACTORS.filter((name) => points.some((p) => p[name] !== 1)).map(
    (name) => `${name} ${[...new Set(points.map((p) => p[name]))].map((x) => showQuantity(x, "1")).join(", ")}`,
  );
  const laws = [...new Set(points.map((p) => lawOf(conductionOf(p))))];
  return [
    ...devices,
    `Conduction is an assumption that decides errors: ${laws.join("; ")} (--set conduction="sinh 0.43 V" or ohmic for the other).`,
    ...(changed.length > 0 ? [`The device set's statistics are changed: ${changed.join("; ")}.`] : []),
    ...transistorNotes(points),
    ...(varied
      ? [
          `Activation energies of resistance added: LRS ${energies[0]} eV, HRS ${energies[1]} eV, where they are no axis.`,
        ]
      : []),
    ...(varied || activated
      ? []
      : ["Resistances are taken as independent of temperature: no activation energy is at hand."]),
  ];
};
