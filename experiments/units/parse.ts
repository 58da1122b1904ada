import type { Unit } from "mathjs";
import type { Parameter, Value } from "#src/montecarlo/index";
import { ownOf } from "#src/words/named";
import { Misuse } from "../misuse.ts";
import { evaluateExpression, mathematics, type Scope } from "./expression.ts";

const unitName = (unit: string): string => ({ "1": "a number", K: "K (or degC)" })[unit] ?? unit;

/**
 * The SI value of a text such as "0.6 V", "27 degC", "10 kohm", "2 * 5 ns"; a bare number is SI already.
 * @throws Misuse where the text is no expression, or its unit is another quantity's.
 */
export const parseQuantity = async (text: string, unit: string, name: string, scope: Scope = {}): Promise<number> => {
  const value = await anyQuantity(text, unit, name, scope);
  if (!Number.isFinite(value))
    throw new Misuse(`${name}: "${text}" is ${value}; expected a finite value, e.g. "${example(unit)}".`);
  return value;
};

/** How units are spelt by people, as the library of units knows them; of the names alone, prefixes stay as they are but for K. */
const UNITS: Readonly<Record<string, string>> = {
  ...{ ohm: "ohm", ohms: "ohm", "\u03a9": "ohm", "\u2126": "ohm", "\u03c9": "ohm" },
  ...{ v: "V", volt: "V", volts: "V", a: "A", amp: "A", amps: "A", j: "J", w: "W", hz: "Hz", ev: "eV" },
  ...{ f: "F", farad: "F", farads: "F", s: "s", sec: "s", seconds: "s", siemens: "S" },
};
/** A number and the letters behind it. */
const MEASURED = /(?<![\w.])(\d+\.?\d*(?:e[-+]?\d+)?|\.\d+(?:e[-+]?\d+)?)(\s*)([\u03a9\u2126A-Za-z]+)(?![\w(])/gi;

/** Units where only their case, their plural or their sign is not as the library has it: "5 kOhms", "20pf", "3 \u00b5A", "85C" of a temperature. */
const spelt = (text: string, unit: string, scope: Scope): string =>
  text
    .replace(/\u00b0\s?C\b|\bdeg(?:rees?)?\s?C\b|\u2103|\bcelsius\b/gi, "degC")
    .replace(/[\u00b5\u03bc]/g, "u")
    .replace(MEASURED, (whole, number: string, space: string, word: string) => {
      // A name of a study file's own.
      if (ownOf(scope, word) !== undefined) return whole;
      if (unit === "K" && (word === "C" || word === "c")) return `${number} degC`;
      const sized = /^([fpnumkKMGT]?)(.+)$/.exec(word);
      for (const [prefix, name] of [["", word], ...(sized ? [[sized[1], sized[2]]] : [])]) {
        const known = ownOf<string>(UNITS, name.toLowerCase());
        // S is siemens, s a second: where the unit wanted is neither, the text stays as it is.
        if (known === "s" && name === "S") return whole;
        if (known) return `${number}${space}${prefix === "K" ? "k" : prefix}${known}`;
      }
      return whole;
    });

const anyQuantity = async (given: string, unit: string, name: string, scope: Scope): Promise<number> => {
  const text = spelt(given, unit, scope);
  const bare = Number(text);
  if (text.trim() !== "" && Number.isFinite(bare)) return bare;
  const { library } = await mathematics();
  let value: unknown;
  try {
    value = await evaluateExpression(text, scope);
  } catch (error) {
    const why = /^[^()]*,/.test(given)
      ? "several values span an axis: --grid"
      : /^[\d.]+\s*[fpnumkMGT]$/.test(given)
        ? "a prefix needs its unit"
        : (error as Error).message;
    throw new Misuse(`${name}: "${given}" cannot be read (${why}); expected e.g. "${example(unit)}".`);
  }
  if (typeof value === "number") return value;
  if (library.typeOf(value) !== "Unit")
    throw new Misuse(`${name}: "${given}" is no quantity; expected e.g. "${example(unit)}".`);
  const quantity = value as Unit;
  if ((quantity as unknown as { value: number | null }).value === null)
    throw new Misuse(`${name}: "${given}" is a unit without a number; expected e.g. "${example(unit)}".`);
  if (unit === "1") {
    if (/%/.test(text)) return quantity.toNumber("");
    throw new Misuse(`${name}: "${given}" has a unit; expected a pure number.`);
  }
  if (typeof (quantity as unknown as { value: unknown }).value !== "number")
    throw new Misuse(`${name}: "${given}" is no real quantity; expected e.g. "${example(unit)}".`);
  if (!quantity.equalBase(library.unit(1, unit) as unknown as Unit))
    throw new Misuse(`${name}: "${given}" has the wrong unit; expected ${unitName(unit)}, e.g. "${example(unit)}".`);
  const si = quantity.toNumber(unit);
  // A sum with 273.15 ends a digit off: -40 degC is 233.15 K, where a range begins, and not 233.14999999999998 K.
  return unit === "K" ? Number(si.toPrecision(12)) : si;
};

const example = (unit: string): string =>
  ({
    V: "0.6 V",
    K: "27 degC",
    ohm: "10 kohm",
    s: "3 ns",
    F: "20 fF",
    A: "55 uA",
    "1": "0.5",
    eV: "0.1 eV",
    m: "1 um",
  })[unit] ?? `1 ${unit}`;

/** The value of one parameter from its text. */
export const parseValue = async (
  text: string,
  parameter: Parameter,
  name: string,
  scope: Scope = {},
): Promise<Value> => {
  if (parameter.kind === "quantity" || parameter.kind === "integer")
    return parseQuantity(text, parameter.unit, name, scope);
  return parameter.kind === "choice" ? chosen(text, parameter.choices) : text;
};

/** A flip is what type 1 is of binary weights: pages and tables call it so. */
const chosen = (text: string, choices: readonly string[]): string => {
  if (choices.includes(text)) return text;
  if (text === "flip" && choices.includes("type1")) return "type1";
  return choices.find((choice) => choice.toLowerCase() === text.toLowerCase()) ?? text;
};

/** Splits at commas that are in no parentheses. */
export const splitArguments = (text: string): string[] => {
  const parts = [""];
  let depth = 0;
  for (const c of text) {
    depth += c === "(" ? 1 : c === ")" ? -1 : 0;
    if (c === "," && depth === 0) parts.push("");
    else parts[parts.length - 1] += c;
  }
  return parts;
};

/**
 * The values of a grid axis: "a:b:step" (both ends included), or a list "a,b,c".
 * @throws Misuse where the step leads away from the end, or spans more than 10,000 values.
 */
export const parseAxis = async (
  text: string,
  parameter: Parameter,
  name: string,
  scope: Scope = {},
): Promise<Value[]> => {
  const ends = text.split(":");
  if (ends.length === 1)
    return Promise.all(splitArguments(text).map((t) => parseValue(t.trim(), parameter, name, scope)));
  if (ends.length !== 3 || (parameter.kind !== "quantity" && parameter.kind !== "integer"))
    throw new Misuse(`--grid ${name}=${text}: expected start:stop:step of a quantity, or a list a,b,c.`);
  const [start, stop] = await Promise.all(ends.slice(0, 2).map((t) => parseQuantity(t, parameter.unit, name, scope)));
  const step = await parseDifference(ends[2], parameter.unit, name, scope);
  const count = Math.floor((stop - start) / step + 1e-9) + 1;
  if (!(count >= 1 && count <= 10_000))
    throw new Misuse(
      `--grid ${name}=${text}: ${ends[2]} steps from ${ends[0]} to ${ends[1]} are not 1 .. 10,000 values.`,
    );
  // Rounded to twelve digits, so that 0.4 + 2 * 0.1 is the 0.6 that was meant.
  return Array.from({ length: count }, (_, i) => Number((start + i * step).toPrecision(12)));
};

/** A difference of two quantities: "20 degC" of it is 20 K. */
export const parseDifference = async (text: string, unit: string, name: string, scope: Scope = {}): Promise<number> => {
  const degrees = unit === "K" ? /^\s*([-+.\deE]+)\s*degC\s*$/.exec(spelt(text, unit, scope)) : null;
  return degrees ? Number(degrees[1]) : parseQuantity(text, unit, name, scope);
};

/** Whether the text is a unit of the same quantity as `unit`: "kohm" for "ohm". */
export const isUnit = async (text: string, unit: string): Promise<boolean> => {
  const { library } = await mathematics();
  // Only names are looked up: nothing is evaluated.
  if (!/^[A-Za-z]+$/.test(text)) return false;
  try {
    return (library.unit(1, text) as unknown as Unit).equalBase(library.unit(1, unit) as unknown as Unit);
  } catch {
    return false;
  }
};
