import { showQuantity } from "../../units/show.ts";
import { type SenseValues, technologyOf } from "./sense-parameters.ts";

/** The conditions a transistor is operated at. */
export type Operated = Pick<SenseValues, "technology" | "corner" | "supply" | "temperature">;

/** Points outside what the transistor fits were made for. */
export const rangeNotes = (points: readonly Operated[]): string[] => {
  const outside = points.filter((p) => {
    const { supplyRange, temperatureRange } = technologyOf(p);
    const within = (x: number, [low, high]: readonly [number, number]): boolean => x >= low - 1e-9 && x <= high + 1e-9;
    return !within(p.supply, supplyRange) || !within(p.temperature, temperatureRange);
  });
  const named = [...new Set(outside.map((p) => `${p.technology} ${p.supply} V ${showQuantity(p.temperature, "K")}`))];
  return named.length > 0 ? [`OUTSIDE the transistor fits' range, extrapolated: ${named.join("; ")}.`] : [];
};
