/**
 * sum + a b: two roundings, or one where the kernels are built with relaxed SIMD (arithmetic "fused").
 */
export function madd(sum: v128, a: v128, b: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, sum);
  return f32x4.add(sum, f32x4.mul(a, b));
}
