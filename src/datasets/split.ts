import { fold, type Key, permutation } from "#src/random/index";
import { type LabelledImages, selectImages } from "./labelled-images.ts";

/**
 * Splits images in two so that each class has the same share in both, at random places. Counts by class are those of
 * the largest remainder, so that exactly `testCount` images go to the test set.
 */
export const stratifiedSplit = (
  data: LabelledImages,
  testCount: number,
  key: Key,
): { readonly train: LabelledImages; readonly test: LabelledImages } => {
  if (!(Number.isInteger(testCount) && testCount > 0 && testCount < data.count))
    throw new RangeError(`split: ${testCount} test images of ${data.count}; expected 1 .. ${data.count - 1}.`);
  const places: number[][] = Array.from({ length: data.classes }, () => []);
  data.labels.forEach((label, i) => {
    places[label].push(i);
  });
  const exact = places.map((p) => (p.length * testCount) / data.count);
  const taken = exact.map(Math.floor);
  const byRemainder = exact
    .map((e, c) => ({ c, rest: e - Math.floor(e) }))
    .sort((a, b) => b.rest - a.rest || a.c - b.c);
  let missing = testCount - taken.reduce((a, b) => a + b, 0);
  for (const { c } of byRemainder) if (missing-- > 0) taken[c]++;

  const train: number[] = [];
  const test: number[] = [];
  places.forEach((of, c) => {
    const order = permutation(fold(fold(key, "class"), c), of.length);
    order.forEach((k, i) => {
      (i < taken[c] ? test : train).push(of[k]);
    });
  });
  const shuffled = (list: number[], name: string): number[] =>
    [...permutation(fold(key, name), list.length)].map((k) => list[k]);
  return {
    train: selectImages(data, shuffled(train, "train")),
    test: selectImages(data, shuffled(test, "test")),
  };
};
