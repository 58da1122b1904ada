type Field = string | number | null;

const field = (value: Field): string => {
  const text = value === null || Number.isNaN(value) ? "" : String(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** Rows as CSV, heads first. */
export const csvOf = (heads: readonly string[], rows: readonly (readonly Field[])[]): string =>
  `${[heads, ...rows].map((row) => row.map(field).join(",")).join("\n")}\n`;
