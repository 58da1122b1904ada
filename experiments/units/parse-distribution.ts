import type { Distribution, Parameter } from "#src/montecarlo/index";
import { Misuse } from "../misuse.ts";
import type { Scope } from "./expression.ts";
import { parseDifference, parseQuantity, splitArguments } from "./parse.ts";

const FORMS = "normal(mean, sigma), lognormal(median, sigma of ln), uniform(low, high), loguniform(low, high)";

/**
 * A distribution from its text, "lognormal(8 kohm, 0.25)", in SI. A normal's sigma has the parameter's unit (of temperature
 * it is a difference), a lognormal's is a pure number.
 *
 * @throws Misuse for any other form.
 */
export const parseDistribution = async (
  text: string,
  parameter: Parameter,
  name: string,
  scope: Scope = {},
): Promise<Distribution> => {
  const [, kind, inside] = /^\s*([a-z]+)\s*\((.*)\)\s*$/s.exec(text) ?? [];
  const parts = splitArguments(inside ?? "").map((part) => part.trim());
  if (parameter.kind !== "quantity") throw new Misuse(`${name} cannot vary: it is no quantity.`);
  if (parts.length !== 2 || !["normal", "lognormal", "uniform", "loguniform"].includes(kind))
    throw new Misuse(`${name}: "${text}" is no distribution; expected one of ${FORMS}.`);
  const { unit } = parameter;
  const first = await parseQuantity(parts[0], unit, name, scope);
  if (kind === "normal") return { kind, mean: first, sigma: await parseDifference(parts[1], unit, name, scope) };
  if (kind === "lognormal") return { kind, median: first, logSigma: await parseQuantity(parts[1], "1", name, scope) };
  const high = await parseQuantity(parts[1], unit, name, scope);
  return { kind: kind as "uniform" | "loguniform", low: first, high };
};
