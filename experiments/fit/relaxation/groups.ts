import { type RramRelaxation, relaxedResistance } from "#devices/index";
import { centralWidth, sortedQuantile } from "#src/numerics/ranks";
import { fold, type Key } from "#src/random/index";
import type { RestingCells } from "./likelihood.ts";

/** Neighbours in conductance: their places among the cells. */
export type Group = readonly number[];

/** Groups of neighbours in conductance, so many cells in each as `least` says, or more; at most `most` groups. */
export const groupsOf = ({ first }: RestingCells, least: number, most: number): Group[] => {
  const order = Array.from(first.keys()).sort((a, b) => first[b] - first[a]);
  const count = Math.max(1, Math.min(most, Math.floor(order.length / least)));
  return Array.from({ length: count }, (_, k) =>
    order.slice(Math.round((k * order.length) / count), Math.round(((k + 1) * order.length) / count)),
  );
};

/** Some of the cells, as a record of their own. */
export const cellsAt = (cells: RestingCells, places: readonly number[]): RestingCells => ({
  first: Float64Array.from(places, (i) => cells.first[i]),
  ages: cells.ages,
  later: cells.later.map((values) => Float64Array.from(places, (i) => values[i])),
});

/** Change of ln R of one group at one age, measured and drawn, both ascending. */
export interface GroupChanges {
  readonly group: number;
  readonly age: number;
  readonly conductance: number;
  readonly measured: Float64Array;
  readonly drawn: Float64Array;
}

/** Draws of the model a cell. */
const DRAWS = 20;
/** Fewer cells of a group at an age say nothing of its quantiles. */
const FEWEST = 40;

/** What the groups' cells did and what the model has them do, from each cell's own first resistance. */
export const changesOf = (
  cells: RestingCells,
  groups: readonly Group[],
  relaxation: RramRelaxation,
  key: Key,
): GroupChanges[] => {
  // How an age is spread does not depend on what is for good; and all of it is drawn faster.
  const model = { ...relaxation, permanent: 1 };
  return cells.ages.flatMap((age, number) =>
    groups.flatMap((group, k): GroupChanges[] => {
      const read = group.filter((i) => cells.later[number][i] > 0);
      if (read.length < FEWEST) return [];
      const change = (i: number, resistance: number): number => Math.log(resistance / cells.first[i]);
      const rest = { holds: [age] };
      const own = fold(fold(key, number), k);
      const drawn = read.flatMap((i, n) =>
        Array.from({ length: DRAWS }, (_, draw) =>
          change(i, relaxedResistance(model, cells.first[i], rest, fold(fold(own, n), draw))),
        ),
      );
      return [
        {
          group: k,
          age: number,
          conductance: sortedQuantile(
            read.map((i) => 1 / cells.first[i]).sort((a, b) => a - b),
            0.5,
          ),
          measured: Float64Array.from(read, (i) => change(i, cells.later[number][i])).sort(),
          drawn: Float64Array.from(drawn).sort(),
        },
      ];
    }),
  );
};

/** Largest difference of two sets' quantiles, in widths of the first. */
export const quantileError = (measured: Float64Array, other: Float64Array, shares: readonly number[]): number => {
  const width = centralWidth(measured);
  return Math.max(...shares.map((p) => Math.abs(sortedQuantile(other, p) - sortedQuantile(measured, p)) / width));
};
