/*
 * f32 matrix product in the manner of Goto and van de Geijn ("Anatomy of high-performance matrix multiplication", ACM
 * TOMS 34(3), 2008): panels of A and B are packed so that the inner kernel reads both in order, a 4 x 8 tile of C stays
 * in registers. Strides make every transpose the same product.
 */
import { madd } from "./madd";

export const TILE_ROWS: i32 = 4;
export const TILE_COLUMNS: i32 = 8;
export const PANEL_DEPTH: i32 = 256;
export const PANEL_ROWS: i32 = 96;
const PANEL_COLUMNS: i32 = 512;

/** Bytes of workspace that `gemm` needs: a packed panel of A, one of B, and a tile for the ragged edge. */
export function gemmWorkspaceBytes(): i32 {
  return (PANEL_ROWS * PANEL_DEPTH + PANEL_DEPTH * PANEL_COLUMNS + TILE_ROWS * TILE_COLUMNS) * 4;
}

// Packs `rows` x `depth` of A into strips of four rows: strip, then depth, then row. Missing rows are zero.
export function packA(to: usize, a: usize, rowStride: i32, columnStride: i32, rows: i32, depth: i32): void {
  for (let r = 0; r < rows; r += TILE_ROWS) {
    const present = min(TILE_ROWS, rows - r);
    for (let k = 0; k < depth; k++) {
      for (let i = 0; i < TILE_ROWS; i++) {
        const value: f32 = i < present ? load<f32>(a + (((r + i) * rowStride + k * columnStride) << 2)) : 0;
        store<f32>(to, value);
        to += 4;
      }
    }
  }
}

// Packs `depth` x `columns` of B into strips of eight columns: strip, then depth, then column. Missing columns are zero.
function packB(to: usize, b: usize, rowStride: i32, columnStride: i32, depth: i32, columns: i32): void {
  for (let c = 0; c < columns; c += TILE_COLUMNS) {
    const present = min(TILE_COLUMNS, columns - c);
    if (present == TILE_COLUMNS && columnStride == 1) {
      for (let k = 0; k < depth; k++) {
        const from = b + ((k * rowStride + c) << 2);
        v128.store(to, v128.load(from));
        v128.store(to, v128.load(from, 16), 16);
        to += 32;
      }
    } else {
      for (let k = 0; k < depth; k++) {
        for (let j = 0; j < TILE_COLUMNS; j++) {
          const value: f32 = j < present ? load<f32>(b + ((k * rowStride + (c + j) * columnStride) << 2)) : 0;
          store<f32>(to, value);
          to += 4;
        }
      }
    }
  }
}

// sums[4 x 8] += sum over rows and columns of places of x[4 numbers of the window] gradient[8 outputs].
export function stridedTile(
  sums: usize,
  sumsRow: usize,
  x: usize,
  strideRow: usize,
  strideColumn: usize,
  g: usize,
  gPixel: usize,
  gRow: usize,
  rows: i32,
  columns: i32,
): void {
  const sums1 = sums + sumsRow;
  const sums2 = sums1 + sumsRow;
  const sums3 = sums2 + sumsRow;
  let s00 = v128.load(sums),
    s01 = v128.load(sums, 16);
  let s10 = v128.load(sums1),
    s11 = v128.load(sums1, 16);
  let s20 = v128.load(sums2),
    s21 = v128.load(sums2, 16);
  let s30 = v128.load(sums3),
    s31 = v128.load(sums3, 16);
  for (let y = 0; y < rows; y++) {
    let a = x;
    let b = g;
    const end = b + <usize>columns * gPixel;
    while (b < end) {
      const b0 = v128.load(b);
      const b1 = v128.load(b, 16);
      let v = v128.load32_splat(a);
      s00 = madd(s00, v, b0);
      s01 = madd(s01, v, b1);
      v = v128.load32_splat(a, 4);
      s10 = madd(s10, v, b0);
      s11 = madd(s11, v, b1);
      v = v128.load32_splat(a, 8);
      s20 = madd(s20, v, b0);
      s21 = madd(s21, v, b1);
      v = v128.load32_splat(a, 12);
      s30 = madd(s30, v, b0);
      s31 = madd(s31, v, b1);
      a += strideColumn;
      b += gPixel;
    }
    x += strideRow;
    g += gRow;
  }
  v128.store(sums, s00);
  v128.store(sums, s01, 16);
  v128.store(sums1, s10);
  v128.store(sums1, s11, 16);
  v128.store(sums2, s20);
  v128.store(sums2, s21, 16);
  v128.store(sums3, s30);
  v128.store(sums3, s31, 16);
}

// c[4 x 8] += a strip * b strip.
export function tile(c: usize, cRowStride: i32, a: usize, b: usize, depth: i32): void {
  stridedTile(c, <usize>(cRowStride << 2), a, 0, 16, b, 32, 0, 1, depth);
}

// The ragged edge: the tile is formed aside and the part that exists is added to C.
export function edgeTile(
  c: usize,
  cRowStride: i32,
  rows: i32,
  columns: i32,
  a: usize,
  b: usize,
  depth: i32,
  aside: usize,
): void {
  memory.fill(aside, 0, TILE_ROWS * TILE_COLUMNS * 4);
  tile(aside, TILE_COLUMNS, a, b, depth);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const at = c + ((i * cRowStride + j) << 2);
      store<f32>(at, load<f32>(at) + load<f32>(aside + ((i * TILE_COLUMNS + j) << 2)));
    }
  }
}

/**
 * C (rows x columns, row-major, contiguous) = A B, with A rows x depth and B depth x columns at any strides [elements];
 * `accumulate` other than 0: C += A B.
 */
export function gemm(
  c: usize,
  a: usize,
  aRowStride: i32,
  aColumnStride: i32,
  b: usize,
  bRowStride: i32,
  bColumnStride: i32,
  rows: i32,
  columns: i32,
  depth: i32,
  workspace: usize,
  accumulate: i32,
): void {
  if (accumulate == 0) memory.fill(c, 0, rows * columns * 4);
  const packedA = workspace;
  const packedB = packedA + PANEL_ROWS * PANEL_DEPTH * 4;
  const aside = packedB + PANEL_DEPTH * PANEL_COLUMNS * 4;
  for (let c0 = 0; c0 < columns; c0 += PANEL_COLUMNS) {
    const panelColumns = min(PANEL_COLUMNS, columns - c0);
    for (let k0 = 0; k0 < depth; k0 += PANEL_DEPTH) {
      const panelDepth = min(PANEL_DEPTH, depth - k0);
      packB(
        packedB,
        b + ((k0 * bRowStride + c0 * bColumnStride) << 2),
        bRowStride,
        bColumnStride,
        panelDepth,
        panelColumns,
      );
      for (let r0 = 0; r0 < rows; r0 += PANEL_ROWS) {
        const panelRows = min(PANEL_ROWS, rows - r0);
        packA(
          packedA,
          a + ((r0 * aRowStride + k0 * aColumnStride) << 2),
          aRowStride,
          aColumnStride,
          panelRows,
          panelDepth,
        );
        for (let j = 0; j < panelColumns; j += TILE_COLUMNS) {
          const stripB = packedB + j * panelDepth * 4;
          const tileColumns = min(TILE_COLUMNS, panelColumns - j);
          for (let i = 0; i < panelRows; i += TILE_ROWS) {
            const stripA = packedA + i * panelDepth * 4;
            const tileRows = min(TILE_ROWS, panelRows - i);
            const at = c + (((r0 + i) * columns + c0 + j) << 2);
            if (tileRows == TILE_ROWS && tileColumns == TILE_COLUMNS) tile(at, columns, stripA, stripB, panelDepth);
            else edgeTile(at, columns, tileRows, tileColumns, stripA, stripB, panelDepth, aside);
          }
        }
      }
    }
  }
}
