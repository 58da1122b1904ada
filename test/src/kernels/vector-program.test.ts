import { describe, expect, test } from "@jest/globals";
import {
  createVectorMath,
  exponential,
  hyperbolic,
  inverseCubeRoot,
  sineCosine,
  softplusPair,
} from "#src/kernels/vector-math";
import { encodeVectorModule, instantiateVectorKernel } from "#src/kernels/vector-module";
import { createVectorProgram, type Lanes, type Vector, type VectorProgram } from "#src/kernels/vector-program";

/** Runs a program of one input and several outputs over all values of `x`. */
const evaluate = (lanes: Lanes, x: readonly number[], build: (p: VectorProgram, x: Vector) => Vector[]): number[][] => {
  const p = createVectorProgram(lanes);
  const outputs = build(p, p.load(0));
  outputs.forEach((value, i) => {
    p.store(1 + i, value);
  });
  const attention = p.le(p.constant(0), p.constant(1));
  const kernel = instantiateVectorKernel(
    new WebAssembly.Module(encodeVectorModule(p, attention, 1 + outputs.length).slice()),
    lanes,
  );
  return x.map((value, k) => {
    const lane = k % kernel.lanes;
    kernel.values.fill(Number.NaN);
    kernel.values[lane] = value;
    expect(kernel.run(1)).toBe(2 ** kernel.lanes - 1);
    return outputs.map((_, i) => kernel.values[(1 + i) * kernel.lanes + lane]);
  });
};

const range = (from: number, to: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1));

describe.each<[Lanes, number]>([
  ["f32x4", 3e-7],
  ["f64x2", 1e-11],
])("%s", (lanes, precision) => {
  const round = lanes === "f32x4" ? Math.fround : (x: number) => x;
  const worst = (
    x: readonly number[],
    found: readonly number[],
    expected: (x: number) => number,
    scale = 1e-24,
  ): number =>
    Math.max(...x.map((v, i) => Math.abs(found[i] - expected(round(v))) / (Math.abs(expected(round(v))) + scale)));

  test("does arithmetic, roots, comparisons and selections a lane at a time", () => {
    const x = [-3, -0.5, 0, 2, 7];
    const found = evaluate(lanes, x, (p, v) => [
      p.add(p.mul(v, v), p.constant(1)),
      p.sub(p.constant(2), v),
      p.div(p.constant(1), p.add(p.abs(v), p.constant(1))),
      p.sqrt(p.abs(v)),
      p.select(p.lt(v, p.constant(0)), p.constant(10), p.constant(20)),
      p.min(v, p.constant(1)),
      p.max(v, p.constant(1)),
      p.select(p.andNot(p.le(v, p.constant(2)), p.lt(v, p.constant(0))), p.constant(1), p.constant(0)),
    ]);
    expect(found).toEqual(
      x.map((v) =>
        [v * v + 1, 2 - v, 1 / (Math.abs(v) + 1), Math.sqrt(Math.abs(v)), v < 0 ? 10 : 20, Math.min(v, 1)]
          .concat([Math.max(v, 1), v <= 2 && v >= 0 ? 1 : 0])
          .map(round),
      ),
    );
  });
  test("exp", () => {
    const x = range(-59, 0, 997);
    const found = evaluate(lanes, x, (p, v) => [exponential(createVectorMath(p), v)]).map(([y]) => y);
    // The argument's own rounding is 60 ulp at exp(-60).
    expect(worst(x, found, Math.exp)).toBeLessThan(20 * precision);
    expect(
      worst(
        range(-1, 0, 100),
        evaluate(lanes, range(-1, 0, 100), (p, v) => [exponential(createVectorMath(p), v)]).map(([y]) => y),
        Math.exp,
      ),
    ).toBeLessThan(precision);
  });
  test("softplus and its slope, on both sides of zero", () => {
    const x = [...range(-20, 20, 801), -1e-6, 1e-6, 45, -50];
    const found = evaluate(lanes, x, (p, v) => {
      const [a, b] = softplusPair(createVectorMath(p), [v, p.neg(v)]);
      return [a.value, a.slope, b.value, b.slope];
    });
    const softplus = (v: number): number => Math.log1p(Math.exp(-Math.abs(v))) + Math.max(v, 0);
    const logistic = (v: number): number => (v > 0 ? 1 : Math.exp(v)) / (1 + Math.exp(-Math.abs(v)));
    const at = (k: number): number[] => found.map((f) => f[k]);
    expect(worst(x, at(0), softplus)).toBeLessThan(12 * precision);
    expect(worst(x, at(1), logistic)).toBeLessThan(12 * precision);
    expect(worst(x, at(2), (v) => softplus(-v))).toBeLessThan(12 * precision);
    expect(worst(x, at(3), (v) => logistic(-v))).toBeLessThan(12 * precision);
  });
  test("sinh and cosh", () => {
    const x = [...range(-8, 8, 401), 1e-5, -1e-3];
    const found = evaluate(lanes, x, (p, v) => {
      const { sinh, cosh } = hyperbolic(createVectorMath(p), v);
      return [sinh, cosh];
    });
    // Between the series' end and 1 the difference of exponentials loses two bits.
    expect(
      worst(
        x,
        found.map((f) => f[0]),
        Math.sinh,
      ),
    ).toBeLessThan(lanes === "f32x4" ? 2e-6 : 1e-9);
    expect(
      worst(
        x,
        found.map((f) => f[1]),
        Math.cosh,
      ),
    ).toBeLessThan(4 * precision);
  });
  test("sin and cos of turns", () => {
    const x = range(-3, 3, 1201);
    const found = evaluate(lanes, x, (p, v) => {
      const { sin, cos } = sineCosine(createVectorMath(p), v);
      return [sin, cos];
    });
    expect(
      worst(
        x,
        found.map((f) => f[0]),
        (v) => Math.sin(2 * Math.PI * v),
        1,
      ),
    ).toBeLessThan(10 * precision);
    expect(
      worst(
        x,
        found.map((f) => f[1]),
        (v) => Math.cos(2 * Math.PI * v),
        1,
      ),
    ).toBeLessThan(10 * precision);
  });
  test("the inverse cube root within 0.3 % over forty decades", () => {
    const x = range(-20, 20, 301).map((e) => 10 ** e);
    const found = evaluate(lanes, x, (p, v) => [inverseCubeRoot(p, v)]).map(([y]) => y);
    expect(worst(x, found, (v) => v ** (-1 / 3))).toBeLessThan(3e-3);
  });
});

describe("a vector program", () => {
  test("folds constants, zeros and ones, and computes equal terms once", () => {
    const p = createVectorProgram("f32x4");
    const x = p.load(0);
    expect(p.mul(x, p.constant(1))).toBe(x);
    expect(p.add(x, p.constant(0))).toBe(x);
    expect(p.mul(x, p.constant(0))).toBe(p.constant(0));
    expect(p.neg(p.neg(x))).toBe(x);
    expect(p.sub(p.constant(5), p.constant(2))).toBe(p.constant(3));
    expect(p.add(x, p.neg(p.load(1)))).toBe(p.sub(x, p.load(1)));
    expect(p.mul(x, p.load(1))).toBe(p.mul(p.load(1), x));
    expect(p.sub(x, p.load(1))).not.toBe(p.sub(p.load(1), x));
  });
  test("reads every slot before it writes any, and repeats until a lane asks", () => {
    const p = createVectorProgram("f64x2");
    const a = p.load(0);
    const b = p.load(1);
    p.store(0, b);
    p.store(1, p.add(a, b));
    const kernel = instantiateVectorKernel(
      new WebAssembly.Module(encodeVectorModule(p, p.lt(p.constant(50), p.add(a, b)), 2).slice()),
      "f64x2",
    );
    kernel.values.set([0, 10, 1, 20]);
    expect(kernel.run(1000)).toBe(2);
    // Fibonacci from 0, 1 and from 10, 20: the second lane passes 50 first.
    expect(kernel.values[3]).toBe(80);
    expect(kernel.run(2)).toBe(2);
  });
});
