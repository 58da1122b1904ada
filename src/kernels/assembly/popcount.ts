/*
 * Dot products of packed vectors: a sign bit (1 for -1) and, where zeros exist, a mask bit (1 for non-zero) an element,
 * 64 elements a word. Rows are padded to whole words with zero bits. Rows of weights lie in fours, word by word side by side (byFours in
 * src/kernels/pack.ts), so that four outputs share each load of the input and every address but one is a constant away; the rest row by row.
 */

/** y[b, o] = sum over i of x w for signs only: length - 2 popcount(x ^ w). */
export function binaryDot(y: usize, x: usize, w: usize, batch: i32, outputs: i32, words: i32, length: i32): void {
  const row = <usize>(words << 3);
  for (let b = 0; b < batch; b++) {
    const end = x + row;
    let o = 0;
    let p = w;
    for (; o + 4 <= outputs; o += 4) {
      let n0: i64 = 0,
        n1: i64 = 0,
        n2: i64 = 0,
        n3: i64 = 0;
      for (let k = x; k < end; k += 8, p += 32) {
        const xs = load<u64>(k);
        n0 += popcnt<i64>(xs ^ load<u64>(p));
        n1 += popcnt<i64>(xs ^ load<u64>(p, 8));
        n2 += popcnt<i64>(xs ^ load<u64>(p, 16));
        n3 += popcnt<i64>(xs ^ load<u64>(p, 24));
      }
      store<i32>(y, length - 2 * <i32>n0);
      store<i32>(y, length - 2 * <i32>n1, 4);
      store<i32>(y, length - 2 * <i32>n2, 8);
      store<i32>(y, length - 2 * <i32>n3, 12);
      y += 16;
    }
    for (; o < outputs; o++) {
      let n: i64 = 0;
      for (let k = x; k < end; k += 8, p += 8) n += popcnt<i64>(load<u64>(k) ^ load<u64>(p));
      store<i32>(y, length - 2 * <i32>n);
      y += 4;
    }
    x = end;
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
    const end = x + row;
    let o = 0;
    let p = w,
      m = mask,
      z = nonZero;
    for (; o + 4 <= outputs; o += 4) {
      let n0: i64 = 0,
        n1: i64 = 0,
        n2: i64 = 0,
        n3: i64 = 0;
      for (let k = x; k < end; k += 8, p += 32, m += 32) {
        const xs = load<u64>(k);
        n0 += popcnt<i64>((xs ^ load<u64>(p)) & load<u64>(m));
        n1 += popcnt<i64>((xs ^ load<u64>(p, 8)) & load<u64>(m, 8));
        n2 += popcnt<i64>((xs ^ load<u64>(p, 16)) & load<u64>(m, 16));
        n3 += popcnt<i64>((xs ^ load<u64>(p, 24)) & load<u64>(m, 24));
      }
      store<i32>(y, load<i32>(z) - 2 * <i32>n0);
      store<i32>(y, load<i32>(z, 4) - 2 * <i32>n1, 4);
      store<i32>(y, load<i32>(z, 8) - 2 * <i32>n2, 8);
      store<i32>(y, load<i32>(z, 12) - 2 * <i32>n3, 12);
      y += 16;
      z += 16;
    }
    for (; o < outputs; o++) {
      let n: i64 = 0;
      for (let k = x; k < end; k += 8, p += 8, m += 8) n += popcnt<i64>((load<u64>(k) ^ load<u64>(p)) & load<u64>(m));
      store<i32>(y, load<i32>(z) - 2 * <i32>n);
      y += 4;
      z += 4;
    }
    x = end;
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
    const end = x + row;
    const maskAhead = xMask - x;
    let o = 0;
    let p = w,
      q = wMask;
    for (; o + 4 <= outputs; o += 4) {
      let n0: i64 = 0,
        n1: i64 = 0,
        n2: i64 = 0,
        n3: i64 = 0;
      for (let k = x; k < end; k += 8, p += 32, q += 32) {
        const xs = load<u64>(k),
          xm = load<u64>(k + maskAhead);
        const m0 = xm & load<u64>(q);
        const d0 = popcnt<i64>((xs ^ load<u64>(p)) & m0);
        n0 += popcnt<i64>(m0) - d0 - d0;
        const m1 = xm & load<u64>(q, 8);
        const d1 = popcnt<i64>((xs ^ load<u64>(p, 8)) & m1);
        n1 += popcnt<i64>(m1) - d1 - d1;
        const m2 = xm & load<u64>(q, 16);
        const d2 = popcnt<i64>((xs ^ load<u64>(p, 16)) & m2);
        n2 += popcnt<i64>(m2) - d2 - d2;
        const m3 = xm & load<u64>(q, 24);
        const d3 = popcnt<i64>((xs ^ load<u64>(p, 24)) & m3);
        n3 += popcnt<i64>(m3) - d3 - d3;
      }
      store<i32>(y, <i32>n0);
      store<i32>(y, <i32>n1, 4);
      store<i32>(y, <i32>n2, 8);
      store<i32>(y, <i32>n3, 12);
      y += 16;
    }
    for (; o < outputs; o++) {
      let both: i64 = 0,
        differ: i64 = 0;
      for (let k = x; k < end; k += 8, p += 8, q += 8) {
        const m = load<u64>(k + maskAhead) & load<u64>(q);
        both += popcnt<i64>(m);
        differ += popcnt<i64>((load<u64>(k) ^ load<u64>(p)) & m);
      }
      store<i32>(y, <i32>(both - 2 * differ));
      y += 4;
    }
    x = end;
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
  const last = outputs & ~3;
  for (let b = 0; b < batch; b++) {
    for (let o = 0; o < last; o += 4) {
      let sum0: i64 = 0,
        sum1: i64 = 0,
        sum2: i64 = 0,
        sum3: i64 = 0;
      let k = x;
      for (let plane = 0; plane < planes; plane++) {
        let n0: i64 = 0,
          n1: i64 = 0,
          n2: i64 = 0,
          n3: i64 = 0;
        let p = w + <usize>o * row;
        const maskAhead = mask - w;
        for (const end = k + row; k < end; k += 8, p += 32) {
          const xs = load<u64>(k);
          const q = p + maskAhead;
          const m0 = xs & load<u64>(q);
          const d0 = popcnt<i64>(m0 & load<u64>(p));
          n0 += popcnt<i64>(m0) - d0 - d0;
          const m1 = xs & load<u64>(q, 8);
          const d1 = popcnt<i64>(m1 & load<u64>(p, 8));
          n1 += popcnt<i64>(m1) - d1 - d1;
          const m2 = xs & load<u64>(q, 16);
          const d2 = popcnt<i64>(m2 & load<u64>(p, 16));
          n2 += popcnt<i64>(m2) - d2 - d2;
          const m3 = xs & load<u64>(q, 24);
          const d3 = popcnt<i64>(m3 & load<u64>(p, 24));
          n3 += popcnt<i64>(m3) - d3 - d3;
        }
        sum0 += n0 << plane;
        sum1 += n1 << plane;
        sum2 += n2 << plane;
        sum3 += n3 << plane;
      }
      store<i32>(y, <i32>sum0);
      store<i32>(y, <i32>sum1, 4);
      store<i32>(y, <i32>sum2, 8);
      store<i32>(y, <i32>sum3, 12);
      y += 16;
    }
    for (let o = last; o < outputs; o++) {
      let sum: i64 = 0;
      let k = x;
      for (let plane = 0; plane < planes; plane++) {
        let all: i64 = 0,
          negative: i64 = 0;
        let p = w + <usize>o * row,
          q = mask + <usize>o * row;
        for (const end = k + row; k < end; k += 8, p += 8, q += 8) {
          const m = load<u64>(k) & load<u64>(q);
          all += popcnt<i64>(m);
          negative += popcnt<i64>(m & load<u64>(p));
        }
        sum += (all - 2 * negative) << plane;
      }
      store<i32>(y, <i32>sum);
      y += 4;
    }
    x += <usize>planes * row;
  }
}
