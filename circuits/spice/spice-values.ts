import { SpiceError } from "./spice-error.ts";
import { evaluateExpression, spiceNumber } from "./spice-expression.ts";
import type { SpiceLine } from "./spice-lines.ts";

/** Values of parameters by their names in small letters. */
export type Parameters = ReadonlyMap<string, number>;

/** The two sides of name=text, the name in small letters. */
export const assignment = (word: string): readonly [key: string, text: string] => {
  const equals = word.indexOf("=");
  return [word.slice(0, equals).toLowerCase(), word.slice(equals + 1)];
};

/** Value of a word at a line: a SPICE number, {expression}, 'expression', or the name of a parameter. */
export const valueIn =
  (line: SpiceLine, parameters: Pick<Parameters, "get">) =>
  (word: string): number => {
    const plain = spiceNumber(word);
    if (plain !== null && Number.isFinite(plain)) return plain;
    const inner = /^\{(.*)\}$|^'(.*)'$/.exec(word);
    try {
      return evaluateExpression(inner ? (inner[1] ?? inner[2]) : word, parameters);
    } catch (error) {
      if (error instanceof SpiceError) throw error;
      throw new SpiceError(line.number, word, error instanceof Error ? error.message : String(error));
    }
  };

/** Where a parameter is set, and to what. */
export interface Definition {
  readonly line: SpiceLine;
  readonly text: string;
}

/** Collects what `name=text` words of a line set; a later definition replaces an earlier one. */
export const collectParameters = (line: SpiceLine, words: readonly string[], into: Map<string, Definition>): void => {
  for (const word of words) {
    if (!/^[a-z_]\w*=./i.test(word)) throw new SpiceError(line.number, word, "expected name=value");
    const [name, text] = assignment(word);
    into.set(name, { line, text });
  }
};

/** Parameters that hang on one another in a chain. */
const LONGEST_CHAIN = 200;

/**
 * Values of parameters, whatever their order: one may use another that is set later, or one of `outer`. `given` values stand
 * instead of definitions.
 * @throws SpiceError for parameters that hang on themselves.
 */
export const resolveParameters = (
  definitions: ReadonlyMap<string, Definition>,
  outer: Parameters,
  given: Parameters,
): Map<string, number> => {
  const values = new Map(outer);
  const open = new Set<string>();
  const done = new Set<string>();
  const get = (name: string): number | undefined => {
    const definition = definitions.get(name);
    if (!definition || done.has(name)) return values.get(name);
    const word = `${name}=${definition.text}`;
    if (open.has(name)) throw new SpiceError(definition.line.number, word, "this parameter hangs on itself");
    if (open.size > LONGEST_CHAIN)
      throw new SpiceError(definition.line.number, word, `more than ${LONGEST_CHAIN} parameters hang on one another`);
    open.add(name);
    const value = given.get(name) ?? valueIn(definition.line, { get })(definition.text);
    open.delete(name);
    done.add(name);
    values.set(name, value);
    return value;
  };
  for (const name of definitions.keys()) get(name);
  return values;
};
