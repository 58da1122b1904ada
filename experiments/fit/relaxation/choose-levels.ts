import { momentsOf, standardDeviation } from "#src/numerics/moments";
import { sortedQuantile } from "#src/numerics/ranks";
import { ownOf } from "#src/words/named";
import { Misuse } from "../../misuse.ts";
import { parseQuantity } from "../../units/parse.ts";
import { showQuantity } from "../../units/show.ts";
import type { RestData } from "./read-rest.ts";

/** The cells that serve as a state of the device. */
export interface ChosenLevel {
  /** In words: "level 31", "5 uS to 15 uS". */
  readonly name: string;
  /** Their resistances after programming [ohm]. */
  readonly resistances: readonly number[];
}

/** A level whose first reads are spread wider was not aimed at [ln R]. */
const AIMED = 0.3;
/** A level with fewer cells, as a share of the median level's, is none: cells that ended beyond what was aimed at. */
const FEWEST_SHARE = 0.25;
const STATES: Readonly<Record<string, "low" | "high">> = { lrs: "low", low: "low", hrs: "high", high: "high" };

const three = (x: number, unit: string): string => showQuantity(Number(x.toPrecision(3)), unit);

/** The cells of a level by its name, or of a range of conductances: "5..15 uS". */
const chosenBy = async (data: RestData, asked: string, flag: string): Promise<ChosenLevel> => {
  const { first } = data.cells;
  const cellsWhere = (is: (i: number) => boolean): number[] =>
    Array.from(first.keys())
      .filter(is)
      .map((i) => first[i]);
  const range = /^(.+?)\s*\.\.\s*(.+)$/.exec(asked.replace(/[\u00b5\u03bc]/g, "u"));
  if (range) {
    const unit = /[A-Za-z]+$/.exec(range[2])?.[0];
    if (!unit) throw new Misuse(`${flag} ${asked}: expected a range with its unit, such as "5..15 uS".`);
    const [low, high] = await Promise.all(
      [range[1], range[2]].map((text) => parseQuantity(/[A-Za-z]$/.test(text) ? text : `${text} ${unit}`, "S", flag)),
    );
    const resistances = cellsWhere((i) => 1 / first[i] >= low && 1 / first[i] <= high);
    const sorted = first.map((r) => 1 / r).sort();
    const [least, most] = [sorted[0], sorted[sorted.length - 1]];
    if (resistances.length === 0)
      throw new Misuse(
        `${flag}: no cell was programmed to ${asked}; conductances are ${three(least, "S")} to ${three(most, "S")}.`,
      );
    return { name: `${three(low, "S")} to ${three(high, "S")}`, resistances };
  }
  const resistances = cellsWhere((i) => data.levels[i] === asked);
  if (resistances.length > 0) return { name: `level ${asked}`, resistances };
  const known = [...new Set(data.levels)].filter((level) => level !== "");
  const have =
    known.length > 0
      ? `levels are ${known.slice(0, 12).join(", ")}${known.length > 12 ? `, ... ${known.at(-1)}` : ""}`
      : "no column tells levels";
  throw new Misuse(`${flag}: there is no level "${asked}" (${have}); or a range of conductances, such as "5..15 uS".`);
};

/** Levels from the most resistive: name, median and spread of ln R of their first reads. */
const ladder = ({ cells, levels }: RestData) => {
  const found = new Map<string, number[]>();
  levels.forEach((level, i) => {
    if (level !== "") found.set(level, [...(found.get(level) ?? []), Math.log(cells.first[i])]);
  });
  const counts = [...found.values()].map((logs) => logs.length).sort((a, b) => a - b);
  return [...found]
    .filter(([, logs]) => logs.length >= FEWEST_SHARE * sortedQuantile(counts, 0.5))
    .map(([level, logs]) => {
      const m = momentsOf(logs);
      return { level, mean: m.mean, spread: standardDeviation(m) };
    })
    .sort((a, b) => b.mean - a.mean);
};

/**
 * The levels that serve as low and high resistance: as asked for; else states where the file has them; else the most conductive level,
 * and the most resistive one that was aimed at (first reads spread by less than 0.3 in ln R).
 */
export const chooseLevels = async (
  data: RestData,
  asked: { readonly low: string | null; readonly high: string | null },
): Promise<{ readonly low: ChosenLevel; readonly high: ChosenLevel }> => {
  const steps = ladder(data);
  if (steps.length < 2 && (asked.low === null || asked.high === null))
    throw new Misuse(
      `${steps.length === 1 ? `one level only ("${steps[0].level}")` : "no column tells levels"}: say which cells are the low and which the high resistance, e.g. --low "200..240 uS" --high "5..15 uS".`,
    );
  const byState = (side: "low" | "high"): string | undefined =>
    steps.find(({ level }) => ownOf(STATES, level.toLowerCase()) === side)?.level;
  const aimed = steps.find(({ spread }) => spread < AIMED) ?? steps[0];
  const low = asked.low ?? byState("low") ?? (steps.at(-1) as { level: string }).level;
  const high = asked.high ?? byState("high") ?? aimed.level;
  return { low: await chosenBy(data, low, "--low"), high: await chosenBy(data, high, "--high") };
};
