import type { Parameter } from "#src/montecarlo/index";

/** Powers of ten of the prefixes that people type; "u" stands for a micro. */
const PREFIXES: Readonly<Record<string, number>> = {
  f: -15,
  p: -12,
  n: -9,
  u: -6,
  "\u00b5": -6,
  "\u03bc": -6,
  m: -3,
  "": 0,
  k: 3,
  K: 3,
  M: 6,
  G: 9,
};
const SPELT: Readonly<Record<string, RegExp>> = {
  V: /^v(olts?)?$/i,
  s: /^s(ec(onds?)?)?$/i,
  F: /^f(arads?)?$/i,
  ohm: /^(ohms?|[\u03a9\u2126\u03c9])$/i,
  eV: /^ev$/i,
};
const EXAMPLES: Readonly<Record<string, string>> = {
  V: "0.85 V",
  s: "3 ns",
  F: "20 fF",
  ohm: "10 kΩ",
  eV: "0.1 eV",
  K: "85 °C",
  "1": "1.5",
};

const NUMBER = /^([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)\s*(.*)$/i;

/** A decimal number shifted by a power of ten, as the decimal number would be read: no product's rounding. */
const shifted = (digits: string, power: number): number => {
  const [mantissa, exponent = "0"] = digits.toLowerCase().split("e");
  return Number(`${mantissa}e${Number(exponent) + power}`);
};

const kelvin = (digits: string, unit: string): number | null => {
  if (/^(\u00b0\s?c|deg\s?c|c|\u2103|)$/i.test(unit)) return Number((Number(digits) + 273.15).toPrecision(12));
  return /^k$/i.test(unit) ? Number(digits) : null;
};

/**
 * The SI value of what was typed into a field: "850 mV", "3n", "10 kohm", "85 °C". A number without a unit is in the unit that the field
 * showed; without a prefix it is so too.
 *
 * @param shown The field's text before.
 * @returns null where it is no quantity of that unit.
 */
export const typedQuantity = (text: string, unit: string, shown: string): number | null => {
  const [, digits, rest] = NUMBER.exec(text.trim()) ?? [];
  if (digits === undefined) return null;
  if (unit === "K") return kelvin(digits, rest);
  if (rest === "%" && unit === "1") return shifted(digits, -2);
  if (rest === "") {
    const [, , unitShown = ""] = NUMBER.exec(shown.trim()) ?? [];
    return unitShown === "" ? Number(digits) : typedQuantity(`${digits} ${unitShown}`, unit, "");
  }
  for (const [prefix, power] of Object.entries(PREFIXES)) {
    if (!rest.startsWith(prefix)) continue;
    const own = rest.slice(prefix.length).trim();
    // A prefix alone is enough: "20f" of a capacitance, "10k" of a resistance.
    if ((own === "" && prefix !== "" && unit !== "1") || SPELT[unit]?.test(own)) return shifted(digits, power);
  }
  return null;
};

/** What is expected of a field, for a sentence: "0.3 V to 1.5 V, e.g. 0.85 V". */
export const expectedOf = (
  parameter: Extract<Parameter, { readonly kind: "quantity" }>,
  show: (value: number) => string,
  unit = parameter.unit,
): string => `${show(parameter.min)} to ${show(parameter.max)}, e.g. ${EXAMPLES[unit] ?? parameter.default}`;
