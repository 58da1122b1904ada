import type { WordTable } from "./page.ts";

/** A table as plain text for a terminal: columns aligned, title above, notes wrapped below at `width`. */
export const tableText = (table: WordTable, width = 80): string => {
  const all = [table.columns, ...table.rows];
  const widths = table.columns.map((_, c) => Math.max(...all.map((row) => row[c].length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, c) => cell.padEnd(widths[c]))
      .join("  ")
      .trimEnd();
  const rule = widths.map((w) => "-".repeat(w)).join("  ");
  const notes = table.notes.flatMap((note) => wrapped(note, width));
  return [
    table.title,
    "",
    line(table.columns),
    rule,
    ...table.rows.map(line),
    ...(notes.length ? ["", ...notes] : []),
  ].join("\n");
};

const dashes = (text: string): string => text.replace(/[+-]?\bNaN\b/g, "-");

/** A table whose cells tell no "NaN": what is not known is "-". */
export const withDashes = <T extends WordTable>(table: T): T => ({
  ...table,
  rows: table.rows.map((row) => row.map((cell) => (/^[+-]?NaN\b/.test(cell) ? "-" : dashes(cell)))),
  notes: table.notes.map(dashes),
});

/** Text broken between words into lines of at most `width` characters. */
export const wrapped = (text: string, width: number): string[] => {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line ? `${line} ${word}` : word;
  }
  if (line) lines.push(line);
  return lines;
};
