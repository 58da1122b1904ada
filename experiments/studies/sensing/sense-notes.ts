import { type RramParams, type Technology, totalLogSigma, trappedShare } from "#devices/index";
import type { Row, Value } from "#src/montecarlo/index";
import { deviceFor } from "../../files/named-devices.ts";
import { showQuantity } from "../../units/show.ts";
import { conductionOf, FACTORS, lawOf } from "./sense-design.ts";
import { type SenseValues, technologyOf } from "./sense-parameters.ts";
import { type Operated, rangeNotes } from "./sense-range.ts";

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

/** What must be said of the transistors at these conditions. */
export const transistorNotes = (points: readonly Operated[]): string[] => [
  ...[...new Set(points.map(technologyOf))].map(transistorNote),
  timingNote(points),
  ...rangeNotes(points),
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
