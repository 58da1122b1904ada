import { Misuse } from "../../misuse.ts";
import { parseQuantity } from "../../units/parse.ts";
import { anyUnitIn, type FieldUnit } from "./field-units.ts";
import type { RecordTable } from "./read-table.ts";

/** What a column may say of a read. */
export const ROLES = ["value", "time", "temperature", "level", "state", "cell", "cycle", "pulse", "direction"] as const;
export type Role = (typeof ROLES)[number];

/** What the user says of a column: its role, its name, and its unit where the name has none. */
export interface NamedColumn {
  readonly role: Role;
  readonly name: string;
  readonly unit: string | null;
}

/** A column of numbers with a unit: SI value = scale x number + offset. */
export interface NumberColumn {
  readonly at: number;
  readonly name: string;
  readonly scale: number;
  readonly offset: number;
}

/** A column of resistances or conductances; the level or time [s] that its name tells, where it stands beside others. */
export interface ValueColumn extends NumberColumn {
  readonly conductance: boolean;
  readonly level: string | null;
  readonly time: number | null;
}

/** Which column says what; -1: none does. */
export interface ColumnRoles {
  readonly values: readonly ValueColumn[];
  readonly time: NumberColumn | null;
  readonly temperature: NumberColumn | null;
  readonly level: number;
  readonly state: number;
  readonly cell: number;
  readonly cycle: number;
  readonly pulse: number;
  readonly direction: number;
  /** Names of columns that say nothing here. */
  readonly ignored: readonly string[];
}

const NAMES: Readonly<Record<Exclude<Role, "value">, RegExp>> = {
  pulse: /^(pulses?|pulse ?(number|no|count|index)|n ?pulses?)$/,
  direction: /^(direction|polarity|branch|pulse type)$/,
  cycle: /^(cycles?|cycle ?(number|no))$/,
  level: /^(level|target|target level|bin)$/,
  state: /^state$/,
  cell: /^(cell|cells|device|address|addr|cell ?(id|no|number)|device ?(id|no|number))$/,
  temperature: /^(((bake|baking|chuck|wafer|ambient) )?temp(erature)?)$/,
  time: /^(time|t|delay|age|time (since|after) .*|(elapsed|wait|waiting) ?time)$/,
};

/** A field's name without brackets and unit, in small letters, words apart. */
const plainName = (field: string, unit: FieldUnit<string> | null): string => {
  const words = field
    .replace(/[[(].*?[\])]/g, " ")
    .toLowerCase()
    .split(/[\s_]+/)
    .filter((word) => word !== "");
  const last = words.at(-1);
  const carries = unit && !/[[(]/.test(field) && words.length > 1 && last === unit.unit.toLowerCase();
  return (carries ? words.slice(0, -1) : words).join(" ");
};

/** Known by the name alone, where the unit is told elsewhere. */
const VALUE_NAME = /^(r|g|resistance|conductance)$/;

/** What kind of measurement a table holds. */
export type TableKind = "states" | "rest" | "pulses" | "series";

/** The kind of a table by its columns: pulses, times of known cells, reads one after the other, or states. */
export const kindOf = async (
  { fields }: Pick<RecordTable, "fields">,
  named: readonly NamedColumn[],
  hasRate: boolean,
): Promise<TableKind> => {
  const units = await Promise.all(fields.map((field) => anyUnitIn(field)));
  const has = (role: Exclude<Role, "value">): boolean =>
    named.some((column) => column.role === role) ||
    fields.some(
      (field, i) => NAMES[role].test(plainName(field, units[i])) || (role === "time" && units[i]?.kind === "s"),
    );
  const wide = (await Promise.all(fields.map(timeIn))).some((time) => time !== null);
  if (has("pulse")) return "pulses";
  if (hasRate && !wide && !has("cell") && !has("state")) return "series";
  if (wide || (has("time") && (has("cell") || !has("state")))) return "rest";
  return "states";
};

const scaleOf = async (unit: string, kind: string, name: string): Promise<{ scale: number; offset: number }> => {
  // "min" alone is a function.
  const word = unit === "min" ? "minute" : unit;
  const at = (x: number): Promise<number> => parseQuantity(`${x} ${word}`, kind, name);
  const offset = await at(0);
  return { scale: (await at(1)) - offset, offset: Math.abs(offset) < 1e-9 ? 0 : offset };
};

/** The time that the name of one of several columns tells: "R at 10 ms (ohm)", "G@1e5s". */
const timeIn = async (field: string): Promise<number | null> => {
  if (/initial|programm|as[ _-]?written|\bat 0\b|\bt ?= ?0\b|^[rg]_?0\b/i.test(field)) return 0;
  const found = /(?:\bat|@|\bt ?=)\s*([\d.]+(?:e[+-]?\d+)?)\s*(ns|us|\u00b5s|ms|s|sec|min|h|hours?|days?)\b/i.exec(
    field,
  );
  return found
    ? parseQuantity(`${found[1]} ${found[2].replace("\u00b5", "u").replace(/^sec$/i, "s")}`, "s", field)
    : null;
};

const levelIn = (field: string): string | null => /\blevel[\s_]*(\w+)/i.exec(field)?.[1] ?? null;

/**
 * What each column of a table says, by its name and unit, or as the user has it.
 * @throws Misuse where two columns say the same, a unit is missing, or a name that the user gave is none.
 */
export const columnRoles = async (table: RecordTable, named: readonly NamedColumn[]): Promise<ColumnRoles> => {
  const { file, fields } = table;
  const where = `${file}, row ${table.headLine}`;
  const told = new Map<number, NamedColumn>();
  for (const column of named) {
    const at = fields.indexOf(column.name);
    if (at >= 0) told.set(at, column);
    else if (column.role !== "value")
      throw new Misuse(
        `--column ${column.role}=${column.name}: ${file} has no such column; it has ${fields.join(", ")}.`,
      );
  }
  const units = await Promise.all(fields.map((field) => anyUnitIn(field)));
  const roleAt = (i: number): Role | null => {
    const asked = told.get(i);
    if (asked) return asked.role;
    const name = plainName(fields[i], units[i]);
    const kind = units[i]?.kind;
    if (kind === "K") return named.some(({ role }) => role === "temperature") ? null : "temperature";
    if (kind === "ohm" || kind === "S" || VALUE_NAME.test(name)) return "value";
    const found = (Object.keys(NAMES) as (keyof typeof NAMES)[]).find((role) => NAMES[role].test(name));
    if (found && !named.some(({ role }) => role === found)) return found;
    return kind === "s" && !named.some(({ role }) => role === "time") ? "time" : null;
  };
  const roles = fields.map((_, i) => roleAt(i));
  const one = (role: Role): number => {
    const places = roles.flatMap((r, i) => (r === role ? [i] : []));
    if (places.length > 1)
      throw new Misuse(
        `${where}: ${places.map((i) => `"${fields[i]}"`).join(" and ")} both tell the ${role}; choose one with --column ${role}=NAME.`,
      );
    return places[0] ?? -1;
  };
  const withUnit = async (role: "time" | "temperature", kind: "s" | "K"): Promise<NumberColumn | null> => {
    const at = one(role);
    if (at < 0) return null;
    const unit = told.get(at)?.unit ?? (units[at]?.kind === kind ? units[at].unit : null);
    if (unit === null)
      throw new Misuse(
        `${where}: column "${fields[at]}" tells no unit of ${role}; write "${fields[at]} (${kind === "s" ? "s" : "degC"})", or give it: --column "${role}=${fields[at]}:${kind === "s" ? "s" : "degC"}".`,
      );
    return { at, name: fields[at], ...(await scaleOf(unit, kind, fields[at])) };
  };
  const values = await Promise.all(
    roles.flatMap((role, at) => {
      if (role !== "value") return [];
      const own = units[at]?.kind === "ohm" || units[at]?.kind === "S" ? units[at].unit : null;
      const unit = told.get(at)?.unit ?? own;
      if (unit === null)
        throw new Misuse(
          `${where}: column "${fields[at]}" tells no unit; write "${fields[at]} (kohm)", or give it: --column "value=${fields[at]}:kohm".`,
        );
      return [valueColumn(fields[at], at, unit)];
    }),
  );
  if (values.length === 0)
    throw new Misuse(
      `${where}: no column says that it is a resistance or conductance, and in which unit (columns: ${fields.join(", ")}).`,
    );
  if (new Set(values.map(({ conductance }) => conductance)).size > 1)
    throw new Misuse(
      `${where}: columns of resistance and of conductance side by side (${values.map(({ name }) => `"${name}"`).join(", ")}); leave one kind, or choose one with --column value=NAME.`,
    );
  return {
    values: named.some(({ role }) => role === "value") ? values.filter(({ at }) => told.has(at)) : values,
    time: await withUnit("time", "s"),
    temperature: await withUnit("temperature", "K"),
    level: one("level"),
    state: one("state"),
    cell: one("cell"),
    cycle: one("cycle"),
    pulse: one("pulse"),
    direction: one("direction"),
    ignored: fields.filter((_, i) => roles[i] === null),
  };
};

const valueColumn = async (field: string, at: number, unit: string): Promise<ValueColumn> => {
  for (const kind of ["ohm", "S"] as const) {
    try {
      const { scale } = await scaleOf(unit, kind, field);
      return {
        at,
        name: field,
        scale,
        offset: 0,
        conductance: kind === "S",
        level: levelIn(field),
        time: await timeIn(field),
      };
    } catch (error) {
      if (kind === "S") throw error;
    }
  }
  throw new Misuse(`"${field}": "${unit}" is no unit of resistance.`);
};

/** Roles in words: "time (s)" is the time, ... */
export const toldRoles = (table: RecordTable, roles: ColumnRoles): string => {
  const at = (i: number): string => `"${table.fields[i]}"`;
  const named: readonly (readonly [string, number])[] = [
    ["time", roles.time?.at ?? -1],
    ["temperature", roles.temperature?.at ?? -1],
    ["level", roles.level],
    ["state", roles.state],
    ["cell", roles.cell],
    ["cycle", roles.cycle],
    ["pulse", roles.pulse],
    ["direction", roles.direction],
  ];
  const kind = roles.values[0].conductance ? "conductance" : "resistance";
  const list = roles.values.map(({ name }) => `"${name}"`);
  const shown = list.length > 3 ? `${list[0]} to ${list.at(-1)} (${list.length} columns)` : list.join(", ");
  return [
    `${kind}: ${shown}`,
    ...named.filter(([, i]) => i >= 0).map(([role, i]) => `${role}: ${at(i)}`),
    ...(roles.ignored.length > 0 ? [`not used: ${roles.ignored.join(", ")}`] : []),
  ].join("; ");
};
