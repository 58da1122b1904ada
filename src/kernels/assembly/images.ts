import { stridedTile } from "./gemm";
import { madd } from "./madd";

/*
 * Layers over images with their channels last: image x row x column x channel. All strides are in bytes. Windows over such images need
 * no patches: a window's row of channels is contiguous, and so is a pixel's row of outputs, so that the 4 x 8 tile of `gemm` reads
 * both where they stand. Unrolled inner loops were slower by a third and more when they were tried: registers spill.
 */

const TILE_COLUMNS: i32 = 4;
const TILE_OUTPUTS: i32 = 8;

// out[4 pixels x 8 outputs] = sum over a window: rows of it `xRow` apart, segments of a row `segmentStep` apart, `segment` bytes each.
function windowTile(
  out: usize,
  outPixel: usize,
  first: usize,
  second: usize,
  third: usize,
  fourth: usize,
  xRow: usize,
  w: usize,
  segment: usize,
  segments: i32,
  segmentStep: usize,
  windowRows: i32,
): void {
  let s00 = f32x4.splat(0),
    s01 = f32x4.splat(0);
  let s10 = f32x4.splat(0),
    s11 = f32x4.splat(0);
  let s20 = f32x4.splat(0),
    s21 = f32x4.splat(0);
  let s30 = f32x4.splat(0),
    s31 = f32x4.splat(0);
  for (let i = 0; i < windowRows; i++) {
    let ahead = <usize>i * xRow;
    for (let j = 0; j < segments; j++) {
      let a0 = first + ahead;
      let a1 = second + ahead;
      let a2 = third + ahead;
      let a3 = fourth + ahead;
      const end = a0 + segment;
      while (a0 < end) {
        const b0 = v128.load(w);
        const b1 = v128.load(w, 16);
        let v = v128.load32_splat(a0);
        s00 = madd(s00, v, b0);
        s01 = madd(s01, v, b1);
        v = v128.load32_splat(a1);
        s10 = madd(s10, v, b0);
        s11 = madd(s11, v, b1);
        v = v128.load32_splat(a2);
        s20 = madd(s20, v, b0);
        s21 = madd(s21, v, b1);
        v = v128.load32_splat(a3);
        s30 = madd(s30, v, b0);
        s31 = madd(s31, v, b1);
        a0 += 4;
        a1 += 4;
        a2 += 4;
        a3 += 4;
        w += 32;
      }
      ahead += segmentStep;
    }
  }
  v128.store(out, s00);
  v128.store(out, s01, 16);
  out += outPixel;
  v128.store(out, s10);
  v128.store(out, s11, 16);
  out += outPixel;
  v128.store(out, s20);
  v128.store(out, s21, 16);
  out += outPixel;
  v128.store(out, s30);
  v128.store(out, s31, 16);
}

/**
 * out[b, y, x, o] = sum over the window at (y strideRow, x strideColumn) of image b, times packed weights (`packWindow`). `aside` has
 * room for a tile. A window row is `segments` pieces of `segment` bytes: one piece where all channels of a pixel take part.
 */
export function convolveImages(
  out: usize,
  outPixel: usize,
  outRow: usize,
  outImage: usize,
  image: usize,
  xRow: usize,
  xImage: usize,
  strideRow: usize,
  strideColumn: usize,
  w: usize,
  batch: i32,
  rows: i32,
  columns: i32,
  outputs: i32,
  segment: usize,
  segments: i32,
  segmentStep: usize,
  windowRows: i32,
  aside: usize,
): void {
  const stripBytes = <usize>(windowRows * segments) * segment * TILE_OUTPUTS;
  for (let b = 0; b < batch; b++) {
    let strip = w;
    for (let o = 0; o < outputs; o += TILE_OUTPUTS) {
      const present = min(TILE_OUTPUTS, outputs - o);
      for (let y = 0; y < rows; y++) {
        let from = image + <usize>y * strideRow;
        let to = out + <usize>y * outRow + ((<usize>o) << 2);
        for (let x = 0; x < columns; x += TILE_COLUMNS) {
          // Columns beyond the last repeat it: nobody keeps what they give.
          const last = columns - x - 1;
          const second = from + <usize>min(1, last) * strideColumn;
          const third = from + <usize>min(2, last) * strideColumn;
          const fourth = from + <usize>min(3, last) * strideColumn;
          if (last >= TILE_COLUMNS - 1 && present == TILE_OUTPUTS)
            windowTile(
              to,
              outPixel,
              from,
              second,
              third,
              fourth,
              xRow,
              strip,
              segment,
              segments,
              segmentStep,
              windowRows,
            );
          else {
            windowTile(aside, 32, from, second, third, fourth, xRow, strip, segment, segments, segmentStep, windowRows);
            for (let p = 0; p <= min(last, TILE_COLUMNS - 1); p++)
              memory.copy(to + <usize>p * outPixel, aside + ((<usize>p) << 5), (<usize>present) << 2);
          }
          from += <usize>TILE_COLUMNS * strideColumn;
          to += <usize>TILE_COLUMNS * outPixel;
        }
      }
      strip += stripBytes;
    }
    image += xImage;
    out += outImage;
  }
}

/**
 * Weights (window x channels x outputs) in strips of eight outputs, as `convolveImages` reads them; `turned`: outputs and channels
 * change places and the window is turned about, which gives the weights of the way back. Outputs beyond the last are 0.
 */
export function packWindow(packed: usize, w: usize, window: i32, channels: i32, outputs: i32, turned: i32): void {
  const inside = turned ? outputs : channels;
  const ahead = turned ? channels : outputs;
  for (let strip = 0; strip < ahead; strip += TILE_OUTPUTS)
    for (let k = 0; k < window; k++) {
      const from = w + ((<usize>((turned ? window - 1 - k : k) * channels * outputs)) << 2);
      for (let c = 0; c < inside; c++)
        for (let o = strip; o < strip + TILE_OUTPUTS; o++) {
          const at = turned ? o * outputs + c : c * outputs + o;
          store<f32>(packed, o < ahead ? load<f32>(from + ((<usize>at) << 2)) : 0);
          packed += 4;
        }
    }
}

/**
 * gradient (window x channels x outputs, contiguous) += sum over images and places of x[window] g[outputs]. Places are taken a few rows
 * at a time, `block` of them, so that what a tile reads stays near. Up to three numbers beyond a segment are read and left.
 */
export function convolutionGradientImages(
  gradient: usize,
  outputs: i32,
  above: usize,
  gPixel: usize,
  gRow: usize,
  gImage: usize,
  image: usize,
  xRow: usize,
  xImage: usize,
  strideRow: usize,
  strideColumn: usize,
  batch: i32,
  rows: i32,
  columns: i32,
  segment: i32,
  segments: i32,
  segmentStep: usize,
  windowRows: i32,
  block: i32,
  aside: usize,
): void {
  const sumsRow = (<usize>outputs) << 2;
  for (let b = 0; b < batch; b++) {
    for (let y0 = 0; y0 < rows; y0 += block) {
      const some = min(block, rows - y0);
      for (let i = 0; i < windowRows; i++)
        for (let j = 0; j < segments; j++) {
          const row = gradient + <usize>((i * segments + j) * segment) * sumsRow;
          const from = image + <usize>y0 * strideRow + <usize>i * xRow + <usize>j * segmentStep;
          for (let m = 0; m < segment; m += 4)
            for (let o = 0; o < outputs; o += TILE_OUTPUTS) {
              const to = row + <usize>m * sumsRow + ((<usize>o) << 2);
              const x = from + ((<usize>m) << 2);
              const g = above + <usize>y0 * gRow + ((<usize>o) << 2);
              if (segment - m >= 4 && outputs - o >= TILE_OUTPUTS)
                stridedTile(to, sumsRow, x, strideRow, strideColumn, g, gPixel, gRow, some, columns);
              else {
                memory.fill(aside, 0, 128);
                stridedTile(aside, 32, x, strideRow, strideColumn, g, gPixel, gRow, some, columns);
                for (let p = 0; p < min(4, segment - m); p++)
                  for (let q = 0; q < min(TILE_OUTPUTS, outputs - o); q++) {
                    const at = to + <usize>p * sumsRow + ((<usize>q) << 2);
                    store<f32>(at, load<f32>(at) + load<f32>(aside + ((<usize>(p * TILE_OUTPUTS + q)) << 2)));
                  }
              }
            }
        }
    }
    image += xImage;
    above += gImage;
  }
}

/** pooled = the largest of each 2 x 2; a side's odd last element is in no pool. */
export function poolImages(
  pooled: usize,
  pooledRow: usize,
  pooledImage: usize,
  image: usize,
  xRow: usize,
  xImage: usize,
  batch: i32,
  rows: i32,
  columns: i32,
  channels: i32,
): void {
  const pixel = (<usize>channels) << 2;
  const whole = pixel & ~15;
  for (let b = 0; b < batch; b++) {
    for (let y = 0; y < rows; y++) {
      let from = image + <usize>(2 * y) * xRow;
      let to = pooled + <usize>y * pooledRow;
      for (let x = 0; x < columns; x++) {
        const right = from + pixel;
        for (let c: usize = 0; c < whole; c += 16) {
          const above = f32x4.max(v128.load(from + c), v128.load(right + c));
          const below = f32x4.max(v128.load(from + xRow + c), v128.load(right + xRow + c));
          v128.store(to + c, f32x4.max(above, below));
        }
        for (let c = whole; c < pixel; c += 4) {
          const above = max(load<f32>(from + c), load<f32>(right + c));
          const below = max(load<f32>(from + xRow + c), load<f32>(right + xRow + c));
          store<f32>(to + c, max(above, below));
        }
        to += pixel;
        from += 2 * pixel;
      }
    }
    image += xImage;
    pooled += pooledImage;
  }
}

/**
 * Gradients of what was pooled, put where the largest of each 2 x 2 stands, the first in order where several are; the others are 0.
 * `image` is what was pooled, `to` has its own strides; elements in no pool are left alone.
 */
export function unpoolImages(
  to: usize,
  toRow: usize,
  toImage: usize,
  above: usize,
  aboveRow: usize,
  aboveImage: usize,
  pooled: usize,
  pooledRow: usize,
  pooledImage: usize,
  image: usize,
  xRow: usize,
  xImage: usize,
  batch: i32,
  rows: i32,
  columns: i32,
  channels: i32,
): void {
  const pixel = (<usize>channels) << 2;
  const whole = pixel & ~15;
  for (let b = 0; b < batch; b++) {
    for (let y = 0; y < rows; y++) {
      let from = image + <usize>(2 * y) * xRow;
      let at = to + <usize>(2 * y) * toRow;
      let gradient = above + <usize>y * aboveRow;
      let largest = pooled + <usize>y * pooledRow;
      for (let x = 0; x < columns; x++) {
        for (let c: usize = 0; c < whole; c += 16) {
          const most = v128.load(largest + c);
          let left = v128.load(gradient + c);
          let here = f32x4.eq(v128.load(from + c), most);
          v128.store(at + c, v128.and(left, here));
          left = v128.andnot(left, here);
          here = f32x4.eq(v128.load(from + pixel + c), most);
          v128.store(at + pixel + c, v128.and(left, here));
          left = v128.andnot(left, here);
          here = f32x4.eq(v128.load(from + xRow + c), most);
          v128.store(at + toRow + c, v128.and(left, here));
          left = v128.andnot(left, here);
          here = f32x4.eq(v128.load(from + xRow + pixel + c), most);
          v128.store(at + toRow + pixel + c, v128.and(left, here));
        }
        for (let c = whole; c < pixel; c += 4) {
          const most = load<f32>(largest + c);
          let left = load<f32>(gradient + c);
          for (let k = 0; k < 4; k++) {
            const row = <usize>(k >> 1);
            const column = <usize>(k & 1) * pixel;
            const isHere = load<f32>(from + row * xRow + column + c) == most;
            store<f32>(at + row * toRow + column + c, isHere ? left : 0);
            if (isHere) left = 0;
          }
        }
        largest += pixel;
        gradient += pixel;
        from += 2 * pixel;
        at += 2 * pixel;
      }
    }
    image += xImage;
    to += toImage;
    above += aboveImage;
    pooled += pooledImage;
  }
}
