import {
  drainCurrentInto,
  MOSFET_COEFFICIENTS,
  type MosfetDeviation,
  mosfetCoefficientsInto,
  type RramConduction,
  rramCurrentInto,
} from "#devices/index";
import { checkNetlist } from "./check-netlist.ts";
import type { Element, Netlist, Node } from "./netlist.ts";
import { type Waveform, waveformAt } from "./waveform.ts";

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
  const nodes = [...unknown];
  const size = nodes.length + rest.length;
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

/** Whether no element bends: Newton's method then needs one step, however large. */
export const isLinear = ({ mosfets, rrams }: Circuit): boolean =>
  mosfets.names.length === 0 && rrams.conduction.every((c) => c.kind === "ohmic");

/** Writes the driven node voltages at `time` into the full vector `x`. */
export const driveInto = (x: Float64Array, circuit: Circuit, time: number): void => {
  x[circuit.size] = 0;
  for (const s of circuit.sources) x[s.node] = x[s.base] + s.sign * waveformAt(s.waveform, time);
};

/** Charge [C] that each node of the full vector holds; branch rows are zero. */
export const chargesInto = (charges: Float64Array, circuit: Circuit, x: Float64Array): void => {
  const { at, farad } = circuit.capacitors;
  charges.fill(0);
  for (let k = 0; k < farad.length; k++) {
    const q = farad[k] * (x[at[2 * k]] - x[at[2 * k + 1]]);
    charges[at[2 * k]] += q;
    charges[at[2 * k + 1]] -= q;
  }
};

/** The capacitance matrix of the unknowns, size x size, row-major. */
export const capacitanceMatrix = (circuit: Circuit): Float64Array => {
  const { size, capacitors } = circuit;
  const c = new Float64Array(size * size);
  capacitors.farad.forEach((farad, k) => {
    const i = capacitors.at[2 * k];
    const j = capacitors.at[2 * k + 1];
    if (i < size) c[i * size + i] += farad;
    if (j < size) c[j * size + j] += farad;
    if (i < size && j < size) {
      c[i * size + j] -= farad;
      c[j * size + i] -= farad;
    }
  });
  return c;
};

const current = new Float64Array(4);

/**
 * Resistive current [A] that leaves each node of the full vector at state `x` and `time`, and its derivative by the
 * unknowns, size x size [S]. A branch's row holds its voltage equation, plus - minus - waveform.
 */
export const currentsInto = (
  currents: Float64Array,
  jacobian: Float64Array,
  circuit: Circuit,
  x: Float64Array,
  time: number,
): void => {
  const { size, resistors, rrams, mosfets, resistances, transistors } = circuit;
  currents.fill(0);
  jacobian.fill(0);
  const conduct = (i: number, j: number, ampere: number, siemens: number): void => {
    currents[i] += ampere;
    currents[j] -= ampere;
    if (i < size) jacobian[i * size + i] += siemens;
    if (j < size) jacobian[j * size + j] += siemens;
    if (i < size && j < size) {
      jacobian[i * size + j] -= siemens;
      jacobian[j * size + i] -= siemens;
    }
  };
  const linear = resistors.names.length;
  for (let k = 0; k < linear; k++) {
    const i = resistors.at[2 * k];
    const j = resistors.at[2 * k + 1];
    conduct(i, j, (x[i] - x[j]) / resistances[k], 1 / resistances[k]);
  }
  for (let k = 0; k < rrams.conduction.length; k++) {
    const i = rrams.at[2 * k];
    const j = rrams.at[2 * k + 1];
    rramCurrentInto(current, rrams.conduction[k], resistances[linear + k], x[i] - x[j]);
    conduct(i, j, current[0], current[1]);
  }
  const terminals = mosfets.at;
  for (let k = 0; 4 * k < terminals.length; k++) {
    const d = terminals[4 * k];
    const g = terminals[4 * k + 1];
    const s = terminals[4 * k + 2];
    const b = terminals[4 * k + 3];
    drainCurrentInto(current, transistors, k * MOSFET_COEFFICIENTS, x[d], x[g], x[s], x[b]);
    currents[d] += current[0];
    currents[s] -= current[0];
    const byBulk = -current[1] - current[2] - current[3];
    if (d < size) {
      const row = d * size;
      jacobian[row + d] += current[1];
      if (g < size) jacobian[row + g] += current[2];
      if (s < size) jacobian[row + s] += current[3];
      if (b < size) jacobian[row + b] += byBulk;
    }
    if (s < size) {
      const row = s * size;
      if (d < size) jacobian[row + d] -= current[1];
      if (g < size) jacobian[row + g] -= current[2];
      jacobian[row + s] -= current[3];
      if (b < size) jacobian[row + b] -= byBulk;
    }
  }
  for (const { plus, minus, waveform } of circuit.currentSources) {
    const ampere = waveformAt(waveform, time);
    currents[plus] += ampere;
    currents[minus] -= ampere;
  }
  for (const { plus, minus, row, waveform } of circuit.branches) {
    currents[plus] += x[row];
    currents[minus] -= x[row];
    currents[row] = x[plus] - x[minus] - waveformAt(waveform, time);
    if (plus < size) {
      jacobian[plus * size + row] += 1;
      jacobian[row * size + plus] += 1;
    }
    if (minus < size) {
      jacobian[minus * size + row] -= 1;
      jacobian[row * size + minus] -= 1;
    }
  }
};
