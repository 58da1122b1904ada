import type { LabState } from "../state/lab-parameters.ts";
import { type Crew, job, type Source } from "../work/crew.ts";
import { settingOf } from "../work/setting.ts";
import type { Setting, Waveforms } from "../work/task.ts";
import { growingSums, type Sums } from "./growing-rates.ts";
import { type ShmooMap, shmooMap } from "./shmoo-grid.ts";

/** What is known so far. A part of an earlier setting stands until the first of the new one is there, and says so. */
export interface ReadResults {
  readonly waveforms: Waveforms | null;
  readonly rates: Sums | null;
  readonly energies: Sums | null;
  readonly map: ShmooMap | null;
  /** Settings so far, and of which of them each part is; 0: none. */
  readonly settings: number;
  readonly waveformsOf: number;
  readonly ratesOf: number;
  readonly energiesOf: number;
  /** Whether the map is of what is set. */
  readonly isMapFresh: boolean;
}

/** Samples a state whose waveforms are drawn. */
export const DRAWN = 24;
/** Samples of which energies are integrated: a mean needs few. */
export const ENERGY_SAMPLES = 512;

const drawnWaveforms = (setting: Setting, told: (waveforms: Waveforms) => void): Source => {
  let taken = false;
  return {
    level: () => (taken ? null : 0),
    take: () => {
      taken = true;
      return job({ kind: "waveforms", setting, samples: DRAWN }, told);
    },
  };
};

/** Urgency of rates that begin at a sample: the first at once, the last hundred thousand when nothing else is wanted. */
const ratesLevel = (from: number): number => (from < 512 ? 1 : from < 4096 ? 3 : from < 16_384 ? 5 : 9);
const energiesLevel = (from: number): number => (from < 64 ? 2 : 4);

interface Piece {
  readonly key: string;
  readonly source: Source;
}

const NOTHING: ReadResults = {
  waveforms: null,
  rates: null,
  energies: null,
  map: null,
  settings: 0,
  waveformsOf: 0,
  ratesOf: 0,
  energiesOf: 0,
  isMapFresh: false,
};

/** Bench one's work: what has to be computed anew when something is set, and what is known. */
export const createReadWork = (crew: Crew) => {
  let results = NOTHING;
  let listener: (results: ReadResults) => void = () => {};
  const pieces = new Map<string, Piece>();
  const tell = (more: Partial<ReadResults>): void => {
    results = { ...results, ...more };
    listener(results);
  };
  /** The piece as it is where its key is the same, else a new one: from then on the one before tells nothing. */
  const piece = (name: string, key: string, make: (own: (more: Partial<ReadResults>) => void) => Source): Source => {
    const found = pieces.get(name);
    if (found?.key === key) return found.source;
    const source = make((more) => {
      if (pieces.get(name)?.source === source) tell(more);
    });
    pieces.set(name, { key, source });
    return source;
  };
  return {
    set: (state: LabState): void => {
      const setting = settingOf(state);
      const key = JSON.stringify(setting);
      const { supply: _s, ...ofMap } = setting.params;
      const { strobe: _t, ...ofStrobes } = ofMap;
      const { temperature: _k, ...ofTemperatures } = ofMap;
      const { map: axis, samples, seed } = state.page;
      const mapKey = JSON.stringify([axis, seed, setting.device, axis === "strobe" ? ofStrobes : ofTemperatures]);
      if (pieces.get("waveforms")?.key !== key) tell({ settings: results.settings + 1 });
      if (pieces.get("map")?.key !== mapKey) tell({ isMapFresh: false });
      const number = results.settings;
      crew.want([
        piece("waveforms", key, (own) =>
          drawnWaveforms(setting, (waveforms) => own({ waveforms, waveformsOf: number })),
        ),
        piece("rates", `${key} ${samples}`, (own) =>
          growingSums(
            setting,
            { kind: "rates", limit: Number(samples), firstSlice: 24, levelAt: ratesLevel },
            (rates) => {
              own({ rates, ratesOf: number });
            },
          ),
        ),
        piece("energies", key, (own) =>
          growingSums(
            setting,
            { kind: "energies", limit: ENERGY_SAMPLES, firstSlice: 8, levelAt: energiesLevel },
            (energies) => own({ energies, energiesOf: number }),
          ),
        ),
        piece("map", mapKey, (own) => shmooMap(setting, axis, (map) => own({ map, isMapFresh: true }))),
      ]);
    },
    results: () => results,
    /** From here on this is told whenever there is more. */
    listen: (told: (results: ReadResults) => void): void => {
      listener = told;
    },
  };
};
export type ReadWork = ReturnType<typeof createReadWork>;
