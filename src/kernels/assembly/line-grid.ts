/*
 * Conjugate gradients on two layers of resistive lines that cross: rows of nodes (word lines) above columns of nodes (bit
 * lines), a conductance between the two at every crossing. The columns are eliminated exactly, the rows are the
 * preconditioner, so that one iteration is one sweep down the columns (`lineGridDirection`) and one up them that carries the
 * rows' own sweeps along (`lineGridUpdate`). Unknown: the drop d [V] of every row node below its line's source.
 *
 * Index 0 is the end of a line where it meets its terminal. A line's coefficients are those of the elimination from its far
 * end: c = 1 / (1 + R E), with R the resistance of the segment towards the terminal and E the conductance seen from the node
 * away from it. The first place of each line holds the resistance seen at its first node instead, 1 / (1 / R + E), which is
 * finite with an ideal terminal and with none; its segment counts as 1 there. All terms are positive: no cancellation.
 *
 * The rows' matrix is never applied: with z = A^-1 r and p = z + b p', A p = r + b A p' needs no resistance in a denominator.
 */
let rows: i32 = 0; // even multiple of 4; rows beyond the last hold zero conductance
let columns: i32 = 0; // even; columns beyond the last hold zero conductance
let stride: i32 = 0; // bytes from row to row
let conductance: usize = 0;
let columnFactor: usize = 0;
let rowFactor: usize = 0; // interleaved: the two rows of a pair side by side, 2 * stride a pair
let columnSum: usize = 0;
let direction: usize = 0;
let image: usize = 0; // rows' matrix times direction
let residual: usize = 0;
let preconditioned: usize = 0;
let drop: usize = 0; // 0: not kept
let source: usize = 0; // 0: rowVoltages[i] - columnVoltages[j]
let rowVoltages: usize = 0;
let columnVoltages: usize = 0;
let carry: usize = 0; // one row
let scratch: usize = 0; // four rows

/** Where the arrays lie, all of 16-byte alignment. */
export function lineGridBind(
  rows_: i32,
  columns_: i32,
  stride_: i32,
  conductance_: usize,
  columnFactor_: usize,
  rowFactor_: usize,
  columnSum_: usize,
  direction_: usize,
  image_: usize,
  residual_: usize,
  preconditioned_: usize,
  drop_: usize,
  source_: usize,
  rowVoltages_: usize,
  columnVoltages_: usize,
  carry_: usize,
  scratch_: usize,
): void {
  rows = rows_;
  columns = columns_;
  stride = stride_;
  conductance = conductance_;
  columnFactor = columnFactor_;
  rowFactor = rowFactor_;
  columnSum = columnSum_;
  direction = direction_;
  image = image_;
  residual = residual_;
  preconditioned = preconditioned_;
  drop = drop_;
  source = source_;
  rowVoltages = rowVoltages_;
  columnVoltages = columnVoltages_;
  carry = carry_;
  scratch = scratch_;
}

/** Whether a per-cell source [V] replaces the difference of the lines' voltages. */
export function lineGridSource(source_: usize): void {
  source = source_;
}

function horizontalSum(v: v128): f64 {
  return f64x2.extract_lane(v, 0) + f64x2.extract_lane(v, 1);
}

/**
 * Coefficients of the columns. `last` is the index of the last true row, `far` the conductances [S] from it to far terminals.
 * Writes the conductance seen at each column's first node [S] to `seen`, the product of all coefficients to `reach`.
 */
export function lineGridFactorColumns(segment: f64, last: i32, far: usize, seen: usize, reach: usize): void {
  const one = f64x2.splat(1);
  const r = f64x2.splat(segment);
  const width = columns << 3;
  for (let o = 0; o < width; o += 16) {
    v128.store(carry + o, f64x2.splat(0));
    v128.store(reach + o, one);
  }
  for (let i = rows - 1; i > 0; i--) {
    const g = conductance + i * stride;
    const c = columnFactor + i * stride;
    const end = i == last;
    for (let o = 0; o < width; o += 16) {
      let e = f64x2.add(v128.load(g + o), v128.load(carry + o));
      if (end) e = f64x2.add(e, v128.load(far + o));
      const factor = f64x2.div(one, f64x2.add(one, f64x2.mul(r, e)));
      v128.store(c + o, factor);
      v128.store(carry + o, f64x2.mul(factor, e));
      v128.store(reach + o, f64x2.mul(factor, v128.load(reach + o)));
    }
  }
  for (let o = 0; o < width; o += 16) {
    let e = f64x2.add(v128.load(conductance + o), v128.load(carry + o));
    if (last == 0) e = f64x2.add(e, v128.load(far + o));
    v128.store(seen + o, e);
  }
}

// Two rows' values at the same column.
function pairAt(row: usize, at: i32): v128 {
  return f64x2.replace_lane(f64x2.splat(load<f64>(row + at)), 1, load<f64>(row + stride + at));
}

/** The same for the rows, with `last` the index of the last true column. Four rows at a time: divisions are slow but overlap. */
export function lineGridFactorRows(segment: f64, last: i32, far: usize, seen: usize, reach: usize): void {
  const one = f64x2.splat(1);
  const r = f64x2.splat(segment);
  for (let i = 0; i < rows; i += 4) {
    const g01 = conductance + i * stride;
    const g23 = g01 + 2 * stride;
    const c01 = rowFactor + i * stride;
    const c23 = c01 + 2 * stride;
    const far01 = v128.load(far + (i << 3));
    const far23 = v128.load(far + (i << 3), 16);
    let product01 = one;
    let product23 = one;
    let e01 = f64x2.splat(0);
    let e23 = f64x2.splat(0);
    for (let j = columns - 1; j > 0; j--) {
      const at = j << 3;
      e01 = f64x2.add(e01, pairAt(g01, at));
      e23 = f64x2.add(e23, pairAt(g23, at));
      if (j == last) {
        e01 = f64x2.add(e01, far01);
        e23 = f64x2.add(e23, far23);
      }
      const factor01 = f64x2.div(one, f64x2.add(one, f64x2.mul(r, e01)));
      const factor23 = f64x2.div(one, f64x2.add(one, f64x2.mul(r, e23)));
      v128.store(c01 + (j << 4), factor01);
      v128.store(c23 + (j << 4), factor23);
      e01 = f64x2.mul(factor01, e01);
      e23 = f64x2.mul(factor23, e23);
      product01 = f64x2.mul(product01, factor01);
      product23 = f64x2.mul(product23, factor23);
    }
    e01 = f64x2.add(e01, pairAt(g01, 0));
    e23 = f64x2.add(e23, pairAt(g23, 0));
    if (last == 0) {
      e01 = f64x2.add(e01, far01);
      e23 = f64x2.add(e23, far23);
    }
    v128.store(seen + (i << 3), e01);
    v128.store(seen + (i << 3), e23, 16);
    v128.store(reach + (i << 3), product01);
    v128.store(reach + (i << 3), product23, 16);
  }
}

// What drives the crossing at offset `o` of row i, before the drops [V].
function drive(row: usize, o: i32, rowVoltage: v128): v128 {
  return source ? v128.load(row + o) : f64x2.sub(rowVoltage, v128.load(columnVoltages + o));
}

/** Far ends to terminals: what the columns collect [A] of g (source - drop), into columnSum. */
export function lineGridCollect(warm: bool): void {
  const width = columns << 3;
  for (let o = 0; o < width; o += 16) v128.store(carry + o, f64x2.splat(0));
  for (let i = rows - 1; i >= 0; i--) {
    const at = i * stride;
    const g = conductance + at;
    const c = columnFactor + at;
    const y = columnSum + at;
    const s = source + at;
    const d = drop + at;
    const v = f64x2.splat(load<f64>(rowVoltages + (i << 3)));
    for (let o = 0; o < width; o += 16) {
      let u = drive(s, o, v);
      if (warm) u = f64x2.sub(u, v128.load(d + o));
      const sum = f64x2.add(f64x2.mul(v128.load(g + o), u), v128.load(carry + o));
      v128.store(y + o, sum);
      v128.store(carry + o, f64x2.mul(v128.load(c + o), sum));
    }
  }
}

/** Terminals to far ends: the rise [V] of every column node above its line's source, in place of columnSum. */
export function lineGridRise(segment: f64): void {
  const width = columns << 3;
  for (let o = 0; o < width; o += 16) v128.store(carry + o, f64x2.splat(0));
  for (let i = 0; i < rows; i++) {
    const c = columnFactor + i * stride;
    const y = columnSum + i * stride;
    const r = f64x2.splat(i == 0 ? 1 : segment);
    for (let o = 0; o < width; o += 16) {
      const t = f64x2.mul(v128.load(c + o), f64x2.add(f64x2.mul(r, v128.load(y + o)), v128.load(carry + o)));
      v128.store(y + o, t);
      v128.store(carry + o, t);
    }
  }
}

/**
 * First residual [A], r = g (source - drop - rise) - (what the rows' wires carry away, kept in `image` where warm), and
 * z = A^-1 r. Writes sum of z r [W] and of |r| [A] to `sums`.
 */
export function lineGridStart(rowSegment: f64, columnSegment: f64, warm: bool, sums: usize): void {
  const width = columns << 3;
  for (let o = 0; o < width; o += 16) v128.store(carry + o, f64x2.splat(0));
  let total = f64x2.splat(0);
  let energy = f64x2.splat(0);
  for (let i = 0; i < rows; i += 4) {
    for (let k = i; k < i + 4; k++) {
      const at = k * stride;
      const g = conductance + at;
      const c = columnFactor + at;
      const y = columnSum + at;
      const s = source + at;
      const d = drop + at;
      const r = residual + at;
      const away = image + at;
      const p = direction + at;
      const v = f64x2.splat(load<f64>(rowVoltages + (k << 3)));
      const segment = f64x2.splat(k == 0 ? 1 : columnSegment);
      for (let o = 0; o < width; o += 16) {
        const t = f64x2.mul(v128.load(c + o), f64x2.add(f64x2.mul(segment, v128.load(y + o)), v128.load(carry + o)));
        v128.store(carry + o, t);
        let u = f64x2.sub(drive(s, o, v), t);
        if (warm) u = f64x2.sub(u, v128.load(d + o));
        u = f64x2.mul(v128.load(g + o), u);
        if (warm) u = f64x2.sub(u, v128.load(away + o));
        v128.store(r + o, u);
        v128.store(away + o, f64x2.splat(0));
        v128.store(p + o, f64x2.splat(0));
        total = f64x2.add(total, f64x2.abs(u));
      }
    }
    let u01 = f64x2.splat(0);
    let u23 = f64x2.splat(0);
    const r0 = residual + i * stride;
    const r1 = r0 + stride;
    const r2 = r1 + stride;
    const r3 = r2 + stride;
    const c01 = rowFactor + i * stride;
    const c23 = c01 + 2 * stride;
    for (let j = columns - 2; j >= 0; j -= 2) {
      const o = j << 3;
      const a0 = v128.load(r0 + o);
      const a1 = v128.load(r1 + o);
      const a2 = v128.load(r2 + o);
      const a3 = v128.load(r3 + o);
      const here = scratch + (j << 5);
      const first = j << 4;
      u01 = f64x2.add(v128.shuffle<f64>(a0, a1, 1, 3), u01);
      u23 = f64x2.add(v128.shuffle<f64>(a2, a3, 1, 3), u23);
      v128.store(here, u01, 32);
      v128.store(here, u23, 48);
      u01 = f64x2.add(v128.shuffle<f64>(a0, a1, 0, 2), f64x2.mul(u01, v128.load(c01 + first, 16)));
      u23 = f64x2.add(v128.shuffle<f64>(a2, a3, 0, 2), f64x2.mul(u23, v128.load(c23 + first, 16)));
      v128.store(here, u01);
      v128.store(here, u23, 16);
      u01 = f64x2.mul(u01, v128.load(c01 + first));
      u23 = f64x2.mul(u23, v128.load(c23 + first));
    }
    energy = f64x2.add(energy, rowsBack(i, rowSegment));
  }
  store<f64>(sums, horizontalSum(energy));
  store<f64>(sums + 8, horizontalSum(total));
}

// The second half of A^-1 r for rows i .. i + 3, from what their nodes collect (`scratch`) to z; returns the sum of r z.
function rowsBack(i: i32, segment: f64): v128 {
  const z0 = preconditioned + i * stride;
  const z1 = z0 + stride;
  const z2 = z1 + stride;
  const z3 = z2 + stride;
  const c01 = rowFactor + i * stride;
  const c23 = c01 + 2 * stride;
  const r = f64x2.splat(segment);
  let s01 = v128.load(scratch);
  let s23 = v128.load(scratch, 16);
  let x01 = f64x2.mul(v128.load(c01), s01);
  let x23 = f64x2.mul(v128.load(c23), s23);
  let first = f64x2.add(f64x2.mul(x01, s01), f64x2.mul(x23, s23));
  let rest = f64x2.splat(0);
  for (let j = 0; j < columns; j += 2) {
    const here = scratch + (j << 5);
    const at = j << 4;
    if (j > 0) {
      const c01j = v128.load(c01 + at);
      const c23j = v128.load(c23 + at);
      s01 = v128.load(here);
      s23 = v128.load(here, 16);
      const w01 = f64x2.mul(c01j, s01);
      const w23 = f64x2.mul(c23j, s23);
      x01 = f64x2.add(f64x2.mul(c01j, x01), f64x2.mul(r, w01));
      x23 = f64x2.add(f64x2.mul(c23j, x23), f64x2.mul(r, w23));
      rest = f64x2.add(rest, f64x2.add(f64x2.mul(w01, s01), f64x2.mul(w23, s23)));
    }
    const c01k = v128.load(c01 + at, 16);
    const c23k = v128.load(c23 + at, 16);
    s01 = v128.load(here, 32);
    s23 = v128.load(here, 48);
    const w01 = f64x2.mul(c01k, s01);
    const w23 = f64x2.mul(c23k, s23);
    const n01 = f64x2.add(f64x2.mul(c01k, x01), f64x2.mul(r, w01));
    const n23 = f64x2.add(f64x2.mul(c23k, x23), f64x2.mul(r, w23));
    rest = f64x2.add(rest, f64x2.add(f64x2.mul(w01, s01), f64x2.mul(w23, s23)));
    const o = j << 3;
    v128.store(z0 + o, v128.shuffle<f64>(x01, n01, 0, 2));
    v128.store(z1 + o, v128.shuffle<f64>(x01, n01, 1, 3));
    v128.store(z2 + o, v128.shuffle<f64>(x23, n23, 0, 2));
    v128.store(z3 + o, v128.shuffle<f64>(x23, n23, 1, 3));
    x01 = n01;
    x23 = n23;
  }
  return f64x2.add(first, f64x2.mul(r, rest));
}

/**
 * Direction p = z + b q (q: the one before) and what the columns collect of g p, far ends to terminals. Writes r' q and p' B p
 * [W], with B the columns' part of the Schur complement, to `sums`.
 */
export function lineGridDirection(b: f64, columnSegment: f64, sums: usize): void {
  const width = columns << 3;
  const factor = f64x2.splat(b);
  let energy = f64x2.splat(0);
  let first = f64x2.splat(0);
  let along = f64x2.splat(0);
  for (let o = 0; o < width; o += 16) v128.store(carry + o, f64x2.splat(0));
  for (let i = rows - 2; i >= 0; i -= 2) {
    const at0 = i * stride;
    const at1 = at0 + stride;
    for (let o = 0; o < width; o += 16) {
      const old1 = v128.load(direction + at1 + o);
      const p1 = f64x2.add(v128.load(preconditioned + at1 + o), f64x2.mul(factor, old1));
      v128.store(direction + at1 + o, p1);
      along = f64x2.add(along, f64x2.mul(old1, v128.load(residual + at1 + o)));
      const y1 = f64x2.add(f64x2.mul(v128.load(conductance + at1 + o), p1), v128.load(carry + o));
      v128.store(columnSum + at1 + o, y1);
      const w1 = f64x2.mul(v128.load(columnFactor + at1 + o), y1);
      energy = f64x2.add(energy, f64x2.mul(w1, y1));
      const old0 = v128.load(direction + at0 + o);
      const p0 = f64x2.add(v128.load(preconditioned + at0 + o), f64x2.mul(factor, old0));
      v128.store(direction + at0 + o, p0);
      along = f64x2.add(along, f64x2.mul(old0, v128.load(residual + at0 + o)));
      const y0 = f64x2.add(f64x2.mul(v128.load(conductance + at0 + o), p0), w1);
      v128.store(columnSum + at0 + o, y0);
      const w0 = f64x2.mul(v128.load(columnFactor + at0 + o), y0);
      v128.store(carry + o, w0);
      const e0 = f64x2.mul(w0, y0);
      if (i == 0) first = f64x2.add(first, e0);
      else energy = f64x2.add(energy, e0);
    }
  }
  store<f64>(sums, horizontalSum(along));
  store<f64>(sums + 8, horizontalSum(first) + columnSegment * horizontalSum(energy));
}

/**
 * With step `a` along the direction: A p = r + b A q, r = r - a (A p - g rise(p)), d = d + a p where drops are kept,
 * z = A^-1 r. Writes sum of z r [W] and of |r| [A] to `sums`.
 */
export function lineGridUpdate(a: f64, b: f64, rowSegment: f64, columnSegment: f64, sums: usize): void {
  const width = columns << 3;
  for (let o = 0; o < width; o += 16) v128.store(carry + o, f64x2.splat(0));
  const step = f64x2.splat(a);
  const factor = f64x2.splat(b);
  let total = f64x2.splat(0);
  let energy = f64x2.splat(0);
  const keep = drop != 0;
  for (let i = 0; i < rows; i += 4) {
    const at0 = i * stride;
    const at1 = at0 + stride;
    const at2 = at1 + stride;
    const at3 = at2 + stride;
    const firstSegment = f64x2.splat(i == 0 ? 1 : columnSegment);
    const segment = f64x2.splat(columnSegment);
    const c01 = rowFactor + i * stride;
    const c23 = c01 + 2 * stride;
    let u01 = f64x2.splat(0);
    let u23 = f64x2.splat(0);
    for (let j = columns - 2; j >= 0; j -= 2) {
      const o = j << 3;
      let t = f64x2.mul(
        v128.load(columnFactor + at0 + o),
        f64x2.add(f64x2.mul(firstSegment, v128.load(columnSum + at0 + o)), v128.load(carry + o)),
      );
      let r = v128.load(residual + at0 + o);
      let q = f64x2.add(r, f64x2.mul(factor, v128.load(image + at0 + o)));
      v128.store(image + at0 + o, q);
      const a0 = f64x2.sub(r, f64x2.mul(step, f64x2.sub(q, f64x2.mul(v128.load(conductance + at0 + o), t))));
      v128.store(residual + at0 + o, a0);

      t = f64x2.mul(
        v128.load(columnFactor + at1 + o),
        f64x2.add(f64x2.mul(segment, v128.load(columnSum + at1 + o)), t),
      );
      r = v128.load(residual + at1 + o);
      q = f64x2.add(r, f64x2.mul(factor, v128.load(image + at1 + o)));
      v128.store(image + at1 + o, q);
      const a1 = f64x2.sub(r, f64x2.mul(step, f64x2.sub(q, f64x2.mul(v128.load(conductance + at1 + o), t))));
      v128.store(residual + at1 + o, a1);

      t = f64x2.mul(
        v128.load(columnFactor + at2 + o),
        f64x2.add(f64x2.mul(segment, v128.load(columnSum + at2 + o)), t),
      );
      r = v128.load(residual + at2 + o);
      q = f64x2.add(r, f64x2.mul(factor, v128.load(image + at2 + o)));
      v128.store(image + at2 + o, q);
      const a2 = f64x2.sub(r, f64x2.mul(step, f64x2.sub(q, f64x2.mul(v128.load(conductance + at2 + o), t))));
      v128.store(residual + at2 + o, a2);

      t = f64x2.mul(
        v128.load(columnFactor + at3 + o),
        f64x2.add(f64x2.mul(segment, v128.load(columnSum + at3 + o)), t),
      );
      v128.store(carry + o, t);
      r = v128.load(residual + at3 + o);
      q = f64x2.add(r, f64x2.mul(factor, v128.load(image + at3 + o)));
      v128.store(image + at3 + o, q);
      const a3 = f64x2.sub(r, f64x2.mul(step, f64x2.sub(q, f64x2.mul(v128.load(conductance + at3 + o), t))));
      v128.store(residual + at3 + o, a3);

      total = f64x2.add(
        total,
        f64x2.add(f64x2.add(f64x2.abs(a0), f64x2.abs(a1)), f64x2.add(f64x2.abs(a2), f64x2.abs(a3))),
      );
      const here = scratch + (j << 5);
      const first = j << 4;
      u01 = f64x2.add(v128.shuffle<f64>(a0, a1, 1, 3), u01);
      u23 = f64x2.add(v128.shuffle<f64>(a2, a3, 1, 3), u23);
      v128.store(here, u01, 32);
      v128.store(here, u23, 48);
      u01 = f64x2.add(v128.shuffle<f64>(a0, a1, 0, 2), f64x2.mul(u01, v128.load(c01 + first, 16)));
      u23 = f64x2.add(v128.shuffle<f64>(a2, a3, 0, 2), f64x2.mul(u23, v128.load(c23 + first, 16)));
      v128.store(here, u01);
      v128.store(here, u23, 16);
      u01 = f64x2.mul(u01, v128.load(c01 + first));
      u23 = f64x2.mul(u23, v128.load(c23 + first));
    }
    if (keep)
      for (let k = i; k < i + 4; k++) {
        const d = drop + k * stride;
        const p = direction + k * stride;
        for (let o = 0; o < width; o += 16)
          v128.store(d + o, f64x2.add(v128.load(d + o), f64x2.mul(step, v128.load(p + o))));
      }
    energy = f64x2.add(energy, rowsBack(i, rowSegment));
  }
  store<f64>(sums, horizontalSum(energy));
  store<f64>(sums + 8, horizontalSum(total));
}

/**
 * After `lineGridRise`: what the rows' wires carry away from every node [A], the crossing's current g (source - drop - rise)
 * less the residual, into `image`.
 */
export function lineGridAway(warm: bool): void {
  const width = columns << 3;
  for (let i = 0; i < rows; i++) {
    const at = i * stride;
    const s = source + at;
    const v = f64x2.splat(load<f64>(rowVoltages + (i << 3)));
    for (let o = 0; o < width; o += 16) {
      let u = f64x2.sub(drive(s, o, v), v128.load(columnSum + at + o));
      if (warm) u = f64x2.sub(u, v128.load(drop + at + o));
      u = f64x2.mul(v128.load(conductance + at + o), u);
      v128.store(image + at + o, f64x2.sub(u, v128.load(residual + at + o)));
    }
  }
}

/** exp(x) for |x| <= 700: x = k ln 2 + r, Taylor's series in |r| <= ln 2 / 2 (last term below 4e-18). */
function exponential(x: v128): v128 {
  const shifter = f64x2.splat(6755399441055744); // 1.5 * 2^52: the integer nearest ends up in the low bits
  const shifted = f64x2.add(f64x2.mul(x, f64x2.splat(1.4426950408889634)), shifter);
  const k = f64x2.sub(shifted, shifter);
  const r = f64x2.sub(
    f64x2.sub(x, f64x2.mul(k, f64x2.splat(0.6931471803691238))),
    f64x2.mul(k, f64x2.splat(1.9082149292705877e-10)),
  );
  let y = f64x2.splat(1.0 / 6227020800);
  y = f64x2.add(f64x2.mul(y, r), f64x2.splat(1.0 / 479001600));
  y = f64x2.add(f64x2.mul(y, r), f64x2.splat(1.0 / 39916800));
  y = f64x2.add(f64x2.mul(y, r), f64x2.splat(1.0 / 3628800));
  y = f64x2.add(f64x2.mul(y, r), f64x2.splat(1.0 / 362880));
  y = f64x2.add(f64x2.mul(y, r), f64x2.splat(1.0 / 40320));
  y = f64x2.add(f64x2.mul(y, r), f64x2.splat(1.0 / 5040));
  y = f64x2.add(f64x2.mul(y, r), f64x2.splat(1.0 / 720));
  y = f64x2.add(f64x2.mul(y, r), f64x2.splat(1.0 / 120));
  y = f64x2.add(f64x2.mul(y, r), f64x2.splat(1.0 / 24));
  y = f64x2.add(f64x2.mul(y, r), f64x2.splat(1.0 / 6));
  y = f64x2.add(f64x2.mul(y, r), f64x2.splat(0.5));
  y = f64x2.add(f64x2.mul(y, r), f64x2.splat(1));
  y = f64x2.add(f64x2.mul(y, r), f64x2.splat(1));
  return i64x2.add(y, i64x2.shl(shifted, 52));
}

/**
 * Linearises cells of current i = G V0 sinh(v / V0) about the state held (drop, rise): slope g = G cosh(v / V0) into
 * `conductance`, and into `own` the source for which g (source - drop - rise) = i. Returns the sum over cells of |i - what the
 * linearisation before gave| [A].
 */
export function lineGridSinh(lowField: usize, fieldVoltage: f64, own: usize, last: i32): f64 {
  const width = columns << 3;
  const v0 = f64x2.splat(fieldVoltage);
  const perV0 = f64x2.splat(1 / fieldVoltage);
  const half = f64x2.splat(0.5);
  let change = f64x2.splat(0);
  for (let i = 0; i <= last; i++) {
    const at = i * stride;
    const rowVoltage = f64x2.splat(load<f64>(rowVoltages + (i << 3)));
    for (let o = 0; o < width; o += 16) {
      const fall = f64x2.add(v128.load(drop + at + o), v128.load(columnSum + at + o));
      const lines = f64x2.sub(rowVoltage, v128.load(columnVoltages + o));
      const x = f64x2.max(f64x2.splat(-700), f64x2.min(f64x2.splat(700), f64x2.mul(f64x2.sub(lines, fall), perV0)));
      const up = exponential(x);
      const down = f64x2.div(f64x2.splat(1), up);
      const cosh = f64x2.mul(half, f64x2.add(up, down));
      const x2 = f64x2.mul(x, x);
      let series = f64x2.splat(1.0 / 1307674368000);
      series = f64x2.add(f64x2.mul(series, x2), f64x2.splat(1.0 / 6227020800));
      series = f64x2.add(f64x2.mul(series, x2), f64x2.splat(1.0 / 39916800));
      series = f64x2.add(f64x2.mul(series, x2), f64x2.splat(1.0 / 362880));
      series = f64x2.add(f64x2.mul(series, x2), f64x2.splat(1.0 / 5040));
      series = f64x2.add(f64x2.mul(series, x2), f64x2.splat(1.0 / 120));
      series = f64x2.add(f64x2.mul(series, x2), f64x2.splat(1.0 / 6));
      series = f64x2.add(x, f64x2.mul(f64x2.mul(x, x2), series));
      // Near zero the difference of exponentials cancels; Taylor's series is exact there.
      const small = f64x2.lt(f64x2.abs(x), half);
      const sinh = v128.bitselect(series, f64x2.mul(half, f64x2.sub(up, down)), small);
      const g = v128.load(lowField + at + o);
      const before = f64x2.mul(v128.load(conductance + at + o), f64x2.sub(v128.load(own + at + o), fall));
      const current = f64x2.mul(f64x2.mul(g, v0), sinh);
      change = f64x2.add(change, f64x2.abs(f64x2.sub(current, before)));
      v128.store(conductance + at + o, f64x2.mul(g, cosh));
      v128.store(own + at + o, f64x2.add(fall, f64x2.div(f64x2.mul(v0, sinh), cosh)));
    }
  }
  return horizontalSum(change);
}
