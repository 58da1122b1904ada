import { describe, expect, test } from "@jest/globals";
import { minimise } from "#src/numerics/minimise";

describe("a minimum", () => {
  test("of Rosenbrock's valley is found, and its curvature about it", () => {
    const { at, value, inverseCurvature } = minimise(
      ([x, y], gradient) => {
        gradient[0] = -400 * x * (y - x * x) - 2 * (1 - x);
        gradient[1] = 200 * (y - x * x);
        return 100 * (y - x * x) ** 2 + (1 - x) ** 2;
      },
      { at: Float64Array.of(-1.2, 1) },
      1e-14,
      200,
    );
    expect([at[0], at[1]].map((x) => Number(x.toFixed(5)))).toEqual([1, 1]);
    expect(value).toBeLessThan(1e-10);
    // The inverse of ((802, -400), (-400, 200)) is ((0.5, 1), (1, 2.005)).
    expect(Math.abs(inverseCurvature[0] - 0.5)).toBeLessThan(0.1);
    expect(Math.abs(inverseCurvature[3] - 2.005)).toBeLessThan(0.4);
  });
  test("ends where no step lowers the value", () => {
    const flat = minimise(() => 3, { at: Float64Array.of(1, 2) }, 1e-9, 50);
    expect([flat.value, flat.steps, ...flat.at]).toEqual([3, 0, 1, 2]);
  });
});
