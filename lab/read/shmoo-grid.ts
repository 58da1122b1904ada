import { binaryErrors, type ReadCounts, sumCounts, ternaryErrors } from "#circuits/index";
import { power } from "#src/numerics/power";
import type { PageValues } from "../state/lab-parameters.ts";
import { job, type Source } from "../work/crew.ts";
import type { Setting } from "../work/task.ts";

/** Every fifth of a volt in twentieths: supplies of both maps [V]. */
export const SUPPLIES: readonly number[] = Array.from({ length: 25 }, (_, i) =>
  Number((0.3 + 0.05 * i).toPrecision(6)),
);
/** Eight a decade from 0.2 ns to 1.1 us [s]. */
export const STROBES: readonly number[] = Array.from({ length: 31 }, (_, i) =>
  Number((0.2e-9 * power(10, i / 8)).toPrecision(3)),
);
/** -40 .. 125 degC in steps of 15 [K]. */
export const TEMPERATURES: readonly number[] = Array.from({ length: 12 }, (_, i) => 233.15 + 15 * i);

export type MapAxis = PageValues["map"];
export const rowsOf = (axis: MapAxis): readonly number[] => (axis === "strobe" ? STROBES : TEMPERATURES);

/** What is counted so far: column by column (supplies) and row by row; null: nothing. */
export interface ShmooMap {
  readonly axis: MapAxis;
  readonly cells: readonly (readonly (ReadCounts | null)[])[];
  readonly samples: number;
}

interface Stage {
  /** Every which supply, and every which temperature. */
  readonly columns: number;
  readonly rows: number;
  readonly from: number;
  readonly count: number;
  readonly level: number;
}

/** Coarse first, then every cell, then more samples in each. */
const STAGES: readonly Stage[] = [
  { columns: 4, rows: 3, from: 0, count: 24, level: 2 },
  { columns: 2, rows: 2, from: 0, count: 24, level: 4 },
  { columns: 1, rows: 1, from: 0, count: 24, level: 6 },
  { columns: 1, rows: 1, from: 24, count: 40, level: 6 },
  { columns: 1, rows: 1, from: 64, count: 64, level: 8 },
  { columns: 1, rows: 1, from: 128, count: 64, level: 8 },
];

interface Place {
  readonly column: number;
  /** Of a map over temperature; a transient sees all strobes. */
  readonly row: number | null;
  readonly stage: Stage;
}

const placesOf = (axis: MapAxis): Place[] => {
  const done = new Set<string>();
  return STAGES.flatMap((stage) => {
    const places: Place[] = [];
    for (let column = 0; column < SUPPLIES.length; column += stage.columns)
      for (let row = 0; row < (axis === "strobe" ? 1 : TEMPERATURES.length); row += stage.rows) {
        const name = `${column} ${row} ${stage.from}`;
        if (done.has(name)) continue;
        done.add(name);
        places.push({ column, row: axis === "strobe" ? null : row, stage });
      }
    return places;
  });
};

/**
 * The map of one setting, coarse first: a task is a supply at all strobes, or a supply and a temperature at the strobe that is set.
 * @param told Whenever a task is done.
 */
export const shmooMap = (setting: Setting, axis: MapAxis, told: (map: ShmooMap) => void): Source => {
  const places = placesOf(axis);
  const cells: (ReadCounts | null)[][] = SUPPLIES.map(() => rowsOf(axis).map(() => null));
  let next = 0;
  let samples = 0;
  return {
    level: () => places[next]?.stage.level ?? null,
    take: () => {
      const { column, row, stage } = places[next++];
      const params = {
        ...setting.params,
        supply: SUPPLIES[column],
        ...(row === null ? {} : { temperature: TEMPERATURES[row] }),
      };
      const strobes = row === null ? STROBES : [setting.params.strobe];
      const { from, count } = stage;
      return job({ kind: "counts", setting: { ...setting, params }, strobes, from, count }, (found) => {
        found.forEach((counts, i) => {
          const at = row ?? i;
          const before = cells[column][at];
          cells[column][at] = before ? sumCounts([before, counts]) : counts;
        });
        samples = Math.max(samples, from + count);
        told({ axis, cells, samples });
      });
    },
  };
};

/** The counts nearest to a cell: its own, or those of the coarse cell that stands for it. */
export const countsNear = ({ axis, cells }: ShmooMap, column: number, row: number): ReadCounts | null => {
  for (const { columns, rows } of [STAGES[2], STAGES[1], STAGES[0]]) {
    const nearest = (i: number, step: number, last: number): number => Math.min(last, Math.round(i / step) * step);
    const c = nearest(column, columns, SUPPLIES.length - 1);
    const r = axis === "strobe" ? row : nearest(row, rows, Math.floor((TEMPERATURES.length - 1) / rows) * rows);
    const found = cells[c]?.[r];
    if (found) return found;
  }
  return null;
};

/** Share of reads that are wrong in the way that is shown; NaN where there are none. */
export const shownError = (counts: ReadCounts, shown: PageValues["shown"]): number => {
  const { type1, type2, type3 } = ternaryErrors(counts);
  switch (shown) {
    case "type 1":
      return type1;
    case "type 2":
      return type2;
    case "type 3":
      return type3;
    case "binary flip":
      return binaryErrors(counts).type1;
    case "misread":
      return (2 * (type1 + type2) + type3) / 3;
  }
};
