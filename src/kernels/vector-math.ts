import { chebyshevPolynomial } from "#src/numerics/chebyshev";
import type { Lanes, Vector, VectorProgram } from "./vector-program.ts";

const LN2 = Math.LN2;

/** 2 atanh(sqrt s) / sqrt s, a smooth function of s. */
const log1pSeries = (s: number): number => {
  const w = Math.sqrt(s);
  return w < 1e-4 ? 2 + (2 / 3) * s : Math.log((1 + w) / (1 - w)) / w;
};

/** sin(2 pi r) / r as a function of r^2. */
const sineSeries = (s: number): number => {
  const r = Math.sqrt(s);
  return r < 1e-6 ? 2 * Math.PI : Math.sin(2 * Math.PI * r) / r;
};

/** Polynomials whose error is below the lanes' own rounding for f32x4, below 1e-12 relative for f64x2. */
const polynomials = (lanes: Lanes) => {
  const [exponential, logarithm, sine] = lanes === "f32x4" ? [5, 3, 4] : [10, 8, 8];
  return {
    exponential: chebyshevPolynomial(Math.exp, -LN2 / 2, LN2 / 2, exponential),
    logarithm: chebyshevPolynomial(log1pSeries, 0, 1 / 9, logarithm),
    sine: chebyshevPolynomial(sineSeries, 0, 1 / 16, sine),
  };
};

export interface VectorMath {
  readonly program: VectorProgram;
  readonly polynomials: ReturnType<typeof polynomials>;
}

export const createVectorMath = (program: VectorProgram): VectorMath => ({
  program,
  polynomials: polynomials(program.lanes),
});

const horner = (p: VectorProgram, coefficients: readonly number[], x: Vector): Vector =>
  coefficients.reduceRight<Vector | null>(
    (sum, c) => (sum === null ? p.constant(c) : p.add(p.mul(sum, x), p.constant(c))),
    null,
  ) as Vector;

/** Nearest whole number of x, exactly 1.5 2^(mantissa bits) above zero, for |x| far below that. */
const shifter = (lanes: Lanes): number => 1.5 * 2 ** (lanes === "f32x4" ? 23 : 52);

/**
 * exp(x) for x <= 0: 2^k exp(r) with k the nearest whole number of x / ln 2. Below -60 it stays at exp(-60), so that
 * squares keep clear of the slow denormal numbers.
 */
export const exponential = ({ program: p, polynomials: { exponential: c } }: VectorMath, x: Vector): Vector => {
  const bias = p.lanes === "f32x4" ? 127 : 1023;
  const shift = shifter(p.lanes);
  const y = p.max(x, p.constant(-60));
  const shifted = p.add(p.mul(y, p.constant(1 / LN2)), p.constant(shift + bias));
  const k = p.sub(shifted, p.constant(shift + bias));
  const r = p.sub(y, p.mul(k, p.constant(LN2)));
  return p.mul(horner(p, c, r), p.exponent(shifted));
};

/** ln(1 + exp x), and its slope 1 / (1 + exp(-x)) where it is asked for. */
export interface Softplus {
  readonly value: Vector;
  readonly slope: Vector;
}

/**
 * Softplus of two numbers, both slopes included, with one division: z = exp(-|x|), ln(1 + z) = 2 atanh(z / (2 + z)).
 */
export const softplusPair = (math: VectorMath, x: readonly [Vector, Vector]): readonly [Softplus, Softplus] => {
  const { program: p, polynomials: c } = math;
  const one = p.constant(1);
  const two = p.constant(2);
  const zero = p.constant(0);
  const z = x.map((v) => exponential(math, p.neg(p.abs(v))));
  const above = z.map((v) => p.add(one, v));
  const twice = z.map((v) => p.add(two, v));
  const products = [p.mul(above[0], twice[0]), p.mul(above[1], twice[1])];
  const inverse = p.div(one, p.mul(products[0], products[1]));
  return [0, 1].map((i): Softplus => {
    const own = p.mul(inverse, products[1 - i]);
    const w = p.mul(p.mul(z[i], above[i]), own);
    const logarithm = p.mul(w, horner(p, c.logarithm, p.mul(w, w)));
    return {
      value: p.add(p.max(x[i], zero), logarithm),
      slope: p.mul(p.mul(p.select(p.lt(zero, x[i]), one, z[i]), twice[i]), own),
    };
  }) as unknown as readonly [Softplus, Softplus];
};

/** sinh x and cosh x from one exponential; exact to rounding for |x| below 0.3 by the odd series, to 40 beyond. */
export const hyperbolic = (math: VectorMath, x: Vector): { readonly sinh: Vector; readonly cosh: Vector } => {
  const { program: p } = math;
  const size = p.min(p.abs(x), p.constant(40));
  const small = exponential(math, p.neg(size));
  const large = p.div(p.constant(1), small);
  const half = p.constant(0.5);
  const s = p.mul(x, x);
  const near = p.mul(
    x,
    p.add(
      p.constant(1),
      p.mul(s, p.add(p.constant(1 / 6), p.mul(s, p.add(p.constant(1 / 120), p.mul(s, p.constant(1 / 5040)))))),
    ),
  );
  const far = p.mul(half, p.sub(large, small));
  const signed = p.select(p.lt(x, p.constant(0)), p.neg(far), far);
  return {
    sinh: p.select(p.lt(size, p.constant(0.3)), near, signed),
    cosh: p.mul(half, p.add(large, small)),
  };
};

/** sin and cos of 2 pi turns. */
export const sineCosine = (math: VectorMath, turns: Vector): { readonly sin: Vector; readonly cos: Vector } => {
  const { program: p, polynomials: c } = math;
  const shift = p.constant(shifter(p.lanes));
  const of = (t: Vector): Vector => {
    // To [-1/2, 1/2] turns, then folded at a quarter: sin(pi - x) = sin x.
    const rest = p.sub(t, p.sub(p.add(t, shift), shift));
    const size = p.abs(rest);
    const folded = p.min(size, p.sub(p.constant(0.5), size));
    const r = p.select(p.lt(rest, p.constant(0)), p.neg(folded), folded);
    return p.mul(r, horner(p, c.sine, p.mul(r, r)));
  };
  return { sin: of(turns), cos: of(p.add(turns, p.constant(0.25))) };
};

/** x^(-1/3) within 0.2 %: a guess from the bits of x and one Newton step, y (4 - x y^3) / 3. */
export const inverseCubeRoot = (p: VectorProgram, x: Vector): Vector => {
  const y = p.inverseCubeRootGuess(x);
  const cubed = p.mul(p.mul(y, y), p.mul(y, x));
  return p.mul(y, p.sub(p.constant(4 / 3), p.mul(cubed, p.constant(1 / 3))));
};
