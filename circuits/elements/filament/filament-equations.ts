import { type FilamentPhysics, filamentCurrentInto, filamentRateInto } from "#devices/index";
import { type Capacitor, capacitor } from "../capacitor.ts";
import type { Node } from "../element-kind.ts";
import type { Filament } from "./filament.ts";

/**
 * A filament's state as two circuit nodes, so that every analysis and SPICE treat it alike: its length as volts a nanometre,
 * its temperature as volts a thousand kelvin, each on a capacitor of STATE_CAPACITANCE to ground.
 */
export const STATE_CAPACITANCE = 1e-15;
export const NANOMETRE = 1e-9;
export const KILOKELVIN = 1e3;
/** Place of the ambient temperature [K] among a filament's coefficients. */
export const AMBIENT = 0;

/** Names of the state nodes of the filament called `name`. */
export const lengthNode = (name: string): Node => `${name}.length`;
export const temperatureNode = (name: string): Node => `${name}.temperature`;

/** A filament between two nodes: the element and the capacitors of its state. Its start goes into the netlist's `initial`. */
export const placeFilament = (name: string, model: string, plus: Node, minus: Node): (Filament | Capacitor)[] => {
  const state = [lengthNode(name), temperatureNode(name)] as const;
  return [
    { name, type: "filament", model, nodes: [plus, minus, ...state] },
    capacitor(`${name}.CL`, state[0], "0", STATE_CAPACITANCE),
    capacitor(`${name}.CT`, state[1], "0", STATE_CAPACITANCE),
  ];
};

/** Start of a filament for the netlist's `initial`: length [m], temperature [K]. */
export const filamentStart = (name: string, length: number, temperature: number): Record<Node, number> => ({
  [lengthNode(name)]: length / NANOMETRE,
  [temperatureNode(name)]: temperature / KILOKELVIN,
});

/**
 * What leaves a filament's nodes at their voltages [A], and the derivatives by plus-minus voltage, length and temperature
 * nodes: three rows of four at `out`: the current through it, what its length's node loses, what its temperature's does. The
 * ambient temperature is the netlist's.
 *
 *     C dT/dt = |V I| - C (T - T0) / tau
 */
export const filamentTermsInto = (
  out: Float64Array,
  p: FilamentPhysics,
  ambient: number,
  voltage: number,
  length: number,
  kilokelvin: number,
): void => {
  filamentCurrentInto(part, p, voltage, length * NANOMETRE);
  const [current, byVoltage, byLength] = part;
  out[0] = current;
  out[1] = byVoltage;
  out[2] = byLength * NANOMETRE;
  out[3] = 0;
  filamentRateInto(part, p, voltage, length * NANOMETRE, kilokelvin * KILOKELVIN);
  const perRate = -STATE_CAPACITANCE / NANOMETRE;
  out[4] = perRate * part[0];
  out[5] = perRate * part[1];
  out[6] = perRate * part[2] * NANOMETRE;
  out[7] = perRate * part[3] * KILOKELVIN;
  const perWatt = -STATE_CAPACITANCE / (p.thermalCapacitance * KILOKELVIN);
  const cooling = STATE_CAPACITANCE / p.thermalTime;
  // V I is never negative.
  out[8] = perWatt * voltage * current + cooling * (kilokelvin - ambient / KILOKELVIN);
  out[9] = perWatt * (current + voltage * byVoltage);
  out[10] = perWatt * voltage * byLength * NANOMETRE;
  out[11] = cooling;
};

const part = new Float64Array(4);
