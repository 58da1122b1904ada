import type { ElementKind } from "../elements/element-kind.ts";
import type { ElementModel } from "../netlist/netlist.ts";
import { SpiceError } from "./spice-error.ts";
import { spiceNumber } from "./spice-expression.ts";
import type { SpiceLine } from "./spice-lines.ts";
import type { Subcircuit } from "./spice-subcircuits.ts";
import { assignment, type Parameters, valueIn } from "./spice-values.ts";

// The parameters that a subcircuit of ours sets as plain numbers; what it computes from them is not needed.
const numbersOf = (body: readonly SpiceLine[]): Map<string, number> => {
  const found = new Map<string, number>();
  for (const { words } of body)
    if (words[0].toLowerCase() === ".param")
      for (const word of words.slice(1)) {
        const [name, text] = assignment(word);
        const value = spiceNumber(text);
        if (value !== null) found.set(name, value);
      }
  return found;
};

/** The models of a deck, by their names in small letters. */
export interface SpiceModels {
  readonly names: ReadonlyMap<string, string>;
  readonly models: ReadonlyMap<string, ElementModel>;
}

const missingIn =
  (line: SpiceLine) =>
  (what: string): never => {
    throw new SpiceError(line.number, line.words[1], `${what} is missing`);
  };

/** Nodes of a subcircuit of ours. */
const checkPorts = ({ line, nodes }: Subcircuit, count: number): void => {
  if (nodes.length !== count)
    throw new SpiceError(
      line.number,
      line.words[1],
      `a subcircuit of this name has ${count} nodes, not ${nodes.length}`,
    );
};

/** The kind whose subcircuits are called like this one, if any. */
export const kindOfSubcircuit = (kinds: readonly ElementKind[], name: string): ElementKind | null =>
  kinds.find(({ spice }) => spice.subcircuit && name.toLowerCase().startsWith(spice.subcircuit.prefix)) ?? null;

/** Our own among the subcircuits, and the `.model` lines. */
export const readModels = (
  kinds: readonly ElementKind[],
  top: readonly SpiceLine[],
  subcircuits: ReadonlyMap<string, Subcircuit>,
  globals: Parameters,
): SpiceModels => {
  const names = new Map<string, string>();
  const models = new Map<string, ElementModel>();
  const define = (line: SpiceLine, name: string | undefined, model: ElementModel): void => {
    if (!name) throw new SpiceError(line.number, line.words[0], "the model's name is missing");
    if (names.has(name.toLowerCase())) throw new SpiceError(line.number, name, "this model is defined twice");
    names.set(name.toLowerCase(), name);
    models.set(name, model);
  };
  for (const subcircuit of subcircuits.values()) {
    const { line, body } = subcircuit;
    const name = line.words[1];
    const form = kindOfSubcircuit(kinds, name)?.spice.subcircuit;
    if (!form) continue;
    checkPorts(subcircuit, form.nodes);
    define(line, name.slice(form.prefix.length), form.model(numbersOf(body), missingIn(line)) as ElementModel);
  }
  const cards = kinds.flatMap(({ spice }) => (spice.cards ? [spice.cards] : []));
  for (const line of top) {
    if (line.words[0].toLowerCase() !== ".model") continue;
    const [, name, type, ...words] = line.words;
    const card = cards.find(({ types }) => types.includes((type ?? "").toLowerCase()));
    if (!card)
      throw new SpiceError(
        line.number,
        type ?? line.words[0],
        `model types read here: ${cards.flatMap(({ types }) => types).join(", ")}`,
      );
    const values = new Map<string, number>();
    for (const word of words) {
      const [key, text] = assignment(word);
      if (!card.parameters.includes(key))
        throw new SpiceError(line.number, word, `parameters of this model: ${card.parameters.join(", ")}`);
      values.set(key, valueIn(line, globals)(text));
    }
    define(line, name, card.model(type.toLowerCase(), values, missingIn(line)) as ElementModel);
  }
  return { names, models };
};
