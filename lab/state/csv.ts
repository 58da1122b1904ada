import type { ReadName, ReadValues } from "./lab-parameters.ts";

type Field = string | number | null;

const field = (value: Field): string => {
  const text = value === null || Number.isNaN(value) ? "" : String(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** What numbers belong to: a setting of the page. */
export interface Belonging {
  readonly values: ReadValues;
  readonly seed: string;
}

/**
 * Rows as CSV, heads first; behind each row what it belongs to, in SI.
 * @param without Settings that rows have columns of their own for.
 */
export const csvOf = (
  heads: readonly string[],
  rows: readonly (readonly Field[])[],
  { values, seed }: Belonging,
  without: readonly ReadName[] = [],
): string => {
  const settings = (Object.keys(values) as ReadName[]).filter((name) => !without.includes(name));
  const behind = [seed, ...settings.map((name) => values[name])];
  return `${[[...heads, "seed", ...settings], ...rows.map((row) => [...row, ...behind])].map((row) => row.map(field).join(",")).join("\n")}\n`;
};
