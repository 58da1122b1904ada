import {
  type FilamentPhysics,
  MOSFET_COEFFICIENTS,
  type MosfetDeviation,
  mosfetCoefficientsInto,
  type RramConduction,
} from "#devices/index";
import { checkNetlist } from "./check-netlist.ts";
import type { Element, Netlist, Node } from "./netlist.ts";
import type { Waveform } from "./waveform.ts";

/**
 * A netlist compiled to the equations d/dt q(x, t) + i(x, t) = 0.
 *
 * The full vector holds first the `size` unknowns (node voltages, then currents of voltage sources between two unknown
 * nodes), then the `driven` node voltages, which sources and ground fix. Topology is shared between variations;
 * `resistances`, `transistors` belong to one.
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
  readonly currentSources: readonly { readonly plus: number; readonly minus: number; readonly waveform: Waveform }[];
  readonly capacitors: { readonly at: Int32Array; readonly farad: Float64Array };
  readonly resistors: { readonly names: readonly string[]; readonly at: Int32Array };
  readonly rrams: {
    readonly names: readonly string[];
    readonly at: Int32Array;
    readonly conduction: readonly RramConduction[];
  };
  readonly mosfets: { readonly names: readonly string[]; readonly at: Int32Array };
  /** Four nodes each: plus, minus, length, temperature. */
  readonly filaments: {
    readonly names: readonly string[];
    readonly at: Int32Array;
    readonly params: readonly FilamentPhysics[];
  };
  /** Rows of the unknowns on which no capacitor acts: purely algebraic. */
  readonly algebraic: Uint8Array;
  /** Resistors first, then rram cells [ohm]. */
  readonly resistances: Float64Array;
  /** MOSFET_COEFFICIENTS a transistor. */
  readonly transistors: Float64Array;
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
export interface Branch {
  readonly name: string;
  readonly plus: number;
  readonly minus: number;
  readonly row: number;
  readonly waveform: Waveform;
}

/** What makes one sample differ from the netlist: resistances by element name, transistors as fabricated. */
export interface Variation {
  readonly resistances?: Readonly<Record<string, number>>;
  readonly deviations?: Readonly<Record<string, MosfetDeviation>>;
}

/** Most unknowns of a circuit: a factorisation of a dense matrix of this size takes a third of a second. */
const MOST_UNKNOWN = 1000;

type VoltageSource = Element & { type: "voltage" };

// Which nodes the sources tie to ground, directly or in a chain; the rest of the sources become branches.
const driveNodes = (
  netlist: Netlist,
): { order: { e: VoltageSource; node: Node; base: Node; sign: 1 | -1 }[]; rest: VoltageSource[] } => {
  const driven = new Set<Node>(["0"]);
  let rest = netlist.elements.filter((e): e is VoltageSource => e.type === "voltage");
  const order: { e: VoltageSource; node: Node; base: Node; sign: 1 | -1 }[] = [];
  for (let progress = true; progress; ) {
    progress = false;
    const left: VoltageSource[] = [];
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
const checkBranches = (netlist: Netlist, branches: readonly VoltageSource[]): void => {
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
  const { order, rest } = driveNodes(netlist);
  const drivenNodes = ["0", ...order.map((o) => o.node)];
  const unknown = new Set<Node>();
  for (const e of netlist.elements)
    for (const node of e.type === "mosfet" ? [e.drain, e.gate, e.source, e.bulk] : e.nodes)
      if (!drivenNodes.includes(node)) unknown.add(node);
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
  const pairs = (elements: readonly { readonly nodes: readonly [Node, Node] }[]): Int32Array =>
    Int32Array.from(elements.flatMap((e) => e.nodes.map(at)));
  const of = <T extends Element["type"]>(type: T): (Element & { type: T })[] =>
    netlist.elements.filter((e): e is Element & { type: T } => e.type === type);

  // Parallel capacitors are one; those between two driven nodes still carry charge into the sources.
  const capacitance = new Map<string, number>();
  for (const e of of("capacitor")) {
    const [i, j] = e.nodes.map(at).sort((a, b) => a - b);
    if (i !== j) capacitance.set(`${i} ${j}`, (capacitance.get(`${i} ${j}`) ?? 0) + e.capacitance);
  }
  const capacitorAt = Int32Array.from([...capacitance.keys()].flatMap((pair) => pair.split(" ").map(Number)));
  const algebraic = new Uint8Array(size).fill(1);
  for (const [pair, farad] of capacitance)
    if (farad > 0) for (const i of pair.split(" ").map(Number)) if (i < size) algebraic[i] = 0;

  const resistors = of("resistor");
  const rrams = of("rram");
  const mosfets = of("mosfet");
  const filaments = of("filament");
  const transistors = new Float64Array(mosfets.length * MOSFET_COEFFICIENTS);
  mosfets.forEach((e, i) => {
    const model = netlist.models[e.model];
    if (model.type === "mosfet")
      mosfetCoefficientsInto(transistors, i * MOSFET_COEFFICIENTS, model.params, e, netlist.temperature);
  });
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
    currentSources: of("current").map((e) => ({ plus: at(e.nodes[0]), minus: at(e.nodes[1]), waveform: e.waveform })),
    capacitors: { at: capacitorAt, farad: Float64Array.from(capacitance.values()) },
    resistors: { names: resistors.map((e) => e.name), at: pairs(resistors) },
    rrams: {
      names: rrams.map((e) => e.name),
      at: pairs(rrams),
      conduction: rrams.map((e) => {
        const model = netlist.models[e.model];
        return model.type === "rram" ? model.conduction : { kind: "ohmic" };
      }),
    },
    mosfets: {
      names: mosfets.map((e) => e.name),
      at: Int32Array.from(mosfets.flatMap((e) => [e.drain, e.gate, e.source, e.bulk].map(at))),
    },
    filaments: {
      names: filaments.map((e) => e.name),
      at: Int32Array.from(filaments.flatMap((e) => e.nodes.map(at))),
      params: filaments.map((e) => {
        const model = netlist.models[e.model];
        if (model.type !== "filament") throw new RangeError(`netlist: model "${e.model}" is no filament.`);
        return model.params;
      }),
    },
    algebraic,
    resistances: Float64Array.from([...resistors, ...rrams].map((e) => e.resistance)),
    transistors,
  };
};

/**
 * The same circuit with other resistances and transistors.
 * @throws RangeError for a name that is no resistor, rram or mosfet of the netlist, or a resistance not above zero.
 */
export const varyCircuit = (circuit: Circuit, variation: Variation): Circuit => {
  const resistances = circuit.resistances.slice();
  const transistors = circuit.transistors.slice();
  const names = [...circuit.resistors.names, ...circuit.rrams.names];
  for (const [name, ohm] of Object.entries(variation.resistances ?? {})) {
    const i = names.indexOf(name);
    if (i < 0)
      throw new RangeError(`variation: no resistor or rram is called ${name}; there are: ${names.join(", ")}.`);
    if (!(ohm > 0)) throw new RangeError(`variation: resistance of ${name} is ${ohm} ohm; expected > 0 ohm.`);
    resistances[i] = ohm;
  }
  for (const [name, { thresholdShift, gainFactor }] of Object.entries(variation.deviations ?? {})) {
    const i = circuit.mosfets.names.indexOf(name);
    if (i < 0)
      throw new RangeError(`variation: no mosfet is called ${name}; there are: ${circuit.mosfets.names.join(", ")}.`);
    transistors[i * MOSFET_COEFFICIENTS + 1] += thresholdShift;
    transistors[i * MOSFET_COEFFICIENTS + 4] *= gainFactor;
  }
  return { ...circuit, resistances, transistors };
};
