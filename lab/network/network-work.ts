import type { LabState } from "../state/lab-parameters.ts";
import type { Crew, Source } from "../work/crew.ts";
import { settingOf } from "../work/setting.ts";
import { type Condition, conditionOf, type Shown } from "./condition.ts";

/** Chips of the point that is set, and of each supply of the sweep. */
export const CHIPS = 200;
export const SWEEP_CHIPS = 6;
export const SWEEP: readonly number[] = Array.from({ length: 25 }, (_, i) => Number((0.6 + 0.025 * i).toPrecision(6)));

/** What is known so far. The point is of an earlier setting until the first of the new one is there, and says so. */
export interface NetworkResults {
  readonly point: Condition | null;
  readonly isFresh: boolean;
  readonly sweep: readonly (Condition | null)[];
}

const shownKey = (shown: Shown): string =>
  Object.values(shown)
    .map(({ id }) => id)
    .join(" ");

/** Bench two's work: chips at the point that is set, and at the supplies of the sweep. */
export const createNetworkWork = (crew: Crew) => {
  let listener: (results: NetworkResults) => void = () => {};
  let results: NetworkResults = { point: null, isFresh: true, sweep: SWEEP.map(() => null) };
  let point: { readonly key: string; readonly source: Source } | null = null;
  let sweep: { readonly key: string; readonly sources: readonly Source[] } | null = null;
  const tell = (next: NetworkResults): void => {
    results = next;
    listener(results);
  };
  return {
    set: (state: LabState, shown: Shown): void => {
      const setting = settingOf(state);
      const { strobes } = state.page;
      const pointKey = JSON.stringify([setting, strobes, shownKey(shown)]);
      if (point?.key !== pointKey) {
        const source = conditionOf(setting, shown, {
          strobes,
          chips: CHIPS,
          readsLevel: 0,
          chipLevel: (index) => (index < 20 ? 2 : 5),
          told: (condition) => {
            if (point?.source === source) tell({ ...results, point: condition, isFresh: true });
          },
        });
        point = { key: pointKey, source };
        tell({ ...results, isFresh: results.point === null });
      }
      const { supply: _s, ...others } = setting.params;
      const sweepKey = JSON.stringify([others, setting.seed, setting.device, strobes, shownKey(shown)]);
      if (sweep?.key !== sweepKey) {
        const key = sweepKey;
        const sources = SWEEP.map((supply, i) =>
          conditionOf({ ...setting, params: { ...setting.params, supply } }, shown, {
            strobes,
            chips: SWEEP_CHIPS,
            readsLevel: 3,
            chipLevel: () => 4,
            told: (condition) => {
              if (sweep?.key === key)
                tell({ ...results, sweep: results.sweep.map((c, k) => (k === i ? condition : c)) });
            },
          }),
        );
        sweep = { key, sources };
        tell({ ...results, sweep: SWEEP.map(() => null) });
      }
      crew.want([point.source, ...sweep.sources]);
    },
    results: () => results,
    /** From here on this is told whenever there is more. */
    listen: (told: (results: NetworkResults) => void): void => {
      listener = told;
    },
  };
};
export type NetworkWork = ReturnType<typeof createNetworkWork>;
