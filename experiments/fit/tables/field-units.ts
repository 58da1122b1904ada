import { isUnit } from "../../units/parse.ts";

/** The unit of a header field, by the quantity it measures. */
export interface FieldUnit<Kind extends string> {
  readonly unit: string;
  readonly kind: Kind;
}

/** Units as laboratories write them: Greek letters, "kOhm", "OHM", "°C", "sec". */
const spelled = (word: string): string =>
  word
    .replace(/[\u03a9\u2126]/g, "ohm")
    .replace(/[\u00b5\u03bc]/g, "u")
    .replace(/ohms?$/i, "ohm")
    .replace(/^K(?=ohm$)/, "k")
    .replace(/^(\u00b0\s?C|deg\s?C|\u2103|celsius)$/i, "degC")
    .replace(/^(sec|secs|seconds?)$/i, "s");

/** The word of a header field that may be its unit: in brackets, its last word, or the field itself. */
const unitWord = (field: string): string =>
  /[[(]\s*([^\])]+?)\s*[\])]/.exec(field)?.[1] ??
  field
    .trim()
    .split(/[\s_]+/)
    .at(-1) ??
  "";

const unitAmong = async <Kind extends string>(
  word: string,
  kinds: readonly Kind[],
): Promise<FieldUnit<Kind> | null> => {
  const unit = spelled(word);
  for (const kind of kinds) if (await isUnit(unit, kind)) return { unit, kind };
  return null;
};

/** The unit of resistance or conductance that a header field carries. */
export const unitIn = (field: string): Promise<FieldUnit<"ohm" | "S"> | null> =>
  unitAmong(unitWord(field), ["ohm", "S"]);

/** The unit of any quantity that measurements are told by; "TIME (S)" is in seconds, "temp_C" in degrees. */
export const anyUnitIn = (field: string): Promise<FieldUnit<"ohm" | "S" | "s" | "K"> | null> => {
  const word = unitWord(field);
  if (word === "S" && /^\s*(time|delay|age|t)\b/i.test(field)) return Promise.resolve({ unit: "s", kind: "s" });
  if (word === "C" && /temp|^\s*t\b/i.test(field)) return Promise.resolve({ unit: "degC", kind: "K" });
  return unitAmong(word, ["ohm", "S", "s", "K"]);
};
