import type { PulsedParams } from "#devices/index";
import { type Key, uniform } from "#src/random/index";
import { mostPulsesAtOnce, type PlasticPairsDesign } from "./plastic-pairs-design.ts";

/** What a controller makes of the changes that are wanted of pairs. */
interface WantedPulses {
  /** Weight that it takes one pulse of a pair to move. */
  readonly perPair: number;
  /** Parts of pulses that are kept for later, a pair an entry; empty where none are. */
  readonly carried: Float32Array;
  /** Pulses that a wanted change becomes now, below 0 for down: a register, not the last change, may say which way. */
  pulsesFor(pair: number, change: number, chance: Key, draw: number): number;
}

/** What a controller knows of a pulse: the mean device's step at mid-range, up on one side and down on the other. */
const meanStep = ({ nonlinearity, pulses, spread }: PulsedParams): number => {
  const typical = (bend: number, toCross: number): number => {
    const half = bend / 2;
    return ((half === 0 ? 1 : Math.sinh(half) / half) * Math.exp(spread.logStep ** 2 / 2)) / toCross;
  };
  return typical(nonlinearity.set, pulses.set) + typical(nonlinearity.reset, pulses.reset);
};

/** As many pulses as the mean device would need at mid-range, the fraction as `rounding` says. */
export const createWantedPulses = (
  { device, largestWeight, rounding }: PlasticPairsDesign,
  pairs: number,
): WantedPulses => {
  const perPair = largestWeight * meanStep(device);
  const mostAtOnce = mostPulsesAtOnce(device);
  const carried = new Float32Array(rounding.kind === "carried" ? pairs : 0);
  return {
    perPair,
    carried,
    pulsesFor: (k, change, chance, draw) => {
      const sign = change > 0 ? 1 : -1;
      const exact = Math.min(mostAtOnce, Math.abs(change) / perPair);
      if (rounding.kind === "stochastic") {
        const whole = Math.floor(exact);
        return sign * (whole + (uniform(chance, draw) < exact - whole ? 1 : 0));
      }
      if (rounding.kind === "dropped") return exact < rounding.least ? 0 : sign * Math.max(1, Math.round(exact));
      const wanted = Math.min(mostAtOnce, Math.max(-mostAtOnce, carried[k] + sign * exact));
      const whole = Math.abs(wanted) >= rounding.least ? Math.trunc(wanted) : 0;
      carried[k] = wanted - whole;
      return whole;
    },
  };
};
