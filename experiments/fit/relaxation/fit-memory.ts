import { type RramRelaxation, relaxedResistance } from "#devices/index";
import { rankCorrelation } from "#src/numerics/ranks";
import { fold, type Key } from "#src/random/index";
import { cellsAt, groupsOf } from "./groups.ts";
import type { RestingCells } from "./likelihood.ts";

/** Rank correlation of cells' changes at two ages, mean over groups of neighbours; places of the ages. */
export interface AgePair {
  readonly first: number;
  readonly later: number;
  readonly correlation: number;
}

/** Cells of a group at least; groups at most. */
const [GROUP, GROUPS] = [150, 8];

/** Correlations between all pairs of ages that enough cells were read at. */
const correlationsOf = (cells: RestingCells, changes: (age: number, cell: number) => number): AgePair[] => {
  const groups = groupsOf(cells, GROUP, GROUPS);
  return cells.ages.flatMap((_, first) =>
    cells.ages.slice(first + 1).flatMap((_, k): AgePair[] => {
      const later = first + 1 + k;
      const found = groups.flatMap((group) => {
        const both = group.filter((i) => cells.later[first][i] > 0 && cells.later[later][i] > 0);
        if (both.length < GROUP / 2) return [];
        return [
          rankCorrelation(
            both.map((i) => changes(first, i)),
            both.map((i) => changes(later, i)),
          ),
        ];
      });
      if (found.length === 0) return [];
      return [{ first, later, correlation: found.reduce((sum, x) => sum + x, 0) / found.length }];
    }),
  );
};

export const measuredCorrelations = (cells: RestingCells): AgePair[] =>
  correlationsOf(cells, (age, i) => Math.log(cells.later[age][i] / cells.first[i]));

/** Correlations of the model's own cells: one path each, from the first resistances that were measured. */
export const modelledCorrelations = (cells: RestingCells, relaxation: RramRelaxation, key: Key): AgePair[] => {
  const changes = cells.ages.map((age, number) =>
    cells.first.map((r, i) =>
      cells.later[number][i] > 0 ? Math.log(relaxedResistance(relaxation, r, { holds: [age] }, fold(key, i)) / r) : 0,
    ),
  );
  return correlationsOf(cells, (age, i) => changes[age][i]);
};

/** Root mean square of the differences between pairs of ages. */
export const correlationError = (a: readonly AgePair[], b: readonly AgePair[]): number =>
  Math.sqrt(a.reduce((sum, pair, k) => sum + (pair.correlation - b[k].correlation) ** 2, 0) / a.length);

/** Cells that the search draws. */
const SEARCHED = 3000;

interface Memory {
  readonly permanent: number;
  readonly redraws: number;
}

/** The best memory, and between which redraws, at its share, correlations are off by hardly more. */
interface FittedMemory extends Memory {
  readonly redrawsAlike: readonly [low: number, high: number];
}

/** Root mean square errors that differ by less are alike: twice what another key makes. */
const ALIKE = 0.008;

/**
 * What of a cell's moves is for good: the share and the rate whose paths correlate from age to age as measured; null where no cell has two ages.
 * @param without An age that is left out of it.
 */
export const fitMemory = (
  cells: RestingCells,
  relaxation: RramRelaxation,
  key: Key,
  without: number | null = null,
): FittedMemory | null => {
  const stride = Math.max(1, Math.ceil(cells.first.length / SEARCHED));
  const some = cellsAt(
    cells,
    Array.from(cells.first.keys()).filter((i) => i % stride === 0),
  );
  const kept = (pairs: readonly AgePair[]): AgePair[] =>
    pairs.filter(({ first, later }) => first !== without && later !== without);
  const measured = kept(measuredCorrelations(some));
  if (measured.length === 0) return null;
  const errorAt = ({ permanent, redraws }: Memory): number =>
    correlationError(measured, kept(modelledCorrelations(some, { ...relaxation, permanent, redraws }, key)));
  const known = new Map<string, number>();
  const error = (memory: Memory): number => {
    const name = `${memory.permanent} ${memory.redraws}`;
    const found = known.get(name) ?? errorAt(memory);
    known.set(name, found);
    return found;
  };
  const best = (list: readonly Memory[]): Memory => list.reduce((a, b) => (error(b) < error(a) ? b : a));
  let memory = best([0.2, 0.4, 0.6, 0.8, 1].map((permanent) => ({ permanent, redraws: 0.2 })));
  // Steps that halve, in the share and in the rate's logarithm.
  for (const [share, factor] of [
    [0.1, 4],
    [0.1, 2],
    [0.05, 1.4],
    [0.025, 1.2],
  ]) {
    const digits = (x: number): number => Number(x.toPrecision(3));
    memory = best([
      memory,
      ...[-1, 0, 1].flatMap((s) =>
        [1 / factor, 1, factor].map((f) => ({
          permanent: digits(Math.min(1, Math.max(0, memory.permanent + s * share))),
          redraws: digits(memory.redraws * f),
        })),
      ),
    ]);
  }
  const least = error(memory);
  const alike = [1 / 64, 1 / 16, 1 / 4, 1, 4, 16, 64]
    .map((factor) => Number((memory.redraws * factor).toPrecision(3)))
    .filter((redraws) => error({ ...memory, redraws }) < least + ALIKE);
  return { ...memory, redrawsAlike: [Math.min(...alike), Math.max(...alike)] };
};
