import { ownOf } from "#src/words/named";
import type { AnyElement, ElementKind, Node } from "../elements/element-kind.ts";
import { type Element, kindOf, unknownWord } from "../elements/kinds.ts";
import { kindsOf, type Netlist } from "./netlist.ts";

const GROUND = "0";

const refuse = (netlist: Netlist, message: string): never => {
  throw new RangeError(`netlist "${netlist.title}": ${message}`);
};

// Types say so already; netlists also come from plain JavaScript and from files.
const checkWords = (netlist: Netlist, kinds: readonly ElementKind[]): void => {
  const check = (where: string, fault: string | null): void => {
    if (fault) refuse(netlist, `${where}: ${fault}`);
  };
  const words = (kind: ElementKind, of: "element" | "model", where: string, from: unknown): void => {
    for (const { what, known, get } of kind.words.filter((word) => word.of === of))
      check(where, unknownWord(what, get(from as never), known));
  };
  const types = kinds.map(({ type }) => type);
  for (const e of netlist.elements) {
    check(e.name, unknownWord("element type", e.type, types));
    words(kindOf(kinds, e.type), "element", e.name, e);
  }
  const modelled = kinds.filter(({ models }) => models.length > 0);
  for (const [name, model] of Object.entries(netlist.models)) {
    const where = `model "${name}"`;
    check(
      where,
      unknownWord(
        "model type",
        model?.type,
        modelled.map(({ type }) => type),
      ),
    );
    const kind = kindOf(kinds, model.type);
    words(kind, "model", where, model);
    check(where, kind.modelFault(model));
  }
};

const checkValue = (netlist: Netlist, kind: ElementKind, e: Element): void => {
  const fault = kind.fault(e);
  if (fault) refuse(netlist, `${e.name}: ${fault}`);
  if (kind.models.length === 0) return;
  const called = (e as AnyElement & { readonly model: string }).model;
  const model = Object.hasOwn(netlist.models, called) ? netlist.models[called] : null;
  const known = Object.keys(netlist.models).join(", ") || "none";
  if (!model) refuse(netlist, `${e.name}: unknown model "${called}"; the netlist defines: ${known}.`);
  else if (model.type !== e.type) refuse(netlist, `${e.name}: model "${called}" is a ${model.type}, not a ${e.type}.`);
};

const reachable = (kinds: readonly ElementKind[], elements: readonly Element[], from: Node): Set<Node> => {
  const neighbours = new Map<Node, Node[]>();
  for (const e of elements)
    for (const [a, b] of kindOf(kinds, e.type).joins(e)) {
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
  const kinds = kindsOf(netlist);
  checkWords(netlist, kinds);
  const names = new Set<string>();
  const terminals = new Map<Node, string[]>();
  for (const e of netlist.elements) {
    if (names.has(e.name)) refuse(netlist, `two elements are called ${e.name}.`);
    names.add(e.name);
    const kind = kindOf(kinds, e.type);
    checkValue(netlist, kind, e);
    for (const node of kind.nodes(e)) terminals.set(node, [...(terminals.get(node) ?? []), e.name]);
  }
  if (!terminals.has(GROUND)) refuse(netlist, `no element touches ground; call one node "0".`);
  for (const node of Object.keys(netlist.initial ?? {}))
    if (!terminals.has(node)) refuse(netlist, `initial names node "${node}", which no element touches.`);

  const held = reachable(kinds, netlist.elements, GROUND);
  const conducting = reachable(
    kinds,
    netlist.elements.filter((e) => kindOf(kinds, e.type).part.kind !== "charge"),
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
