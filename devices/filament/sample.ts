import { fold, type Key, normal } from "#src/random/index";
import type { FilamentPhysics } from "./params.ts";

/** Spread of filaments from device to device: ln of the current, and both barriers together [eV], as standard deviations. */
export interface FilamentSpread {
  readonly logCurrent: number;
  readonly barrier: number;
}

/** One device as fabricated. */
export const sampleFilament = <P extends FilamentPhysics>(params: P, spread: FilamentSpread, key: Key): P => {
  const shift = spread.barrier * normal(fold(key, "barrier"));
  return {
    ...params,
    currentScale: params.currentScale * Math.exp(spread.logCurrent * normal(fold(key, "current"))),
    generationBarrier: params.generationBarrier + shift,
    recombinationBarrier: params.recombinationBarrier + shift,
  };
};
