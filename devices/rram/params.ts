import type { Fluctuators } from "./noise/fluctuators.ts";
import type { TelegraphNoise } from "./noise/telegraph.ts";
import type { RramRelaxation } from "./relaxation/params.ts";
import type { RramWear } from "./wear.ts";

/** The two states a cell is programmed to: low resistance (after SET) and high resistance (after RESET). */
export type RramState = "lrs" | "hrs";

/**
 * Spread of a state's resistance as standard deviations of ln R, in three terms that add in variance and are drawn at
 * different times: once a device, once a programming event, once a read.
 */
export interface RramSpread {
  readonly deviceToDevice: number;
  readonly cycleToCycle: number;
  readonly readToRead: number;
}

/**
 * The distribution of ln R about the median, where it is not normal; `logSigma` is its standard deviation. `weibull`: R is
 * Weibull, 1 - F = exp(-ln 2 (R / median)^exponent). `two lognormals`: a mixture of two, offsets of ln R from the median of
 * the whole.
 */
export type RramShape =
  | { readonly kind: "weibull"; readonly logSigma: number; readonly exponent: number }
  | {
      readonly kind: "two lognormals";
      readonly logSigma: number;
      readonly components: readonly {
        readonly share: number;
        readonly logOffset: number;
        readonly logSigma: number;
      }[];
    };

export interface RramStateParams {
  /** Median low-field resistance at the reference temperature [ohm]. */
  readonly medianResistance: number;
  readonly spread: RramSpread;
  /** Lognormal where left out. */
  readonly shape?: RramShape;
  /** Activation energy Ea of the resistance, R(T) = R(T0) exp(Ea/k (1/T - 1/T0)) [eV]; 0 = independent of temperature. */
  readonly activationEnergy: number;
  /** Two-level noise from read to read, beside `readToRead`; none where left out. */
  readonly telegraph?: TelegraphNoise;
  /** Low-frequency noise that goes on from read to read; none where left out. */
  readonly fluctuators?: Fluctuators;
}

/**
 * How current follows voltage at a fixed state: `ohmic` I = V/R, or `sinh` I = (V0/R) sinh(V/V0), with R the low-field
 * resistance and V0 in volt (0.43 V in SkyWater's ReRAM cell model, sky130_fd_pr_reram, Apache-2.0).
 */
export type RramConduction = { readonly kind: "ohmic" } | { readonly kind: "sinh"; readonly fieldVoltage: number };

/** Probabilities that a cell cannot be programmed and stays in one state. */
export interface RramStuck {
  readonly lrs: number;
  readonly hrs: number;
}

/** What programming pulses take from their drivers [J]. */
export interface RramProgramming {
  readonly setEnergy: number;
  readonly resetEnergy: number;
}

export interface RramParams {
  readonly name: string;
  /** What these numbers are: printed by every report that uses them. */
  readonly standing: string;
  readonly source: string;
  /** Range of validity: temperature, voltage, time after programming. */
  readonly valid: string;
  readonly lrs: RramStateParams;
  readonly hrs: RramStateParams;
  readonly conduction: RramConduction;
  readonly stuck: RramStuck;
  /** How resistances move at rest; where left out, cells know no age. */
  readonly relaxation?: RramRelaxation;
  /** How use closes the window; where left out, cells do not wear. */
  readonly wear?: RramWear;
  /** What it takes to program a cell so; not known where left out. */
  readonly programming?: RramProgramming;
}
