import type { ElementKind, SpiceElementLine } from "../elements/element-kind.ts";
import type { Element, Node } from "../netlist/netlist.ts";
import { SpiceError } from "./spice-error.ts";
import type { SpiceLine } from "./spice-lines.ts";
import { kindOfSubcircuit, type SpiceModels } from "./spice-models.ts";
import type { Subcircuit } from "./spice-subcircuits.ts";
import {
  assignment,
  collectParameters,
  type Definition,
  type Parameters,
  resolveParameters,
  valueIn,
} from "./spice-values.ts";
import { readWaveform } from "./spice-waveform.ts";

/** Subcircuits inside one another, and elements in all. */
const DEEPEST = 20;
const MOST_ELEMENTS = 10_000;

/** Name of an element as it was before `writeSpice` put its letter in front. */
const elementName = (word: string): string => word.replace(/^[RCVIX]_/i, "");

export const GROUND: Node = "0";

/** Whether a node's name in small letters is one of SPICE's for ground. */
export const isGround = (name: string): boolean => name === GROUND || name === "gnd";

/** What the elements of a deck may refer to. */
interface SpiceScope {
  readonly kinds: readonly ElementKind[];
  readonly subcircuits: ReadonlyMap<string, Subcircuit>;
  readonly models: SpiceModels;
  readonly globals: Map<string, number>;
  readonly tran: { readonly step: number; readonly stop: number } | null;
  readonly nodeOf: (name: string) => Node;
}

/** The elements of a deck, subcircuits put in their places. */
export const readElements = (circuit: readonly SpiceLine[], scope: SpiceScope): Element[] => {
  const { kinds, subcircuits, globals, tran, nodeOf } = scope;
  const modelNames = scope.models.names;
  const elements: Element[] = [];
  const seen = new Set<string>();
  const add = (line: SpiceLine, e: Element): void => {
    const key = e.name.toLowerCase();
    if (seen.has(key)) throw new SpiceError(line.number, e.name, "two elements have this name");
    seen.add(key);
    elements.push(e);
    if (elements.length > MOST_ELEMENTS)
      throw new SpiceError(line.number, e.name, `more than ${MOST_ELEMENTS} elements`);
  };

  const expand = (
    body: readonly SpiceLine[],
    prefix: string,
    ports: ReadonlyMap<string, Node>,
    parameters: Parameters,
    depth: number,
  ): void => {
    const node = (name: string): Node => {
      const key = name.toLowerCase();
      if (isGround(key)) return GROUND;
      return ports.get(key) ?? nodeOf(prefix + name);
    };
    for (const line of body) {
      const [head, ...words] = line.words;
      const value = valueIn(line, parameters);
      const options = (from: number): Map<string, number> => {
        const found = new Map<string, number>();
        for (const word of words.slice(from)) {
          if (!word.includes("=")) throw new SpiceError(line.number, word, "expected name=value");
          const [key, text] = assignment(word);
          found.set(key, value(text));
        }
        return found;
      };
      const only = (found: ReadonlyMap<string, number>, names: readonly string[]): void => {
        for (const key of found.keys())
          if (!names.includes(key)) throw new SpiceError(line.number, key, `expected ${names.join(", ")} or nothing`);
      };
      const name = prefix + elementName(head);
      const letter = head[0].toLowerCase();
      const kind = kinds.find(({ spice }) => spice.reads?.toLowerCase() === letter);
      if (kind?.spice.read) {
        const context: SpiceElementLine = {
          name,
          words,
          need: (count, form) => {
            if (words.length < count) throw new SpiceError(line.number, head, `expected ${head} ${form}`);
          },
          node: (word) => node(words[word]),
          value,
          waveform: (from) => readWaveform(line, words.slice(from), value, tran),
          options: (from, ...names) => {
            const found = options(from);
            only(found, names);
            return found;
          },
          model: (word) => {
            const model = modelNames.get(words[word].toLowerCase());
            if (model === undefined) throw new SpiceError(line.number, words[word], "no .model has this name");
            return model;
          },
          refuse: (word, why) => {
            throw new SpiceError(line.number, word, why);
          },
        };
        add(line, kind.spice.read(context) as Element);
      } else if (letter === "x") {
        const from = words.findIndex((w) => w.includes("="));
        const plain = from < 0 ? words : words.slice(0, from);
        const called = plain[plain.length - 1] ?? "";
        const subcircuit = subcircuits.get(called.toLowerCase());
        if (!subcircuit) throw new SpiceError(line.number, called || head, "no .subckt has this name");
        const nodes = plain.slice(0, -1).map(node);
        if (nodes.length !== subcircuit.nodes.length)
          throw new SpiceError(
            line.number,
            called,
            `it has ${subcircuit.nodes.length} nodes; ${nodes.length} are given`,
          );
        const given = options(plain.length);
        const form = kindOfSubcircuit(kinds, called)?.spice.subcircuit;
        if (form) {
          only(given, form.options);
          const model = modelNames.get(called.slice(form.prefix.length).toLowerCase()) as string;
          add(line, form.element(name, model, nodes, given) as Element);
        } else {
          if (depth >= DEEPEST)
            throw new SpiceError(line.number, called, `subcircuits more than ${DEEPEST} deep; does it call itself?`);
          const definitions = new Map<string, Definition>();
          collectParameters(subcircuit.line, subcircuit.defaults, definitions);
          for (const own of subcircuit.body)
            if (own.words[0].toLowerCase() === ".param") collectParameters(own, own.words.slice(1), definitions);
          for (const key of given.keys())
            if (!definitions.has(key))
              throw new SpiceError(line.number, key, `.subckt ${called} has no such parameter`);
          // What the call gives goes before what the subcircuit sets; what neither does is the caller's.
          const inner = resolveParameters(definitions, parameters, given);
          const inside = new Map(subcircuit.nodes.map((n, i) => [n.toLowerCase(), nodes[i]] as const));
          expand(subcircuit.body, `${prefix}${elementName(head)}.`, inside, inner, depth + 1);
        }
      } else if (head.toLowerCase() !== ".param" && depth > 0)
        throw new SpiceError(line.number, head, "outside the subset that is read inside a .subckt");
    }
  };

  expand(circuit, "", new Map(), globals, 0);
  return elements;
};
