import { describe, expect, test } from "@jest/globals";
import { LuDecomposition, Matrix } from "ml-matrix";
import { factorInPlace, solveInPlace } from "#src/numerics/dense-lu";
import { fold, normal, rootKey } from "#src/random/index";

describe("the dense solver of the circuit engine", () => {
  test("agrees with ml-matrix on random systems, singular ones among them", () => {
    const refused: number[] = [];
    for (let n = 1; n <= 12; n++)
      for (let i = 0; i < 20; i++) {
        const key = fold(fold(rootKey("dense"), n), i);
        const rows = Array.from({ length: n }, (_, r) => Array.from({ length: n }, (_c, c) => normal(key, r * n + c)));
        // Every tenth has a column of zeros.
        if (i % 10 === 0) for (const row of rows) row[n - 1] = 0;
        const b = Array.from({ length: n }, (_, r) => normal(fold(key, "b"), r));
        const [a, pivots, x] = [Float64Array.from(rows.flat()), new Int32Array(n), Float64Array.from(b)];
        const foreign = new LuDecomposition(new Matrix(rows));
        const ok = factorInPlace(a, pivots, n);
        expect(ok).toBe(!foreign.isSingular());
        if (!ok) {
          refused.push(n);
          continue;
        }
        solveInPlace(a, pivots, n, x);
        const expected = foreign.solve(Matrix.columnVector(b)).to1DArray();
        const size = Math.max(1, ...expected.map(Math.abs));
        x.forEach((v, k) => {
          expect(Math.abs(v - expected[k]) / size).toBeLessThan(1e-10);
        });
      }
    expect(refused.length).toBeGreaterThan(0);
  });
});
