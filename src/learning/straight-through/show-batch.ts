import type { LabelledImages } from "#src/datasets/labelled-images";
import type { Images } from "#src/kernels/images";
import { inputValues } from "#src/networks/executor";
import type { NetworkInput } from "#src/networks/network";
import type { Key } from "#src/random/index";
import { type Augmentation, variedPlace } from "../augmentation.ts";

/** Puts an image of a set into place `to` of a batch; `key` varies it as image `b` of its batch. */
export type ShowImage = (to: number, image: number, vary: { readonly key: Key; readonly b: number } | null) => void;

/** How images of a set enter a network's batch: 256 pixels have 256 values. */
export const showInto = (
  batch: Images,
  labels: Uint8Array,
  input: NetworkInput,
  { images, labels: known, pixels }: LabelledImages,
  augmentation: Augmentation,
): ShowImage => {
  const values = Float32Array.from(
    inputValues(
      Uint8Array.from({ length: 256 }, (_, pixel) => pixel),
      input,
    ),
  );
  const { rows, columns, channels, border } = batch;
  const wide = columns + 2 * border[1];
  const plane = rows * columns;
  return (to, image, vary) => {
    labels[to] = known[image];
    const source = vary && augmentation.kind !== "none" ? variedPlace(rows, vary.key, vary.b, augmentation) : null;
    const from = image * pixels;
    const start = (to * (rows + 2 * border[0]) * wide + border[0] * wide + border[1]) * channels;
    for (let p = 0; p < plane; p++) {
      const place = source ? source(p) : p;
      const at = start + (Math.floor(p / columns) * wide + (p % columns)) * channels;
      for (let c = 0; c < channels; c++) batch.data[at + c] = values[images[from + c * plane + place]];
    }
  };
};
