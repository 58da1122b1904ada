/*
 * Activations of Equilibrium Propagation, four lanes at a time. The pseudo-minimum is one instruction where the minimum is six; with
 * the value first it hands a NaN on.
 */
export const HARD_SIGMOID: i32 = 0;
export const HALF_HARD_SIGMOID: i32 = 1;
export const SHIFTED_LOGISTIC: i32 = 2;
export const TANH: i32 = 3;

// 2^f for |f| <= 1/2: the polynomial of degree 5 whose largest relative error is least, 9e-08 with 1 at 0.
// The other two numbers shift the bits of a rounded exponent to the right place, and bound it.
const CONSTANTS: usize = memory.data<f32>([
  1, 0.693147004, 0.240222424, 0.0555073358, 0.00967151299, 0.00132647273, 12582912, 120,
]);

// s = scale / (1 + 2^(slope u + offset)) + shift: logistic and tanh. What does not change is loaded before the loop, from memory,
// as constants known to the compiler would be made anew in every round.
function logistic(s: usize, u: usize, end: usize, slope: f32, offset: f32, scale: f32, shift: f32): void {
  const c0 = v128.load32_splat(CONSTANTS);
  const c1 = v128.load32_splat(CONSTANTS, 4);
  const c2 = v128.load32_splat(CONSTANTS, 8);
  const c3 = v128.load32_splat(CONSTANTS, 12);
  const c4 = v128.load32_splat(CONSTANTS, 16);
  const c5 = v128.load32_splat(CONSTANTS, 20);
  const round = v128.load32_splat(CONSTANTS, 24);
  const most = v128.load32_splat(CONSTANTS, 28);
  const least = f32x4.neg(most);
  const by = f32x4.splat(slope);
  const plus = f32x4.splat(offset);
  const over = f32x4.splat(scale);
  const down = f32x4.splat(shift);
  for (; u < end; u += 16, s += 16) {
    const z = f32x4.add(f32x4.mul(v128.load(u), by), plus);
    const x = f32x4.pmax(f32x4.pmin(z, most), least);
    const bits = f32x4.add(x, round);
    const f = f32x4.sub(x, f32x4.sub(bits, round));
    let p = f32x4.add(f32x4.mul(f, c5), c4);
    p = f32x4.add(f32x4.mul(p, f), c3);
    p = f32x4.add(f32x4.mul(p, f), c2);
    p = f32x4.add(f32x4.mul(p, f), c1);
    p = f32x4.add(f32x4.mul(p, f), c0);
    const power = i32x4.add(p, i32x4.shl(bits, 23));
    v128.store(s, f32x4.add(f32x4.div(over, f32x4.add(c0, power)), down));
  }
}

const LOG2_E: f32 = 1.4426950408889634;

/** s = activation(u), elementwise; `count` is a multiple of four. */
export function activate(s: usize, u: usize, count: i32, kind: i32): void {
  const end = u + ((<usize>count) << 2);
  const zero = f32x4.splat(0);
  const one = f32x4.splat(1);
  if (kind == HARD_SIGMOID) {
    for (; u < end; u += 16, s += 16) v128.store(s, f32x4.pmin(f32x4.pmax(v128.load(u), zero), one));
  } else if (kind == HALF_HARD_SIGMOID) {
    const half = f32x4.splat(0.5);
    for (; u < end; u += 16, s += 16) v128.store(s, f32x4.pmin(f32x4.pmax(f32x4.mul(v128.load(u), half), zero), one));
  } else if (kind == SHIFTED_LOGISTIC) logistic(s, u, end, -4 * LOG2_E, 2 * LOG2_E, 1, 0);
  else if (kind == TANH) logistic(s, u, end, -2 * LOG2_E, 0, 2, -1);
  else if (s != u) memory.copy(s, u, count << 2);
}
