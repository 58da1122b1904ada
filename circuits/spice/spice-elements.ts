import type { Element, Node } from "../netlist.ts";
import { SpiceError } from "./spice-error.ts";
import { FILAMENT_PREFIX } from "./spice-filament.ts";
import type { SpiceLine } from "./spice-lines.ts";
import type { SpiceModels } from "./spice-models.ts";
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
import { CELL_PREFIX, MOSFET_PREFIX } from "./write-spice.ts";

/** Subcircuits inside one another, and elements in all. */
const DEEPEST = 20;
const MOST_ELEMENTS = 10_000;

/** Name of an element as it was before `writeSpice` put its letter in front. */
const elementName = (word: string): string => word.replace(/^[RCVIX]_/i, "");

export const GROUND: Node = "0";

/** Whether a node's name in small letters is one of SPICE's for ground. */
export const isGround = (name: string): boolean => name === GROUND || name === "gnd";

/** What the elements of a deck may refer to. */
export interface SpiceScope {
  readonly subcircuits: ReadonlyMap<string, Subcircuit>;
  readonly models: SpiceModels;
  readonly globals: Map<string, number>;
  readonly tran: { readonly step: number; readonly stop: number } | null;
  readonly nodeOf: (name: string) => Node;
}

/** The elements of a deck, subcircuits put in their places. */
export const readElements = (circuit: readonly SpiceLine[], scope: SpiceScope): Element[] => {
  const { subcircuits, globals, tran, nodeOf } = scope;
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
      const need = (count: number, what: string): void => {
        if (words.length < count) throw new SpiceError(line.number, head, `expected ${head} ${what}`);
      };
      const rest = (from: number): Map<string, number> => {
        const options = new Map<string, number>();
        for (const word of words.slice(from)) {
          if (!word.includes("=")) throw new SpiceError(line.number, word, "expected name=value");
          const [key, text] = assignment(word);
          options.set(key, value(text));
        }
        return options;
      };
      const only = (options: Map<string, number>, ...names: string[]): void => {
        for (const key of options.keys())
          if (!names.includes(key)) throw new SpiceError(line.number, key, `expected ${names.join(", ")} or nothing`);
      };
      const name = prefix + elementName(head);
      const letter = head[0].toLowerCase();
      if (letter === "r" || letter === "c") {
        need(3, "node node value");
        if (words.length > 3) throw new SpiceError(line.number, words[3], "is not expected after the value");
        const text = words[2].replace(letter === "r" ? /^r=/i : /^c=/i, "");
        const nodes = [node(words[0]), node(words[1])] as const;
        const size = value(text);
        if (!(letter === "r" ? size > 0 : size >= 0))
          throw new SpiceError(line.number, words[2], `expected ${letter === "r" ? "> 0 ohm" : ">= 0 F"}`);
        add(
          line,
          letter === "r"
            ? { name, type: "resistor", nodes, resistance: size }
            : { name, type: "capacitor", nodes, capacitance: size },
        );
      } else if (letter === "v" || letter === "i") {
        need(3, "node node value or waveform");
        add(line, {
          name,
          type: letter === "v" ? "voltage" : "current",
          nodes: [node(words[0]), node(words[1])],
          waveform: readWaveform(line, words.slice(2), value, tran),
        });
      } else if (letter === "m") {
        need(5, "drain gate source bulk model w= l=");
        const misplaced = words.slice(0, 5).find((word) => word.includes("="));
        if (misplaced !== undefined)
          throw new SpiceError(line.number, misplaced, "a node or the model is missing before it");
        const model = modelNames.get(words[4].toLowerCase());
        if (model === undefined) throw new SpiceError(line.number, words[4], "no .model has this name");
        const options = rest(5);
        only(options, "w", "l");
        for (const key of ["w", "l"])
          if (!((options.get(key) ?? 0) > 0)) throw new SpiceError(line.number, `${key}=`, "expected, above 0 m");
        add(line, {
          name,
          type: "mosfet",
          model,
          drain: node(words[0]),
          gate: node(words[1]),
          source: node(words[2]),
          bulk: node(words[3]),
          width: options.get("w") ?? Number.NaN,
          length: options.get("l") ?? Number.NaN,
        });
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
        const options = rest(plain.length);
        const ours = (start: string): string => modelNames.get(called.slice(start.length).toLowerCase()) as string;
        if (called.toLowerCase().startsWith(MOSFET_PREFIX)) {
          only(options, "w", "l");
          const [drain, gate, source, bulk] = nodes;
          const model = ours(MOSFET_PREFIX);
          add(line, {
            name,
            type: "mosfet",
            model,
            drain,
            gate,
            source,
            bulk,
            width: options.get("w") ?? 1e-6,
            length: options.get("l") ?? 1e-6,
          });
        } else if (called.toLowerCase().startsWith(FILAMENT_PREFIX)) {
          only(options);
          const [plus, minus, length, temperature] = nodes;
          add(line, {
            name,
            type: "filament",
            model: ours(FILAMENT_PREFIX),
            nodes: [plus, minus, length, temperature],
          });
        } else if (called.toLowerCase().startsWith(CELL_PREFIX)) {
          only(options, "r");
          add(line, {
            name,
            type: "rram",
            model: ours(CELL_PREFIX),
            nodes: [nodes[0], nodes[1]],
            resistance: options.get("r") ?? 1e4,
          });
        } else {
          if (depth >= DEEPEST)
            throw new SpiceError(line.number, called, `subcircuits more than ${DEEPEST} deep; does it call itself?`);
          const definitions = new Map<string, Definition>();
          collectParameters(subcircuit.line, subcircuit.defaults, definitions);
          for (const own of subcircuit.body)
            if (own.words[0].toLowerCase() === ".param") collectParameters(own, own.words.slice(1), definitions);
          for (const key of options.keys())
            if (!definitions.has(key))
              throw new SpiceError(line.number, key, `.subckt ${called} has no such parameter`);
          // What the call gives goes before what the subcircuit sets; what neither does is the caller's.
          const inner = resolveParameters(definitions, parameters, options);
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
