import { fold, normal, rootKey, uniform } from "#src/random/index";
import { BEAT_LENGTH, type Beats, normalisedBeat } from "./beats.ts";
import { PATIENT_SPLIT } from "./wfdb.ts";

/** A bump of a beat: its height, place and width [samples at 180 Hz]. */
type Wave = readonly [height: number, at: number, width: number];

/** Waves P, Q, R, S and T of each class, made up to be told apart as those of real hearts are: early and without P, or broad. */
const WAVES: readonly (readonly Wave[])[] = [
  // N
  [
    [0.15, 32, 5],
    [-0.15, 56, 1.5],
    [1.2, 60, 2],
    [-0.25, 64, 2],
    [0.3, 108, 11],
  ],
  // S: no P of its own, a T before it that is still there
  [
    [0.25, 12, 9],
    [-0.15, 56, 1.5],
    [1.1, 60, 2],
    [-0.25, 64, 2],
    [0.3, 104, 11],
  ],
  // V: broad, T the other way
  [
    [1.2, 60, 7],
    [-0.5, 78, 8],
    [-0.4, 118, 13],
  ],
  // F: between N and V
  [
    [0.1, 32, 5],
    [1.2, 60, 4],
    [-0.35, 70, 5],
    [0.1, 112, 12],
  ],
];

/** Shares of the classes N, S, V, F in a record. */
const SHARES = [0.7, 0.08, 0.14, 0.08];
const PER_RECORD = 60;

/** Beats of made-up patients, under the numbers of some of MIT-BIH's records: each has waves, noise and a drift of its own. */
const beatsOf = (records: readonly number[]): Beats => {
  const key = rootKey("synthetic beats");
  const count = records.length * PER_RECORD;
  const labels = new Uint8Array(count);
  const samples = new Int8Array(count * BEAT_LENGTH);
  records.forEach((record, r) => {
    const patient = fold(fold(key, "record"), record);
    const vary = (name: string, wave: number, deviation: number): number =>
      deviation * normal(fold(patient, name), wave);
    for (let b = 0; b < PER_RECORD; b++) {
      const own = fold(fold(patient, "beat"), b);
      const u = uniform(fold(own, "class"));
      let [label, sum] = [0, SHARES[0]];
      while (u > sum && label < SHARES.length - 1) sum += SHARES[++label];
      const [tilt, noise] = [0.2 * normal(fold(own, "tilt")), fold(own, "noise")];
      const beat = Array.from({ length: BEAT_LENGTH }, (_, i) => {
        const waves = WAVES[label].reduce((total, [height, at, width], w) => {
          const place = at + vary("place", w, 2) + normal(fold(own, "place"), w);
          const broad = width * Math.exp(vary("width", w, 0.15));
          return total + height * Math.exp(vary("height", w, 0.25)) * Math.exp(-(((i - place) / broad) ** 2) / 2);
        }, 0);
        return waves + tilt * (i / BEAT_LENGTH - 0.5) + 0.05 * normal(noise, i);
      });
      const at = r * PER_RECORD + b;
      labels[at] = label;
      samples.set(normalisedBeat(beat) ?? [], at * BEAT_LENGTH);
    }
  });
  return {
    count,
    length: BEAT_LENGTH,
    labels,
    records: Uint8Array.from({ length: count }, (_, b) => records[Math.floor(b / PER_RECORD)] - 100),
    samples,
  };
};

/** A small stand-in for MIT-BIH's beats, made up: it shows that a study runs, and says nothing of hearts. */
export const syntheticBeats = (): { readonly train: Beats; readonly test: Beats } => ({
  train: beatsOf(PATIENT_SPLIT.ds1),
  test: beatsOf(PATIENT_SPLIT.ds2),
});
