/*
 * Products with a matrix of many zeros: a row's other elements are listed once, then meet 32 columns at a time that stay in
 * registers.
 */

/** Elements of `a` that are not 0. */
export function nonZeros(a: usize, count: i32): i32 {
  let found = 0;
  for (let i = 0; i < count; i++) found += i32(load<f32>(a + ((<usize>i) << 2)) != 0);
  return found;
}

// c[0 .. 31] += sum over the list of value * b[row].
function columns32(c: usize, list: usize, end: usize, b: usize): void {
  let s0 = v128.load(c),
    s1 = v128.load(c, 16),
    s2 = v128.load(c, 32),
    s3 = v128.load(c, 48),
    s4 = v128.load(c, 64),
    s5 = v128.load(c, 80),
    s6 = v128.load(c, 96),
    s7 = v128.load(c, 112);
  for (; list < end; list += 8) {
    const x = v128.load32_splat(list);
    const row = b + load<u32>(list, 4);
    s0 = f32x4.add(s0, f32x4.mul(x, v128.load(row)));
    s1 = f32x4.add(s1, f32x4.mul(x, v128.load(row, 16)));
    s2 = f32x4.add(s2, f32x4.mul(x, v128.load(row, 32)));
    s3 = f32x4.add(s3, f32x4.mul(x, v128.load(row, 48)));
    s4 = f32x4.add(s4, f32x4.mul(x, v128.load(row, 64)));
    s5 = f32x4.add(s5, f32x4.mul(x, v128.load(row, 80)));
    s6 = f32x4.add(s6, f32x4.mul(x, v128.load(row, 96)));
    s7 = f32x4.add(s7, f32x4.mul(x, v128.load(row, 112)));
  }
  v128.store(c, s0);
  v128.store(c, s1, 16);
  v128.store(c, s2, 32);
  v128.store(c, s3, 48);
  v128.store(c, s4, 64);
  v128.store(c, s5, 80);
  v128.store(c, s6, 96);
  v128.store(c, s7, 112);
}

/**
 * C (rows x columns, row-major) += A B, with A rows x depth at any strides [elements] and B depth x columns, row-major; zeros of A
 * are skipped.
 *
 * @param workspace 8 * depth bytes.
 */
export function sparseProduct(
  c: usize,
  a: usize,
  aRowStride: i32,
  aColumnStride: i32,
  b: usize,
  rows: i32,
  columns: i32,
  depth: i32,
  workspace: usize,
): void {
  const rowBytes = (<u32>columns) << 2;
  for (let r = 0; r < rows; r++) {
    let end = workspace;
    for (let k = 0; k < depth; k++) {
      const value = load<f32>(a + ((<usize>(r * aRowStride + k * aColumnStride)) << 2));
      store<f32>(end, value);
      store<u32>(end, <u32>k * rowBytes, 4);
      end += value != 0 ? 8 : 0;
    }
    if (end == workspace) continue;
    const row = c + <usize>r * rowBytes;
    let j = 0;
    for (; j + 32 <= columns; j += 32) columns32(row + (j << 2), workspace, end, b + (j << 2));
    for (; j < columns; j++) {
      let sum = load<f32>(row + (j << 2));
      for (let at = workspace; at < end; at += 8) sum += load<f32>(at) * load<f32>(b + (j << 2) + load<u32>(at, 4));
      store<f32>(row + (j << 2), sum);
    }
  }
}
