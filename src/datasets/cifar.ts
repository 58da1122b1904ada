import type { LabelledImages } from "./labelled-images.ts";

/** Files of CIFAR-10 in its binary form: five to train on and one to test. */
export const CIFAR_FILES = {
  train: [1, 2, 3, 4, 5].map((i) => `data_batch_${i}.bin`),
  test: "test_batch.bin",
} as const;

const SIDE = 32;
const CHANNELS = 3;
const CLASSES = 10;
const PIXELS = CHANNELS * SIDE * SIDE;

/**
 * Reads records of CIFAR-10's binary form: a label 0 .. 9, then 32 x 32 red, green and blue values, plane after plane.
 *
 * @throws RangeError where the bytes are no whole number of records, or a label is none.
 */
export const parseCifar = (bytes: Uint8Array, where: string): LabelledImages => {
  const record = 1 + PIXELS;
  const count = bytes.length / record;
  if (!Number.isInteger(count) || count === 0)
    throw new RangeError(
      `${where}: ${bytes.length} bytes; expected records of ${record} (a label and ${PIXELS} values). Is it truncated, or still packed?`,
    );
  const images = new Uint8Array(count * PIXELS);
  const labels = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const label = bytes[i * record];
    if (label >= CLASSES)
      throw new RangeError(
        `${where}: record ${i + 1} has label ${label}; expected 0 .. ${CLASSES - 1}. Is it CIFAR-10's binary form?`,
      );
    labels[i] = label;
    images.set(bytes.subarray(i * record + 1, (i + 1) * record), i * PIXELS);
  }
  return { count, pixels: PIXELS, sides: [CHANNELS, SIDE, SIDE], classes: CLASSES, images, labels };
};
