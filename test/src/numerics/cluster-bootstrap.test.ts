import { describe, expect, test } from "@jest/globals";
import { clusterBootstrap } from "#src/numerics/cluster-bootstrap";
import { fold, normal, rootKey } from "#src/random/index";

const KEY = rootKey("clusters");
const meanOver =
  (values: ArrayLike<number>) =>
  (drawn: readonly number[]): readonly number[] => [drawn.reduce((sum, c) => sum + values[c], 0) / drawn.length];

describe("a bootstrap over clusters", () => {
  test("of the mean of 22 normal ones leaves some 7 % outside", () => {
    const repeats = 800;
    let outside = 0;
    for (let r = 0; r < repeats; r++) {
      const values = Float64Array.from({ length: 22 }, (_, c) => normal(fold(fold(KEY, "values"), r), c));
      const [{ low, high }] = clusterBootstrap(22, meanOver(values), fold(fold(KEY, "resamples"), r), 200);
      if (low > 0 || high < 0) outside++;
    }
    expect(Math.abs(outside / repeats - 0.07)).toBeLessThan(0.03);
  });
  test("keeps clusters whole: members of one add nothing to what is known", () => {
    const clusters = [0.1, 0.5, 0.4, 0.9, 0.3, 0.6, 0.2, 0.8];
    const of = (members: number) =>
      clusterBootstrap(
        clusters.length,
        (drawn) => [drawn.reduce((sum, c) => sum + members * clusters[c], 0) / (members * drawn.length)],
        KEY,
        500,
      );
    expect(of(1000)[0].low).toBeCloseTo(of(1)[0].low, 12);
    expect(of(1)[0].high - of(1)[0].low).toBeGreaterThan(0.2);
  });
  test("counts the resamples in which a statistic has no value, and leaves them out", () => {
    const [{ estimate, undefinedIn }] = clusterBootstrap(3, (drawn) => [drawn.includes(0) ? 1 : Number.NaN], KEY, 3000);
    // A cluster of three is in none of three draws with probability 8 / 27.
    expect(estimate).toBe(1);
    expect(Math.abs(undefinedIn / 3000 - 8 / 27)).toBeLessThan(4 * Math.sqrt((8 * 19) / 27 ** 2 / 3000));
  });
});
