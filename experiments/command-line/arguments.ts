import type { AnyExperiment, Distribution, Parameter, Value } from "#src/montecarlo/index";
import { ownOf } from "#src/words/named";
import { suggestion } from "#src/words/suggestion";
import { Misuse } from "../misuse.ts";
import type { Scope } from "../units/expression.ts";
import { parseAxis, parseValue } from "../units/parse.ts";
import { parseDistribution } from "../units/parse-distribution.ts";
import { showQuantity } from "../units/show.ts";

/** Gathers a repeatable option. */
export const gather = (value: string, before: readonly string[]): string[] => [...before, value];

const split = (option: string, text: string): [string, string] => {
  const at = text.indexOf("=");
  if (at < 1) throw new Misuse(`${option} ${text}: expected NAME=VALUE.`);
  return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
};

/** What `train` calls otherwise than studies do. */
const SAME: Readonly<Record<string, string>> = { layers: "widths" };
/** What the field calls it, too. */
const MEANT: Readonly<Record<string, string>> = {
  vdd: "supply",
  temp: "temperature",
  tstrobe: "strobe",
  vth: "mismatch",
  dataset: "data",
};

/** The parameter that was likely meant: another name of it, one that begins so, or one that is spelt almost so. */
const meant = (name: string, known: readonly string[]): string => {
  const other = ownOf(MEANT, name.toLowerCase());
  const longer = known.find((k) => name.length >= 4 && k.toLowerCase().startsWith(name.toLowerCase()));
  const found = other !== undefined && known.includes(other) ? other : longer;
  return found ? ` Did you mean "${found}"?` : suggestion(name, known);
};

/** The parameter's own name, of the one that was written. */
const ownName = ({ parameters }: AnyExperiment, name: string): string => {
  const same = ownOf(SAME, name);
  return !Object.hasOwn(parameters, name) && same && Object.hasOwn(parameters, same) ? same : name;
};

const parameterOf = (experiment: AnyExperiment, name: string): Parameter => {
  const parameter = Object.hasOwn(experiment.parameters, name) ? experiment.parameters[name] : undefined;
  if (!parameter) {
    const known = Object.keys(experiment.parameters);
    throw new Misuse(`${experiment.name} has no parameter "${name}".${meant(name, known)} Known: ${known.join(", ")}.`);
  }
  return parameter;
};

/** The value, where its parameter allows it; the range is told in the units people use. */
const inRange = (value: Value, parameter: Parameter, name: string): Value => {
  if (parameter.kind !== "quantity" || typeof value !== "number") return value;
  const { unit, min, max } = parameter;
  if (value >= min && value <= max) return value;
  const celsius = unit === "K" && value + 273.15 >= min && value + 273.15 <= max;
  const hint = celsius ? ` A bare number is kelvin: write "${value} degC".` : "";
  const shown = celsius ? `${value} K` : showQuantity(value, unit);
  throw new Misuse(`${name}: ${shown} is outside ${showQuantity(min, unit)} .. ${showQuantity(max, unit)}.${hint}`);
};

/** The values of `--set NAME=VALUE`, in SI. */
export const parseSettings = async (
  experiment: AnyExperiment,
  settings: readonly string[],
  scope: Scope = {},
): Promise<Record<string, Value>> => {
  const values: Record<string, Value> = {};
  for (const setting of settings) {
    const [said, text] = split("--set", setting);
    const name = ownName(experiment, said);
    const parameter = parameterOf(experiment, name);
    if (Object.hasOwn(values, name)) throw new Misuse(`--set ${name} is given twice.`);
    values[name] = inRange(await parseValue(text, parameter, name, scope), parameter, name);
  }
  return values;
};

/** The axes of `--grid NAME=START:STOP:STEP` or `NAME=A,B,C`, in SI; null where none is given. */
export const parseGrid = async (
  experiment: AnyExperiment,
  axes: readonly string[],
  scope: Scope = {},
): Promise<Record<string, readonly Value[]> | null> => {
  if (axes.length === 0) return null;
  const grid: Record<string, readonly Value[]> = {};
  for (const axis of axes) {
    const [said, text] = split("--grid", axis);
    const name = ownName(experiment, said);
    const parameter = parameterOf(experiment, name);
    if (Object.hasOwn(grid, name)) throw new Misuse(`--grid ${name} is given twice; a list is NAME=A,B,C.`);
    grid[name] = (await parseAxis(text, parameter, name, scope)).map((value) => inRange(value, parameter, name));
  }
  return grid;
};

/** The distributions of `--vary NAME=lognormal(MEDIAN, SIGMA)`, in SI. */
export const parseVaried = async (
  experiment: AnyExperiment,
  varied: readonly string[],
  scope: Scope = {},
): Promise<Record<string, Distribution>> => {
  const distributions: Record<string, Distribution> = {};
  for (const entry of varied) {
    const [said, text] = split("--vary", entry);
    const name = ownName(experiment, said);
    const parameter = parameterOf(experiment, name);
    if (Object.hasOwn(distributions, name)) throw new Misuse(`--vary ${name} is given twice.`);
    distributions[name] = await parseDistribution(text, parameter, name, scope);
  }
  return distributions;
};

/** A whole number of at least `least`. */
export const parseCount = (option: string, text: string, least: number): number => {
  const count = Number(text);
  if (!Number.isInteger(count) || count < least || text.trim() === "")
    throw new Misuse(`${option} ${text}: expected a whole number of at least ${least}.`);
  return count;
};
