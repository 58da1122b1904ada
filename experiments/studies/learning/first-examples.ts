import type { LabelledImages } from "#src/datasets/labelled-images";
import type { ExactExample } from "#src/learning/index";

/** The first images of a set as the exact oracle takes them: pixel / 255, and 1 for the class. */
export const firstExamples = (
  { images, labels, pixels, count }: LabelledImages,
  most: number,
  classes: number,
): ExactExample[] =>
  Array.from({ length: Math.min(most, count) }, (_, i) => ({
    x: Float64Array.from(images.subarray(i * pixels, (i + 1) * pixels), (v) => v / 255),
    target: Float64Array.from({ length: classes }, (_c, k) => (k === labels[i] ? 1 : 0)),
  }));
