// Holds the tables of README and docs to what their commands printed. A comment before a table says whose it is:
//   <!-- printed by pvt: Worst case -->   the block is the printed table of this title, put in by the command
//   <!-- by pvt, sensitivity -->          laid out by hand: every number must stand, rounded as it is here, in one of these
//                                         records, an estimate with its interval as a whole
//   <!-- given -->                        not what a command makes
import { existsSync, readFileSync } from "node:fs";
import { recordOf } from "./published-page.mjs";

const NUMBER = /(?<![\w.])[-+]?\d+(?:,\d{3})*(?:\.\d+)?(?:e[-+]?\d+)?/;
const INTERVAL = new RegExp(`(${NUMBER.source})(?: %)? *\\[(${NUMBER.source}), (${NUMBER.source})\\]`);
/** SI prefixes of the units that are printed, behind a number. */
const PREFIXES = { f: 1e-15, p: 1e-12, n: 1e-9, u: 1e-6, m: 1e-3, k: 1e3, M: 1e6 };
const UNIT = /^(?: ?([fpnumkM]?)(?:s|V|A|J|F|ohm|S|W|Hz)|(k))\b/;

/** A number as written: its value in SI, and half a unit of its last digit. */
const numberOf = (word, after) => {
  const bare = word.replaceAll(",", "");
  const [mantissa, exponent = "0"] = bare.split("e");
  const [, ofUnit, alone] = UNIT.exec(after) ?? [];
  const prefix = ofUnit || alone;
  const scale = 10 ** Number(exponent) * (prefix ? PREFIXES[prefix] : 1);
  const decimals = mantissa.split(".")[1]?.length ?? 0;
  return { word, value: Number(mantissa) * scale, half: 0.5 * 10 ** -decimals * scale };
};

/** The numbers of a text one by one, and its estimates with their intervals as triples. */
export const numbersOf = (text) => {
  const triples = [...text.matchAll(new RegExp(INTERVAL, "g"))].map(([word, ...parts]) => ({
    word,
    parts: parts.map((part) => numberOf(part, "")),
  }));
  const singles = [...text.matchAll(new RegExp(NUMBER, "g"))].map((match) =>
    numberOf(match[0], text.slice(match.index + match[0].length, match.index + match[0].length + 6)),
  );
  return { triples, singles };
};

/** Shown is printed, rounded to the digits that are shown. A sign may be told in words. */
const agree = (shown, printed) =>
  Math.abs(Math.abs(shown.value) - Math.abs(printed.value)) <=
    shown.half * (1 + 1e-6) + 1e-12 * Math.abs(shown.value) && printed.half <= shown.half * (1 + 1e-6);

/** What a table shows and none of its records prints, in the table's words. */
export const strangers = (table, printed) => {
  const [shown, made] = [numbersOf(table), numbersOf(printed)];
  const inTriples = new Set(shown.triples.flatMap(({ parts }) => parts.map(({ word }) => word)));
  return [
    ...shown.triples.filter(
      ({ parts }) => !made.triples.some((triple) => parts.every((part, k) => agree(part, triple.parts[k]))),
    ),
    ...shown.singles.filter(
      (number) => !inTriples.has(number.word) && !made.singles.some((single) => agree(number, single)),
    ),
  ].map(({ word }) => word);
};

/** A printed table with its title, as a record has it. @throws Error where there is none of this title. */
export const printedTable = (record, title) => {
  const lines = record.split("\n");
  const start = lines.findIndex((line) => line.startsWith(title));
  if (start < 0) throw new Error(`nothing printed begins with "${title}"`);
  const rules = lines.findIndex((line, k) => k > start && /^-+(?: +-+)*$/.test(line));
  const last = lines.findIndex((line, k) => k > Math.max(rules, start) && line.trim() === "");
  return lines.slice(start, last < 0 ? lines.length : last).join("\n");
};

const COMMENT = /^<!-- (?:printed by (?<one>[\w-]+): (?<title>.+)|by (?<names>.+)|given) -->$/;

/**
 * Tables and blocks without a language of a page: lines of the text (from, to), whether it is printed text, and of the comment
 * before it the records' names and the title; names is null where there is no comment.
 */
export const tablesOf = (page) => {
  const lines = page.split("\n");
  const tables = [];
  for (let at = 0; at < lines.length; at++) {
    const block = lines[at].startsWith("```");
    if (!block && !lines[at].startsWith("|")) continue;
    let end = at + 1;
    if (block) while (!lines[end].startsWith("```")) end++;
    else while (lines[end]?.startsWith("|")) end++;
    const comment = COMMENT.exec(lines[at - 1] ?? "");
    const { one, title, names } = comment?.groups ?? {};
    // The head of a table names settings; of printed text every line is the record's.
    const from = block ? at + 1 : at + 2;
    if (!block || lines[at] === "```")
      tables.push({
        from,
        to: end,
        text: lines.slice(from, end).join("\n"),
        names: comment && (one ? [one] : (names?.split(", ") ?? [])),
        title,
      });
    at = end;
  }
  return tables;
};

/** A table that shows measured values, by the look of it: more than two numbers with decimals. */
export const looksMeasured = ({ text }) => (text.match(/\d\.\d/g)?.length ?? 0) > 2;

const recordsOf = (names) =>
  names?.length > 0 && names.every((name) => existsSync(recordOf(name)))
    ? names.map((name) => readFileSync(recordOf(name), "utf8")).join("\n")
    : null;

/** Of a page: what its tables show that their records, where all are there, do not print. */
export const staleTables = (page) =>
  tablesOf(page).flatMap(({ from, text, names, title }) => {
    const printed = recordsOf(names);
    if (printed === null) return [];
    if (title) return text === printedTable(printed, title) ? [] : [{ line: from, names, words: [title] }];
    const words = strangers(text, printed);
    return words.length === 0 ? [] : [{ line: from, names, words }];
  });

/** The page with the printed tables of today's records in it. */
export const withPrintedTables = (page) => {
  const lines = page.split("\n");
  for (const { from, to, names, title } of tablesOf(page).reverse()) {
    const printed = title ? recordsOf(names) : null;
    if (printed !== null) lines.splice(from, to - from, ...printedTable(printed, title).split("\n"));
  }
  return lines.join("\n");
};
