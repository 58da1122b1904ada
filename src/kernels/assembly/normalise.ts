/*
 * Batch normalisation (Ioffe and Szegedy, ICML 2015) and what quantizes its result, over images with their channels last. A row of
 * places is summed in single precision, rows in double: rows are short.
 */

// Sum over a row of four channels of x - mean, or of its square.
function rowSum(x: usize, pixel: usize, columns: i32, mean: v128, squared: i32): v128 {
  let sum = f32x4.splat(0);
  const end = x + <usize>columns * pixel;
  if (squared)
    while (x < end) {
      const d = f32x4.sub(v128.load(x), mean);
      sum = f32x4.add(sum, f32x4.mul(d, d));
      x += pixel;
    }
  else
    while (x < end) {
      sum = f32x4.add(sum, v128.load(x));
      x += pixel;
    }
  return sum;
}

// Joins means and sums of squares of `n` numbers (mean, m2) to those of `before` numbers at `at` (Chan, Golub, LeVeque 1979).
function join(at: usize, channels: i32, c: i32, before: f64, n: f64, mean: f64, m2: f64): void {
  const to = at + ((<usize>c) << 3);
  const squares = to + ((<usize>channels) << 3);
  const old = load<f64>(to);
  const d = mean - old;
  store<f64>(to, old + (d * n) / (before + n));
  store<f64>(squares, load<f64>(squares) + m2 + (d * d * before * n) / (before + n));
}

/**
 * moments (mean a channel, then sum of squared deviations a channel) of a slice of images. Up to three numbers beyond a pixel's
 * channels are read and left.
 */
export function imageMoments(
  moments: usize,
  image: usize,
  pixel: usize,
  xRow: usize,
  xImage: usize,
  batch: i32,
  rows: i32,
  columns: i32,
  channels: i32,
): void {
  memory.fill(moments, 0, (<usize>channels) << 4);
  const n = <f64>(rows * columns);
  for (let b = 0; b < batch; b++) {
    const before = <f64>b * n;
    for (let c = 0; c < channels; c += 4) {
      const from = image + ((<usize>c) << 2);
      let low = f64x2.splat(0);
      let high = f64x2.splat(0);
      for (let y = 0; y < rows; y++) {
        const sum = rowSum(from + <usize>y * xRow, pixel, columns, f32x4.splat(0), 0);
        low = f64x2.add(low, f64x2.promote_low_f32x4(sum));
        high = f64x2.add(high, f64x2.promote_low_f32x4(v128.shuffle<f32>(sum, sum, 2, 3, 2, 3)));
      }
      const by = f64x2.splat(n);
      low = f64x2.div(low, by);
      high = f64x2.div(high, by);
      const single = v128.shuffle<f32>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 1, 4, 5);
      let lowSquares = f64x2.splat(0);
      let highSquares = f64x2.splat(0);
      for (let y = 0; y < rows; y++) {
        const sum = rowSum(from + <usize>y * xRow, pixel, columns, single, 1);
        lowSquares = f64x2.add(lowSquares, f64x2.promote_low_f32x4(sum));
        highSquares = f64x2.add(highSquares, f64x2.promote_low_f32x4(v128.shuffle<f32>(sum, sum, 2, 3, 2, 3)));
      }
      join(moments, channels, c, before, n, f64x2.extract_lane(low, 0), f64x2.extract_lane(lowSquares, 0));
      if (c + 1 < channels)
        join(moments, channels, c + 1, before, n, f64x2.extract_lane(low, 1), f64x2.extract_lane(lowSquares, 1));
      if (c + 2 < channels)
        join(moments, channels, c + 2, before, n, f64x2.extract_lane(high, 0), f64x2.extract_lane(highSquares, 0));
      if (c + 3 < channels)
        join(moments, channels, c + 3, before, n, f64x2.extract_lane(high, 1), f64x2.extract_lane(highSquares, 1));
    }
    image += xImage;
  }
}

const SIGN: i32 = 1;
const TERNARY: i32 = 2;
const CLIP: i32 = 3;

function activated(y: v128, kind: i32, low: v128, high: v128): v128 {
  if (kind == SIGN) return v128.bitselect(f32x4.splat(1), f32x4.splat(-1), f32x4.ge(y, f32x4.splat(0)));
  if (kind == TERNARY)
    return f32x4.sub(v128.and(f32x4.gt(y, high), f32x4.splat(1)), v128.and(f32x4.lt(y, low), f32x4.splat(1)));
  if (kind == CLIP) return f32x4.pmin(f32x4.pmax(y, low), high);
  return y;
}

// The first `present` numbers of a vector.
function storeSome(to: usize, value: v128, present: i32): void {
  if (present >= 4) v128.store(to, value);
  else {
    store<f32>(to, f32x4.extract_lane(value, 0));
    if (present > 1) store<f32>(to, f32x4.extract_lane(value, 1), 4);
    if (present > 2) store<f32>(to, f32x4.extract_lane(value, 2), 8);
  }
}

/**
 * out = activation((x - mean) factor + shift), a channel each. Ternary: +1 above `high`, -1 below `low`; clip: within low .. high. The
 * three arrays are as long as a multiple of four that holds the channels.
 */
export function normaliseImages(
  out: usize,
  outPixel: usize,
  outRow: usize,
  outImage: usize,
  image: usize,
  pixel: usize,
  xRow: usize,
  xImage: usize,
  batch: i32,
  rows: i32,
  columns: i32,
  channels: i32,
  mean: usize,
  factor: usize,
  shift: usize,
  kind: i32,
  low: f32,
  high: f32,
): void {
  const least = f32x4.splat(low);
  const most = f32x4.splat(high);
  for (let b = 0; b < batch; b++) {
    for (let y = 0; y < rows; y++)
      for (let c = 0; c < channels; c += 4) {
        const at = (<usize>c) << 2;
        const m = v128.load(mean + at);
        const f = v128.load(factor + at);
        const s = v128.load(shift + at);
        let from = image + <usize>y * xRow + at;
        let to = out + <usize>y * outRow + at;
        const end = from + <usize>columns * pixel;
        const present = channels - c;
        while (from < end) {
          const value = activated(f32x4.add(f32x4.mul(f32x4.sub(v128.load(from), m), f), s), kind, least, most);
          storeSome(to, value, present);
          from += pixel;
          to += outPixel;
        }
      }
    image += xImage;
    out += outImage;
  }
}

/**
 * What the way back needs of a slice: gradients stay where low <= (x - mean) factor + shift <= high and are set to 0 elsewhere, in
 * place; sums (over what stays, a channel each: of the gradient, then of gradient times (x - mean)).
 */
export function gradientSums(
  sums: usize,
  gradient: usize,
  gPixel: usize,
  gRow: usize,
  gImage: usize,
  image: usize,
  pixel: usize,
  xRow: usize,
  xImage: usize,
  batch: i32,
  rows: i32,
  columns: i32,
  channels: i32,
  mean: usize,
  factor: usize,
  shift: usize,
  low: f32,
  high: f32,
): void {
  const least = f32x4.splat(low);
  const most = f32x4.splat(high);
  const products = sums + ((<usize>channels) << 3);
  memory.fill(sums, 0, (<usize>channels) << 4);
  for (let b = 0; b < batch; b++) {
    for (let c = 0; c < channels; c += 4) {
      const at = (<usize>c) << 2;
      const m = v128.load(mean + at);
      const f = v128.load(factor + at);
      const s = v128.load(shift + at);
      const present = channels - c;
      for (let y = 0; y < rows; y++) {
        let from = image + <usize>y * xRow + at;
        let to = gradient + <usize>y * gRow + at;
        const end = from + <usize>columns * pixel;
        let sum = f32x4.splat(0);
        let product = f32x4.splat(0);
        while (from < end) {
          const d = f32x4.sub(v128.load(from), m);
          const value = f32x4.add(f32x4.mul(d, f), s);
          const own = v128.load(to);
          const g = v128.and(own, v128.and(f32x4.ge(value, least), f32x4.le(value, most)));
          storeSome(to, g, present);
          sum = f32x4.add(sum, g);
          product = f32x4.add(product, f32x4.mul(g, d));
          from += pixel;
          to += gPixel;
        }
        let place = sums + ((<usize>c) << 3);
        let other = products + ((<usize>c) << 3);
        store<f64>(place, load<f64>(place) + <f64>f32x4.extract_lane(sum, 0));
        store<f64>(other, load<f64>(other) + <f64>f32x4.extract_lane(product, 0));
        if (present > 1) {
          store<f64>(place, load<f64>(place, 8) + <f64>f32x4.extract_lane(sum, 1), 8);
          store<f64>(other, load<f64>(other, 8) + <f64>f32x4.extract_lane(product, 1), 8);
        }
        if (present > 2) {
          store<f64>(place, load<f64>(place, 16) + <f64>f32x4.extract_lane(sum, 2), 16);
          store<f64>(other, load<f64>(other, 16) + <f64>f32x4.extract_lane(product, 2), 16);
        }
        if (present > 3) {
          store<f64>(place, load<f64>(place, 24) + <f64>f32x4.extract_lane(sum, 3), 24);
          store<f64>(other, load<f64>(other, 24) + <f64>f32x4.extract_lane(product, 3), 24);
        }
      }
    }
    image += xImage;
    gradient += gImage;
  }
}

/** out = factor (gradient - level - (x - mean) slope), a channel each: the gradient by what was normalised. */
export function normaliseBackImages(
  out: usize,
  outPixel: usize,
  outRow: usize,
  outImage: usize,
  gradient: usize,
  gPixel: usize,
  gRow: usize,
  gImage: usize,
  image: usize,
  pixel: usize,
  xRow: usize,
  xImage: usize,
  batch: i32,
  rows: i32,
  columns: i32,
  channels: i32,
  mean: usize,
  factor: usize,
  level: usize,
  slope: usize,
): void {
  for (let b = 0; b < batch; b++) {
    for (let y = 0; y < rows; y++)
      for (let c = 0; c < channels; c += 4) {
        const at = (<usize>c) << 2;
        const m = v128.load(mean + at);
        const f = v128.load(factor + at);
        const l = v128.load(level + at);
        const k = v128.load(slope + at);
        let from = image + <usize>y * xRow + at;
        let by = gradient + <usize>y * gRow + at;
        let to = out + <usize>y * outRow + at;
        const end = from + <usize>columns * pixel;
        const present = channels - c;
        while (from < end) {
          const d = f32x4.mul(f32x4.sub(v128.load(from), m), k);
          const value = f32x4.mul(f, f32x4.sub(f32x4.sub(v128.load(by), l), d));
          storeSome(to, value, present);
          from += pixel;
          by += gPixel;
          to += outPixel;
        }
      }
    image += xImage;
    gradient += gImage;
    out += outImage;
  }
}
