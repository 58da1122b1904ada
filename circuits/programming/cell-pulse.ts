import type { Gate, MosfetParams } from "#devices/index";
import { compileCircuit } from "../analyses/circuit.ts";
import { transient } from "../analyses/transient.ts";
import type { TransientFailure } from "../analyses/transient-contract.ts";
import { resistor } from "../elements/resistor.ts";
import { voltageSource } from "../elements/sources.ts";
import type { SwitchingDevice } from "../elements/switching-device.ts";
import { transistor, transistorModel } from "../elements/transistor/transistor.ts";
import { dc } from "../elements/waveform.ts";
import type { Element, ElementModel, Netlist } from "../netlist/netlist.ts";

/** One programming pulse: a trapezoid. */
export interface Pulse {
  /** Positive: SET [V]. */
  readonly voltage: number;
  /** From the end of the rise to the start of the fall [s]. */
  readonly width: number;
  /** Rise and fall [s]. */
  readonly edge: number;
  /** Gate of the selected row, for 1T1R cells [V]. */
  readonly gateVoltage?: number;
}

/** What stands between the pulse's source and the filament. */
export interface PulsePath {
  /** Ahead of the filament, and between it (or its transistor) and the other terminal [ohm]. */
  readonly before: number;
  readonly after: number;
  readonly transistor: { readonly params: MosfetParams; readonly gate: Gate } | null;
}

export interface CellPulse {
  readonly ok: true;
  /** At the end of the pulse [m]. */
  readonly length: number;
  /** When the filament has made half of its way [s]; null where it moves less than MOVED. */
  readonly switchedAt: number | null;
  readonly peakTemperature: number;
  /** Across the filament when the pulse has just risen [V]. */
  readonly firstVoltage: number;
  /** First time above the largest temperature [s], or null. */
  readonly runawayAt: number | null;
  /** Largest current through the cell [A]. */
  readonly peakCurrent: number;
  /** From the pulse's source, this cell's path alone [J]. */
  readonly energy: number;
}

/** A filament that moves less has not switched [m]. */
export const MOVED = 0.01e-9;
const POINTS = 400;
const TOLERANCE = 1e-5;

/** The path as a netlist: source, line, filament, and line, with the transistor on the far side of the filament. */
export const pulseNetlist = <P>(
  device: SwitchingDevice<P>,
  p: P,
  path: PulsePath,
  { voltage, width, edge, gateVoltage = 0 }: Pulse,
  length: number,
  ambient: number,
): Netlist => {
  const high = Math.abs(voltage);
  const waveform = {
    kind: "pulse",
    low: 0,
    high,
    delay: edge,
    rise: edge,
    fall: edge,
    width,
    period: 1e3 * (width + 4 * edge),
  } as const;
  // A RESET drives the other end: the transistor's source is then on the filament.
  const [driven, held] = voltage >= 0 ? (["top", "bottom"] as const) : (["bottom", "top"] as const);
  const { transistor: access } = path;
  const models: Record<string, ElementModel> = { device: device.model(p) };
  if (access) models["access"] = transistorModel(access.params);
  const elements: Element[] = [
    voltageSource("VP", driven, "0", waveform),
    voltageSource("VH", held, "0", dc(0)),
    resistor("RB", "top", "a", Math.max(path.before, 1e-3)),
    ...device.place("F", "device", "a", "b"),
  ];
  if (access)
    elements.push(
      voltageSource("VG", "gate", "0", dc(gateVoltage)),
      transistor("M", "access", ["b", "gate", "s", "0"], access.gate),
      resistor("RA", "s", "bottom", Math.max(path.after, 1e-3)),
    );
  else elements.push(resistor("RA", "b", "bottom", Math.max(path.after, 1e-3)));
  return {
    title: "programming pulse",
    temperature: ambient,
    models,
    elements,
    initial: device.start("F", length, ambient),
    ...(device.kinds ? { kinds: device.kinds } : {}),
  };
};

/** Applies a pulse to one filament by a transient of its path. */
export const pulseCell = <P>(
  device: SwitchingDevice<P>,
  p: P,
  path: PulsePath,
  pulse: Pulse,
  length: number,
  ambient: number,
  largestTemperature: number,
): CellPulse | TransientFailure => {
  const stop = pulse.width + 4 * pulse.edge;
  const times = Array.from({ length: POINTS + 1 }, (_, k) => (stop * k) / POINTS);
  const circuit = compileCircuit(pulseNetlist(device, p, path, pulse, length, ambient));
  const result = transient(circuit, { stop, times, tolerance: TOLERANCE, energyAt: [stop] });
  if (!result.ok) return result;
  const lengths = result.voltages[device.lengthNode("F")];
  const kelvins = result.voltages[device.temperatureNode("F")];
  const { top, a, b } = result.voltages;
  const risen = times.findIndex((t) => t >= 2 * pulse.edge);
  // The solution may lie a tolerance beyond the bounds.
  const end = Math.min(device.mostLength(p), Math.max(device.leastLength(p), device.lengthUnit * lengths[POINTS]));
  const half = (length + end) / 2;
  const direction = Math.sign(end - length);
  const moves = Math.abs(end - length) > MOVED;
  const switched = moves ? times.findIndex((_, k) => direction * (device.lengthUnit * lengths[k] - half) > 0) : -1;
  const hot = times.findIndex((_, k) => device.temperatureUnit * kelvins[k] > largestTemperature);
  let peakCurrent = 0;
  times.forEach((_, k) => {
    peakCurrent = Math.max(peakCurrent, Math.abs(top[k] - a[k]) / Math.max(path.before, 1e-3));
  });
  return {
    ok: true,
    length: end,
    switchedAt: switched < 0 ? null : times[switched],
    firstVoltage: a[risen] - (b?.[risen] ?? 0),
    peakTemperature: device.temperatureUnit * kelvins.reduce((most, t) => Math.max(most, t), 0),
    runawayAt: hot < 0 ? null : times[hot],
    peakCurrent,
    energy: result.energies["VP"][0],
  };
};
