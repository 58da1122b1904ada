/*
 * Adam, two parameters at a time in double precision: the very operations of its twin in src/networks, in the same order.
 */
export function adamStep(
  w: usize,
  gradient: usize,
  first: usize,
  second: usize,
  count: i32,
  rate: f64,
  epsilon: f64,
  beta1: f64,
  beta2: f64,
  limit: f64,
): void {
  const b1 = f64x2.splat(beta1);
  const c1 = f64x2.splat(1 - beta1);
  const b2 = f64x2.splat(beta2);
  const c2 = f64x2.splat(1 - beta2);
  const by = f64x2.splat(rate);
  const plus = f64x2.splat(epsilon);
  const most = f64x2.splat(limit);
  const least = f64x2.splat(-limit);
  const end = count & ~1;
  for (let i = 0; i < end; i += 2) {
    const at = (<usize>i) << 2;
    const g = f64x2.promote_low_f32x4(v128.load64_zero(gradient + at));
    const m = f64x2.add(f64x2.mul(b1, f64x2.promote_low_f32x4(v128.load64_zero(first + at))), f64x2.mul(c1, g));
    const v = f64x2.add(
      f64x2.mul(b2, f64x2.promote_low_f32x4(v128.load64_zero(second + at))),
      f64x2.mul(f64x2.mul(c2, g), g),
    );
    v128.store64_lane(first + at, f32x4.demote_f64x2_zero(m), 0);
    v128.store64_lane(second + at, f32x4.demote_f64x2_zero(v), 0);
    const moved = f64x2.sub(
      f64x2.promote_low_f32x4(v128.load64_zero(w + at)),
      f64x2.div(f64x2.mul(by, m), f64x2.add(f64x2.sqrt(v), plus)),
    );
    v128.store64_lane(w + at, f32x4.demote_f64x2_zero(f64x2.min(most, f64x2.max(least, moved))), 0);
  }
  if (end < count) {
    const at = (<usize>end) << 2;
    const g = <f64>load<f32>(gradient + at);
    const m = beta1 * <f64>load<f32>(first + at) + (1 - beta1) * g;
    const v = beta2 * <f64>load<f32>(second + at) + (1 - beta2) * g * g;
    store<f32>(first + at, <f32>m);
    store<f32>(second + at, <f32>v);
    const moved = <f64>load<f32>(w + at) - (rate * m) / (sqrt(v) + epsilon);
    store<f32>(w + at, <f32>min(limit, max(-limit, moved)));
  }
}
