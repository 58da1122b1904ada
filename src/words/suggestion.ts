import { closest, distance } from "fastest-levenshtein";

/** `"supplly"` -> ` Did you mean "supply"?`, where something is near enough. */
export const suggestion = (word: string, known: readonly string[]): string => {
  if (known.length === 0) return "";
  const near = closest(word, known);
  return distance(word, near) <= Math.max(2, word.length / 3) ? ` Did you mean "${near}"?` : "";
};
