import type { RramRelaxation } from "#devices/index";
import { centralWidth, sortedQuantile } from "#src/numerics/ranks";
import type { Key } from "#src/random/index";
import { showQuantity, showTime } from "../../units/show.ts";
import { type AgePair, correlationError, fitMemory, modelledCorrelations } from "./fit-memory.ts";
import { groupsOf } from "./groups.ts";
import type { RestingCells } from "./likelihood.ts";

/** Correlations that are off so far, as a root mean square, are looked into; an age that lacks so much of what is expected is told. */
const [FAR, CONTRADICTS] = [0.05, 0.15];

/**
 * Ages that contradict the others: where correlations are far from the model's, each age is left out in turn; one whose changes are less alike
 * all others' than these have it was not read from the same cells.
 */
export const contradictions = (
  cells: RestingCells,
  relaxation: RramRelaxation,
  measured: readonly AgePair[],
  modelled: readonly AgePair[],
  key: Key,
): string[] => {
  if (measured.length === 0 || correlationError(measured, modelled) < FAR) return [];
  return cells.ages.flatMap(({ seconds }, age): string[] => {
    const memory = fitMemory(cells, relaxation, key, age);
    if (!memory) return [];
    const { permanent, redraws } = memory;
    const expected = modelledCorrelations(cells, { ...relaxation, permanent, redraws }, key);
    const own = measured.flatMap((pair, k) =>
      pair.first === age || pair.later === age ? [{ pair, lacks: expected[k].correlation - pair.correlation }] : [],
    );
    const mean = own.reduce((sum, { lacks }) => sum + lacks / own.length, 0);
    if (mean < CONTRADICTS || own.some(({ lacks }) => lacks < -CONTRADICTS / 3)) return [];
    const { pair, lacks } = own.reduce((a, b) => (b.lacks > a.lacks ? b : a));
    return [
      `A doubt: changes at ${showTime(seconds)} contradict the other ages. Those at ${showTime(cells.ages[pair.first].seconds)} and ${showTime(cells.ages[pair.later].seconds)} correlate by ${pair.correlation.toFixed(2)}, where ${(pair.correlation + lacks).toFixed(2)} is expected from the others: were the same cells read, in the same order?`,
    ];
  });
};

/** Standard error of a width, times the root of the cells, over the width: that of normal changes. */
const ERROR_OF_WIDTH = 0.89;

/** Where the width of ln R does not fall with conductance, at the last age: by more than three standard errors. */
export const risingWidths = (cells: RestingCells): string[] => {
  const last = cells.ages.length - 1;
  const own = groupsOf(cells, 100, 10).flatMap((group) => {
    const read = group.filter((i) => cells.later[last][i] > 0);
    if (read.length < 50) return [];
    const conductances = read.map((i) => 1 / cells.first[i]).sort((a, b) => a - b);
    const changes = read.map((i) => Math.log(cells.later[last][i] / cells.first[i])).sort((a, b) => a - b);
    return [{ conductance: sortedQuantile(conductances, 0.5), width: centralWidth(changes), count: read.length }];
  });
  const word = ({ conductance, width }: (typeof own)[number]): string =>
    `${width.toFixed(3)} at ${showQuantity(Number(conductance.toPrecision(3)), "S")}`;
  const rising = own.flatMap((group, k) => {
    if (k === 0) return [];
    const before = own[k - 1];
    const error =
      ERROR_OF_WIDTH * Math.hypot(group.width / Math.sqrt(group.count), before.width / Math.sqrt(before.count));
    return group.width - before.width > 3 * error ? [`${word(before)}, ${word(group)}`] : [];
  });
  if (rising.length === 0) return [];
  return [
    `Widths of the change of ln R after ${showTime(cells.ages[last].seconds)} do not fall with conductance everywhere: ${rising.join("; ")}. The curves follow them.`,
  ];
};
