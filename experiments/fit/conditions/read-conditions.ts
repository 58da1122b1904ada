import { parseRram, type RramParams } from "#devices/index";
import { Misuse, orMisuse } from "../../misuse.ts";
import { parseQuantity } from "../../units/parse.ts";
import { readTable, sourceOf } from "../tables/read-table.ts";

/** Columns of a table of programming conditions: what each is called, and the unit of its values. */
const COLUMNS = {
  "set energy": "J",
  "reset energy": "J",
  "low median": "ohm",
  "low spread": "1",
  "high median": "ohm",
  "high spread": "1",
} as const;
type Column = keyof typeof COLUMNS;

const CONDITIONS_EXAMPLE =
  "condition,set energy (pJ),reset energy (pJ),low median (kohm),low spread,high median (kohm),high spread";

/** A field's name without its unit, and the unit that stands in brackets. */
const headOf = (field: string): { readonly name: string; readonly unit: string } => {
  const [, before, unit = ""] = /^([^[(]*)(?:[[(]\s*([^\])]*)[\])])?/.exec(field) ?? [];
  return {
    name: (before ?? field)
      .trim()
      .toLowerCase()
      .replace(/[\s_]+/g, " "),
    unit: unit.trim(),
  };
};

/**
 * Devices of a table of programming conditions, a row each: what a SET and a RESET pulse take, and the medians and spreads (of ln R) of the
 * resistances after them. Units stand in the head, in brackets, or beside the values.
 *
 * @throws Misuse naming columns that are missing and rows that cannot be used.
 */
export const readConditions = async (file: string): Promise<readonly RramParams[]> => {
  const table = await readTable(file, CONDITIONS_EXAMPLE);
  const heads = table.fields.map(headOf);
  const place = (name: string): number => {
    const at = heads.findIndex((head) => head.name === name);
    if (at < 0)
      throw new Misuse(
        `${file}: no column "${name}"; there are ${heads.map((head) => `"${head.name}"`).join(", ")}. Expected ${CONDITIONS_EXAMPLE}.`,
      );
    return at;
  };
  const names = place("condition");
  const places = new Map(Object.keys(COLUMNS).map((name) => [name as Column, place(name)]));
  const seen = new Set<string>();
  const devices: RramParams[] = [];
  for (const { record, line } of table.rows) {
    const name = (record[names] ?? "").trim();
    if (!/^[\w.-]+$/.test(name))
      throw new Misuse(
        `${file}, row ${line}: condition "${name}"; expected a name of letters, digits, _, . and -, a file's.`,
      );
    if (seen.has(name)) throw new Misuse(`${file}, row ${line}: condition "${name}" stands there twice.`);
    seen.add(name);
    const value = async (column: Column): Promise<number> => {
      const at = places.get(column) ?? 0;
      const text = (record[at] ?? "").trim();
      const unit = COLUMNS[column];
      const told = `${file}, row ${line}, column "${column}"`;
      if (unit !== "1" && heads[at].unit === "" && !/[a-z]/i.test(text))
        throw new Misuse(
          `${told}: ${text || "nothing"} has no unit; write "${column} (${unit === "J" ? "pJ" : "kohm"})" in the head, or the unit beside the value.`,
        );
      const found = await parseQuantity(
        /[a-z]/i.test(text) || unit === "1" ? text : `${text} ${heads[at].unit}`,
        unit,
        told,
      );
      if (!(found > 0)) throw new Misuse(`${told}: ${text} is not above 0.`);
      return found;
    };
    const spread = (deviation: number) => ({ deviceToDevice: deviation, cycleToCycle: 0, readToRead: 0 });
    const device = {
      name,
      standing: `programming condition "${name}" of a user's table; the whole spread taken as from device to device`,
      source: sourceOf(table),
      lrs: { medianResistance: await value("low median"), spread: spread(await value("low spread")) },
      hrs: { medianResistance: await value("high median"), spread: spread(await value("high spread")) },
      programming: { setEnergy: await value("set energy"), resetEnergy: await value("reset energy") },
    };
    devices.push(orMisuse(() => parseRram(device, `${file}, row ${line}`)));
  }
  return devices;
};
