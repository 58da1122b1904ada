/*
 * Convolutions as dot products of packed patches: bits of a pixel's channels side by side, pixels of a window one after the other, without
 * gaps. What lies beyond the image has no bit set.
 */

/** What a bit says of a number: that it is negative, that it is not 0, or bit `kind - 2` of its magnitude. */
function bitOf(value: f32, kind: i32): u64 {
  if (kind === 0) return <u64>(value < 0);
  if (kind === 1) return <u64>(value !== 0);
  return <u64>((<u32>abs<f32>(value) >> (kind - 2)) & 1);
}

/** Bits of one image, channels x pixels: a row of words a pixel. */
export function packPixels(bits: usize, from: usize, channels: i32, pixels: i32, kind: i32): void {
  const plane = (<usize>pixels) << 2;
  for (let p = 0; p < pixels; p++) {
    let at = from + ((<usize>p) << 2);
    for (let c = 0; c < channels; c += 64) {
      const end = min(64, channels - c);
      let word: u64 = 0;
      for (let k = 0; k < end; k++, at += plane) word |= bitOf(load<f32>(at), kind) << k;
      store<u64>(bits, word);
      bits += 8;
    }
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
