/** One logical line of a deck: continuations joined, comments gone, cut into words. */
export interface SpiceLine {
  /** Number of its first line in the deck, from 1. */
  readonly number: number;
  readonly words: readonly string[];
}

/**
 * The title and the lines of a deck, up to `.end`. Words end at blanks, commas and parentheses; `name = value` is one
 * word, `{...}` and '...' belong to the word they stand in. `*` begins a comment line, `;` or ` $ ` a comment.
 */
export const spiceLines = (deck: string): { readonly title: string; readonly lines: readonly SpiceLine[] } => {
  const [title = "", ...rest] = deck.split(/\r\n|\r|\n/);
  const joined: { number: number; text: string }[] = [];
  rest.forEach((raw, i) => {
    const text = raw
      .replace(/;.*$/, "")
      .replace(/\s\$\s.*$/, "")
      .trim();
    if (text === "" || text.startsWith("*")) return;
    const last = joined[joined.length - 1];
    if (text.startsWith("+") && last) last.text += ` ${text.slice(1)}`;
    else joined.push({ number: i + 2, text });
  });
  const end = joined.findIndex(({ text }) => /^\.end$/i.test(text));
  return {
    title: title.trim(),
    lines: (end < 0 ? joined : joined.slice(0, end))
      .map(({ number, text }) => ({ number, words: wordsOf(text) }))
      .filter(({ words }) => words.length > 0),
  };
};

const wordsOf = (text: string): string[] => {
  const close = text.replace(/\s*=\s*/g, "=");
  const words: string[] = [];
  let word = "";
  let braces = 0;
  let quoted = false;
  const end = (): void => {
    if (word !== "") words.push(word);
    word = "";
  };
  for (const c of close) {
    if (c === "'") quoted = !quoted;
    if (c === "{") braces++;
    if (c === "}") braces--;
    const inside = quoted || braces > 0;
    // v(node) stays one word.
    const ofVoltage =
      (c === "(" && /^(?:[^=]*=)?[vi]$/i.test(word)) || (c === ")" && /(?:^|=)[vi]\([^)]*$/i.test(word));
    if (!inside && !ofVoltage && /[\s,()]/.test(c)) {
      if (/(?:^|=)[vi]\([^)]*$/i.test(word) && c === ",") word += c;
      else end();
    } else word += c;
  }
  end();
  return words;
};
