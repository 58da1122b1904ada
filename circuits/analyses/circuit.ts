import type { ChargePart, SourcePart, VariedQuantity } from "../elements/element-kind.ts";
import { kindOf } from "../elements/kinds.ts";
import type { Waveform } from "../elements/waveform.ts";
import { checkNetlist } from "../netlist/check-netlist.ts";
import { type Element, kindsOf, type Netlist, type Node } from "../netlist/netlist.ts";
import { type ElementGroup, groupElements, varyGroups, varying } from "./element-groups.ts";

/**
 * A netlist compiled to the equations d/dt q(x, t) + i(x, t) = 0.
 *
 * The full vector holds first the `size` unknowns (node voltages, then currents of voltage sources between two unknown
 * nodes), then the `driven` node voltages, which sources and ground fix. Topology is shared between variations; the groups'
 * coefficients belong to one.
 */
export interface Circuit {
  readonly netlist: Netlist;
  /** Names of the unknown nodes, in the order of the unknowns. */
  readonly nodes: readonly Node[];
  readonly drivenNodes: readonly Node[];
  readonly index: ReadonlyMap<Node, number>;
  readonly size: number;
  readonly total: number;
  readonly sources: readonly Source[];
  readonly branches: readonly Branch[];
  readonly currentSources: readonly InjectedCurrent[];
  readonly capacitors: { readonly at: Int32Array; readonly farad: Float64Array };
  /** Elements through which currents flow that follow voltages, kind by kind. */
  readonly groups: readonly ElementGroup[];
  /** Rows of the unknowns on which no capacitor acts: purely algebraic. */
  readonly algebraic: Uint8Array;
}

interface InjectedCurrent {
  readonly name: string;
  readonly plus: number;
  readonly minus: number;
  readonly waveform: Waveform;
}

/** A voltage source that fixes `node` at `base`'s voltage plus `sign` times its waveform. */
export interface Source {
  readonly name: string;
  readonly node: number;
  readonly base: number;
  readonly sign: 1 | -1;
  readonly waveform: Waveform;
}

/** A voltage source between two unknown nodes; its current is unknown number `row`. */
interface Branch {
  readonly name: string;
  readonly plus: number;
  readonly minus: number;
  readonly row: number;
  readonly waveform: Waveform;
}

/** What makes one sample differ from the netlist, by element name. */
export interface Variation {
  /** Resistances [ohm]. */
  readonly resistances?: Readonly<Record<string, number>>;
  /** Transistors as fabricated: shift of the threshold [V], factor of the gain. */
  readonly deviations?: Readonly<Record<string, { readonly thresholdShift: number; readonly gainFactor: number }>>;
}

/** Most unknowns of a circuit: a factorisation of a dense matrix of this size takes a third of a second. */
const MOST_UNKNOWN = 1000;

/** A source as its kind describes it. */
interface Placed {
  readonly name: string;
  readonly nodes: readonly Node[];
  readonly waveform: Waveform;
}

// Which nodes the sources tie to ground, directly or in a chain; the rest of the sources become branches.
const driveNodes = (
  netlist: Netlist,
  voltages: readonly Placed[],
): { order: { e: Placed; node: Node; base: Node; sign: 1 | -1 }[]; rest: readonly Placed[] } => {
  const driven = new Set<Node>(["0"]);
  let rest = voltages;
  const order: { e: Placed; node: Node; base: Node; sign: 1 | -1 }[] = [];
  for (let progress = true; progress; ) {
    progress = false;
    const left: Placed[] = [];
    for (const e of rest) {
      const [plus, minus] = e.nodes;
      if (driven.has(plus) && driven.has(minus))
        throw new RangeError(`netlist "${netlist.title}": ${e.name} closes a loop of voltage sources.`);
      if (driven.has(minus)) order.push({ e, node: plus, base: minus, sign: 1 });
      else if (driven.has(plus)) order.push({ e, node: minus, base: plus, sign: -1 });
      else {
        left.push(e);
        continue;
      }
      driven.add(plus).add(minus);
      progress = true;
    }
    rest = left;
  }
  return { order, rest };
};

// Floating sources that close a loop among themselves fix one difference twice.
const checkBranches = (netlist: Netlist, branches: readonly Placed[]): void => {
  const root = new Map<Node, Node>();
  const rootOf = (node: Node): Node => {
    const above = root.get(node);
    return above === undefined ? node : rootOf(above);
  };
  for (const { name, nodes } of branches) {
    const [a, b] = nodes.map(rootOf);
    if (a === b) throw new RangeError(`netlist "${netlist.title}": ${name} closes a loop of voltage sources.`);
    root.set(a, b);
  }
};

/**
 * Compiles a netlist.
 * @throws RangeError where `checkNetlist` refuses it, or voltage sources form a loop.
 */
export const compileCircuit = (netlist: Netlist): Circuit => {
  checkNetlist(netlist);
  const kinds = kindsOf(netlist);
  const placed = netlist.elements.map((e) => ({ e, kind: kindOf(kinds, e.type) }));
  const imposed = (of: SourcePart<Element>["kind"]): Placed[] =>
    placed.flatMap(({ e, kind }) =>
      kind.part.kind === of
        ? [{ name: e.name, nodes: kind.nodes(e), waveform: (kind.part as SourcePart<Element>).waveform(e) }]
        : [],
    );
  const { order, rest } = driveNodes(netlist, imposed("voltage"));
  const drivenNodes = ["0", ...order.map((o) => o.node)];
  const unknown = new Set<Node>();
  for (const { e, kind } of placed)
    for (const node of kind.nodes(e)) if (!drivenNodes.includes(node)) unknown.add(node);
  checkBranches(netlist, rest);
  const nodes = [...unknown];
  const size = nodes.length + rest.length;
  if (size > MOST_UNKNOWN)
    throw new RangeError(
      `netlist "${netlist.title}": ${size} unknown voltages and currents; at most ${MOST_UNKNOWN}, as its matrices are dense.`,
    );
  const total = size + drivenNodes.length;
  const index = new Map<Node, number>();
  for (const node of nodes) index.set(node, index.size);
  drivenNodes.forEach((node, i) => {
    index.set(node, size + i);
  });
  const at = (node: Node): number => index.get(node) as number;
  // Parallel capacitors are one; those between two driven nodes still carry charge into the sources.
  const capacitance = new Map<string, number>();
  for (const { e, kind } of placed) {
    if (kind.part.kind !== "charge") continue;
    const [i, j] = kind
      .nodes(e)
      .map(at)
      .sort((a, b) => a - b);
    const farad = (kind.part as ChargePart<Element>).farad(e);
    if (i !== j) capacitance.set(`${i} ${j}`, (capacitance.get(`${i} ${j}`) ?? 0) + farad);
  }
  const capacitorAt = Int32Array.from([...capacitance.keys()].flatMap((pair) => pair.split(" ").map(Number)));
  const algebraic = new Uint8Array(size).fill(1);
  for (const [pair, farad] of capacitance)
    if (farad > 0) for (const i of pair.split(" ").map(Number)) if (i < size) algebraic[i] = 0;

  return {
    netlist,
    nodes,
    drivenNodes,
    index,
    size,
    total,
    sources: order.map(({ e, node, base, sign }) => ({
      name: e.name,
      node: at(node),
      base: at(base),
      sign,
      waveform: e.waveform,
    })),
    branches: rest.map((e, i) => ({
      name: e.name,
      plus: at(e.nodes[0]),
      minus: at(e.nodes[1]),
      row: nodes.length + i,
      waveform: e.waveform,
    })),
    currentSources: imposed("current").map(({ name, nodes: [plus, minus], waveform }) => ({
      name,
      plus: at(plus),
      minus: at(minus),
      waveform,
    })),
    capacitors: { at: capacitorAt, farad: Float64Array.from(capacitance.values()) },
    groups: groupElements(netlist, kinds, at, size),
    algebraic,
  };
};

/**
 * The same circuit with other resistances and transistors.
 * @throws RangeError for a name that has no such quantity in the netlist, or a resistance not above zero.
 */
export const varyCircuit = (circuit: Circuit, { resistances = {}, deviations = {} }: Variation): Circuit => {
  const of = (quantity: VariedQuantity, pick: (name: string) => number, names: readonly string[]) =>
    [quantity, names.map((name) => [name, pick(name)] as const)] as const;
  for (const [name, ohm] of Object.entries(resistances))
    if (!(ohm > 0)) throw new RangeError(`variation: resistance of ${name} is ${ohm} ohm; expected > 0 ohm.`);
  // An element without the one quantity is left alone by what leaves it alone.
  const shifts = varying(circuit.groups, "thresholdShift");
  const gains = varying(circuit.groups, "gainFactor");
  const deviating = Object.entries(deviations);
  const shifted = deviating.filter(
    ([name, d]) => d.thresholdShift !== 0 || shifts.includes(name) || !gains.includes(name),
  );
  const scaled = deviating.filter(([name, d]) => d.gainFactor !== 1 || gains.includes(name));
  return {
    ...circuit,
    groups: varyGroups(circuit.groups, kindsOf(circuit.netlist), [
      of("resistance", (name) => resistances[name], Object.keys(resistances)),
      of(
        "thresholdShift",
        (name) => deviations[name].thresholdShift,
        shifted.map(([name]) => name),
      ),
      of(
        "gainFactor",
        (name) => deviations[name].gainFactor,
        scaled.map(([name]) => name),
      ),
    ]),
  };
};
