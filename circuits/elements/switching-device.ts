import type { ElementKind, Node } from "./element-kind.ts";
import type { Element, ElementModel } from "./kinds.ts";

/**
 * A device of two terminals that switches: a length [m] that moves with voltage and heat, and a temperature [K] that its own
 * power raises, C dT/dt = V I - C (T - T0) / tau. At rest it conducts as (V0 / R) sinh(V / V0). `P` is the record of one
 * device's parameters. Pulses on arrays (`circuits/programming/`) take any.
 */
export interface SwitchingDevice<P> {
  /** Current [A] and its derivatives by voltage [S] and length [A/m], at `out[0..2]`. */
  currentInto(out: Float64Array, p: P, voltage: number, length: number): void;
  /** Speed of the length [m/s] and its derivatives by voltage, length and temperature, at `out[0..3]`. */
  rateInto(out: Float64Array, p: P, voltage: number, length: number, kelvin: number): void;
  /** At low voltage [ohm]. */
  resistance(p: P, length: number): number;
  /** V0 [V]. */
  fieldVoltage(p: P): number;
  /** Between these the length stays [m]. */
  leastLength(p: P): number;
  mostLength(p: P): number;
  /** T0 + P tau / C [K] at a power P [W]. */
  steadyTemperature(p: P, ambient: number, power: number): number;
  /** C [J/K] and tau [s]. */
  thermalCapacitance(p: P): number;
  thermalTime(p: P): number;
  /** As an element of a netlist: its model, its elements between two nodes, the start of its state's nodes. */
  model(p: P): ElementModel;
  place(name: string, model: string, plus: Node, minus: Node): readonly Element[];
  start(name: string, length: number, kelvin: number): Readonly<Record<Node, number>>;
  /** Its state's nodes, and what a volt at them is: [m], [K]. */
  lengthNode(name: string): Node;
  temperatureNode(name: string): Node;
  /** Kinds that its elements are of, where they are not the program's. */
  readonly kinds?: readonly ElementKind[];
  readonly lengthUnit: number;
  readonly temperatureUnit: number;
}
