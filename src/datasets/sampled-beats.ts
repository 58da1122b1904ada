import { fold, type Key, normal, uniform } from "#src/random/index";
import { BEAT_MIDDLE, BEAT_SCALE } from "./beats.ts";
import type { LabelledImages } from "./labelled-images.ts";

/** How training beats are varied: chosen small, a tenth of a gain, 22 ms and a twentieth of a deviation. */
const [GAIN, REACH, NOISE] = [0.1, 4, 0.05];

/**
 * Beats to train on, drawn with replacement so that classes have these shares, or as they come where there are none, and each varied: its gain
 * by up to a tenth, its place by up to four samples (what comes in is the border's own), normal noise on each sample.
 */
export const sampledBeats = (
  { pixels, images, labels, count: all, groups: _groups, ...set }: LabelledImages,
  count: number,
  shares: readonly number[] | null,
  key: Key,
): LabelledImages => {
  const byClass = Array.from({ length: set.classes }, (_, label) =>
    Uint32Array.from({ length: all }, (_b, b) => b).filter((b) => labels[b] === label),
  );
  const [classes, places, gains, shifts, noises] = ["class", "place", "gain", "shift", "noise"].map((name) =>
    fold(key, name),
  );
  const found = new Uint8Array(count * pixels);
  const own = new Uint8Array(count);
  for (let k = 0; k < count; k++) {
    const u = uniform(places, k);
    let beat = Math.floor(u * all);
    if (shares) {
      const v = uniform(classes, k);
      let [label, sum] = [0, shares[0]];
      while (v > sum && label < shares.length - 1) sum += shares[++label];
      beat = byClass[label][Math.floor(u * byClass[label].length)];
    }
    own[k] = labels[beat];
    const gain = 1 + GAIN * (2 * uniform(gains, k) - 1);
    const shift = Math.floor((2 * REACH + 1) * uniform(shifts, k)) - REACH;
    for (let i = 0; i < pixels; i++) {
      const from = Math.min(pixels - 1, Math.max(0, i + shift));
      const x =
        gain * (images[beat * pixels + from] - BEAT_MIDDLE) + NOISE * BEAT_SCALE * normal(noises, k * pixels + i);
      found[k * pixels + i] = BEAT_MIDDLE + Math.max(-127, Math.min(127, Math.round(x)));
    }
  }
  return { ...set, pixels, count, images: found, labels: own };
};

/**
 * The same beats to tell whether leads were exchanged, a made-up task: every other one, by a coin of its own, has its sign turned, as the lead
 * II has where the electrodes of right arm and left leg are exchanged. Classes are 0 as recorded and 1 turned.
 */
export const invertedBeats = (of: LabelledImages, key: Key): LabelledImages => {
  const { count, pixels } = of;
  const labels = Uint8Array.from({ length: count }, (_, b) => (uniform(key, b) < 0.5 ? 1 : 0));
  const images = of.images.map((pixel, k) => (labels[Math.floor(k / pixels)] === 1 ? 2 * BEAT_MIDDLE - pixel : pixel));
  return { ...of, classes: 2, images, labels };
};
