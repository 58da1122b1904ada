/*
 * Convolutions as dot products of packed patches: bits of a pixel's channels side by side, pixels of a window one after the other, without
 * gaps. What lies beyond the image has no bit set.
 */

/**
 * Bits of one image, channels x pixels: a row of words a pixel. A bit says of a number that it is negative (kind 0), that it is not 0 (1),
 * or is bit kind - 2 of its magnitude. Channel by channel: a plane is read in one go, and the words of all pixels stay in the first cache.
 */
export function packPixels(bits: usize, from: usize, channels: i32, pixels: i32, kind: i32): void {
  const words = (channels + 63) >> 6;
  const step = (<usize>words) << 3;
  const end = from + ((<usize>pixels) << 2) * <usize>channels;
  memory.fill(bits, 0, step * <usize>pixels);
  for (let c = 0; from < end; c++) {
    const shift = c & 63;
    let to = bits + ((<usize>(c >> 6)) << 3);
    const plane = from + ((<usize>pixels) << 2);
    if (kind === 0)
      for (; from < plane; from += 4, to += step)
        store<u64>(to, load<u64>(to) | ((<u64>(load<f32>(from) < 0)) << shift));
    else if (kind === 1)
      for (; from < plane; from += 4, to += step)
        store<u64>(to, load<u64>(to) | ((<u64>(load<f32>(from) !== 0)) << shift));
    else
      for (; from < plane; from += 4, to += step)
        store<u64>(to, load<u64>(to) | ((<u64>((<u32>abs<f32>(load<f32>(from)) >> (kind - 2)) & 1)) << shift));
  }
}

/** Patches of one image of packed pixels, a row of `stride` bytes a place. */
export function bitPatches(
  rows: usize,
  stride: usize,
  pixels: usize,
  channels: i32,
  height: i32,
  width: i32,
  windowHeight: i32,
  windowWidth: i32,
  down: i32,
  right: i32,
  above: i32,
  before: i32,
  placesDown: i32,
  placesRight: i32,
): void {
  const words = (channels + 63) >> 6;
  const pixelBytes = (<usize>words) << 3;
  for (let v = 0; v < placesDown; v++)
    for (let u = 0; u < placesRight; u++, rows += stride) {
      let to = rows;
      let held: u64 = 0;
      let filled = 0;
      for (let i = 0; i < windowHeight; i++) {
        const y = v * down + i - above;
        for (let j = 0; j < windowWidth; j++) {
          const x = u * right + j - before;
          const isInside = y >= 0 && y < height && x >= 0 && x < width;
          const pixel = pixels + <usize>(y * width + x) * pixelBytes;
          for (let w = 0; w < words; w++) {
            const count = min(64, channels - (w << 6));
            const word: u64 = isInside ? load<u64>(pixel + ((<usize>w) << 3)) : 0;
            held |= word << filled;
            filled += count;
            if (filled < 64) continue;
            store<u64>(to, held);
            to += 8;
            filled -= 64;
            held = filled > 0 ? word >> (count - filled) : 0;
          }
        }
      }
      if (filled > 0) store<u64>(to, held);
    }
}

/** Whole numbers, rows x columns, as floats, columns x rows. */
export function turnSums(turned: usize, sums: usize, rows: i32, columns: i32): void {
  const step = (<usize>columns) << 2;
  const line = (<usize>rows) << 2;
  let c = 0;
  for (; c + 4 <= columns; c += 4, sums += 16, turned += 4 * line) {
    let from = sums;
    let to = turned;
    for (let r = 0; r < rows; r++, from += step, to += 4) {
      const four = f32x4.convert_i32x4_s(v128.load(from));
      store<f32>(to, f32x4.extract_lane(four, 0));
      store<f32>(to + line, f32x4.extract_lane(four, 1));
      store<f32>(to + 2 * line, f32x4.extract_lane(four, 2));
      store<f32>(to + 3 * line, f32x4.extract_lane(four, 3));
    }
  }
  for (; c < columns; c++, sums += 4, turned += line) {
    let from = sums;
    for (let to = turned, r = 0; r < rows; r++, from += step, to += 4) store<f32>(to, <f32>load<i32>(from));
  }
}
