import { ownOf } from "#src/words/named";
import { suggestion } from "#src/words/suggestion";
import {
  CONDUCTION_KINDS,
  ELEMENT_TYPES,
  type Element,
  MODEL_TYPES,
  type Netlist,
  type Node,
  nodesOf,
} from "./netlist.ts";
import { WAVEFORM_KINDS } from "./waveform.ts";

const GROUND = "0";

const refuse = (netlist: Netlist, message: string): never => {
  throw new RangeError(`netlist "${netlist.title}": ${message}`);
};

/** What is wrong with a word that is none of the known ones, or null: what no kind is known for, nothing would simulate. */
export const unknownWord = (what: string, word: unknown, known: readonly string[]): string | null =>
  known.includes(word as string)
    ? null
    : `unknown ${what} ${JSON.stringify(word)}.${suggestion(String(word), known)} Known: ${known.join(", ")}.`;

// Types say so already; netlists also come from plain JavaScript and from files.
const checkWords = (netlist: Netlist): void => {
  const check = (where: string, fault: string | null): void => {
    if (fault) refuse(netlist, `${where}: ${fault}`);
  };
  for (const e of netlist.elements) {
    check(e.name, unknownWord("element type", e.type, ELEMENT_TYPES));
    if (e.type === "voltage" || e.type === "current")
      check(e.name, unknownWord("waveform", e.waveform?.kind, WAVEFORM_KINDS));
  }
  for (const [name, model] of Object.entries(netlist.models)) {
    check(`model "${name}"`, unknownWord("model type", model?.type, MODEL_TYPES));
    if (model.type === "rram")
      check(`model "${name}"`, unknownWord("conduction", model.conduction?.kind, CONDUCTION_KINDS));
  }
};

const checkValue = (netlist: Netlist, e: Element): void => {
  const positive = (what: string, value: number, unit: string): void => {
    if (!(value > 0 && value < Number.POSITIVE_INFINITY))
      refuse(netlist, `${e.name}: ${what} is ${value} ${unit}; expected > 0 ${unit} and finite.`);
  };
  if (e.type === "resistor" || e.type === "rram") positive("resistance", e.resistance, "ohm");
  if (e.type === "capacitor" && !(e.capacitance >= 0 && e.capacitance < Number.POSITIVE_INFINITY))
    refuse(netlist, `${e.name}: capacitance is ${e.capacitance} F; expected >= 0 F and finite.`);
  if (e.type === "mosfet") {
    positive("width", e.width, "m");
    positive("length", e.length, "m");
  }
  if (e.type === "mosfet" || e.type === "rram" || e.type === "filament") {
    const model = Object.hasOwn(netlist.models, e.model) ? netlist.models[e.model] : null;
    const known = Object.keys(netlist.models).join(", ") || "none";
    if (!model) refuse(netlist, `${e.name}: unknown model "${e.model}"; the netlist defines: ${known}.`);
    else if (model.type !== e.type)
      refuse(netlist, `${e.name}: model "${e.model}" is a ${model.type}, not a ${e.type}.`);
  }
  if (e.type === "voltage" && e.nodes[0] === e.nodes[1])
    refuse(netlist, `${e.name}: both ends are at node "${e.nodes[0]}"; a voltage source needs two nodes.`);
  if (e.type === "voltage" || e.type === "current") checkWaveform(netlist, e);
};

const checkWaveform = (netlist: Netlist, e: Element & { type: "voltage" | "current" }): void => {
  const w = e.waveform;
  if (w.kind === "pwl") {
    if (w.points.length === 0) refuse(netlist, `${e.name}: a pwl waveform needs at least one [time, value] point.`);
    w.points.forEach(([t], i) => {
      if (i > 0 && !(t > w.points[i - 1][0]))
        refuse(netlist, `${e.name}: pwl times must rise; point ${i} is at ${t} s after ${w.points[i - 1][0]} s.`);
    });
  }
  if (w.kind === "pulse" && !(w.period >= (w.rise + w.width + w.fall) * (1 - 1e-12) && w.period > 0))
    refuse(netlist, `${e.name}: pulse period ${w.period} s is shorter than rise + width + fall.`);
  if (w.kind === "pulse" && !(w.rise > 0 && w.fall > 0))
    refuse(
      netlist,
      `${e.name}: pulse edges are ${w.rise} s and ${w.fall} s; expected > 0 s, a jump has no derivative.`,
    );
  if (w.kind === "sin" && !(w.frequency > 0))
    refuse(netlist, `${e.name}: sin frequency is ${w.frequency} Hz; expected > 0 Hz.`);
};

// Terminals between which current or charge can pass: gate and bulk of a transistor hold no node.
const joined = (e: Element): readonly (readonly [Node, Node])[] => {
  if (e.type === "mosfet") return [[e.drain, e.source]];
  if (e.type === "filament") return [[e.nodes[0], e.nodes[1]]];
  return e.type === "current" ? [] : [e.nodes];
};

const reachable = (elements: readonly Element[], from: Node): Set<Node> => {
  const neighbours = new Map<Node, Node[]>();
  for (const e of elements)
    for (const [a, b] of joined(e)) {
      neighbours.set(a, [...(neighbours.get(a) ?? []), b]);
      neighbours.set(b, [...(neighbours.get(b) ?? []), a]);
    }
  const seen = new Set([from]);
  const waiting = [from];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop())
    for (const next of neighbours.get(node) ?? [])
      if (!seen.has(next)) {
        seen.add(next);
        waiting.push(next);
      }
  return seen;
};

/**
 * Checks what a netlist must be before it is solved.
 *
 * @throws RangeError naming the element or node: unknown or wrong model, value out of range, two elements of one name,
 * no ground, a floating node (one terminal only, no path to ground, or held by capacitors alone without a start voltage).
 */
export const checkNetlist = (netlist: Netlist): void => {
  if (!(netlist.temperature > 0)) refuse(netlist, `temperature is ${netlist.temperature} K; expected > 0 K.`);
  checkWords(netlist);
  const names = new Set<string>();
  const terminals = new Map<Node, string[]>();
  for (const e of netlist.elements) {
    if (names.has(e.name)) refuse(netlist, `two elements are called ${e.name}.`);
    names.add(e.name);
    checkValue(netlist, e);
    for (const node of nodesOf(e)) terminals.set(node, [...(terminals.get(node) ?? []), e.name]);
  }
  if (!terminals.has(GROUND)) refuse(netlist, `no element touches ground; call one node "0".`);
  for (const node of Object.keys(netlist.initial ?? {}))
    if (!terminals.has(node)) refuse(netlist, `initial names node "${node}", which no element touches.`);

  const held = reachable(netlist.elements, GROUND);
  const conducting = reachable(
    netlist.elements.filter((e) => e.type !== "capacitor"),
    GROUND,
  );
  for (const [node, users] of terminals) {
    if (node === GROUND) continue;
    const floats = (why: string): never => refuse(netlist, `node "${node}" floats: ${why}`);
    if (users.length === 1) floats(`only ${users[0]} touches it; connect it or remove ${users[0]}.`);
    if (!held.has(node)) floats(`no element holds it to ground (it is touched by ${users.join(", ")}).`);
    if (!conducting.has(node) && ownOf(netlist.initial, node) === undefined)
      floats("only capacitors hold it; give its start voltage in initial or a resistor to ground.");
  }
};
