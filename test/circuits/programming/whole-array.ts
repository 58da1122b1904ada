import { expect } from "@jest/globals";
import { compileCircuit } from "#circuits/analyses/circuit";
import { transient } from "#circuits/analyses/transient";
import { filamentDevice } from "#circuits/elements/filament/filament-device";
import { lengthNode } from "#circuits/elements/filament/filament-equations";
import { pulseArray } from "#circuits/programming/array-pulse";
import type { ArrayPulse } from "#circuits/programming/array-pulse-contract";
import type { CellAccess, FilamentArray, FilamentArrayDesign } from "#circuits/programming/filament-array";
import { sampleFilamentArray } from "#circuits/programming/filament-array";
import { pulsedArrayNetlist } from "#circuits/programming/pulsed-array-netlist";
import { sky130, sky130Reram, transistorParams } from "#devices/index";
import { bernoulli, fold, type Key, rootKey } from "#src/random/index";

const PULSE = { width: 1e-6, edge: 10e-9 };
const WEAK = 5e-9 - 1.7e-9;
const STRONG = 5e-9 - 0.15e-9;

/** Half of the cells at random in either state (gaps of 1.7 and 0.15 nm), the last of row 0 as the pulse needs it. */
export const patterned = (design: FilamentArrayDesign, voltage: number, key: Key): FilamentArray => {
  const array = sampleFilamentArray(design, { logCurrent: 0.2, barrier: 0.01 }, WEAK, fold(key, "devices"));
  const lengths = array.lengths.map((_, k) => (bernoulli(fold(key, "pattern"), 0.5, k) ? STRONG : WEAK));
  lengths[design.lines.columns - 1] = voltage > 0 ? WEAK : STRONG;
  return { ...array, lengths };
};

/** Filaments' lengths [m] after the pulse and the energy from all sources [J], by the transient of the whole netlist. */
export const pulseWholeArray = (array: FilamentArray, pulse: ArrayPulse) => {
  const stop = pulse.width + 4 * pulse.edge;
  const circuit = compileCircuit(pulsedArrayNetlist(array, pulse));
  const found = transient(circuit, { stop, times: [stop], tolerance: 1e-5, energyAt: [stop] });
  if (!found.ok) throw new Error(found.reason);
  const lengths = array.lengths.map((_, k) => 1e-9 * found.voltages[lengthNode(`F${k}`)][0]);
  const energy = Object.values(found.energies).reduce((sum, [joule]) => sum + joule, 0);
  return { lengths, energy };
};

export const ONE_T_ONE_R: CellAccess = {
  kind: "1T1R",
  params: transistorParams(sky130, "tt", "access", 1e-6),
  gate: { width: 1e-6, length: 0.15e-6 },
};
/** A square array of the sky130 ReRAM filament; resistance of a segment and of a driver [ohm]. */
export const squareArray = (size: number, access: CellAccess, wire = 1, driver = 200): FilamentArrayDesign => {
  const line = { segmentResistance: wire, terminalResistance: driver };
  return {
    lines: { rows: size, columns: size, wordLines: { ...line, ends: "left" }, bitLines: { ...line, ends: "bottom" } },
    access,
    device: filamentDevice,
    filament: sky130Reram,
    ambient: 300,
    largestTemperature: 3000,
  };
};

/** How far a pulse on the far cell is from one netlist of all cells, each as a share of the netlist's. */
export const deviation = (of: FilamentArrayDesign, voltage: number, seed: number, gateVoltage?: number) => {
  const { columns } = of.lines;
  const array = patterned(of, voltage, fold(rootKey("moving"), seed));
  const pulse: ArrayPulse = {
    row: 0,
    column: columns - 1,
    voltage,
    ...PULSE,
    ...(gateVoltage === undefined ? {} : { gateVoltage }),
  };
  const ours = pulseArray(array, pulse);
  if (!ours.ok) throw new Error(ours.reason);
  const whole = pulseWholeArray(array, pulse);
  const ways = whole.lengths.map((length, m) => (m === columns - 1 ? 0 : length - array.lengths[m]));
  const furthest = ways.reduce((best, way, m) => (Math.abs(way) > Math.abs(ways[best]) ? m : best), 0);
  const gap = (length: number): number => 5e-9 - length;
  const own = ours.array.lengths[columns - 1];
  return {
    energy: ours.energy / whole.energy - 1,
    gap: gap(own) / gap(whole.lengths[columns - 1]) - 1,
    // A millionth of a nanometre is what both methods leave.
    way:
      Math.abs(ways[furthest]) < 1e-15
        ? 0
        : (ours.array.lengths[furthest] - array.lengths[furthest]) / ways[furthest] - 1,
    furthest: Math.abs(ways[furthest]),
  };
};
/** Every deviation is within this share. */
export const expectWithin = (found: ReturnType<typeof deviation>, share: number): void => {
  for (const name of ["energy", "gap", "way"] as const)
    expect([name, found[name], Math.abs(found[name]) < share]).toEqual([name, found[name], true]);
};
