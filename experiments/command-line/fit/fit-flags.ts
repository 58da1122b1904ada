import type { LogFamily } from "#src/numerics/log-fits";
import { suggestion } from "#src/words/suggestion";
import { type NamedColumn, ROLES, type Role } from "../../fit/tables/column-roles.ts";
import { Misuse } from "../../misuse.ts";
import { parseQuantity } from "../../units/parse.ts";

export interface FitFlags {
  readonly condition?: string;
  readonly family: LogFamily | "mixture" | "best";
  readonly name?: string;
  readonly skipBad?: boolean;
  readonly seed: string;
  readonly out?: string;
  readonly json?: boolean;
  readonly column?: readonly string[];
  readonly low?: string;
  readonly high?: string;
  readonly temperatures?: string;
  readonly resamples: string;
  readonly rate?: string;
}

/** "time=delay:ms" as a column's role, name and unit. @throws Misuse */
export const namedColumn = (text: string): NamedColumn => {
  const found = /^(\w+)=(.+?)(?::([^:]+))?$/.exec(text);
  const role = found?.[1] ?? "";
  if (!found || !(ROLES as readonly string[]).includes(role)) {
    throw new Misuse(
      `--column ${text}: expected ROLE=NAME or ROLE=NAME:UNIT, with a role of ${ROLES.join(", ")}.${suggestion(role, ROLES)}`,
    );
  }
  return { role: role as Role, name: found[2], unit: found[3] ?? null };
};

/** "100..180 degC" in kelvin. @throws Misuse */
export const temperatureRange = async (text: string): Promise<readonly [number, number]> => {
  const found = /^(.+?)\s*\.\.\s*(.+)$/.exec(text);
  if (!found) throw new Misuse(`--temperatures ${text}: expected a range such as "100..180 degC".`);
  const unit = /[A-Za-z]+$/.exec(found[2])?.[0];
  if (!unit) throw new Misuse(`--temperatures ${text}: expected a range with its unit, such as "100..180 degC".`);
  const [low, high] = await Promise.all(
    [found[1], found[2]].map((part) =>
      parseQuantity(/[A-Za-z]$/.test(part) ? part : `${part} ${unit}`, "K", "--temperatures"),
    ),
  );
  if (!(low <= high)) throw new Misuse(`--temperatures ${text}: the second is below the first.`);
  return [low, high];
};

/** A whole number of resamples. @throws Misuse */
export const resampleCount = (text: string): number => {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 0 && count <= 1000) return count;
  throw new Misuse(`--resamples ${text}: expected a whole number from 0 to 1000.`);
};
