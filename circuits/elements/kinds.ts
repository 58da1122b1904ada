import { suggestion } from "#src/words/suggestion";
import { capacitorKind } from "./capacitor.ts";
import { cellKind } from "./cell.ts";
import type { AnyElement, AnyModel, ElementKind } from "./element-kind.ts";
import { filamentKind } from "./filament/filament-kind.ts";
import { resistorKind } from "./resistor.ts";
import { currentSourceKind, voltageSourceKind } from "./sources.ts";
import { transistorKind } from "./transistor/transistor-kind.ts";

/** All kinds of elements that the program has, in the order in which their currents are summed. */
export const ELEMENT_KINDS = [
  resistorKind,
  capacitorKind,
  voltageSourceKind,
  currentSourceKind,
  cellKind,
  transistorKind,
  filamentKind,
] as const;

type Kinds = (typeof ELEMENT_KINDS)[number];
type ElementOf<K> = K extends ElementKind<infer E, infer _> ? E : never;
type ModelOf<K> = K extends ElementKind<infer _, infer M> ? M : never;

/** An element of a kind that a netlist brings itself. */
export interface OwnElement extends AnyElement {
  readonly type: `own:${string}`;
}
export interface OwnModel extends AnyModel {
  readonly type: `own:${string}`;
}

export type Element = ElementOf<Kinds> | OwnElement;
export type ElementModel = NonNullable<ModelOf<Kinds>> | OwnModel;

/** What is wrong with a word that is none of the known ones, or null: what no kind is known for, nothing would simulate. */
export const unknownWord = (what: string, word: unknown, known: readonly string[]): string | null =>
  known.includes(word as string)
    ? null
    : `unknown ${what} ${JSON.stringify(word)}.${suggestion(String(word), known)} Known: ${known.join(", ")}.`;

/** The program's kinds and those a netlist brings. @throws RangeError for one whose type does not begin with "own:", or is there twice. */
export const kindsWith = (own: readonly ElementKind[] = []): readonly ElementKind[] => {
  own.forEach(({ type }, k) => {
    if (!type.startsWith("own:"))
      throw new RangeError(`element kind "${type}": the types of kinds that a netlist brings begin with "own:".`);
    if (own.findIndex((other) => other.type === type) < k)
      throw new RangeError(`element kind "${type}": it is given twice.`);
  });
  return own.length === 0
    ? (ELEMENT_KINDS as readonly ElementKind[])
    : [...(ELEMENT_KINDS as readonly ElementKind[]), ...own];
};

/** The kind of an element. @throws RangeError for a type that is none. */
export const kindOf = (kinds: readonly ElementKind[], type: string): ElementKind => {
  const found = kinds.find((kind) => kind.type === type);
  if (found) return found;
  throw new RangeError(
    unknownWord(
      "element type",
      type,
      kinds.map((kind) => kind.type),
    ) ?? "",
  );
};
