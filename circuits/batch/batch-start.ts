import type { Circuit } from "../analyses/circuit.ts";
import { solveOperatingPoint, startFrom } from "../analyses/operating-point.ts";
import type { TransientFailure } from "../analyses/transient-contract.ts";
import type { Node } from "../netlist/netlist.ts";

const inKernelUnits = (circuit: Circuit, x: Float64Array): Float64Array => {
  const start = x.slice(0, circuit.size);
  // Currents of floating sources, in uA.
  for (let r = circuit.nodes.length; r < circuit.size; r++) start[r] *= 1e6;
  return start;
};

/** State of the unknowns from given node voltages, in V and uA. */
export const givenStart = (circuit: Circuit, initial: Readonly<Record<Node, number>>): Float64Array =>
  inKernelUnits(circuit, startFrom(circuit, initial));

/** State of the unknowns of one instance at 0 s, or why it has none. */
export const startOf = (circuit: Circuit): Float64Array | TransientFailure => {
  const { initial } = circuit.netlist;
  return initial === null ? operatingStart(circuit) : givenStart(circuit, initial);
};

const operatingStart = (circuit: Circuit): Float64Array | TransientFailure => {
  const point = solveOperatingPoint(circuit);
  if (!point.ok) return { ...point, reason: "no operating point", time: 0 };
  return inKernelUnits(circuit, point.x);
};
