/** Longest message or reason that is told: more tells nobody more. */
const LONGEST = 2000;

/** The text on one line for a terminal or a table: no control characters, and so long that it can be read. */
export const oneLine = (text: string, longest = LONGEST): string => {
  const cut = text.length > longest;
  const line = [...(cut ? text.slice(0, longest) : text).trimEnd()]
    .map((c) => (c === "\n" || c === "\r" || c === "\t" ? " " : isControl(c) ? escaped(c) : c))
    .join("")
    .replace(/ {2,}/g, " ");
  return cut ? `${line} ... (${text.length} characters)` : line;
};

/** Control characters of both sets, those that turn the direction of writing, and line ends of other scripts. */
const isControl = (c: string): boolean => /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u.test(c);
const escaped = (c: string): string => `\\u${(c.codePointAt(0) as number).toString(16).padStart(4, "0")}`;
