import type { LabelledImages } from "./labelled-images.ts";

/**
 * Classes of heart beats as AAMI's standard EC57 has them: normal, supraventricular ectopic, ventricular ectopic, fusion of the last with a
 * normal one, and what cannot be told.
 */
export const BEAT_CLASSES = ["N", "S", "V", "F", "Q"] as const;

/** Classes that beats are told apart by: Q, of which there are next to none, is left out. */
export const TOLD_CLASSES = 4;

/** Samples of a beat at 180 Hz: a third of a second before its annotation, two thirds after. */
export const BEAT_LENGTH = 180;

/** A beat's sample is its deviation from the beat's own mean, in deviations, times this. */
export const BEAT_SCALE = 32;

/** Heart beats: `samples` is count x length. */
export interface Beats {
  readonly count: number;
  readonly length: number;
  /** Places in BEAT_CLASSES. */
  readonly labels: Uint8Array;
  /** Numbers of the MIT-BIH records that beats are of, less 100. */
  readonly records: Uint8Array;
  readonly samples: Int8Array;
}

/** A beat as files have it: less its mean, by its deviation; null where it has none. */
export const normalisedBeat = (values: ArrayLike<number>): Int8Array | null => {
  const { length } = values;
  let [sum, squares] = [0, 0];
  for (let i = 0; i < length; i++) sum += values[i];
  const mean = sum / length;
  for (let i = 0; i < length; i++) squares += (values[i] - mean) ** 2;
  const deviation = Math.sqrt(squares / length);
  if (deviation === 0) return null;
  return Int8Array.from(values, (x) =>
    Math.max(-127, Math.min(127, Math.round((BEAT_SCALE * (x - mean)) / deviation))),
  );
};

const MAGIC = "ECGB";
const HEADER = 12;

/**
 * Reads a file of beats: "ECGB", their number and length (u32, little-endian), then each beat's label, record less 100 and samples.
 * @throws RangeError where the bytes are no such file.
 */
export const parseBeats = (bytes: Uint8Array, where: string): Beats => {
  const refuse = (what: string): never => {
    throw new RangeError(`${where}: ${what}`);
  };
  if (bytes.length < HEADER || String.fromCharCode(...bytes.subarray(0, 4)) !== MAGIC)
    refuse(`no file of beats, which begins with ${MAGIC}; rramlab data beats makes one of PhysioNet's records.`);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const [count, length] = [view.getUint32(4, true), view.getUint32(8, true)];
  if (length !== BEAT_LENGTH) refuse(`beats of ${length} samples; expected ${BEAT_LENGTH}, a second at 180 Hz.`);
  const record = 2 + length;
  if (count === 0 || bytes.length !== HEADER + count * record)
    refuse(
      `${bytes.length} bytes for ${count} beats; expected ${HEADER} + ${record} a beat, and one or more. Is it truncated?`,
    );
  const labels = new Uint8Array(count);
  const records = new Uint8Array(count);
  const samples = new Int8Array(count * length);
  for (let b = 0; b < count; b++) {
    const at = HEADER + b * record;
    labels[b] = bytes[at];
    records[b] = bytes[at + 1];
    if (labels[b] >= BEAT_CLASSES.length)
      refuse(
        `beat ${b + 1} has label ${labels[b]}; expected 0 .. ${BEAT_CLASSES.length - 1} (${BEAT_CLASSES.join(" ")}).`,
      );
    for (let i = 0; i < length; i++) samples[b * length + i] = bytes[at + 2 + i];
  }
  return { count, length, labels, records, samples };
};

/** The bytes of a file of beats. */
export const encodeBeats = ({ count, length, labels, records, samples }: Beats): Uint8Array => {
  const record = 2 + length;
  const bytes = new Uint8Array(HEADER + count * record);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < 4; i++) bytes[i] = MAGIC.charCodeAt(i);
  view.setUint32(4, count, true);
  view.setUint32(8, length, true);
  for (let b = 0; b < count; b++) {
    const at = HEADER + b * record;
    bytes[at] = labels[b];
    bytes[at + 1] = records[b];
    for (let i = 0; i < length; i++) bytes[at + 2 + i] = samples[b * length + i];
  }
  return bytes;
};

/** What a sample is as a pixel, 0 .. 255: none is below 0. */
export const BEAT_MIDDLE = 128;

/** Beats of the classes that are told apart as images of one row, whose groups are the records. */
export const beatImages = ({ count, length, labels, records, samples }: Beats): LabelledImages => {
  const kept = Uint32Array.from({ length: count }, (_, b) => b).filter((b) => labels[b] < TOLD_CLASSES);
  const images = new Uint8Array(kept.length * length);
  kept.forEach((b, k) => {
    for (let i = 0; i < length; i++) images[k * length + i] = samples[b * length + i] + BEAT_MIDDLE;
  });
  return {
    count: kept.length,
    pixels: length,
    sides: [1, 1, length],
    classes: TOLD_CLASSES,
    images,
    labels: Uint8Array.from(kept, (b) => labels[b]),
    groups: Uint8Array.from(kept, (b) => records[b]),
  };
};

/**
 * Refuses beats to train and to test with that say nothing of new patients.
 * @throws RangeError for records that are in both, and for a class that is in one of them not at all.
 */
export const checkPatients = (train: LabelledImages, test: LabelledImages, where: string): void => {
  const known = new Set(train.groups);
  const both = [...new Set(test.groups)].filter((record) => known.has(record));
  if (both.length > 0)
    throw new RangeError(
      `${where}: records ${both.map((record) => record + 100).join(", ")} are in training and in test; expected patients of the one in the other not at all.`,
    );
  for (const [called, { labels }] of [
    ["training", train],
    ["test", test],
  ] as const)
    for (let label = 0; label < TOLD_CLASSES; label++)
      if (!labels.includes(label))
        throw new RangeError(
          `${where}: no ${called} beat is of class ${BEAT_CLASSES[label]}; expected some of each of ${BEAT_CLASSES.slice(0, TOLD_CLASSES).join(", ")}.`,
        );
};
