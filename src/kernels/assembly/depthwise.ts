import { madd } from "./madd";

/*
 * Depthwise convolutions over images with their channels last: each channel has a window of its own, so that four channels are one
 * vector. Weights are window place x channel. Channels beyond a multiple of four are done one by one, by the same operations.
 */

function onePlus(sum: f32, a: f32, b: f32): f32 {
  return f32x4.extract_lane(madd(f32x4.splat(sum), f32x4.splat(a), f32x4.splat(b)), 0);
}

/** out[b, y, x, c] = sum over the window at (y strideRow, x strideColumn) of image b's channel c times w[place, c]. */
export function depthwiseImages(
  out: usize,
  outPixel: usize,
  outRow: usize,
  outImage: usize,
  image: usize,
  xPixel: usize,
  xRow: usize,
  xImage: usize,
  strideRow: usize,
  strideColumn: usize,
  w: usize,
  batch: i32,
  rows: i32,
  columns: i32,
  channels: i32,
  windowRows: i32,
  windowColumns: i32,
): void {
  const wide = (<usize>channels) << 2;
  const whole = (<usize>(channels & ~3)) << 2;
  for (let b = 0; b < batch; b++) {
    for (let y = 0; y < rows; y++) {
      let to = out + <usize>y * outRow;
      let from = image + <usize>y * strideRow;
      for (let x = 0; x < columns; x++) {
        for (let c: usize = 0; c < whole; c += 16) {
          let sum = f32x4.splat(0);
          let at = w + c;
          let row = from + c;
          for (let i = 0; i < windowRows; i++) {
            let pixel = row;
            for (let j = 0; j < windowColumns; j++) {
              sum = madd(sum, v128.load(pixel), v128.load(at));
              pixel += xPixel;
              at += wide;
            }
            row += xRow;
          }
          v128.store(to + c, sum);
        }
        for (let c = whole; c < wide; c += 4) {
          let sum: f32 = 0;
          let at = w + c;
          let row = from + c;
          for (let i = 0; i < windowRows; i++) {
            let pixel = row;
            for (let j = 0; j < windowColumns; j++) {
              sum = onePlus(sum, load<f32>(pixel), load<f32>(at));
              pixel += xPixel;
              at += wide;
            }
            row += xRow;
          }
          store<f32>(to + c, sum);
        }
        to += outPixel;
        from += strideColumn;
      }
    }
    out += outImage;
    image += xImage;
  }
}

/** gradient[place, c] += sum over images and places of above[b, y, x, c] times what the window saw there of channel c. */
export function depthwiseGradient(
  gradient: usize,
  above: usize,
  abovePixel: usize,
  aboveRow: usize,
  aboveImage: usize,
  image: usize,
  xPixel: usize,
  xRow: usize,
  xImage: usize,
  strideRow: usize,
  strideColumn: usize,
  batch: i32,
  rows: i32,
  columns: i32,
  channels: i32,
  windowRows: i32,
  windowColumns: i32,
): void {
  const wide = (<usize>channels) << 2;
  const whole = (<usize>(channels & ~3)) << 2;
  for (let b = 0; b < batch; b++) {
    for (let y = 0; y < rows; y++) {
      for (let i = 0; i < windowRows; i++) {
        for (let j = 0; j < windowColumns; j++) {
          const to = gradient + <usize>(i * windowColumns + j) * wide;
          let by = above + <usize>y * aboveRow;
          let from = image + <usize>y * strideRow + <usize>i * xRow + <usize>j * xPixel;
          for (let x = 0; x < columns; x++) {
            for (let c: usize = 0; c < whole; c += 16)
              v128.store(to + c, madd(v128.load(to + c), v128.load(by + c), v128.load(from + c)));
            for (let c = whole; c < wide; c += 4)
              store<f32>(to + c, onePlus(load<f32>(to + c), load<f32>(by + c), load<f32>(from + c)));
            by += abovePixel;
            from += strideColumn;
          }
        }
      }
    }
    above += aboveImage;
    image += xImage;
  }
}
