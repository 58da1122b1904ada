import { fold, type Key } from "#src/random/index";
import type { RramParams, RramStateParams } from "../params.ts";
import type { CellAge } from "../relaxation/params.ts";
import { fluctuationAt } from "./fluctuators.ts";
import { telegraphAt, telegraphDeviation } from "./telegraph.ts";

type Noisy = Pick<RramStateParams, "telegraph" | "fluctuators">;

/** Whether a state's noise goes on from read to read. */
const isNoisy = ({ telegraph, fluctuators }: Noisy): boolean => telegraph !== undefined || fluctuators !== undefined;

/** Whether cells of a device have a course of time: they relax, or their noise goes on. */
export const hasCourse = ({ relaxation, lrs, hrs }: Pick<RramParams, "relaxation" | "lrs" | "hrs">): boolean =>
  relaxation !== undefined || isNoisy(lrs) || isNoisy(hrs);

/** What a state's noise adds to ln R in a read by itself, far in time from any other; `index` tells cells apart that are read under one key. */
export const noiseOfRead = (state: Noisy, read: Key, index = 0): number =>
  telegraphDeviation(state.telegraph, read, index) +
  (state.fluctuators ? fluctuationAt(state.fluctuators, 0, fold(fold(read, "fluctuators"), index)) : 0);

/** What it adds at an age, of the course of time that the cell's key is. */
export const noiseAt = (state: Noisy, { holds }: CellAge, rest: Key): number => {
  if (!isNoisy(state)) return 0;
  const seconds = holds.reduce((sum, hold) => sum + hold.seconds, 0);
  return (
    (state.telegraph ? telegraphAt(state.telegraph, seconds, fold(rest, "telegraph")) : 0) +
    (state.fluctuators ? fluctuationAt(state.fluctuators, seconds, fold(rest, "fluctuators")) : 0)
  );
};
