import type { WeightedGeometry } from "./network.ts";
import { type ImageShape, placesOf, sizeOf } from "./shapes.ts";

/** Rows of patches that a batch gives, one a place of the window, and numbers of one patch: a group's channels x window. */
export const patchRows = (from: ImageShape, { window }: WeightedGeometry, batch: number): number => {
  const [height, width] = placesOf(from, window);
  return batch * height * width;
};

/**
 * What each place of a window sees of one group's channels: rows (image, place) x (channel, row, column of the window). Beyond the
 * image a patch holds 0, which is a value and neither +1 nor -1.
 */
export const patchesInto = (
  patches: Float32Array | Float64Array,
  x: ArrayLike<number>,
  batch: number,
  from: ImageShape,
  geometry: WeightedGeometry,
  group: number,
): void => {
  const { window, groups } = geometry;
  const [[rows, columns], [down, right], [above, before]] = [window.size, window.stride, window.padding];
  const [height, width] = placesOf(from, window);
  const channels = from.channels / groups;
  const image = sizeOf(from);
  const plane = from.height * from.width;
  let k = 0;
  for (let b = 0; b < batch; b++)
    for (let v = 0; v < height; v++)
      for (let u = 0; u < width; u++)
        for (let c = 0; c < channels; c++) {
          const at = b * image + (group * channels + c) * plane;
          for (let i = 0; i < rows; i++) {
            const y = v * down + i - above;
            for (let j = 0; j < columns; j++, k++) {
              const z = u * right + j - before;
              const isInside = y >= 0 && y < from.height && z >= 0 && z < from.width;
              patches[k] = isInside ? x[at + y * from.width + z] : 0;
            }
          }
        }
};

/** Puts sums of one group, rows (image, place) x its outputs, where the layer's value has them: image x (channel, place). */
export const placeSums = (
  value: Float32Array | Float64Array,
  sums: ArrayLike<number>,
  batch: number,
  places: number,
  { groups, outputs }: WeightedGeometry,
  group: number,
): void => {
  for (let b = 0, k = 0; b < batch; b++)
    for (let p = 0; p < places; p++)
      for (let o = 0; o < outputs; o++, k++) value[((b * groups + group) * outputs + o) * places + p] = sums[k];
};
