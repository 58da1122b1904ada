import { fold, type Key, normal } from "#src/random/index";
import type { Gate, MosfetDeviation } from "./params.ts";

/**
 * Local mismatch of one transistor against its neighbours, per square root of gate area: sigma = a / sqrt(W L).
 * Pelgrom, Duinmaijer, Welbers, IEEE J. Solid-State Circuits 24, 1433 (1989). The coefficients are a single device's; the
 * difference of a pair is sqrt(2) larger.
 */
export interface Mismatch {
  /** a_VT [V m]. */
  readonly thresholdArea: number;
  /** a_beta [m]. */
  readonly gainArea: number;
  readonly source: string;
}

/** Standard deviations of one transistor's threshold [V] and of ln of its gain. */
export const mismatchSigmas = (
  mismatch: Mismatch,
  gate: Gate,
): { readonly threshold: number; readonly gain: number } => {
  const rootArea = Math.sqrt(gate.width * gate.length);
  return { threshold: mismatch.thresholdArea / rootArea, gain: mismatch.gainArea / rootArea };
};

/** One transistor as fabricated: threshold and gain off by independent normal amounts that shrink with gate area. */
export const sampleMosfet = (mismatch: Mismatch, gate: Gate, key: Key): MosfetDeviation => {
  const sigma = mismatchSigmas(mismatch, gate);
  return {
    thresholdShift: sigma.threshold * normal(fold(key, "threshold")),
    gainFactor: Math.exp(sigma.gain * normal(fold(key, "gain"))),
  };
};
