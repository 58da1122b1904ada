/*
 * Dot products of packed vectors: a sign bit (1 for -1) and, where zeros exist, a mask bit (1 for non-zero) an element,
 * 64 elements a word. Rows are padded to whole words with zero bits. Four outputs share each load of the input.
 */

/** y[b, o] = sum over i of x w for signs only: length - 2 popcount(x ^ w). */
export function binaryDot(y: usize, x: usize, w: usize, batch: i32, outputs: i32, words: i32, length: i32): void {
  const row = <usize>(words << 3);
  for (let b = 0; b < batch; b++) {
    let o = 0;
    let wp = w;
    for (; o + 4 <= outputs; o += 4) {
      let n0: i64 = 0,
        n1: i64 = 0,
        n2: i64 = 0,
        n3: i64 = 0;
      for (let k: usize = 0; k < row; k += 8) {
        const xs = load<u64>(x + k);
        const p = wp + k;
        n0 += popcnt<i64>(xs ^ load<u64>(p));
        n1 += popcnt<i64>(xs ^ load<u64>(p + row));
        n2 += popcnt<i64>(xs ^ load<u64>(p + 2 * row));
        n3 += popcnt<i64>(xs ^ load<u64>(p + 3 * row));
      }
      store<i32>(y, length - 2 * <i32>n0);
      store<i32>(y, length - 2 * <i32>n1, 4);
      store<i32>(y, length - 2 * <i32>n2, 8);
      store<i32>(y, length - 2 * <i32>n3, 12);
      y += 16;
      wp += 4 * row;
    }
    for (; o < outputs; o++) {
      let n: i64 = 0;
      for (let k: usize = 0; k < row; k += 8) n += popcnt<i64>(load<u64>(x + k) ^ load<u64>(wp + k));
      store<i32>(y, length - 2 * <i32>n);
      y += 4;
      wp += row;
    }
    x += row;
  }
}

/** y[b, o] = sum over i of x w for signs x and ternary w: popcount(m) - 2 popcount(m & (x ^ w)), m the mask of w. */
export function weightGatedDot(
  y: usize,
  x: usize,
  w: usize,
  mask: usize,
  batch: i32,
  outputs: i32,
  words: i32,
  nonZero: usize,
): void {
  const row = <usize>(words << 3);
  for (let b = 0; b < batch; b++) {
    let o = 0;
    let wp = w,
      mp = mask,
      zp = nonZero;
    for (; o + 4 <= outputs; o += 4) {
      let n0: i64 = 0,
        n1: i64 = 0,
        n2: i64 = 0,
        n3: i64 = 0;
      for (let k: usize = 0; k < row; k += 8) {
        const xs = load<u64>(x + k);
        const p = wp + k,
          m = mp + k;
        n0 += popcnt<i64>((xs ^ load<u64>(p)) & load<u64>(m));
        n1 += popcnt<i64>((xs ^ load<u64>(p + row)) & load<u64>(m + row));
        n2 += popcnt<i64>((xs ^ load<u64>(p + 2 * row)) & load<u64>(m + 2 * row));
        n3 += popcnt<i64>((xs ^ load<u64>(p + 3 * row)) & load<u64>(m + 3 * row));
      }
      store<i32>(y, load<i32>(zp) - 2 * <i32>n0);
      store<i32>(y, load<i32>(zp, 4) - 2 * <i32>n1, 4);
      store<i32>(y, load<i32>(zp, 8) - 2 * <i32>n2, 8);
      store<i32>(y, load<i32>(zp, 12) - 2 * <i32>n3, 12);
      y += 16;
      wp += 4 * row;
      mp += 4 * row;
      zp += 16;
    }
    for (; o < outputs; o++) {
      let n: i64 = 0;
      for (let k: usize = 0; k < row; k += 8)
        n += popcnt<i64>((load<u64>(x + k) ^ load<u64>(wp + k)) & load<u64>(mp + k));
      store<i32>(y, load<i32>(zp) - 2 * <i32>n);
      y += 4;
      wp += row;
      mp += row;
      zp += 4;
    }
    x += row;
  }
}

/** y[b, o] = sum over i of x w, both ternary: popcount(m) - 2 popcount(m & (x ^ w)), m where neither is zero. */
export function gatedDot(
  y: usize,
  x: usize,
  xMask: usize,
  w: usize,
  wMask: usize,
  batch: i32,
  outputs: i32,
  words: i32,
): void {
  const row = <usize>(words << 3);
  for (let b = 0; b < batch; b++) {
    let wp = w,
      mp = wMask;
    for (let o = 0; o < outputs; o++) {
      let both: i64 = 0,
        differ: i64 = 0;
      for (let k: usize = 0; k < row; k += 8) {
        const m = load<u64>(xMask + k) & load<u64>(mp + k);
        both += popcnt<i64>(m);
        differ += popcnt<i64>((load<u64>(x + k) ^ load<u64>(wp + k)) & m);
      }
      store<i32>(y, <i32>(both - 2 * differ));
      y += 4;
      wp += row;
      mp += row;
    }
    x += row;
    xMask += row;
  }
}

/**
 * y[b, o] = sum over i of x w for unsigned integers x in `planes` bit planes (least significant first, each a packed
 * row, planes of one vector together): sum over p of 2^p (popcount(x_p & m) - 2 popcount(x_p & m & w)).
 */
export function planesDot(
  y: usize,
  x: usize,
  planes: i32,
  w: usize,
  mask: usize,
  batch: i32,
  outputs: i32,
  words: i32,
): void {
  const row = <usize>(words << 3);
  for (let b = 0; b < batch; b++) {
    let wp = w,
      mp = mask;
    for (let o = 0; o < outputs; o++) {
      let sum: i64 = 0;
      let xp = x;
      for (let plane = 0; plane < planes; plane++) {
        let all: i64 = 0,
          negative: i64 = 0;
        for (let k: usize = 0; k < row; k += 8) {
          const m = load<u64>(xp + k) & load<u64>(mp + k);
          all += popcnt<i64>(m);
          negative += popcnt<i64>(m & load<u64>(wp + k));
        }
        sum += (all - 2 * negative) << plane;
        xp += row;
      }
      store<i32>(y, <i32>sum);
      y += 4;
      wp += row;
      mp += row;
    }
    x += <usize>planes * row;
  }
}
