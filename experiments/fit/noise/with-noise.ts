import type { RramParams, RramState, RramStateParams } from "#devices/index";
import { Misuse, orMisuse } from "../../misuse.ts";
import { parseQuantity } from "../../units/parse.ts";
import { showMeasured } from "../../units/show.ts";
import { fitSeries, type SeriesFit } from "./fit-series.ts";
import type { Series } from "./read-series.ts";

/** A rate of reads as the user writes it: "400", "400 Hz". @throws Misuse */
export const rateOf = async (text: string): Promise<number> => {
  const rate = await parseQuantity(text, "Hz", "--rate");
  if (rate > 0) return rate;
  throw new Misuse(`--rate ${text}: expected reads a second above 0, e.g. "400".`);
};

/** Fits all series. @throws Misuse naming the one that cannot be. */
export const fitAllSeries = (series: readonly Series[], rate: number): SeriesFit[] =>
  series.map(({ name, resistances }) => orMisuse(() => fitSeries(name, resistances, rate)));

/** Further from a state's median than this factor a series says nothing of its noise. */
const NEAR = 3;

/** The device with the noise of the series whose median is nearest to each state's; and what was taken for what. */
export const withNoise = (
  device: RramParams,
  fits: readonly SeriesFit[],
): { readonly device: RramParams; readonly notes: readonly string[] } => {
  const notes: string[] = [];
  const noisy = (state: RramState): RramStateParams => {
    const own = device[state];
    const far = (fit: SeriesFit): number => Math.abs(Math.log(fit.medianResistance / own.medianResistance));
    const nearest = fits.reduce((a, b) => (far(b) < far(a) ? b : a));
    const name = state.toUpperCase();
    if (far(nearest) > Math.log(NEAR)) {
      notes.push(
        `${name}: no series within a factor ${NEAR} of its median (nearest: ${showMeasured(nearest.medianResistance, "ohm")}); without noise.`,
      );
      return own;
    }
    notes.push(
      `${name} has the noise of "${nearest.name}" (median ${showMeasured(nearest.medianResistance, "ohm")}); it is one cell's, the same sigma in all is assumed.`,
    );
    return {
      ...own,
      spread: { ...own.spread, readToRead: nearest.readToRead },
      fluctuators: nearest.fluctuators,
      ...(nearest.trap ? { telegraph: nearest.trap.noise } : {}),
    };
  };
  return { device: { ...device, lrs: noisy("lrs"), hrs: noisy("hrs") }, notes };
};
