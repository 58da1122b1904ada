import type { LabelledImages } from "./labelled-images.ts";

/**
 * Square images made smaller: a new pixel is the mean of what it covers of the old ones, by area.
 * @throws RangeError where the images are not square, or the side is not between 1 and theirs.
 */
export const shrinkImages = (data: LabelledImages, side: number): LabelledImages => {
  const from = Math.sqrt(data.pixels);
  if (!Number.isInteger(from))
    throw new RangeError(`shrink images: ${data.pixels} pixels are no square; expected e.g. 28 x 28.`);
  if (!(Number.isInteger(side) && side >= 1 && side <= from))
    throw new RangeError(`shrink images: a side of ${side} for images of ${from} x ${from}; expected 1 .. ${from}.`);
  const scale = from / side;
  // What each new row (or column) covers of the old ones.
  const shares = Array.from({ length: side }, (_, r) =>
    Array.from(
      { length: from },
      (_o, o) => Math.max(0, Math.min((r + 1) * scale, o + 1) - Math.max(r * scale, o)) / scale,
    ),
  );
  const images = new Uint8Array(data.count * side * side);
  const rows = new Float64Array(side * from);
  for (let i = 0; i < data.count; i++) {
    const at = i * data.pixels;
    for (let r = 0; r < side; r++)
      for (let x = 0; x < from; x++) {
        let sum = 0;
        for (let y = 0; y < from; y++) sum += shares[r][y] * data.images[at + y * from + x];
        rows[r * from + x] = sum;
      }
    for (let r = 0; r < side; r++)
      for (let c = 0; c < side; c++) {
        let sum = 0;
        for (let x = 0; x < from; x++) sum += shares[c][x] * rows[r * from + x];
        images[(i * side + r) * side + c] = Math.round(sum);
      }
  }
  return { ...data, pixels: side * side, sides: [side, side], images };
};
