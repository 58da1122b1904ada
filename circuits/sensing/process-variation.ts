import { type Corner, transistorParams } from "#devices/index";
import { fold, type Key, normal } from "#src/random/index";
import type { SenseAmplifierChip, SenseAmplifierDesign } from "./sense-amplifier.ts";
import { senseMismatch } from "./sense-amplifier.ts";

/** What one die got besides local mismatch: all its transistors of a kind shifted together [V]. */
export interface DieShift {
  readonly nmos: number;
  readonly pmos: number;
}

/** Slow and fast corners are taken to lie this many standard deviations from the typical one: an assumption. */
export const CORNER_SIGMAS = 3;

/**
 * Standard deviations of the die-to-die threshold shift [V]: a sixth of the distance from the slow to the fast corner of
 * the latch transistors, which assumes corners at three sigma. n and p shift independently.
 */
export const dieSigmas = (design: SenseAmplifierDesign): DieShift => {
  const { technology, widths } = design;
  const spread = (role: "latchN" | "latchP"): number => {
    const threshold = (corner: Corner): number => transistorParams(technology, corner, role, widths[role]).vt0;
    return Math.abs(threshold("ss") - threshold("ff")) / (2 * CORNER_SIGMAS);
  };
  return { nmos: spread("latchN"), pmos: spread("latchP") };
};

/** One die's shift about its corner; `scale` multiplies both standard deviations (0: none). */
export const sampleDie = (design: SenseAmplifierDesign, scale: number, key: Key): DieShift => {
  const sigma = dieSigmas(design);
  return { nmos: scale * sigma.nmos * normal(fold(key, "nmos")), pmos: scale * sigma.pmos * normal(fold(key, "pmos")) };
};

const AS_DRAWN = { thresholdShift: 0, gainFactor: 1 };

/** An amplifier with its local mismatch on a die with this shift; a transistor that the chip leaves out is as drawn. */
export const onDie = (design: SenseAmplifierDesign, die: DieShift, chip: SenseAmplifierChip): SenseAmplifierChip =>
  Object.fromEntries(
    senseMismatch(design, 1).map(({ name, polarity }) => {
      const own = chip[name] ?? AS_DRAWN;
      return [name, { ...own, thresholdShift: own.thresholdShift + die[polarity] }];
    }),
  );
