import { closest } from "fastest-levenshtein";
import { Misuse } from "../../misuse.ts";

/** @throws Misuse where a flag's value is none of those known. */
export const oneOf = (option: string, value: string, known: readonly string[]): void => {
  if (!known.includes(value))
    throw new Misuse(`${option} ${value}: expected ${known.join(", ")}. Did you mean "${closest(value, known)}"?`);
};
