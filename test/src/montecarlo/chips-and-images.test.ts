import { expect, test } from "@jest/globals";
import { chipsAndImages } from "#src/numerics/chips-and-images";
import { binomial, fold, normal, rootKey } from "#src/random/index";

test("an accuracy's interval over chips and images stays within 0 .. 1", () => {
  for (const chips of [
    [0.9, 0.98],
    [0.94, 0.947],
    [1, 0.99],
    [0, 0.01],
    [1, 1],
    [0.2, 0.9],
  ]) {
    const { low, estimate, high } = chipsAndImages(chips, 200);
    expect(low).toBeGreaterThanOrEqual(0);
    expect(high).toBeLessThanOrEqual(1);
    expect(low <= estimate && estimate <= high).toBe(true);
  }
});

test("it holds the true accuracy about as often as it promises, few chips or many, with chips that differ", () => {
  const key = rootKey("chips and images");
  const [rate, images, runs] = [0.9, 1000, 2000];
  for (const chips of [2, 5, 20]) {
    let held = 0;
    for (let run = 0; run < runs; run++) {
      const own = fold(fold(key, chips), run);
      const luck = binomial(fold(own, "images"), images, rate) / images - rate;
      const { low, high } = chipsAndImages(
        Array.from({ length: chips }, (_, c) => Math.min(1, rate + luck + 0.02 * normal(own, c))),
        images,
      );
      if (low <= rate && rate <= high) held++;
    }
    expect(held / runs).toBeGreaterThan(0.93);
    expect(held / runs).toBeLessThan(0.99);
  }
});
