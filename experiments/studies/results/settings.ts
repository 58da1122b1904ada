import type { Parameters, Row, Table } from "#src/montecarlo/index";
import { grouped } from "#src/words/grouped";
import { type Line, lineOf, varied } from "./lines.ts";

/** Axes, but for these, at which a row differs from the run's parameters. */
const differing = <V>(
  row: Row<V, string>,
  axes: readonly (keyof V & string)[],
  params: V,
  except: readonly (keyof V)[],
): (keyof V & string)[] => axes.filter((a) => !except.includes(a) && row.at[a] !== params[a]);

/** The rows that differ from the run's parameters in nothing but this axis and those. */
export const differingOnlyIn = <V, N extends string>(
  axis: keyof V,
  table: Table<V, N>,
  params: V,
  except: readonly (keyof V)[],
): Row<V, N>[] => table.rows.filter((row) => differing<V>(row, table.axes, params, except).every((a) => a === axis));

/** A line for each setting: what differs from the run's parameters, in words; `asSet` where nothing does. */
export const settingsOf = <V, N extends string>(
  table: Table<V, N>,
  params: V,
  parameters: Parameters,
  except: readonly (keyof V)[],
  asSet: string,
): Line<V, N>[] => {
  const named = grouped(table.rows, (row) =>
    differing<V>(row, table.axes, params, except)
      .map((a) => {
        const value = varied(parameters, a, row.point[a]);
        return parameters[a].kind === "choice" ? value : `${a} ${value}`;
      })
      .join(", "),
  );
  return [...named].map(([name, rows]) => lineOf(name || asSet, rows));
};
