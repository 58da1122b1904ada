import { grouped } from "#src/words/grouped";
import { Misuse } from "../../misuse.ts";
import type { ColumnRoles } from "../tables/column-roles.ts";
import { listed, numberIn, type RecordTable } from "../tables/read-table.ts";

/** One cell that was read again and again, evenly. */
export interface Series {
  readonly name: string;
  /** [ohm] */
  readonly resistances: Float64Array;
}

/** Faults told one by one. */
const TOLD = 4;

/**
 * Series of reads from a table: a column each, or rows of several cells or levels one after the other.
 * @throws Misuse for values that are no resistances: a spectrum needs all reads.
 */
export const readSeries = (table: RecordTable, roles: ColumnRoles): Series[] => {
  const { file, rows } = table;
  const by = roles.cell >= 0 ? roles.cell : roles.level;
  const faults: string[] = [];
  const groups = by < 0 ? new Map([["", rows]]) : grouped(rows, ({ record }) => record[by] ?? "");
  const series = [...groups].flatMap(([group, own]) =>
    roles.values.map(({ at, name, scale, conductance }): Series => {
      const resistances = Float64Array.from(own, ({ record, line }) => {
        const value = numberIn(record[at] ?? "", table) * scale;
        if (!(value > 0) || !Number.isFinite(value))
          faults.push(`row ${line}, column "${name}": "${record[at] ?? ""}" is not above 0`);
        return conductance ? 1 / value : value;
      });
      return { name: group === "" ? name : `${name}, ${group}`, resistances };
    }),
  );
  if (faults.length > 0)
    throw new Misuse(
      `${file}: ${faults.length} reads of a series cannot be used: ${listed(faults, TOLD)}. A spectrum needs every read in its place: mend them.`,
    );
  return series;
};
