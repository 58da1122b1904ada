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
  (line: SpiceLine, parameters: Parameters) =>
  (word: string): number => {
    const plain = spiceNumber(word);
    if (plain !== null && Number.isFinite(plain)) return plain;
    const inner = /^\{(.*)\}$|^'(.*)'$/.exec(word);
    try {
      return evaluateExpression(inner ? (inner[1] ?? inner[2]) : word, parameters);
    } catch (error) {
      throw new SpiceError(line.number, word, error instanceof Error ? error.message : String(error));
    }
  };

/** What a `.param` line sets, in order; `given` values stand instead of the line's own. */
export const setParameters = (
  line: SpiceLine,
  words: readonly string[],
  into: Map<string, number>,
  given: Parameters,
): void => {
  for (const word of words) {
    if (!/^[a-z_]\w*=./i.test(word)) throw new SpiceError(line.number, word, "expected name=value");
    const [name, text] = assignment(word);
    into.set(name, given.get(name) ?? valueIn(line, into)(text));
  }
};
