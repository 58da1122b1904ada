import type { AnyElement, AnyModel, ElementKind, FlowPart, Node, VariedQuantity } from "../elements/element-kind.ts";
import type { Netlist } from "../netlist/netlist.ts";

type Part = FlowPart<AnyElement, AnyModel | null>;

/** All elements of one kind through which currents flow that follow voltages. */
export interface ElementGroup {
  readonly type: string;
  readonly part: Part;
  readonly elements: readonly AnyElement[];
  readonly names: readonly string[];
  /** Of each element: its model, or null. */
  readonly models: readonly (AnyModel | null)[];
  /** `part.terminals` places in the full vector an element. */
  readonly at: Int32Array;
  /** `part.coefficients.length` numbers an element. */
  readonly coefficients: Float64Array;
  readonly scatter: Scatter;
  /** Where one element's flows and their derivatives are written, before they are added. */
  readonly flowing: Float64Array;
}

/** Where the flows of each element go, and their derivatives by the unknowns; what falls on driven nodes is not listed. */
interface Scatter {
  /** From and to in the full vector, a flow each; -1: nowhere. */
  readonly rows: Int32Array;
  /** Derivatives that are added, and those that are subtracted: which of `flowsInto`'s numbers, and its place in the Jacobian. */
  readonly added: Taps;
  readonly subtracted: Taps;
}

interface Taps {
  /** Number and place, number and place ... */
  readonly pairs: Int32Array;
  /** Of each element: where its own end. */
  readonly ends: Int32Array;
}

const scatterOf = ({ flows, terminals }: Part, at: Int32Array, size: number): Scatter => {
  const count = at.length / terminals;
  const rows: number[] = [];
  const taps = () => ({ pairs: [] as number[], ends: [] as number[] });
  const [added, subtracted] = [taps(), taps()];
  for (let k = 0; k < count; k++) {
    const node = (terminal: number): number => at[k * terminals + terminal];
    flows.forEach((flow, f) => {
      const [from, to] = [node(flow.from), flow.to === null ? -1 : node(flow.to)];
      rows.push(from, to);
      for (const [row, list] of [
        [from, added],
        [to, subtracted],
      ] as const) {
        if (row < 0 || row >= size) continue;
        for (let t = 0; t < terminals; t++) {
          if (node(t) >= size) continue;
          list.pairs.push(f * (1 + terminals) + 1 + t, row * size + node(t));
        }
      }
    });
    for (const list of [added, subtracted]) list.ends.push(list.pairs.length);
  }
  const packed = ({ pairs, ends }: typeof added): Taps => ({
    pairs: Int32Array.from(pairs),
    ends: Int32Array.from(ends),
  });
  return { rows: Int32Array.from(rows), added: packed(added), subtracted: packed(subtracted) };
};

const modelOf = (netlist: Netlist, e: AnyElement): AnyModel | null =>
  "model" in e ? netlist.models[e.model as string] : null;

/** Writes the coefficients of a group's elements, as drawn, at a temperature [K]. */
export const coefficientsAt = (out: Float64Array, { part, elements, models }: ElementGroup, kelvin: number): void => {
  elements.forEach((e, k) => {
    part.coefficientsInto(out, k * part.coefficients.length, e, models[k], kelvin);
  });
};

/** The elements of a netlist that let currents flow, kind by kind in the order of the kinds. */
export const groupElements = (
  netlist: Netlist,
  kinds: readonly ElementKind[],
  at: (node: Node) => number,
  size: number,
): readonly ElementGroup[] =>
  kinds.flatMap((kind): ElementGroup[] => {
    const { part, type } = kind;
    const elements = netlist.elements.filter((e) => e.type === type);
    if (part.kind !== "flows" || elements.length === 0) return [];
    const places = Int32Array.from(elements.flatMap((e) => kind.nodes(e).map(at)));
    const group = {
      type,
      part,
      elements,
      names: elements.map((e) => e.name),
      models: elements.map((e) => modelOf(netlist, e)),
      at: places,
      coefficients: new Float64Array(elements.length * part.coefficients.length),
      scatter: scatterOf(part, places, size),
      flowing: new Float64Array(part.flows.length * (1 + part.terminals)),
    };
    coefficientsAt(group.coefficients, group, netlist.temperature);
    return [group];
  });

/** Names of the elements that have a quantity, and what their kinds are called. */
export const varying = (groups: readonly ElementGroup[], quantity: VariedQuantity): readonly string[] =>
  groups.filter(({ part }) => part.varies[quantity]).flatMap(({ names }) => names);

const typesWith = (kinds: readonly ElementKind[], quantity: VariedQuantity): string =>
  kinds
    .filter(({ part }) => part.kind === "flows" && part.varies[quantity])
    .map(({ type }) => type)
    .join(" or ");

/** The same groups with quantities of some elements changed. @throws RangeError for a name that has no such quantity. */
export const varyGroups = (
  groups: readonly ElementGroup[],
  kinds: readonly ElementKind[],
  changes: readonly (readonly [VariedQuantity, readonly (readonly [name: string, by: number])[]])[],
): readonly ElementGroup[] => {
  const changed = groups.map((group) => ({ ...group, coefficients: group.coefficients.slice() }));
  for (const [quantity, values] of changes)
    for (const [name, by] of values) {
      const group = changed.find(({ part, names }) => part.varies[quantity] && names.includes(name));
      const varied = group?.part.varies[quantity];
      if (!group || !varied)
        throw new RangeError(
          `variation: no ${typesWith(kinds, quantity)} is called ${name}; there are: ${varying(groups, quantity).join(", ")}.`,
        );
      const place = group.names.indexOf(name) * group.part.coefficients.length + varied.place;
      group.coefficients[place] = varied.vary(group.coefficients[place], by);
    }
  return changed;
};
